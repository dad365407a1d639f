"""Prose of a source: text that is not run, with all that stands in it."""
import itertools
from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markdown_it.token import Token

from builder.source.blocks import Blocks, place
from builder.source.figures import SPECIAL, Float, find_floats, numbered
from builder.source.inline import Labelled, Role, Span, scan
from builder.source.lab import Lab, read_lab
from builder.source.slides import Shown
from builder.source.toc import Toc, read_toc

Read = TypeVar('Read', Toc, Lab)


@dataclass(frozen=True)
class Prose:
    """Text that is not run; `tabs` is None if it is for every tab.

    `text` is as it stands; `body` is without the marks of tabs and slides, and
    has the same lines otherwise. A heading begins a new block: `level` is 1,
    2, ..., `title` its text, and `heading_lines` how many lines it takes;
    without one, `level` is 0. `slides` is what slides show of it. `of_cell`
    says that it is nothing but the figure of the plots of the cell before it.
    """
    text: str
    line: int
    body: str
    roles: tuple[Role, ...] = ()
    tabs: tuple[str, ...] | None = None
    level: int = 0
    title: str = ''
    floats: tuple[Float, ...] = ()
    heading_lines: int = 0
    spans: tuple[Span, ...] = ()
    tocs: tuple[Toc, ...] = ()
    labs: tuple[Lab, ...] = ()
    slides: tuple[Shown, ...] = ()
    of_cell: bool = False


