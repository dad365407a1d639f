"""Pages as a web site: MyST Markdown with tabs, then Sphinx.

Nothing is run here. The site is made aside and takes its place whole.
"""
from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from builder import escape
from builder.publish.api import Api, read_api
from builder.publish.api_page import add_api_page, link_to_api
from builder.publish.claims_json import JSON_FILE, claims_json
from builder.publish.claims_page import add_claims_page, link_to_claims
from builder.publish.conf import add_html_conf
from builder.publish.editions import KINDS, current
from builder.publish.figures import check_figures
from builder.publish.folders import locked, replace_folder, restore_folder
from builder.publish.labs import files_of_labs
from builder.publish.languages import joined, language_settings
from builder.publish.markup import download_link
from builder.publish.pages import PageWriter
from builder.publish.plain import EXTRA, add_plain_pages
from builder.publish.prose import MystProse
from builder.publish.slides import current_slides
from builder.publish.sources import Sources
from builder.publish.sphinx_build import (
    add_outline,
    all_made,
    build,
    building,
    telling_all,
)
from builder.publish.untranslated import language_of_source
from builder.publish.zips import make_zips, offer_notebook, zip_names
from builder.record.recordings import Recordings
from builder.source.book import Book
from builder.words import Words, words


class Offer(NamedTuple):
    """What the first page offers besides notebooks.

    editions: {kind: {tab: path}} of PDFs and EPUBs.
    decks: {tab: {a page's name: path}} of slides.
    zips: {tab: name}.
    """
    editions: dict[str, dict[str, Path]]
    decks: dict[str, dict[str, Path]]
    zips: dict[str, str]


NOTHING = Offer({}, {}, {})


def build_html(book: Book, out: Path,
               recordings: Recordings | None = None) -> Path:
    """Build the pages into `out`/html and return the index page's path.

    Args:
        book: the Book.
        out: the build folder; Sphinx works below it, in work/html.
        recordings: the book's, if they are loaded already.

    Raises:
        BuildError: if Sphinx reports an error or a warning; the pages that
            were there stay.
    """
    recordings = recordings or Recordings(book)
    site = out / 'html'
    with locked(out, 'html'):
        restore_folder(site)
        with telling_all(book):
            made, zips = _made(book, out, recordings)
        replace_folder(site, partial(_fill, made, zips))
    return site / f'{book.pages[0].name}.html'


def _made(book: Book, out: Path, recordings: Recordings,
          ) -> tuple[dict[str, Path], Iterable[tuple[str, bytes]]]:
    """Return {language: folder} of the pages, those of the book's own language
    under '', and (name, content) of each zip.

    Sphinx has a process of its own for each of several languages, and zips are
    made meanwhile.
    """
    offer, sources = current_offer(book, out, recordings), None
    with ExitStack() as begun:
        waits = {}
        for language, each in {'': book, **book.translations}.items():
            name = f'html-{language}' if language else 'html'
            made = make_sources(each, recordings, offer, sources)
            sources = sources or made
            waits[language] = begun.enter_context(building(
                out / 'work' / name, made, 'html', bool(book.translations)))
        zips = make_zips(book, out, recordings).values()
        return all_made(waits), zips


def _fill(made: dict[str, Path], zips: Iterable[tuple[str, bytes]],
          site: Path) -> None:
    """Put pages and zips into the folder of the site."""
    joined(made, site)
    for name, content in zips:
        (site / 'zip').mkdir(exist_ok=True)
        (site / 'zip' / name).write_bytes(content)


def check_links(book: Book, out: Path) -> None:
    """Ask for every address that the pages name, over the network.

    Raises:
        BuildError: with those that do not answer, and where they stand.
    """
    with locked(out, 'linkcheck'):
        for each in (book, *book.translations.values()):
            folder = out / 'work' / f'linkcheck-{each.config.language}'
            (folder / 'note.json').unlink(missing_ok=True)  # ask them again
            build(folder, make_sources(each), 'linkcheck')


def current_offer(book: Book, out: Path, recordings: Recordings) -> Offer:
    """Return what is built and of today, and the names of the zips."""
    return Offer(current_editions(book, out, recordings),
                 built_slides(book, out, recordings), zip_names(book))


def current_editions(book: Book, out: Path, recordings: Recordings,
                     ) -> dict[str, dict[str, Path]]:
    """Return {kind: {tab: path}} of the PDFs and EPUBs that are built and of
    today."""
    found = {kind: {tab: current(kind, book, tab, out, recordings)
                    for tab in book.config.tabs} for kind in KINDS}
    return {kind: {tab: path for tab, path in paths.items() if path}
            for kind, paths in found.items() if any(paths.values())}


def built_slides(book: Book, out: Path, recordings: Recordings,
                 ) -> dict[str, dict[str, Path]]:
    """Return {tab: {a page's name: path}} of the decks that are built and of
    today."""
    found = {tab: current_slides(book, tab, out, recordings)
             for tab in book.config.tabs}
    return {tab: paths for tab, paths in found.items() if paths}


