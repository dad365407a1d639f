"""A page and a tab to a notebook without outputs (nbformat 4.5)."""
import os
import posixpath
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nbformat import NotebookNode, from_dict

from builder.config import Link
from builder.source.book import Book, Group, Page
from builder.source.citations import citation_keys
from builder.source.figures import Float
from builder.source.labels import Label
from builder.source.markdown import Prose, Role

CHECK_TAG = 'nbval-check-output'


def make_notebook(book: Book, page: Page, tab: str) -> NotebookNode:
    """Return the notebook of `page` in `tab`: its prose and code, no outputs.

    Every cell has a fixed id. Cells whose output is exact text (marked
    #@check in the source) carry the tag by which nbval compares them.
    """
    cells = []
    for item in page.items:
        if isinstance(item, Group):
            for cell_id, cell in item.for_tab(tab):
                tags = {'tags': [CHECK_TAG]} if cell.check else {}
                cells.append(_cell('code', cell_id, cell.source, outputs=[],
                                   execution_count=None, metadata=tags))
        elif item.prose.tabs is None or tab in item.prose.tabs:
            text = render(item.prose, partial(_role, book, page, tab),
                          partial(_float, book, page, tab, item.id))
            cells.append(_cell('markdown', item.id, text.strip()))
    references = book.bibliography.references(page.cited())
    if references:
        lines = [f'- {reference}' for _, reference in references]
        cells.append(_cell('markdown', 'references',
                           '\n'.join(['## References', '', *lines])))
    notebook: NotebookNode = from_dict({
        'nbformat': 4, 'nbformat_minor': 5, 'cells': cells, 'metadata': {
            'kernelspec': {'display_name': 'Python 3 (ipykernel)',
                           'language': 'python', 'name': 'python3'},
            'language_info': {'name': 'python'}}})
    return notebook


def _cell(cell_type: str, cell_id: str, source: str,
          **others: object) -> dict[str, object]:
    return {'cell_type': cell_type, 'id': cell_id, 'source': source,
            'metadata': {}, **others}


def render(prose: Prose, replace: Callable[[Role], str],
           replace_float: Callable[[Float, str, str], str]) -> str:
    """Return the body of `prose`, with replace(role) for each role and
    replace_float(float, its rendered rows and caption) for each figure, table
    and numbered equation."""
    def span(start: int, end: int) -> str:
        parts: list[str] = []
        done = start
        for role in prose.roles:
            if start <= role.start < end:
                parts += prose.body[done:role.start], replace(role)
                done = role.end
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


def reference_text(book: Book, role: Role) -> tuple[str, Label | Link]:
    """Return the words for a reference, and the Label or Link meant."""
    link = book.config.links.get(role.content)
    target = link or book.labels[role.content]
    if isinstance(target, Label) and target.kind != 'section':
        return KINDS[target.kind].format(target.number), target
    if role.name == 'ref' or not target.number:
        return target.title, target
    kind = 'Section' if '.' in target.number else 'Chapter'
    of = f' of {book.config.links_name}' if link else ''
    return f'{kind} {target.number}{of}', target


def caption_text(page: Page, text_id: str, part: Float, caption: str) -> str:
    """Return a figure's or table's caption with its number before it."""
    number = page.numbers.get((text_id, part))
    return f'{KINDS[part.kind].format(number)}. {caption}' if number else (
        caption)


def tagged(page: Page, text_id: str, part: Float) -> str:
    """Return a numbered equation as Markdown."""
    return (f'$$\n{part.content} \\tag{{{page.numbers[text_id, part]}}}'
            '\n$$')


def citation_text(book: Book, role: Role, url: Callable[[str], str]) -> str:
    """Return a citation as Markdown; url(key) says where a key links to."""
    def linked(text: str, key: str) -> str:
        return f'[{text}]({url(key)})' if url(key) else text

    known = book.bibliography
    if role.name == 'citet':
        return ', '.join(
            f'{known.authors(key)} ({linked(known.year(key), key)})'
            for key in citation_keys(role))
    return '(' + '; '.join(
        linked(f'{known.authors(key)}, {known.year(key)}', key)
        for key in citation_keys(role)) + ')'


def _float(book: Book, page: Page, tab: str, text_id: str, part: Float,
           rows: str, caption: str) -> str:
    if part.kind == 'equation':
        return tagged(page, text_id, part)
    caption = caption_text(page, text_id, part, caption)
    if part.kind == 'table':
        return f'{rows}\n\n{caption}'.rstrip()
    source = (book.config.folder / page.path).parent / part.content
    here = book.config.notebook(tab, page.name).parent
    path = Path(os.path.relpath(source, here)).as_posix()
    return f'![{caption}]({path})'


def _role(book: Book, page: Page, tab: str, role: Role) -> str:
    if role.name in ('label', 'eqlabel', 'width'):
        return ''
    if role.name in ('cite', 'citet'):
        return citation_text(book, role, book.bibliography.url)
    if role.name == 'claim':
        claim = book.claims[role.content]
        here = book.config.notebook(tab, page.name).parent
        runs = book.config.folder / claim.runs[0]
        runs = Path(os.path.relpath(
            runs if len(claim.runs) == 1 else runs.parent, here))
        return f'([{claim.text}]({runs.as_posix()}))'
    text, target = reference_text(book, role)
    if isinstance(target, Link):
        return f'[{text}]({target.url})'
    anchor = '#' + target.heading.replace(' ', '-')
    if target.page != page.name:
        folder = posixpath.dirname(page.name) or '.'
        anchor = posixpath.relpath(target.page, folder) + '.ipynb' + anchor
    return f'[{text}]({anchor})'
