"""A page and one tab's recording to MyST Markdown without tabs, for a PDF."""
from collections.abc import Callable, Iterable, Iterator, Mapping

from builder.escape import fenced
from builder.publish.cover import cover_svg
from builder.publish.forest import Forest
from builder.publish.labs import lab_sheet
from builder.publish.markup import copy_path
from builder.publish.outputs import PageOutputs, SheetOutputs
from builder.publish.pages import Outputs, PageWriter, title_of, written
from builder.publish.pdf_images import converted
from builder.publish.prose import COVER, MystProse
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.record.prose import LEFT_OUT
from builder.record.recording import Recording
from builder.source.book import Book
from builder.source.files import is_remote
from builder.source.inline import Span
from builder.source.lab import Lab
from builder.source.page import Group, Page, Question, Text


class SheetProse(MystProse):
    """Prose as LaTeX can have it."""

    def asked(self, item: Question) -> str:
        return self.told(item)

    def cover(self) -> str:
        path = COVER.replace('.svg', '.pdf')
        self.sources.add(path, converted(COVER, cover_svg(self.book.config)))
        return path

    def equation(self, formula: str) -> str:
        # Within $$ it would be split, where LaTeX allows no \tag.
        return fenced('{math}', ':nowrap:\n\n\\begin{equation*}\n'
                      f'{formula}\n\\end{{equation*}}')

    def lab(self, lab: Lab) -> str:
        return lab_sheet(lab, self.page.name, self.sources)

    def lab_link(self, span: Span) -> str:
        return LEFT_OUT

    def image(self, link: str) -> str:
        if is_remote(link):  # no PDF asks for it
            return f'/{self.placeholder()}'
        return super().image(link)

    def local_image(self, name: str) -> str:
        if not name.endswith('.svg'):
            return super().local_image(name)
        _, svg = self.sources.take(self.book.config.folder / name)
        path = f'{copy_path(name)}.pdf'
        self.sources.add(path, converted(name, svg))
        return f'/{path}'

    def placeholder(self) -> str:
        self.sources.add('files/none.pdf', converted(
            'none.svg', b'<svg xmlns="http://www.w3.org/2000/svg" width="1" '
            b'height="1"/>'))
        return 'files/none.pdf'

    def picture(self, picture: Forest) -> str:
        svg = picture.svg.encode()
        path = f'plots/effects-{bytes_checksum(svg)[:8]}.pdf'
        self.sources.add(path, converted('the figure of effects', svg))
        return path


class SheetWriter(PageWriter):
    """Writes one page as MyST for a single tab."""

    prose_writer: Callable[[Book, Page, Sources], MystProse] = SheetProse
    output_writer: Callable[[Sources], PageOutputs] = SheetOutputs

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

    def groups(self, items: Iterable[Group]) -> Iterator[str]:
        has_cells = self.tab in self.page.tabs
        yield from super().groups(
            group for group in items if has_cells and group.for_tab(self.tab))

    def front_matter(self) -> str:
        return ''  # of pages only

    def colophon(self) -> str:
        return ''  # once in a PDF, under its title

    def group(self, group: Group) -> str:
        include = group.cells[0].include
        if include and self.book.shows(include[0]):
            return self.included(include)
        return super().group(group)

    def cells(self, group: Group, cells: Mapping[str, Outputs]) -> str:
        return written(cells[self.tab])

    def included(self, include: tuple[str, str]) -> str:
        name, label = include
        return (f'The code of {title_of(self.book, name)}, up to '
                f'[{self.book.labels[label].title}](#{label}), comes first.')
