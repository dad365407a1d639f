"""A page: its texts and its groups of cells, with ids.

A cell's id is made of its section and its place there, such as
`toy-problem-code-2`, so that it survives edits elsewhere and is the same in
every tab: consecutive cells for different tabs are one group.
"""
import posixpath
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from builder import escape
from builder.source.citations import citation_keys
from builder.source.figures import Float
from builder.source.lab import Lab
from builder.source.markdown import Block, Code, Predict, Prose
from builder.source.toc import Toc

_RST_TITLE = re.compile(r'^[ \t]*(\S.*)\n[ \t]*[=*#-]{3,}[ \t]*$',
                        re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """Prose with the id that it has as a notebook cell."""
    id: str
    prose: Prose


@dataclass(frozen=True)
class Group:
    """Code cells that stand for each other in different tabs, and the figure
    that their plots are shown as, if it is numbered."""
    id: str
    cells: tuple[Code, ...]
    figure: Text | None = None

    @property
    def common(self) -> bool:
        """Whether this is one cell for all tabs."""
        return self.cells[0].tabs is None

    def for_tab(self, tab: str) -> list[tuple[str, Code]]:
        """Return [(cell id, cell)] of the cells that `tab` runs."""
        cells = [cell for cell in self.cells
                 if cell.tabs is None or tab in cell.tabs]
        return [(self.id + (f'-{n}' if n else ''), cell)
                for n, cell in enumerate(cells)]


@dataclass(frozen=True)
class Question:
    """A question, its choices, of which the `right` one counts from 1, and
    its answer: one cell of a notebook."""
    id: str
    name: str
    line: int
    question: Text
    choices: Text
    right: int
    answer: Text


Item = Text | Group | Question


@dataclass
class Page:
    """A source file: its name, as in links, and its items in order; the names
    of the pages that its tables of contents name, and their places among its
    sections; numbers of its floats, by the id of their text; the tabs that it
    has, in the book's order; its own number, if a page that names it counts
    it.

    In a translated book: the file that the translation stands in, if there is
    one; and why texts are in the source's language, by their ids.
    """
    name: str
    path: str
    items: list[Item] = field(default_factory=list)
    children: dict[Toc, list[str]] = field(default_factory=dict)
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    numbers: dict[tuple[str, Float], str] = field(default_factory=dict)
    tabs: tuple[str, ...] = ()
    number: tuple[int, ...] = ()
    translation: str = ''
    left: dict[str, str] = field(default_factory=dict)

    @property
    def written(self) -> str:
        """The path of the file that the page is written in."""
        return self.translation or self.path

    @property
    def texts(self) -> list[Text]:
        """The prose, in order."""
        return [text for item in self.items for text in texts_of(item)]

    @property
    def labs(self) -> list[Lab]:
        """The schedule labs, in order."""
        return [lab for text in self.texts for lab in text.prose.labs]

    @property
    def title(self) -> str:
        """The page's first heading, or what else is known of it."""
        return next((text.prose.title for text in self.texts
                     if text.prose.level), self._title)

    @property
    def _title(self) -> str:
        """The title that dropped reStructuredText holds, or the name."""
        dropped = (span.content for text in self.texts
                   for span in text.prose.spans if span.kind == 'dropped')
        found = (_RST_TITLE.search(text) for text in dropped)
        return next((escape.markdown(title[1]) for title in found if title),
                    escape.markdown(posixpath.basename(self.name)))

    def code(self, tab: str) -> list[tuple[str, Code]]:
        """Return [(cell id, cell)] of all code cells of a tab."""
        if tab not in self.tabs:
            return []
        return [pair for item in self.items if isinstance(item, Group)
                for pair in item.for_tab(tab)]

    def cited(self) -> list[str]:
        """Return the keys of all citations, in the order of their use."""
        keys = [key for text in self.texts
                for role in text.prose.roles if role.name in ('cite', 'citet')
                for key in citation_keys(role)]
        return list(dict.fromkeys(keys))


def make_items(blocks: Iterable[Block]) -> list[Item]:
    """Return texts and groups of cells, with ids, in the order of blocks."""
    made = _Items()
    for block in blocks:
        if isinstance(block, Code | Prose) and block.tabs == ():
            continue  # it is for tabs that the book leaves out
        if isinstance(block, Code):
            made.add_cell(block)
        elif isinstance(block, Prose) and block.of_cell:
            made.end_group(block)
        elif isinstance(block, Predict):
            made.add_question(block)
        elif isinstance(block, Prose) and block.body.strip():
            made.add_text(block)
    made.end_group()
    return made.items


class _Items:
    """Items of a page, one after another; a group of cells is one when it
    has ended."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._ids, self._group = _Ids(), list[Code]()

    def add_cell(self, cell: Code) -> None:
        """Add a cell to the group, or to a new one if it cannot stand for the
        cells in it."""
        if cell.tabs is None or (self._group and (
                self._group[0].tabs is None
                or self._group[0].include != cell.include)):
            self.end_group()
        self._group.append(cell)

    def end_group(self, figure: Prose | None = None) -> None:
        """End the group, if there is one, with the figure of its plots."""
        if self._group:
            self.items.append(Group(
                self._ids.next('code'), tuple(self._group),
                Text(self._ids.next('figure'), figure) if figure else None))
            self._group.clear()

    def add_question(self, block: Predict) -> None:
        self.end_group()
        self.items.append(_question(block))

    def add_text(self, prose: Prose) -> None:
        """Add prose; a heading begins a section."""
        self.end_group()
        if prose.level:
            self._ids.begin(_slug(prose))
        self.items.append(Text(self._ids.next('text'), prose))


def page_tabs(items: Iterable[Item], offered: Iterable[str],
              tabs: tuple[str, ...], explicit: bool) -> tuple[str, ...]:
    """Return the tabs of a page: those that it offers and those that a cell
    is for; all, if it has no code.

    Where cells need not name their tabs, one for all tabs gives a page to the
    default tab only, as in d2lbook, and to those that others, or prose, name.
    """
    items = [*items]
    cells = [cell for item in items if isinstance(item, Group)
             for cell in item.cells]
    if not cells:
        return tabs
    named = {*offered} | {name for cell in cells for name in cell.tabs or ()}
    told = {name for item in items for text in texts_of(item)
            for name in text.prose.tabs or ()}
    if any(cell.tabs is None for cell in cells):
        named |= {*tabs} if explicit else told | {*tabs[:1]}
    return tuple(tab for tab in tabs if tab in named)


def _question(block: Predict) -> Question:
    name = f'predict-{block.name}'
    question, choices, answer = (
        Text(f'{name}-{part}', getattr(block, part))
        for part in ('question', 'choices', 'answer'))
    return Question(name, block.name, block.line, question, choices,
                    block.right, answer)


def texts_of(item: Item) -> list[Text]:
    """Return the prose of an item, in order."""
    if isinstance(item, Text):
        return [item]
    if isinstance(item, Group):
        return [item.figure] if item.figure else []
    return [item.question, item.choices, item.answer]


class _Ids:
    """Names for the cells of one section after another."""

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()
        self.begin('text')

    def begin(self, slug: str) -> None:
        """Begin a section; its slug gets a number if it is not the first."""
        name = slug
        while name in self.used:
            self.used[slug] += 1
            name = f'{slug}-{self.used[slug]}'
        self.used[name] = max(self.used[name], 1)
        self.slug, self.counts = name, Counter[str]()

    def next(self, kind: str) -> str:
        """Return the id of this section's next cell of that kind."""
        self.counts[kind] += 1
        return f'{self.slug}-{kind}-{self.counts[kind]}'


def _slug(prose: Prose) -> str:
    label = next((r.content for r in prose.roles if r.name == 'label'),
                 prose.title)
    words = re.sub(r'[^a-z0-9]+', '-', label.lower().removeprefix('sec_'))
    return words.strip('-')[:40] or 'section'
