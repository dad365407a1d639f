"""A Sphinx extension: a book in several languages, each a folder of pages.

The choice of a language is always in reach: it stands in the list of pages,
where the theme has ours, else above each page. A page's head names the page in
the other languages, for search engines; one that is not translated names its
source. Files that all languages share stand once.
"""
import json
import re
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from builder.config import Config
from builder.source.book import Book
from builder.source.reader import API, CLAIMS
from builder.words import words

HERE = Path(__file__).parent
UNLISTED = 'search.html', 'genindex.html', '404.html'  # no pages of a book
TEMPLATES = '_templates'  # a folder among the Sources
TEMPLATE = f'{TEMPLATES}/sidebar/languages.html', b'{{ languages }}'
_THEME = 'furo'
# Its own parts, and ours.
_SIDEBAR = ('brand', 'search', 'languages', 'scroll-start', 'navigation',
            'scroll-end')
_DOWNLOADS = '_downloads'
_DOWNLOAD = re.compile(r'(<a class="reference download[^>]* href=")'
                       rf'((?:\.\./)*{_DOWNLOADS}/)')


def language_settings(book: Book) -> dict[str, Any]:
    """Return the extension's settings, as they stand in conf.py; none for a
    book in one language."""
    original = book.original or book
    if not original.translations:
        return {}
    source, here = original.config.language, book.config.language
    books = {source: original, **original.translations}
    names = [page.name for page in original.pages]
    settings: dict[str, Any] = {'languages': [{
        'code': code.replace('_', '-'), 'name': words(code).name(code),
        'here': code == here, 'source': code == source,
        'to': book.up + ('' if code == source else f'{code}/'),
        'site': each.config.html.site,
        'pages': names if code == source else [
            page.name for page in each.pages if page.translation]}
        for code, each in books.items()]}
    if book.config.html.theme == _THEME:
        settings |= {'templates_path': [TEMPLATES], 'html_sidebars': {
            '**': [f'sidebar/{name}.html' for name in _SIDEBAR]}}
    if book.original:
        settings |= {'html_extra_path': [], 'sitemap_excludes': [
            *UNLISTED, f'{CLAIMS}.html', f'{API}.html',
            *(f'{page.name}.html' for page in book.pages
              if not page.translation)]}
    return settings


def script(config: Config) -> bytes:
    """Return a script with what page.js says in the book's language."""
    found = json.dumps(words(config.language).scripts, ensure_ascii=False)
    rest = (HERE / 'words.js').read_text('utf-8')
    return (f'Object.assign(Documentation.TRANSLATIONS, {found});\n\n'
            f'{rest}').encode()


def joined(made: Mapping[str, Path], folder: Path) -> None:
    """Make a folder with copies of a book's pages in all languages, each where
    `made` says, its own under ''; what they offer lies beside these only."""
    for language, pages in made.items():
        shutil.copytree(pages, folder / language, ignore=(
            shutil.ignore_patterns(_DOWNLOADS) if language else None))
        if language and (pages / _DOWNLOADS).is_dir():
            shutil.copytree(pages / _DOWNLOADS, folder / _DOWNLOADS,
                            dirs_exist_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the languages, and look at each page."""
    app.add_config_value('languages', [], 'html', types=(list,))
    app.connect('html-page-context', _show)
    app.add_css_file('languages.css')
    app.add_js_file('languages.js', priority=900)  # after page.js
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}


def _show(app: Sphinx, page: str, template: str, context: dict[str, Any],
          tree: nodes.document | None) -> None:
    if page == getattr(app.config, 'notfound_pagename', None):
        return  # it stands at any address
    file, up = app.builder.get_target_uri(page), '../' * page.count('/')
    languages = app.config.languages
    ways = {each['code']: f'{up}{each["to"]}{file}' for each in languages}
    here = next(each for each in languages if each['here'])
    source = next(each for each in languages if each['source'])
    choice = _choice(languages, ways, words(app.config.language)('Language'))
    context['languages'] = choice
    if tree is None:
        return  # the search, and no page of the book
    if app.config.html_theme != _THEME:
        context['body'] = choice + context['body']
    if not here['source']:
        context['body'] = _DOWNLOAD.sub(r'\1../\2', context['body'])

    addresses = {each['code']: f'{each["site"]}{file}' if each['site']
                 else ways[each['code']] for each in languages}
    if page in here['pages']:
        context['metatags'] += _alternates(addresses, source['code'], [
            each['code'] for each in languages if page in each['pages']])
    elif not here['source']:
        context['pageurl'] = addresses[source['code']]


def _alternates(addresses: dict[str, str], source: str,
                codes: list[str]) -> str:
    """Return what the head says of a page in these languages."""
    if len(codes) < 2:
        return ''
    return ''.join(
        f'\n<link rel="alternate" hreflang="{name}" '
        f'href="{escape(addresses[code])}">' for name, code in (
            *zip(codes, codes), ('x-default', source)))


def _choice(languages: list[dict[str, Any]], ways: dict[str, str],
            title: str) -> str:
    """Return the choice of a language; the one that is chosen is no link."""
    parts = []
    for each in languages:
        code, name = each['code'], escape(each['name'])
        parts.append(
            f'<span aria-current="page" lang="{code}">{name}</span>'
            if each['here'] else
            f'<a href="{escape(ways[code])}" lang="{code}" '
            f'hreflang="{code}">{name}</a>')
    return (f'<nav class="languages" aria-label="{escape(title)}">'
            f'{" ".join(parts)}</nav>\n')
