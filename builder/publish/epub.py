"""A book as an EPUB for one tab: MyST Markdown without tabs, then Sphinx.

Plots are SVG, formulas MathML, and no script runs: what readers of EPUB have
in common.
"""
import re
from pathlib import Path
from typing import Any

from builder.publish.api import read_api
from builder.publish.appendices import add_appendices, appendices
from builder.publish.conf import EPUB_COVER, add_epub_conf
from builder.publish.editions import current, keep
from builder.publish.epub_cover import cover_png
from builder.publish.figures import check_figures
from builder.publish.folders import locked
from builder.publish.labs import lab_sheet
from builder.publish.outputs import PageOutputs
from builder.publish.pdf import runs_of
from builder.publish.prose import MystProse
from builder.publish.sheets import SheetWriter
from builder.publish.sources import Sources
from builder.publish.sphinx_build import build, telling_all
from builder.record.colophon import colophon
from builder.record.prose import LEFT_OUT
from builder.record.recordings import Recordings
from builder.source.book import Book
from builder.source.files import is_remote
from builder.source.inline import Span
from builder.source.lab import Lab
from builder.source.page import Question

# Matplotlib's outline of a space; EPUB's SVG demands that there is one.
_NO_SHAPE = re.compile(rb'<path (?![^>]*\bd=)')
_NO_RUN = '2000-01-01'  # the date of a book without any


class EpubProse(MystProse):
    """Prose without scripts and without images from the web."""

    def asked(self, item: Question) -> str:
        return self.told(item)

    def lab(self, lab: Lab) -> str:
        return lab_sheet(lab, self.page.name, self.sources, as_pdf=False)

    def lab_link(self, span: Span) -> str:
        return LEFT_OUT

    def image(self, link: str) -> str:
        return f'/{self.placeholder()}' if is_remote(link) else (
            super().image(link))


class EpubOutputs(PageOutputs):
    """Writes outputs as they are: nothing loads late, and nothing folds. Text
    has no colours, since nobody knows those of its ground."""

    colours = False

    def literal(self, text: str) -> str:
        return self.block(text)

    def plot(self, output: Any, name: str) -> str:
        return super().plot(output, name).replace('\n:loading: lazy', '')

    def file(self, name: str, content: bytes, kind: str) -> str:
        if kind == 'svg':
            content = _NO_SHAPE.sub(rb'<path d="" ', content)
        return super().file(name, content, kind)


class EpubWriter(SheetWriter):
    """Writes one page as MyST for a single tab."""

    prose_writer = EpubProse
    output_writer = EpubOutputs


def build_epub(book: Book, tab: str, out: Path,
               recordings: Recordings | None = None) -> Path:
    """Build `out`/epub/<tab>.epub, unless it is there, and return its path.

    Args:
        book: the Book.
        tab: a tab's name.
        out: the build folder; Sphinx works below it, in work/epub-<tab>.
        recordings: the book's, if they are loaded already.

    Raises:
        BuildError: if Sphinx complains; an EPUB that was there stays.
    """
    recordings = recordings or Recordings(book)
    with locked(out, f'epub-{tab}'):
        there = current('epub', book, tab, out, recordings)
        if there:
            return there
        sources = make_sources(book, tab, recordings)
        with telling_all(book):
            made = build(out / 'work' / f'epub-{tab}', sources, 'epub')
        return keep('epub', tab, out, (made / 'book.epub').read_bytes(),
                    sources, recordings)


def make_sources(book: Book, tab: str, recordings: Recordings) -> Sources:
    """Return all that Sphinx reads for a tab's EPUB."""
    check_figures(book, recordings, [tab])
    sources, api = Sources(book.config), read_api(book.config)
    more = appendices(book, api, tab)
    runs = [recordings[page.name, tab].about for page in book.pages]
    cover = cover_png(book.config, tab)
    if cover:
        sources.add(EPUB_COVER, cover)
    add_epub_conf(book.config, tab, max(
        [_NO_RUN, *(run.date for run in runs if run)]), sources,
        api.names(tab) if api else [], cover=bool(cover))
    for page in book.pages:
        writer = EpubWriter(book, page, tab, recordings[page.name, tab],
                            sources)
        if page is book.pages[0]:
            writer.front = '\n\n'.join(filter(None, (
                runs_of(book, tab, recordings), colophon(book))))
        text = writer.write()
        if page is book.pages[0] and more:
            text += f'\n```{{toctree}}\n:hidden:\n\n{more}\n```\n'
        sources.add_page(page.name, page.path, text)
    add_appendices(EpubProse(book, book.pages[0], sources), api, tab)
    return sources
