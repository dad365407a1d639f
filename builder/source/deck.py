"""Which slides a page makes in one tab, and what is on each, in order.

The rule: [** or [~~ begins a slide, (** and (~~ go on with it. A code cell is
on the slide, with what it showed, if a mark stands in the prose between it
and the cell before it; cells that follow each other belong together. So prose
without a mark leaves out the cells that follow it, and so does an empty mark,
(~~~~), behind others. Marks in the caption of a cell's plots, as in
![(**caption**)](#output), show the plots there, with or without the code.
Prose and cells of other tabs do not count, and a cell that includes another
page's code is on no slide.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field

from builder.errors import BuildError, SourceError
from builder.source.blocks import Blocks
from builder.source.markdown import Code
from builder.source.page import Group, Page, Text
from builder.source.slides import Shown
from builder.source.text import Prose, Texts


@dataclass(frozen=True)
class Cells:
    """Cells [(cell id, cell)] of a slide; whether their code and printed
    outputs are on it, whether their plots are; the caption of these."""
    cells: tuple[tuple[str, Code], ...]
    code: bool
    plots: bool
    caption: Text | None


@dataclass
class Slide:
    """A slide under a heading, and the texts of the page that say more."""
    heading: Text | None
    parts: list[Prose | Cells] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)


def make_slides(page: Page, tab: str,
                errors: list[BuildError]) -> list[Slide]:
    """Return the slides of `page` in `tab`.

    Args:
        page: the page.
        tab: a tab's name.
        errors: gets what is wrong in text that only slides show.
    """
    deck = _Deck(page.path, errors)
    for item in page.items if tab in page.tabs else ():
        if isinstance(item, Group) and item.for_tab(tab):
            deck.cells(item, tab)
        elif isinstance(item, Text) and tab in (item.prose.tabs or [tab]):
            deck.text(item)
    return deck.slides


class _Deck:
    """Takes in what a page has for one tab, in order.

    marked: whether a mark stands in the prose since the last cell.
    """

    def __init__(self, path: str, errors: list[BuildError]) -> None:
        self.path, self.errors = path, errors
        self.slides: list[Slide] = []
        self.heading: Text | None = None
        self.marked = self.after_cells = False

    def cells(self, group: Group, tab: str) -> None:
        """Take in the cells of a tab."""
        self.after_cells = True
        cells = tuple(pair for pair in group.for_tab(tab)
                      if not pair[1].include)
        apart = bool(group.figure and group.figure.prose.slides)
        if self.marked and cells:
            self.slides[-1].parts.append(Cells(cells, True, not apart,
                                               group.figure))
        for shown in group.figure.prose.slides if group.figure else ():
            if shown.begins or not self.slides:
                self.slides.append(Slide(self.heading))
            self.slides[-1].parts.append(Cells(cells, False, True,
                                               group.figure))

    def text(self, item: Text) -> None:
        """Take in a text; it is the notes of the slide that it begins, or
        else of the last one."""
        self.marked, self.after_cells = (
            self.marked and not self.after_cells, False)
        self.heading = item if item.prose.level else self.heading
        noted = False
        for shown in item.prose.slides:
            self.marked = bool(shown.text.strip())
            if self.marked and (shown.begins or not self.slides):
                self.slides.append(Slide(self.heading))
                self.slides[-1].notes += [] if noted else [item]
                noted = True
            if self.marked:
                self.slides[-1].parts += _prose(shown, self.path, self.errors)
        if self.slides and not noted:
            self.slides[-1].notes.append(item)


def _prose(shown: Shown, path: str,
           errors: list[BuildError]) -> Iterator[Prose]:
    """Yield the text of a slide, read as prose by itself."""
    def report(line: int, message: str) -> None:
        if shown.only:  # what pages show too was told when they were read
            errors.append(SourceError(path, line, message))

    found = Blocks(shown.text)
    yield from Texts(found, report, shown.line).prose(0, len(found.lines))
