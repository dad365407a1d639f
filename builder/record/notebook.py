"""A page and a tab to a notebook without outputs (nbformat 4.5)."""
import os
import posixpath
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode, from_dict

from builder import escape
from builder.config import Link
from builder.record.colophon import colophon
from builder.source.book import Book
from builder.source.citations import citation_keys
from builder.source.effects import chosen, is_effects
from builder.source.figures import Float
from builder.source.inline import Role, Span
from builder.source.judgement import Judgement, Study
from builder.source.labels import Label
from builder.source.markdown import Prose
from builder.source.page import Group, Page, Text
from builder.source.toc import Toc

CHECK_TAG = 'nbval-check-output'


def make_notebook(book: Book, page: Page, tab: str,
                  prose: 'NotebookProse | None' = None) -> NotebookNode:
    """Return the notebook of `page` in `tab`: its prose and code, no outputs.

    Every cell has a fixed id. Cells whose output is exact text (marked
    #@check in the source) carry the tag by which nbval compares them.
    """
    writer = prose or NotebookProse(book, page, tab)
    cells: list[dict[str, Any]] = []
    for item in page.items:
        if isinstance(item, Group):
            for cell_id, cell in item.for_tab(tab):
                tags = {'tags': [CHECK_TAG]} if cell.check else {}
                cells.append(_cell('code', cell_id, cell.source, outputs=[],
                                   execution_count=None, metadata=tags))
        elif item.prose.tabs is None or tab in item.prose.tabs:
            cells.append(_cell('markdown', item.id,
                               writer.body(item).strip()))
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


def _cell(cell_type: str, cell_id: str, source: str,
          **others: object) -> dict[str, Any]:
    return {'cell_type': cell_type, 'id': cell_id, 'source': source,
            'metadata': {}, **others}


def render(prose: Prose, replace: Callable[[Role], str],
           replace_float: Callable[[Float, str, str], str],
           replace_span: Callable[[Span | Toc], str]) -> str:
    """Return the body of `prose`, with replace(role) for each role,
    replace_float(float, its rendered rows and caption) for each figure, table
    and numbered equation, and replace_span for each table of contents,
    comment and place that names a file."""
    marks: list[Role | Span | Toc] = sorted(
        [*prose.roles, *prose.spans, *prose.tocs], key=lambda m: m.start)
    starts = [mark.start for mark in marks]

    def span(start: int, end: int) -> str:
        parts: list[str] = []
        done = start
        for mark in marks[bisect_left(starts, start):bisect_left(starts,
                                                                 end)]:
            parts += (prose.body[done:mark.start],
                      replace(mark) if isinstance(mark, Role)
                      else replace_span(mark))
            done = mark.end
        return ''.join(parts) + prose.body[done:end]

    parts: list[str] = []
    done = 0
    for part in prose.floats:
        parts += (span(done, part.start),
                  replace_float(part, span(*part.rows).rstrip(),
                                span(*part.caption)))
        done = part.end
    return ''.join(parts) + span(done, len(prose.body))


KINDS = {'figure': 'Fig. {}', 'table': 'Table {}', 'equation': '({})'}


