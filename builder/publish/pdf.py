"""A book as a PDF for one tab: MyST Markdown without tabs, Sphinx, XeLaTeX.

Only that tab's prose, code, outputs and provenance are in it.
"""
from pathlib import Path

from builder.publish.api import read_api
from builder.publish.appendices import add_appendices, appendices
from builder.publish.conf import add_latex_conf
from builder.publish.editions import current, keep
from builder.publish.figures import check_figures
from builder.publish.folders import locked
from builder.publish.latex import need_latex, typeset
from builder.publish.sheets import SheetProse, SheetWriter
from builder.publish.sources import Sources
from builder.publish.sphinx_build import build, telling_all
from builder.record.colophon import colophon
from builder.record.provenance import provenance_line
from builder.record.recordings import Recordings
from builder.source.book import Book
from builder.words import words

# From here on the table of contents has titles of pages only.
_SHORT_CONTENTS = r'''```{raw} latex
\addtocontents{toc}{\protect\setcounter{tocdepth}{1}}
```'''


def build_pdf(book: Book, tab: str, out: Path,
              recordings: Recordings | None = None) -> Path:
    """Build `out`/pdf/<tab>.pdf, unless it is there, and return its path.

    Args:
        book: the Book.
        tab: a tab's name.
        out: the build folder; Sphinx and XeLaTeX work below it, in
            work/pdf-<tab>.
        recordings: the book's, if they are loaded already.

    Raises:
        BuildError: if LaTeX is missing, or if Sphinx or LaTeX complains, of a
            line that is too long, say; a PDF that was there stays.
    """
    need_latex(book.config.language)
    recordings = recordings or Recordings(book)
    with locked(out, f'pdf-{tab}'):
        return (current_pdf(book, tab, out, recordings)
                or _make(book, tab, out, recordings))


def _make(book: Book, tab: str, out: Path, recordings: Recordings) -> Path:
    """Build a PDF and write the note of what it was made from."""
    sources = make_sources(book, tab, recordings)
    folder = out / 'work' / f'pdf-{tab}'
    with telling_all(book):
        made = typeset(build(folder / 'sphinx', sources, 'latex'),
                       folder / 'tex', sources)
    return keep('pdf', tab, out, made, sources, recordings)


def current_pdf(book: Book, tab: str, out: Path,
                recordings: Recordings | None = None) -> Path | None:
    """Return the path of a tab's PDF if it is built, whole and of today."""
    return current('pdf', book, tab, out, recordings)


def make_sources(book: Book, tab: str,
                 recordings: Recordings | None = None) -> Sources:
    """Return all that Sphinx reads for a tab's PDF."""
    recordings = recordings or Recordings(book)
    check_figures(book, recordings, [tab])
    sources, api = Sources(book.config), read_api(book.config)
    more = appendices(book, api, tab)
    add_latex_conf(book.config, tab, sources)
    for page in book.pages:
        writer = SheetWriter(book, page, tab, recordings[page.name, tab],
                             sources)
        first = page is book.pages[0]
        if first:
            writer.front = '\n\n'.join(filter(None, (
                runs_of(book, tab, recordings), colophon(book))))
        text = writer.write()
        if first and more:
            text += f'\n{_SHORT_CONTENTS}\n\n```{{toctree}}\n{more}\n```\n'
        sources.add_page(page.name, page.path, text)
    add_appendices(SheetProse(book, book.pages[0], sources), api, tab)
    return sources


def runs_of(book: Book, tab: str, recordings: Recordings) -> str:
    """Return what stands under the book's title: its runs."""
    return '\n\n'.join(
        f'*{page.title}*: ' + provenance_line(
            book.config.tabs[tab], recordings[page.name, tab],
            words(book.config.language))
        for page in book.pages if page.code(tab))
