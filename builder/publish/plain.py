"""Pages as plain Markdown, for programs that read: one file a page and tab,
and llms.txt (llmstxt.org), which names them. They stand beside the pages.
"""
import os
from pathlib import Path

from builder import escape
from builder.publish.api import Api
from builder.publish.api_sheet import api_sheet
from builder.publish.claims_json import JSON_FILE
from builder.publish.markup import copy_path
from builder.publish.sources import Sources
from builder.record.notebook import NotebookProse, make_notebook
from builder.record.outputs import PLOTS, shown_form, words_of
from builder.record.provenance import provenance_line
from builder.record.recording import Outputs, Recording
from builder.record.recordings import Recordings
from builder.source.book import Book, Page
from builder.source.reader import API

EXTRA = '_extra'  # the folder of what Sphinx only copies, among the Sources


class PlainProse(NotebookProse):
    """Prose whose links lead to other Markdown files, and to copies."""

    def __init__(self, book: Book, page: Page, tab: str, sources: Sources):
        super().__init__(book, page, tab)
        self.tab, self.sources = tab, sources
        self.place = Path(_name(tab, page)).parent

    def linked(self, link: str) -> str:
        name, _, place = link.partition('#')
        end = f'#{place}' if place else ''
        try:
            name = self.book.file(self.page, name)
        except ValueError:  # a mistake that is told elsewhere
            return ''
        for page in self.book.pages:
            if page.path == name:
                return self._from_here(_name(self.tab, page)) + end
        copy = f'markdown/{copy_path(name)}'
        if f'{EXTRA}/{copy}' not in self.sources:
            self.sources.add(f'{EXTRA}/{copy}', self.sources.take(
                self.book.config.folder / name)[1])
        return self._from_here(copy) + end

    def page_address(self, name: str) -> str:
        return self.beside(f'{name}.md')

    def claim_address(self, name: str) -> str:
        return self._from_here(f'claims.html#claim-{name}') if (
            self.book.shows_claims) else ''

    def _from_here(self, name: str) -> str:
        return escape.address(
            Path(os.path.relpath(name, self.place)).as_posix())


def _name(tab: str, page: Page) -> str:
    """Return where the Markdown of a page stands on the site."""
    return _place(tab, page.name)


def _place(tab: str, name: str) -> str:
    return f'markdown/{tab}/{name}.md'


def add_plain_pages(book: Book, recordings: Recordings,
                    sources: Sources, api: Api | None = None) -> None:
    """Add the Markdown of every page in every tab, that of the package's
    too, and llms.txt."""
    site = book.config.html.site
    lines = [f'# {escape.markdown(book.config.title)}', '']
    for tab, known in book.config.tabs.items():
        lines += [f'## {escape.markdown(known.title)}', '']
        texts = [(page.name, page.title, plain_page(
            book, page, tab, recordings[page.name, tab], sources))
            for page in book.pages]
        if api and tab in api.modules:
            text = api_sheet(api, known)
            title = text.partition('\n')[0].removeprefix('# ')
            texts.append((API, title, text))
        for name, title, text in texts:
            place = _place(tab, name)
            sources.add(f'{EXTRA}/{place}', text.encode('utf-8', 'replace'))
            lines.append(f'- [{title}]({escape.address(site + place)})')
        lines.append('')
    if book.shows_claims:
        lines += ['## Claims and Runs', '', '- [All of them, as JSON]'
                  f'({escape.address(site + JSON_FILE)})', '']
    sources.add(f'{EXTRA}/llms.txt', '\n'.join(lines).encode())


def plain_page(book: Book, page: Page, tab: str, recording: Recording,
               sources: Sources) -> str:
    """Return a page in one tab: prose, code, and what the run printed."""
    prose = PlainProse(book, page, tab, sources)
    parts: list[str] = []
    outputs = iter([each or [] for each in recording.outputs])
    for cell in make_notebook(book, page, tab, prose).cells:
        if cell.cell_type == 'markdown':
            parts.append(cell.source)
            continue
        parts.append(escape.fenced('python', cell.source))
        parts += _shown(next(outputs))
    if page.code(tab):
        parts.insert(1, provenance_line(book.config.tabs[tab], recording,
                                        prose.say))
    return '\n\n'.join(parts) + '\n'


def _shown(outputs: Outputs) -> list[str]:
    """Return outputs in words: text as it is, plots by what they show."""
    parts = []
    for output in outputs:
        form, content = shown_form(output)
        if form in PLOTS:
            parts.append(f'*Plot:* {escape.markdown(words_of(output))}')
        else:
            parts.append(escape.fenced('text',
                                       escape.printable(content).rstrip()))
    return parts