class ProseWriter:
    """Writes the prose of a page as Markdown: its roles, figures, tables and
    equations. Media differ in the methods that raise NotImplementedError, and
    in those that they override."""

    def __init__(self, book: Book, page: Page):
        self.book, self.page = book, page

    def body(self, item: Text) -> str:
        return self.rendered(item.id, item.prose)

    def rendered(self, text_id: str, prose: Prose) -> str:
        return render(prose, self.role,
                      lambda *part: self.float(text_id, *part),
                      lambda span: self.span(prose, span))

    def role(self, role: Role) -> str:
        if role.name in ('label', 'eqlabel', 'width'):
            return ''
        if role.name in ('cite', 'citet'):
            return self.citation(role)
        if role.name == 'claim':
            claim = self.book.claims[role.content]
            address = self.claim_address(role.content)
            return (f'([{escape.markdown(claim.numbers)}]({address} '
                    f'"{escape.title(self.meaning(claim))}"))')
        link = self.book.config.links.get(role.content)
        if link:
            return self.elsewhere(link_text(self.book, role, link), link)
        label = self.book.labels[role.content]
        return (f'[{label_text(role, label)}]'
                f'({self.label_address(role.content, label)})')

    def citation(self, role: Role) -> str:
        def linked(text: str, key: str) -> str:
            address = self.citation_address(key)
            return f'[{text}]({address})' if address else text

        known, keys = self.book.bibliography, citation_keys(role)
        if role.name == 'citet':
            return ', '.join(f'{known.authors(key)} '
                             f'({linked(known.year(key), key)})'
                             for key in keys)
        cited = [linked(f'{known.authors(key)}, {known.year(key)}', key)
                 for key in keys]
        return f'({"; ".join(cited)})'

    def float(self, text_id: str, part: Float, rows: str,
              caption: str) -> str:
        """Return a figure, a table or a numbered equation."""
        number = self.page.numbers.get((text_id, part))
        if part.kind == 'equation':
            return self.equation(f'{part.content} \\tag{{{number}}}')
        if number:
            caption = f'{KINDS[part.kind].format(number)}. {caption}'
        if part.kind == 'table':
            return self.table(rows, caption)
        if is_effects(part.content):
            return self.effects(part, chosen(part.content, self.book.studies),
                                caption)
        return self.figure(part, caption)

    def equation(self, formula: str) -> str:
        return f'$$\n{formula}\n$$'

    def span(self, prose: Prose, span: Span | Toc) -> str:
        """Return a table of contents, a comment or the name of a file."""
        raise NotImplementedError

    def table(self, rows: str, caption: str) -> str:
        raise NotImplementedError

    def figure(self, part: Float, caption: str) -> str:
        raise NotImplementedError

    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        raise NotImplementedError

    def elsewhere(self, text: str, link: Link) -> str:
        return f'[{text}]({link.url})'

    def label_address(self, name: str, label: Label) -> str:
        raise NotImplementedError

    def citation_address(self, key: str) -> str:
        raise NotImplementedError

    def claim_address(self, name: str) -> str:
        raise NotImplementedError

    def meaning(self, claim: Judgement) -> str:
        """Return what the numbers of a claim mean, in full."""
        return claim.preview()


def label_text(role: Role, label: Label) -> str:
    """Return the words for a reference to a label of this book."""
    if label.kind != 'section':
        return KINDS[label.kind].format(label.number)
    if role.name == 'ref' or not label.number:
        return label.title
    return _numbered(label.number)


def link_text(book: Book, role: Role, link: Link) -> str:
    """Return the words for a reference to another book."""
    if role.name == 'ref' or not link.number:
        return escape.markdown(link.title)
    name = escape.markdown(book.config.links_name)
    return f'{_numbered(link.number)} of {name}'


def _numbered(number: str) -> str:
    return f'{"Section" if "." in number else "Chapter"} {number}'


class NotebookProse(ProseWriter):
    """Prose in a notebook, whose links lead to other notebooks and files."""

    def __init__(self, book: Book, page: Page, tab: str):
        super().__init__(book, page)
        self.folder = book.config.notebook(tab, page.name).parent

    def table(self, rows: str, caption: str) -> str:
        return f'{rows}\n\n{caption}'.rstrip()

    def figure(self, part: Float, caption: str) -> str:
        return f'![{caption}]({self.linked(part.content)})'

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

    def span(self, prose: Prose, span: Span | Toc) -> str:
        if isinstance(span, Span) and span.kind in ('image', 'link'):
            return self.linked(span.content)
        return prose.body[span.start:span.end]

    def linked(self, link: str) -> str:
        """Return the path of a file that the page links to."""
        name, _, place = link.partition('#')
        path = self.book.config.folder / self.book.file(self.page, name)
        return self.relative(path) + (f'#{place}' if place else '')

    def relative(self, path: Path) -> str:
        return quote(Path(os.path.relpath(path, self.folder)).as_posix())

    def label_address(self, name: str, label: Label) -> str:
        anchor = '#' + label.heading.replace(' ', '-')
        if label.page == self.page.name:
            return anchor
        folder = posixpath.dirname(self.page.name) or '.'
        return posixpath.relpath(label.page, folder) + '.ipynb' + anchor

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
