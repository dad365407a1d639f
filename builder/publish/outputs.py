"""Recorded outputs as MyST Markdown: text and plots."""
from typing import Any, NamedTuple

from builder.errors import BuildError
from builder.escape import fenced, printable
from builder.publish.markup import directive, quoted
from builder.publish.sources import Sources
from builder.publish.svg import page_svg
from builder.record.checksums import bytes_checksum
from builder.record.outputs import pdf_file, shown_form

LONG = 30  # lines of output that are folded
_SCALE = 80  # percent of a plot's size on a page, so that two fit on a sheet


class Shown(NamedTuple):
    """An output as MyST, and whether it is a plot."""
    text: str
    plot: bool


class PageOutputs:
    """Writes outputs for pages; plots go to `sources`.

    A plot's file is named after its content: the same plot in all tabs is
    one file, and the same MyST.
    """

    def __init__(self, sources: Sources):
        self.sources = sources

    def write(self, output: Any, name: str) -> Shown:
        """Return an output, which errors and files are named after `name`.

        Raises:
            BuildError: if it is neither text nor a plot as d2l draws it.
        """
        try:
            form, content = shown_form(output)
        except ValueError as error:
            raise BuildError(f'{name}: {error}') from None
        if form == 'image/svg+xml':
            return Shown(self.plot(output.data, name), True)
        return Shown(self.literal(content), False)

    def literal(self, text: str) -> str:
        """Return an output of text; a long one is folded."""
        block = self.block(text)
        lines = printable(text).rstrip().count('\n') + 1
        return block if lines <= LONG else directive(
            'dropdown', f'{lines} lines of output', block)

    def block(self, text: str) -> str:
        return directive('container', 'output', fenced(
            'text', printable(text).rstrip()))

    def plot(self, data: dict[str, str], name: str) -> str:
        try:
            svg, width, height = page_svg(data['image/svg+xml'])
        except BuildError as error:
            raise BuildError(f'{name}: {error}') from None
        path = self.file(name, svg.encode(), 'svg')
        alt = ' '.join(printable(data.get('text/plain', '')).split())
        return (f'```{{image}} /{path}\n:alt: {quoted(alt)}\n:class: plot\n'
                f':width: {width}\n:height: {height}\n:loading: lazy\n'
                '```')

    def file(self, name: str, content: bytes, kind: str) -> str:
        checksum = bytes_checksum(content)[:8]
        path = f'plots/{name.rpartition("/")[2]}-{checksum}.{kind}'
        self.sources.add(path, content)
        return path


class SheetOutputs(PageOutputs):
    """Writes outputs for PDFs: plots are the PDF form of the recorded ones,
    so they are sharp at any size."""

    def plot(self, data: dict[str, str], name: str) -> str:
        if 'application/pdf' not in data:
            raise BuildError(f'{name}: this plot has no PDF form')
        try:
            content = pdf_file(data['application/pdf'])
        except ValueError as error:
            raise BuildError(f'{name}: {error}') from None
        path = self.file(name, content, 'pdf')
        return (f'```{{image}} /{path}\n:align: center\n:scale: {_SCALE}\n'
                '```')
