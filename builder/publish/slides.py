"""Slides: a deck of HTML for every page with marks, in one tab.

A tab's decks stand in one folder with all that they need, reveal.js and KaTeX
among it, so they open from files and ask for nothing. A note beside it says
what they were made from; the index page links to them while that still holds.
"""
import json
import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from builder.errors import BuildError, SourceError, raise_all
from builder.publish.deck import DeckWriter
from builder.publish.deck_html import code_styles
from builder.publish.editions import inputs_of
from builder.publish.folders import (
    folder_checksum,
    locked,
    refuse_link,
    refuse_links,
    remove,
    replace_folder,
    restore_folder,
)
from builder.publish.katex import KATEX, Renderer
from builder.publish.katex import assets as katex_assets
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.record.recordings import Recordings
from builder.source.book import Book, Page
from builder.source.deck import Slide, make_slides
from builder.source.effects import is_effects
from builder.source.files import is_remote
from builder.source.labels import Known, check_roles
from builder.source.markdown import Prose
from builder.writing import replace_file

REVEAL = KATEX.parents[1] / 'reveal.js'
_OURS = Path(__file__).parent
_ASSETS = '_assets'  # no page is called so


class Decks(NamedTuple):
    """Decks of a tab, {page: path}, and the pages that have no marks."""
    paths: dict[str, Path]
    without: list[str]


def build_slides(book: Book, tab: str, out: Path,
                 recordings: Recordings | None = None) -> Decks:
    """Build `out`/slides/<tab>, and return what is in it.

    Args:
        book: the Book.
        tab: a tab's name.
        out: the build folder; it is made in work/slides-<tab> there.
        recordings: the book's, if they are loaded already.

    Raises:
        BuildError: with all that is wrong in what only slides show, or if an
            output cannot be shown; slides that were there stay.
    """
    recordings = recordings or Recordings(book)
    folder, note = _places(out, tab)
    with locked(out, f'slides-{tab}'):
        restore_folder(folder)
        slides = _slides(book, tab)
        sources = _sources(book, tab, recordings, slides)
        made = _write(out / 'work' / f'slides-{tab}', sources)
        note.unlink(missing_ok=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        replace_folder(folder, partial(shutil.copytree, made))
        replace_file(note, _note(recordings, tab, folder, sources, slides))
    without = [page.path for page in book.pages
               if tab in page.tabs and page.name not in slides]
    return Decks({name: folder / f'{name}.html' for name in slides}, without)


def current_slides(book: Book, tab: str, out: Path,
                   recordings: Recordings) -> dict[str, Path]:
    """Return {a page's name: path of its deck} of the decks of a tab that are
    built, whole and of today."""
    folder, note = _places(out, tab)
    try:
        then = json.loads(note.read_bytes())
        holds = then['made'] == folder_checksum(folder) and all(
            bytes_checksum((book.config.folder / name).read_bytes()) == known
            for name, known in then['files'].items())
        pages = {name: folder / f'{name}.html' for name in then['pages']}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # a file is gone, or there is no note of ours
    if not holds or then['inputs'] != inputs_of(book, tab, recordings):
        return {}
    return pages


def _note(recordings: Recordings, tab: str, folder: Path, sources: Sources,
          pages: Iterable[str]) -> bytes:
    """Return what the decks in a folder were made from, and what they are."""
    return json.dumps({
        'inputs': inputs_of(recordings.book, tab, recordings),
        'files': sources.taken, 'made': folder_checksum(folder),
        'pages': [*pages]}).encode()


def _places(out: Path, tab: str) -> tuple[Path, Path]:
    return out / 'slides' / tab, out / 'slides' / f'{tab}.json'


def _slides(book: Book, tab: str) -> dict[str, list[Slide]]:
    """Return the slides of the pages that have some, by their names."""
    errors: list[BuildError] = []
    labels = Known([*book.labels, *book.config.links])
    keys = Known(book.bibliography.works)
    found = {}
    for page in book.pages:
        found[page.name] = slides = make_slides(page, tab, errors)
        for prose in [part for slide in slides for part in slide.parts
                      if isinstance(part, Prose)]:
            errors += check_roles(prose.roles, page, labels, keys)
            errors += _check_names(book, page, prose)
    raise_all(errors)
    return {name: slides for name, slides in found.items() if slides}


def _check_names(book: Book, page: Page, prose: Prose,
                 ) -> Iterator[SourceError]:
    """Yield an error for each claim and image that there is not: text that
    only slides show was not looked at when the book was read."""
    for role in prose.roles:
        if role.name == 'claim' and role.content not in book.claims:
            yield SourceError(page.path, role.line, 'a slide makes the claim '
                              f'{role.content!r}, which no page makes')
    images = [(part.content, part.line) for part in prose.floats
              if part.kind == 'figure' and not is_effects(part.content)
              and not is_remote(part.content)]
    images += [(span.content, span.line) for span in prose.spans
               if span.kind == 'image' and not is_effects(span.content)]
    for link, line in images:
        try:
            book.file(page, link)
        except ValueError as error:
            yield SourceError(page.path, line, f'the image {link!r} of a '
                              f'slide is not a file of the book: {error}')


def _sources(book: Book, tab: str, recordings: Recordings,
             slides: dict[str, list[Slide]]) -> Sources:
    """Return all files of a tab's decks."""
    sources, formulas = Sources(book.config), Renderer()
    try:
        for page in book.pages:
            if page.name in slides:
                writer = DeckWriter(book, page, tab, recordings[
                    page.name, tab], sources, formulas)
                sources.add(f'{page.name}.html', writer.write(
                    slides[page.name]).encode('utf-8', 'replace'))
    finally:
        formulas.stop()
    for name, content in _assets() if slides else ():
        sources.add(f'{_ASSETS}/{name}', content)
    return sources


def _assets() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of all that a deck needs."""
    try:
        for name in ('LICENSE', 'dist/reset.css', 'dist/reveal.css',
                     'dist/reveal.js', 'plugin/notes/notes.js'):
            path = REVEAL / name
            yield path.name, path.read_bytes()
    except FileNotFoundError:
        raise BuildError(f'{REVEAL} is not there; make the environment that '
                         'the builder runs in anew, or run `python -m builder '
                         'katex`') from None
    yield 'slides.js', (_OURS / 'slides.js').read_bytes()
    styles = (_OURS / 'slides.css').read_text('utf-8') + code_styles()
    yield 'slides.css', styles.encode()
    for name, content in katex_assets():
        yield f'katex/{name}', content


def _write(folder: Path, sources: Sources) -> Path:
    """Write the files into a folder of ours, and return it."""
    refuse_link(folder.parent)
    refuse_links(folder)
    remove(folder)
    folder.mkdir(parents=True)
    for name, content in sources.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
