"""A page and a tab to a notebook without outputs (nbformat 4.5)."""
import os
import posixpath
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat

from builder.source.book import Book, Group, Page
from builder.source.citations import citation_keys
from builder.source.figures import Float
from builder.source.inline import Role, Span
from builder.source.markdown import Prose
from builder.source.toc import Toc

CHECK_TAG = 'nbval-check-output'


def make_notebook(book, page, tab):
    """Return the notebook of `page` in `tab`: its prose and code, no outputs.

    Every cell has a fixed id. Cells whose output is exact text (marked
    #@check in the source) carry the tag by which nbval compares them.
    """
    cells = []
    for item in page.items:
        if isinstance(item, Group):
            for cell_id, cell in item.for_tab(tab):
                cells.append(_cell(
                    'code', cell_id, cell.source, execution_count=None,
                    outputs=[], metadata={'tags': [CHECK_TAG]} if cell.check
                    else {}))
        elif item.prose.tabs is None or tab in item.prose.tabs:
            text = render(item.prose, lambda r: _role(book, page, tab, r),
                          lambda *part, key=item.id: _float(
                              book, page, tab, key, *part),
                          lambda span, text=item.prose: _span(
                              book, page, tab, text, span))
            cells.append(_cell('markdown', item.id, text.strip()))
    references = book.bibliography.references(page.cited())
    if references:
        lines = [f'- {reference}' for _, reference in references]
        cells.append(_cell('markdown', 'references', '\n'.join(
            ['## References', '', *lines])))
    notebook = nbformat.from_dict({'cells': cells, 'metadata': {
        'kernelspec': {'display_name': 'Python 3 (ipykernel)',
                       'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python'}},
        'nbformat': 4, 'nbformat_minor': 5})
    nbformat.validate(notebook)
    return notebook


def _cell(kind: str, cell_id: str, source: str,
          **others: Any) -> dict[str, Any]:
    """Return a cell; unlike nbformat's, it is not yet validated, which takes
    seven times as long cell by cell."""
    return {'cell_type': kind, 'id': cell_id, 'metadata': {},
            'source': source, **others}


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
        parts, done = [], start
        for mark in marks[bisect_left(starts, start):bisect_left(starts,
                                                                 end)]:
            parts += (prose.body[done:mark.start],
                      replace(mark) if isinstance(mark, Role)
                      else replace_span(mark))
            done = mark.end
        return ''.join(parts) + prose.body[done:end]

    parts, done = [], 0
    for part in prose.floats:
        parts += (span(done, part.start),
                  replace_float(part, span(*part.rows).rstrip(),
                                span(*part.caption)))
        done = part.end
    return ''.join(parts) + span(done, len(prose.body))


KINDS = {'figure': 'Fig. {}', 'table': 'Table {}', 'equation': '({})'}


def reference_text(book, role):
    """Return the words for a reference, and the Label or Link meant."""
    link = book.config.links.get(role.content)
    target = link or book.labels[role.content]
    if not link and target.kind != 'section':
        return KINDS[target.kind].format(target.number), target
    if role.name == 'ref' or not target.number:
        return target.title, target
    kind = 'Section' if '.' in target.number else 'Chapter'
    of = f' of {book.config.links_name}' if link else ''
    return f'{kind} {target.number}{of}', target


def caption_text(page, text_id, part, caption):
    """Return a figure's or table's caption with its number before it."""
    number = page.numbers.get((text_id, part))
    return f'{KINDS[part.kind].format(number)}. {caption}' if number else (
        caption)


def tagged(page, text_id, part):
    """Return a numbered equation as Markdown."""
    return (f'$$\n{part.content} \\tag{{{page.numbers[text_id, part]}}}'
            '\n$$')


def citation_text(book, role, url):
    """Return a citation as Markdown; url(key) says where a key links to."""
    def linked(text, key):
        return f'[{text}]({url(key)})' if url(key) else text

    known = book.bibliography
    if role.name == 'citet':
        return ', '.join(
            f'{known.authors(key)} ({linked(known.year(key), key)})'
            for key in citation_keys(role))
    return '(' + '; '.join(
        linked(f'{known.authors(key)}, {known.year(key)}', key)
        for key in citation_keys(role)) + ')'


def _float(book, page, tab, text_id, part, rows, caption):
    if part.kind == 'equation':
        return tagged(page, text_id, part)
    caption = caption_text(page, text_id, part, caption)
    if part.kind == 'table':
        return f'{rows}\n\n{caption}'.rstrip()
    return f'![{caption}]({_path(book, page, tab, part.content)})'


def _span(book: Book, page: Page, tab: str, prose: Prose,
          span: Span | Toc) -> str:
    if isinstance(span, Span) and span.kind in ('image', 'link'):
        return _path(book, page, tab, span.content)
    return prose.body[span.start:span.end]


def _path(book: Book, page: Page, tab: str, link: str) -> str:
    """Return the path of a file that a page links to, for a notebook."""
    name, _, place = link.partition('#')
    path = os.path.relpath(book.config.folder / book.file(page, name),
                           book.config.notebook(tab, page.name).parent)
    return quote(Path(path).as_posix()) + (f'#{place}' if place else '')


def _role(book, page, tab, role):
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
    if role.content in book.config.links:
        return f'[{text}]({target.url})'
    anchor = '#' + target.heading.replace(' ', '-')
    if target.page != page.name:
        folder = posixpath.dirname(page.name) or '.'
        anchor = posixpath.relpath(target.page, folder) + '.ipynb' + anchor
    return f'[{text}]({anchor})'