def make_sources(book: Book, recordings: Recordings | None = None,
                 offer: Offer = NOTHING,
                 original: Sources | None = None) -> Sources:
    """Return all that Sphinx reads: pages, plots, settings.

    Args:
        book: the Book.
        recordings: the book's, if they are loaded already.
        offer: what the first page offers.
        original: of a translation, those of its original, if they are made;
            the files of labs are the same.
    """
    recordings = recordings or Recordings(book)
    if not book.original:
        check_figures(book, recordings, book.config.tabs)
    sources, api = Sources(book.config), read_api(book.config)
    add_outline(book, sources)
    sources.update(files_of_labs(original) if original else {})
    add_html_conf(book.config, sources, api.names() if api else [],
                  language_settings(book))
    _add_pages(book, recordings, sources, _end_of_first(
        book, recordings, sources, offer, api))
    if api:
        add_api_page(api, sources, book)
    if book.shows_claims:
        add_claims_page(MystProse(book, book.pages[0], sources,
                                  words(language_of_source(book))))
    if not book.original:
        _add_files(book, recordings, sources, api)
    return sources


def _add_pages(book: Book, recordings: Recordings, sources: Sources,
               end: str) -> None:
    """Add the pages, the first one with this end."""
    for page in book.pages:
        of_page = {tab: recordings[page.name, tab] for tab in page.tabs}
        writer = PageWriter(book, page, of_page, sources)
        sources.add_page(page.name, page.written, writer.write(end))
        end = ''


def _add_files(book: Book, recordings: Recordings, sources: Sources,
               api: Api | None) -> None:
    """Add what stands once beside the pages of all languages."""
    if book.shows_claims:
        sources.add(f'{EXTRA}/{JSON_FILE}', claims_json(book))
    add_plain_pages(book, recordings, sources, api)


def _end_of_first(book: Book, recordings: Recordings, sources: Sources,
                  offer: Offer, api: Api | None) -> str:
    """Return what the first page ends with: downloads, and links to pages
    that the builder adds."""
    say = words(book.config.language)
    has_downloads = book.notebooks() or offer.decks
    return ((downloads(book, recordings, sources, offer)
             if has_downloads else '')
            + (link_to_claims(say) if book.shows_claims else '')
            + (link_to_api(api, say) if api else ''))


def downloads(book: Book, recordings: Recordings, sources: Sources,
              offer: Offer) -> str:
    """Return a table of all notebooks, PDFs, EPUBs, slides and zips; they go
    to `sources`. A translated book offers those of its original."""
    say, (editions, decks, zips) = words(book.config.language), offer
    kinds = [KINDS[kind] for kind in editions]
    slides = [say('Slides')] * bool(decks)
    columns = [say('Notebooks'), *kinds, *slides,
               *[say('To take along')] * bool(zips)]
    lines = ['', '## ' + _listed([say('Notebooks'), *(
        f'{kind}s' for kind in kinds), *slides], say), '',
             f'| | {" | ".join(columns)} |', '|---' * len(columns) + '|---|']
    for name, tab in book.config.tabs.items():
        cells = [_notebooks(recordings, name, sources)]
        cells += [_edition(say('{} edition').format(escape.markdown(
            tab.title)), name, kind, paths, sources)
            for kind, paths in editions.items()]
        if decks:
            cells.append(_slides(book, name, decks.get(name, {}), sources))
        if zips:
            cells.append(_zip(book, zips.get(name, '')))
        lines.append(f'| {escape.markdown(tab.title)} | {" | ".join(cells)} |')
    if zips:
        lines += ['', say('The zip has the notebooks with all that they need '
                          'besides the framework, and a README that says how '
                          'to begin.')]
    if book.original:
        lines += ['', say('All of these are in {}.').format(
            say.name(language_of_source(book)))]
    return '\n'.join(lines) + '\n'


def _listed(names: list[str], say: Words) -> str:
    *others, last = names
    return say('{} and {}').format(', '.join(others), last) if others else last


def _notebooks(recordings: Recordings, tab: str, sources: Sources) -> str:
    links = []
    for page in recordings.book.notebooks():
        name = offer_notebook(recordings.book, page, tab,
                              recordings[page.name, tab], sources)
        if name:
            links.append(_in_table(download_link(page.title, name)))
    return ', '.join(links)


def _edition(words: str, tab: str, kind: str, paths: dict[str, Path],
             sources: Sources) -> str:
    if tab not in paths:
        return ''
    name = f'{kind}/{tab}.{kind}'
    sources.add(name, paths[tab].read_bytes())
    return _in_table(download_link(words, name))


def _slides(book: Book, tab: str, decks: dict[str, Path],
            sources: Sources) -> str:
    """Return links to the decks of a tab; its whole folder, which they need,
    is copied beside the pages."""
    links = []
    for page in book.pages:
        if page.name in decks:
            folder = decks[page.name].parents[page.name.count('/')]
            for path in filter(Path.is_file, sorted(folder.rglob('*'))):
                name = path.relative_to(folder).as_posix()
                if not book.original:
                    sources.add(f'{EXTRA}/slides/{tab}/{name}',
                                path.read_bytes())
            address = escape.address(f'slides/{tab}/{page.name}.html')
            links.append(_in_table(f'[{page.title}](site:{book.up}{address})'))
    return ', '.join(links)


def _zip(book: Book, name: str) -> str:
    """Return a link to a tab's zip, which stands beside the pages."""
    return name and f'[zip](site:{book.up}zip/{escape.address(name)})'


def _in_table(text: str) -> str:
    return text.replace('|', r'\|')
