"""Recorded outputs as MyST Markdown: text, tables and plots."""
from typing import Any, NamedTuple

from builder.errors import BuildError
from builder.escape import fenced, markup, printable
from builder.publish.colours import coloured
from builder.publish.markup import directive, quoted
from builder.publish.pdf_images import converted
from builder.publish.sources import Sources
from builder.publish.svg import page_svg
from builder.record.checksums import bytes_checksum
from builder.record.outputs import (
    PLOTS,
    left_text,
    pdf_file,
    shown_form,
    words_of,
)
from builder.record.png import png_file, png_size
from builder.record.tables import Cell, read_tables
from builder.words import words

LONG = 30  # lines of output that are folded
_SCALE = 80  # percent of a plot's size on a page, so that two fit on a sheet
# As Sphinx writes a block of text.
_BLOCK = ('<div class="highlight-text notranslate"><div class="highlight">'
          '<pre><span></span>{}\n</pre></div></div>')
_SHEET = 600  # CSS pixels; a sheet's text is 160 mm wide


class Shown(NamedTuple):
    """An output as MyST, and whether it is a plot."""
    text: str
    plot: bool


class Picture(NamedTuple):
    """A picture as a page shows it: a file, its kind, its size there in CSS
    pixels, and what it shows, in words."""
    content: bytes
    kind: str
    width: int
    height: int
    words: str


def picture_of(output: Any) -> Picture:
    """Return an output's picture.

    Raises:
        BuildError, ValueError: if no page may hold it.
    """
    words = printable(words_of(output))
    if 'image/svg+xml' in output.data:
        svg, width, height = page_svg(output.data['image/svg+xml'])
        return Picture(svg.encode(), 'svg', width, height, words)
    content = png_file(output.data['image/png'])
    size = png_size(content)
    # Where a screen is fine, a notebook notes the size that is meant.
    noted = output.get('metadata', {}).get('image/png', {})
    if isinstance(noted, dict) and all(
            type(noted.get(side)) is int and 0 < noted[side] <= most
            for side, most in zip(('width', 'height'), size)):
        size = noted['width'], noted['height']
    return Picture(content, 'png', *size, words)


class PageOutputs:
    """Writes outputs for pages; plots go to `sources`.

    A plot's file is named after its content: the same plot in all tabs is
    one file, and the same MyST.
    """

    tables = True  # whether they are shown as tables
    colours = True  # whether text has those of a terminal

    def __init__(self, sources: Sources):
        self.sources = sources

    def write(self, output: Any, name: str) -> Shown:
        """Return an output, which errors and files are named after `name`.

        Raises:
            BuildError: if it is neither text, nor a table, nor a plot that a
                page may hold.
        """
        try:
            form, content = shown_form(output, self.tables)
            if form in PLOTS:
                return Shown(self.plot(output, name), True)
            if form == 'text/html':
                return Shown(self.table(content), False)
        except (BuildError, ValueError) as error:
            raise BuildError(f'{name}: {error}') from None
        return Shown(self.literal(content), False)

    def literal(self, text: str) -> str:
        """Return an output of text; a long one is folded."""
        block = self.block(text)
        lines = printable(left_text(text)).rstrip().count('\n') + 1
        return block if lines <= LONG else directive(
            'dropdown', words(self.sources.config.language)(
                '{} lines of output').format(lines), block)

    def block(self, text: str) -> str:
        left = left_text(text)
        shown = coloured(left.rstrip()) if self.colours else ''
        return directive('container', 'output', directive(
            'raw', 'html', _BLOCK.format(shown)) if '<span ' in shown else
            fenced('text', printable(left).rstrip()))

    def table(self, html: str) -> str:
        """Return the tables of an output as our own HTML."""
        found = read_tables(html)
        parts = [_table(rows) for rows in found.tables]
        if found.text:
            parts.append(f'<p>{markup(found.text)}</p>')
        return directive('container', 'output',
                         directive('raw', 'html', '\n'.join(parts)))

    def plot(self, output: Any, name: str) -> str:
        picture = picture_of(output)
        path = self.file(name, picture.content, picture.kind)
        kind = 'plot' if picture.kind == 'svg' else 'plot bitmap'
        return (f'```{{image}} /{path}\n:alt: {quoted(picture.words)}\n'
                f':class: {kind}\n:width: {picture.width}\n'
                f':height: {picture.height}\n:loading: lazy\n```')

    def file(self, name: str, content: bytes, kind: str) -> str:
        checksum = bytes_checksum(content)[:8]
        path = f'plots/{name.rpartition("/")[2]}-{checksum}.{kind}'
        self.sources.add(path, content)
        return path


class SheetOutputs(PageOutputs):
    """Writes outputs for PDFs: plots are the PDF form of the recorded ones,
    or made one, so they are sharp at any size; tables are text."""

    tables = colours = False

    def plot(self, output: Any, name: str) -> str:
        if 'application/pdf' in output.data:
            content = pdf_file(output.data['application/pdf'])
            path = self.file(name, content, 'pdf')
            size = f':scale: {_SCALE}'
        else:
            picture = picture_of(output)
            content, kind = picture.content, picture.kind
            if kind == 'svg':
                content, kind = converted(name, content), 'pdf'
            path = self.file(name, content, kind)
            width = min(picture.width * _SCALE // 100, _SHEET)
            size = f':width: {max(width, 1)}px'
        return f'```{{image}} /{path}\n:align: center\n{size}\n```'


def _table(rows: list[list[Cell]]) -> str:
    """Return a table as HTML, in the form that themes know."""
    lines = ['<div class="table-wrapper docutils container">',
             '<table class="docutils">']
    lines += [f'<tr>{"".join(map(_cell, row))}</tr>' for row in rows]
    return '\n'.join([*lines, '</table></div>'])


def _cell(cell: Cell) -> str:
    tag = 'th' if cell.head else 'td'
    said = {'scope': cell.head,
            'rowspan': cell.rows if cell.rows > 1 else '',
            'colspan': cell.columns if cell.columns > 1 else ''}
    attributes = ''.join(f' {name}="{value}"'
                         for name, value in said.items() if value)
    return f'<{tag}{attributes}>{markup(cell.text)}</{tag}>'
