"""A page and one tab's recording to MyST Markdown without tabs, for a PDF."""
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator

from builder.errors import BuildError
from builder.escape import fenced
from builder.publish.forest import Forest
from builder.publish.markup import code_block, copy_path
from builder.publish.outputs import SheetOutputs
from builder.publish.pages import PageWriter, title_of
from builder.publish.prose import MystProse
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.record.recording import Recording
from builder.source.book import Book
from builder.source.page import Group, Page, Text


class SheetProse(MystProse):
    """Prose as LaTeX can have it."""

    def equation(self, formula: str) -> str:
        # Within $$ it would be split, where LaTeX allows no \tag.
        return fenced('{math}', ':nowrap:\n\n\\begin{equation*}\n'
                      f'{formula}\n\\end{{equation*}}')

    def image(self, link: str) -> str:
        name = self.book.file(self.page, link)
        if not name.endswith('.svg'):
            return super().image(link)
        _, svg = self.sources.take(self.book.config.folder / name)
        path = f'{copy_path(name)}.pdf'
        self.sources.add(path, _converted(name, svg))
        return path

    def picture(self, picture: Forest) -> str:
        svg = picture.svg.encode()
        path = f'plots/effects-{bytes_checksum(svg)[:8]}.pdf'
        self.sources.add(path, _converted('the figure of effects', svg))
        return path


class SheetWriter(PageWriter):
    """Writes one page as MyST for a single tab."""

    prose_writer = SheetProse
    output_writer = SheetOutputs

    def __init__(self, book: Book, page: Page, tab: str,
                 recording: Recording, sources: Sources):
        super().__init__(book, page, {tab: recording}, sources)
        self.tab = tab
        self.front = ''  # what stands under the title

    def tab_texts(self, items: Iterable[Text]) -> Iterator[str]:
        for item in items:
            if self.tab in (item.prose.tabs or ()):
                yield self.body(item)

    def top(self) -> str:
        return self.front

    def front_matter(self) -> str:
        return ''  # of pages only

    def colophon(self) -> str:
        return ''  # once in a PDF, under its title

    def group(self, group: Group) -> str:
        include = group.cells[0].include
        if include:
            return self.included(include)
        return '\n\n'.join(part for cell, output in self.outputs(group,
                                                                 self.tab)
                           for part in (code_block(cell), output) if part)

    def included(self, include: tuple[str, str]) -> str:
        name, label = include
        return (f'The code of {title_of(self.book, name)}, up to '
                f'[{self.book.labels[label].title}](#{label}), comes first.')


def _converted(name: str, svg: bytes) -> bytes:
    """Return an SVG as PDF, the same bytes every time."""
    if not shutil.which('rsvg-convert'):
        raise BuildError(f'{name} must become a PDF, which needs rsvg-convert.'
                         ' On Debian and Ubuntu: apt-get install '
                         'librsvg2-bin')
    run = subprocess.run(
        ['rsvg-convert', '-f', 'pdf'], input=svg, capture_output=True,
        env={**os.environ, 'SOURCE_DATE_EPOCH': '0'})
    if run.returncode:
        raise BuildError(f'{name}: {run.stderr.decode(errors="replace")}')
    return run.stdout
