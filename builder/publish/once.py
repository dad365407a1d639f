"""A Sphinx extension: what is the same for all pages is made once.

Sphinx and furo make the list of all pages anew for each page, so their time
grows with the square of the number of pages. One page's list differs from
another's in its addresses, and in which entries are marked. Sphinx also stems
a word for the search on every page where it stands, and makes style sheets,
which it does not use, for every block of code.
"""
import functools
import html
import posixpath
import re
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.osutil import relative_uri

_ENTRY = re.compile(r'<li class="toctree-l(\d+)([^"]*)"><a class="(?:current )'
                    r'?reference internal" href="([^"]*)">')
_BOX = ' class="toctree-checkbox"'
_OPEN = f' checked=""{_BOX}'
# As furo asks for the list.
_WHOLE = {'collapse': False, 'titles_only': True, 'maxdepth': -1,
          'includehidden': True}


class Sidebar:
    """The list of all pages, read from the one that furo made for the page at
    `address`."""

    def __init__(self, made: str, address: str) -> None:
        made = made.replace('<ul class="current">', '<ul>')
        made = made.replace(_OPEN, _BOX)
        found = [*_ENTRY.finditer(made)]
        # Another release of furo may write it in another way.
        self.known = len(found) == made.count('<li')
        self.levels = [int(entry[1]) for entry in found]
        self.parents = ['has-children' in entry[2] for entry in found]
        self.targets = [address if entry[3] == '#' else posixpath.normpath(
            posixpath.join(posixpath.dirname(address),
                           html.unescape(entry[3]))) for entry in found]
        places = [0, *(place for entry in found for place in entry.span()),
                  len(made)]
        self.first, *self.rests = (made[start:end] for start, end in zip(
            places[::2], places[1::2]))
        self.links: dict[str, list[str]] = {}  # from each folder on

    def at(self, address: str) -> str:
        """Return the list for the page at this address."""
        own = self.targets.index(address) if address in self.targets else -1
        above = self._above(own)
        parts = [self.first]
        for n, link in enumerate(self._links(posixpath.dirname(address))):
            rest = self.rests[n]
            if n in above:
                rest = rest.replace(_BOX, _OPEN, 1)
            classes = (f'toctree-l{self.levels[n]}' + ' current' * (n in above)
                       + ' has-children' * self.parents[n]
                       + ' current-page' * (n == own))
            current, link = ('current ', '#') if n == own else ('', link)
            parts.append(f'<li class="{classes}"><a class="{current}reference '
                         f'internal" href="{link}">{rest}')
        return ''.join(parts)

    def _above(self, own: int) -> set[int]:
        """Return the places of an entry and of those that it stands under."""
        found: set[int] = set()
        for n in range(own, -1, -1):
            if n == own or self.levels[n] < self.levels[min(found)]:
                found.add(n)
        return found

    def _links(self, folder: str) -> list[str]:
        if folder not in self.links:
            base = posixpath.join(folder, '')
            self.links[folder] = [html.escape(relative_uri(base, target))
                                  for target in self.targets]
        return self.links[folder]


def remembering(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that calls `make` once for the same arguments."""
    known = functools.cache(make)

    def call(*args: Any, **options: Any) -> Any:
        try:
            return known(*args, **options)
        except TypeError:  # arguments that cannot be compared
            return make(*args, **options)
    return call


def remember_formatters(app: Sphinx) -> None:
    """Keep the formatters of code."""
    highlighter = getattr(app.builder, 'highlighter', None)
    if highlighter:
        highlighter.get_formatter = remembering(highlighter.get_formatter)


def _absolute(app: Sphinx, page: str) -> bool:
    """Return whether a page stands at any address, and so links to others by
    whole ones: that for wrong addresses."""
    return page == getattr(app.config, 'notfound_pagename', None)


class Once:
    """Keeps what was made for the first page, for one build."""

    def __init__(self) -> None:
        self.sidebar: Sidebar | None = None
        self.language: object = None

    def before(self, app: Sphinx, page: str, template: str,
               context: dict[str, Any], tree: nodes.document | None) -> None:
        """Spare furo the list, if it is known, and Sphinx the stems."""
        if _absolute(app, page):
            return
        indexer = getattr(app.builder, 'indexer', None)
        if indexer and indexer.lang is not self.language:
            self.language = indexer.lang
            indexer.lang.stem = remembering(indexer.lang.stem)
        make = context.get('toctree')
        if self.sidebar and self.sidebar.known and make:
            context['toctree'] = lambda **asked: (
                '' if asked == _WHOLE else make(**asked))

    def after(self, app: Sphinx, page: str, template: str,
              context: dict[str, Any], tree: nodes.document | None) -> None:
        """Give the page its list."""
        made = context.get('furo_navigation_tree')
        if made is None or _absolute(app, page):
            return  # another theme, or other addresses
        address = app.builder.get_target_uri(page)
        if self.sidebar is None:
            self.sidebar = Sidebar(made, address)
        elif self.sidebar.known:
            context['furo_navigation_tree'] = self.sidebar.at(address)


def setup(app: Sphinx) -> dict[str, Any]:
    """Stand before and behind furo, which is at 500."""
    once = Once()
    app.connect('builder-inited', remember_formatters)
    app.connect('html-page-context', once.before, priority=400)
    app.connect('html-page-context', once.after, priority=600)
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}
