"""A page and a tab to a notebook without outputs (nbformat 4.5)."""
import os
import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode, from_dict

from builder import escape
from builder.record.colophon import colophon
from builder.record.needs import needs
from builder.record.prose import LEFT_OUT, ProseWriter
from builder.source.book import Book
from builder.source.figures import Float
from builder.source.files import is_remote
from builder.source.inline import Span
from builder.source.judgement import Judgement, Study
from builder.source.lab import Lab
from builder.source.labels import Label
from builder.source.markdown import Prose
from builder.source.page import Group, Item, Page, Question
from builder.source.toc import Toc

CHECK_TAG = 'nbval-check-output'


def make_notebook(book: Book, page: Page, tab: str,
                  prose: 'NotebookProse | None' = None) -> NotebookNode:
    """Return the notebook of `page` in `tab`: its prose and code, no outputs.

    Every cell has a fixed id. Cells whose output is exact text (marked
    #@check in the source) carry the tag by which nbval compares them.
    """
    writer = prose or NotebookProse(book, page, tab)
    cells = [cell for item in page.items for cell in _cells(item, writer,
                                                            page, tab)]
    if page.code(tab) and writer.install():
        first = cells[0]['cell_type'] == 'markdown'
        cells.insert(int(first), _cell('markdown', 'needs', writer.install()))
    references = book.bibliography.references(page.cited())
    if references:
        lines = [f'- {reference}' for _, reference in references]
        cells.append(_cell('markdown', 'references',
                           '\n'.join(['## References', '', *lines])))
    end = colophon(book)
    if end:
        cells.append(_cell('markdown', 'colophon', end))
    notebook: NotebookNode = from_dict({
        'nbformat': 4, 'nbformat_minor': 5, 'cells': cells, 'metadata': {
            'kernelspec': {'display_name': 'Python 3 (ipykernel)',
                           'language': 'python', 'name': 'python3'},
            'language_info': {'name': 'python'}}})
    return notebook


def _cells(item: Item, writer: 'NotebookProse', page: Page,
           tab: str) -> Iterator[dict[str, Any]]:
    """Yield the cells of an item of a page in a tab."""
    if isinstance(item, Group):
        for cell_id, cell in item.for_tab(tab) if tab in page.tabs else ():
            tags = {'tags': [CHECK_TAG]} if cell.check else {}
            yield _cell('code', cell_id, cell.source, outputs=[],
                        execution_count=None, metadata=tags)
        if item.figure and item.for_tab(tab):
            yield _cell('markdown', item.figure.id,
                        writer.body(item.figure).strip())
    elif isinstance(item, Question):
        yield _cell('markdown', item.id, writer.told(item))
    elif item.prose.tabs is None or tab in item.prose.tabs:
        yield _cell('markdown', item.id, writer.body(item).strip())


def _cell(cell_type: str, cell_id: str, source: str,
          **others: object) -> dict[str, Any]:
    return {'cell_type': cell_type, 'id': cell_id, 'source': source,
            'metadata': {}, **others}


def lab_words(lab: Lab) -> str:
    """Return what stands in the place of a lab where none can be."""
    names = ', '.join(lab.schedules)
    return ('*On the pages of this book a lab stands here. It draws schedules '
            f'({names}, with a peak of {lab.peak:g}), lets you change them, '
            'and trains a network under each of them in the browser.*\n')


class NotebookProse(ProseWriter):
    """Prose in a notebook, whose links lead to other notebooks and files."""

    def __init__(self, book: Book, page: Page, tab: str):
        super().__init__(book, page)
        self.tab = tab
        self.folder = book.config.notebook(tab, page.name).parent

    def install(self) -> str:
        """Return what the cells need, and how it is installed, or ''."""
        return needs(self.book.config, self.tab)

    def table(self, rows: str, caption: str) -> str:
        return f'{rows}\n\n{caption}'.rstrip()

    def figure(self, part: Float, caption: str) -> str:
        if part.kind != 'figure':  # plots stand above it; a cover is no file
            return caption
        path = (escape.address(part.content) if is_remote(part.content)
                else self.linked(part.content))
        return f'![{caption}]({path})'

    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        """Return a table: a notebook holds no picture but those it drew."""
        rows = [f'| {escape.markdown(claim.label)} '
                f'| {escape.markdown(claim.numbers)} '
                f'| {escape.markdown(claim.text)} '
                f'| {escape.markdown(study.title)} |'
                for study in studies for claim in study.claims]
        return self.table('\n'.join(
            ['| Claim | | In full | Study |', '|---|---|---|---|', *rows]),
            caption)

    def span(self, prose: Prose, span: Span | Toc | Lab) -> str:
        if isinstance(span, Lab):
            return lab_words(span)
        if isinstance(span, Toc):
            return self.contents(prose.body[span.start:span.end])
        if isinstance(span, Span) and span.kind in ('image', 'link'):
            return self.target(span.content)
        if isinstance(span, Span) and span.kind == 'lab':
            return LEFT_OUT
        if isinstance(span, Span) and span.kind in ('dropped', 'choice'):
            return ''
        return prose.body[span.start:span.end]

    def contents(self, fence: str) -> str:
        """Return a table of contents without what is left out."""
        def shown(line: str) -> bool:
            return self.book.shows(posixpath.normpath(posixpath.join(
                posixpath.dirname(self.page.name),
                line.strip().removesuffix('.md'))))

        return '\n'.join(filter(shown, fence.split('\n')))

    def linked(self, link: str) -> str:
        """Return the path of a file that the page links to."""
        name, _, place = link.partition('#')
        try:
            path = self.book.config.folder / self.book.file(self.page, name)
        except ValueError:  # a mistake that is told elsewhere
            return ''
        return self.relative(path) + (f'#{place}' if place else '')

    def relative(self, path: Path) -> str:
        return quote(Path(os.path.relpath(path, self.folder)).as_posix())

    def label_address(self, name: str, label: Label) -> str:
        anchor = '#' + label.heading.replace(' ', '-')
        if label.page == self.page.name:
            return anchor
        address = self.page_address(label.page)
        return address and address + anchor

    def page_address(self, name: str) -> str:
        """Return where another page is, or '' if it has no notebook."""
        return self.beside(f'{name}.ipynb') if any(
            page.name == name and page.code(self.tab)
            for page in self.book.pages) else ''

    def beside(self, name: str) -> str:
        """Return the address of a file where the book's root page stands."""
        folder = posixpath.dirname(self.page.name) or '.'
        return posixpath.relpath(name, folder)

    def citation_address(self, key: str) -> str:
        return self.book.bibliography.url(key)

    def meaning(self, claim: Judgement) -> str:
        """Return nothing that depends on other claims: their runs would make
        a notebook's text old."""
        return f'{claim.title}: {claim.text}.'

    def claim_address(self, name: str) -> str:
        runs = self.book.claims[name].runs
        path = self.book.config.folder / runs[0]
        return self.relative(path if len(runs) == 1 else path.parent)
