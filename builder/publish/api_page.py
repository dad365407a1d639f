"""The page of the package that a book's cells use: every class and function
that it offers, with its docstring.

What all tabs share stands there module by module, those whose numbers count
first. What each has of its own follows: one entry a name, and in it the words
of the tab that the reader has chosen, where they differ.
"""
from collections.abc import Iterator
from typing import TYPE_CHECKING

from builder.escape import fenced, markdown, markup
from builder.publish.api import Api, aliases, methods, properties
from builder.publish.docstrings import HtmlWriter
from builder.publish.markup import directive, framework_bar, tab_set
from builder.publish.preview import front_matter
from builder.publish.sources import Sources
from builder.publish.untranslated import made_page
from builder.source.book import Book
from builder.source.reader import API
from builder.words import ENGLISH, Words

if TYPE_CHECKING:
    from griffe import Class, Module

    from builder.publish.api import Offered

_HTML = HtmlWriter()
_INTRO = ('Every class and function that cells call by the name of {name}, '
          'with its docstring. In code on the other pages, such names are '
          'links to this one.')


class ApiPage:
    """Writes the page for the tabs of an Api.

    Args:
        api: what the modules offer.
        sources: where the page goes.
    """

    def __init__(self, api: Api, sources: Sources):
        self.api, self.sources, self.config = api, sources, sources.config
        self.tabs = {tab: self.config.tabs[tab] for tab in api.modules}

    def write(self) -> str:
        name = self.api.name
        words = f'The classes and functions that {name} offers.'
        parts = [front_matter(self.sources, API, f'The Package {name}',
                              words),
                 f'# The Package `{name}`',
                 framework_bar(self.tabs, ENGLISH),
                 _INTRO.format(name=f'`{name}`'),
                 self.each_tab({tab: _about(module) for tab, module
                                in self.api.modules.items()})]
        parts += self.shared()
        parts += self.own()
        return '\n\n'.join(filter(None, parts)) + '\n'

    def shared(self) -> Iterator[str]:
        """Yield what all tabs have, under their modules."""
        order = [name for tab in self.tabs.values() for name in tab.modules]
        for path, items in self.api.by_module(order):
            yield f'## `{path}`'
            yield _about(items[0].module)
            yield from (self.entry(each.name, each) for each in items)

    def own(self) -> Iterator[str]:
        """Yield what differs between tabs."""
        own = self.api.own()
        if not own:
            return
        yield '## With Each Framework'
        yield self.each_tab({tab: _aliases(module) for tab, module
                             in self.api.modules.items()})
        for name, found in own.items():
            alike: dict[str, dict[str, Offered]] = {}  # by their parameters
            for tab, each in found.items():
                alike.setdefault(each.signature(return_type=False),
                                 {})[tab] = each
            for n, group in enumerate(alike.values()):
                yield self.in_tabs(name, group, ':no-index:\n\n' * bool(n))

    def in_tabs(self, name: str, found: 'dict[str, Offered]',
                options: str) -> str:
        """Return an entry that these tabs have, with the same parameters."""
        first = next(iter(found.values()))
        returned = {_returned(each) for each in found.values()}
        texts = {tab: self.inside(each) for tab, each in found.items()}
        same = len({*texts.values()}) == 1
        content = next(iter(texts.values())) if same else self.each_tab(texts)
        if len(found) < len(self.tabs):
            titles = ', '.join(self.tabs[tab].title for tab in found)
            content = _raw(f'<p><em>Only with {markup(titles)}.</em></p>'
                           ) + f'\n\n{content}'
        return self.described(name, first, options, content,
                              len(returned) == 1)

    def entry(self, name: str, found: 'Offered') -> str:
        return self.described(name, found, '', self.inside(found))

    def described(self, name: str, found: 'Offered', options: str,
                  content: str, returns: bool = True) -> str:
        """Return a class or a function with this content."""
        kind = 'py:class' if found.is_class else 'py:function'
        name = f'{self.api.name}.{name}'
        signature = found.signature(
            name=name, return_type=returns and not found.is_class)
        return directive(kind, name, options + _raw(
            _HTML.signature(signature or f'{name}()')) + f'\n\n{content}')

    def inside(self, found: 'Offered') -> str:
        """Return a docstring, and a class's methods."""
        from griffe import Class
        parts = [_raw(_HTML.described(found.docstring))]
        if isinstance(found, Class):
            parts += self.members(found)
        return '\n\n'.join(filter(None, parts))

    def members(self, found: 'Class') -> Iterator[str]:
        """Yield what a class is of, and its methods that have a docstring."""
        bases = [f'<a href="#{name}">{_HTML.code(name)}</a>'
                 for name in self.api.bases(found)]
        if bases:
            yield _raw(f'<p>It extends {", ".join(bases)}.</p>')
        for method in methods(found):
            yield directive('py:method', method.name, _raw(
                _HTML.signature(method.signature())
                + _HTML.described(method.docstring)))
        for value in properties(found):
            yield directive('py:property', value.name,
                            _raw(_HTML.described(value.docstring)))

    def each_tab(self, texts: dict[str, str]) -> str:
        """Return texts of which the reader's framework shows one."""
        if len(self.tabs) < 2:
            return ''.join(texts.values())
        return tab_set({
            name: (markdown(tab.title), texts.get(name) or
                   f'*Not with {markdown(tab.title)}.*')
            for name, tab in self.tabs.items()}, 'prose')


def add_api_page(api: Api, sources: Sources, book: Book) -> None:
    """Add the page of a book to the Sources."""
    sources.add_page(API, f'{API}.md', made_page(
        book, ApiPage(api, sources).write()))


def link_to_api(api: Api, say: Words) -> str:
    """Return the end of the first page: an entry in the table of contents,
    and a sentence."""
    toctree = directive('toctree', '', f':hidden:\n\n/{API}')
    told = say('All that {} offers is described in {}.').format(
        f'`{api.name}`', f'[The Package `{api.name}`](/{API}.md)')
    return f'\n{toctree}\n\n{told}\n'


def _returned(found: 'Offered') -> str:
    return found.signature().rpartition(' -> ')[2]


def _about(module: 'Module') -> str:
    return _raw(_HTML.paragraphs(module.docstring.value)) if (
        module.docstring) else ''


def _aliases(module: 'Module') -> str:
    """Return what a module's own names of types stand for."""
    listed = ', '.join(f'{_HTML.code(name)} is {_HTML.code(value)}'
                       for name, value in aliases(module))
    return _raw(f'<p>In what follows, {listed}.</p>') if listed else ''


def _raw(html: str) -> str:
    """Return HTML that is a part of the page as it is."""
    return fenced('{raw} html', html)