class Texts:
    """Makes Prose of lines of a source.

    Args:
        found: the block structure.
        error: is told (line, message) of what is wrong.
        line: the number of the first line.
        written: the lines as they stand; those of `found` are without the
            marks of slides.
        shown: what slides show of them.
    """

    def __init__(self, found: Blocks, error: Callable[[int, str], None],
                 line: int = 1, written: Sequence[str] = (),
                 shown: tuple[Shown, ...] = ()) -> None:
        self.found, self.lines = found, found.lines
        self.error, self.line = error, line
        self.written, self.shown = written or found.lines, shown
        self.marked = [part.line for part in shown]
        self.tocs, self.labs, self.dropped = (
            {place(fence)[0]: fence for fence in found.fences
             if kind(fence) == name and not fence.level}
            for name in ('toc', 'lab', 'eval_rst'))

    def figure_end(self, start: int, end: int) -> int:
        """Return where the figure of the plots of the cell before these lines
        ends, if they begin with one; else their start."""
        first = next((n for n in range(start, end)
                      if not self.lines[n].isspace()), end)
        last = next((n for n in range(first, end)
                     if self.lines[n].isspace()), end)
        floats = [*find_floats(self.found, first, last)]
        return last if [part.kind for part in floats] == ['output'] else start

    def prose(self, start: int, end: int,
              tabs: tuple[str, ...] | None = None, marks: int = 0,
              of_cell: bool = False) -> list[Prose]:
        """Return these lines as prose, if they are any; `marks` is how many
        at each end only say for which tabs it is."""
        text = ''.join(self.written[start:end])
        if not text:
            return []
        level, title, height = self.found.headings.get(start, (0, '', 0))
        body = _Body(self.lines, start + marks, end - marks)
        roles, spans, formulas = scan(self._paragraphs(body), self.error)
        floats = self._floats(body, formulas, height)
        return [Prose(
            text, start + self.line, body.text, roles, tabs, level, title,
            floats, height, self._spans(body, spans, floats, of_cell),
            self._read(read_toc, self.tocs, body),
            self._read(read_lab, self.labs, body),
            self.shown[bisect_right(self.marked, start):
                       bisect_right(self.marked, end)],
            of_cell)]

    def _paragraphs(self, body: '_Body') -> Iterator[tuple[str, int, int]]:
        """Yield (text, place in the body, line) of paragraphs."""
        for start, end in self.found.texts(body.first, body.last):
            yield (''.join(self.lines[start:end]), body.place(start),
                   start + self.line)

    def _floats(self, body: '_Body', formulas: Sequence[Labelled],
                height: int) -> tuple[Float, ...]:
        """Return figures, tables and equations in their order: those that are
        blocks, and the formulas in paragraphs below the heading."""
        blocks = [*find_floats(self.found, body.first, body.last, self.line)]
        inside = numbered(formulas, blocks, body.first + height + self.line)
        return tuple(sorted([*blocks, *inside], key=lambda part: part.start))

    def _read(self, read: Callable[..., Read], fences: Mapping[int, Token],
              body: '_Body') -> tuple[Read, ...]:
        """Return what `read` makes of the fences in the body."""
        return tuple(
            read(fences[n], body.place(n), body.place(place(fences[n])[1]),
                 self.error, n + self.line) for n in body.lines_in(fences))

    def _spans(self, body: '_Body', spans: tuple[Span, ...],
               floats: tuple[Float, ...], of_cell: bool) -> tuple[Span, ...]:
        """Return the spans of paragraphs, comments and what is dropped, in
        their order."""
        comments = [self._comment(n, body.place(n))
                    for n in body.lines_in(self.found.comments)]
        found = (*self._files(spans, floats, of_cell), *comments,
                 *self._dropped(body))
        return tuple(sorted(found, key=lambda span: span.start))

    def _dropped(self, body: '_Body') -> Iterator[Span]:
        """Yield the places of reStructuredText, which is not shown."""
        for n in body.lines_in(self.dropped):
            end = min(place(self.dropped[n])[1], body.last)
            yield Span('dropped', self.dropped[n].content, body.place(n),
                       body.place(end), n + self.line)

    def _files(self, spans: tuple[Span, ...], floats: tuple[Float, ...],
               of_cell: bool) -> tuple[Span, ...]:
        """Return the spans but those of figures that are no files, which have
        their places."""
        special = [span for span in spans
                   if span.kind == 'image' and span.content in SPECIAL]
        kinds = {part.line: part.kind for part in floats}
        for span in special:
            kind = kinds.get(span.line)
            if kind != 'cover' and not (kind == 'output' and of_cell):
                where = ('directly after a code cell'
                         if span.content == '#output' else 'as a figure')
                self.error(span.line, f'a figure {span.content}, expected it '
                           f'{where}, on a line of its own')
            elif kind == 'output' and floats[0].caption == (0, 0):
                self.error(span.line, 'a figure #output without a caption')
            elif kind == 'output' and floats[0].width:
                self.error(span.line, 'a figure #output with a :width:, '
                           'expected the plot to have its size')
        return tuple(span for span in spans if span not in special)

    def _comment(self, start: int, at: int) -> Span:
        """Return the comment that begins this line."""
        end = self.found.comments[start]
        text = ''.join(self.lines[start:end])
        length = text.index('-->') + 3
        if text[length:].strip():
            self.error(end - 1 + self.line, 'text after a comment that begins '
                       'a line, expected it on a line of its own')
        return Span('comment', text[:length], at, at + length,
                    start + self.line)


class _Body:
    """The lines from `first` to `last`, as one text.

    Args:
        lines: all lines of the source.
        first, last: where those of the body begin and end.
    """

    def __init__(self, lines: Sequence[str], first: int, last: int) -> None:
        self.first, self.last = first, last
        self.text = ''.join(lines[first:last])
        self._places = [*itertools.accumulate(
            map(len, lines[first:last]), initial=0)]

    def place(self, n: int) -> int:
        """Return where line n of the source begins in the text."""
        return self._places[n - self.first]

    def lines_in(self, known: Container[int]) -> Iterator[int]:
        """Yield the lines of the body that are known."""
        return (n for n in range(self.first, self.last) if n in known)


def kind(fence: Token) -> str:
    """Return what a fence says that it holds, as toc or lab."""
    return fence.info.strip()
