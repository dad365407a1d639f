"""Figures, tables and formulas in d2l-Markdown, with their marks.

    ![A caption.](../img/rate.svg)      :A caption.           $$a = b$$
    :width:`300px`                                            :eqlabel:`eq_a`
    :label:`fig_rate`                   |a|b|
                                        |-|-|
                                        |1|2|
                                        :label:`tab_ab`

Marks may come after an empty line, a table's caption below it, and a formula
with its label in the middle of a line. A figure whose path is #output shows
the plots of the cell above it; one whose path is #cover the picture that
config.ini names.
"""
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from builder.source.blocks import Blocks, place
from builder.source.formulas import aligned
from builder.source.inline import Labelled

_MARK = re.compile(r':(width|height|label|eqlabel):`([^`\n]+)`[ \t]*')
_AFTER = rf'\(([^()\s]+)\)[ \t]*((?:{_MARK.pattern})*)(?:\n|$)'
_IMAGE = re.compile(
    r'!\[((?:\\.|[^\\\[\]]|\[(?:\\.|[^\\\[\]])*+\])*+)\]' + _AFTER,
    re.DOTALL)
# With brackets that do not match, as in $[0, 1)$.
_UNEVEN = re.compile(r'!\[((?:(?!\]\()[^\n])*+)\]' + _AFTER)
_MARKS = re.compile(rf'(?:{_MARK.pattern})+')
_LABEL_FIRST = re.compile(r'[ \t]*:eqlabel:`([^`\n]+)`[ \t]*(?=\S)')
_RULE = re.compile(r'\|(?:[ \t]*:?-+:?[ \t]*\|)+')
_ROW = re.compile(r'[ \t]*\||(?![ \t]*:)[^\n|]*\|')
_CAPTION = re.compile(r':(?![A-Za-z_]+:)[ \t]*(?=\S)')
_MOST_CAPTION = 50  # lines
_FIGURE_MARKS = ('width', 'height', 'label')
# Figures of what is no file: path -> kind.
SPECIAL = {'#output': 'output', '#cover': 'cover'}


@dataclass(frozen=True)
class Float:
    """A figure, a table or a formula with its marks, at body[start:end].

    A figure of recorded plots is an 'output', the book's picture a 'cover'.
    `content` is the figure's path, the table's rows or the formula; `rows` and
    `caption` are where in the body these stand, (start, end). `indent` is the
    space before its lines; `apart` says how many ends of lines set it apart
    from the text right before it, and right after it.
    """
    kind: str
    start: int
    end: int
    content: str
    rows: tuple[int, int] = (0, 0)
    caption: tuple[int, int] = (0, 0)
    width: str = ''
    label: str = ''
    line: int = 0
    height: str = ''
    indent: str = ''
    apart: tuple[int, int] = (0, 0)

    @property
    def counted(self) -> str:
        """The kind that it is counted and named as."""
        return 'figure' if self.kind in SPECIAL.values() else self.kind


@dataclass
class _Found:
    """What begins a line: its parts, the line after them, and how many
    letters of text end their last line."""
    kind: str
    content: str
    end: int
    caption: tuple[int, int] = (0, 0)
    rows: tuple[int, int] = (0, 0)
    marks: dict[str, str] = field(default_factory=dict)
    rest: int = 0


def find_floats(source: Blocks, start: int, end: int,
                line: int = 1) -> Iterator[Float]:
    """Yield the Floats in lines start to end of a source, whose first line
    has the number `line`; the positions in a Float count from `start`."""
    return _Finder(source, start, end, line).floats()


class _Finder:
    """Goes through the lines from `start` to `end`."""

    def __init__(self, source: Blocks, start: int, end: int,
                 line: int) -> None:
        self.source, self.start, self.end = source, start, end
        self.line = line
        self.lines = source.lines
        self.places = [0]
        for text in self.lines[start:end]:
            self.places.append(self.places[-1] + len(text))
        # For each line, the end of the text, and of the empty lines, there.
        self.text_ends = [*range(start, end + 1)]
        self.empty_ends = [*range(start, end + 1)]
        for n in range(end - 1, start - 1, -1):
            if self.is_text(n):
                self.text_ends[n - start] = self.text_ends[n + 1 - start]
            elif not self.lines[n].strip():
                self.empty_ends[n - start] = self.empty_ends[n + 1 - start]

    def floats(self) -> Iterator[Float]:
        n, first = self.start, True
        while n < self.end:
            found = self.found(n, first)
            if found:
                yield self.float(n, found)
            first = not self.is_text(n) or bool(found)
            formula = self.source.formulas.get(n)
            n = max(n + 1, found.end if found else
                    place(formula)[1] if formula else 0)

    def found(self, n: int, first: bool) -> _Found | None:
        """Return what begins in line n, the first of its text if `first`."""
        formula = self.source.formulas.get(n)
        if formula:
            return self.equation(n, formula)
        if not self.is_text(n):
            return None
        text = self.lines[n].lstrip()
        if text.startswith('!['):
            return self.figure(n, first)
        if first and text.startswith('|'):
            return self.table(n)
        if first and _CAPTION.match(text):
            return self.captioned(n)
        return None

    def equation(self, n: int, formula: Token) -> _Found | None:
        content = formula.content.strip()
        found = _Found('equation', content, place(formula)[1])
        if formula.info:
            found.marks['eqlabel'] = formula.info
        self.take_marks(found, ('eqlabel',))
        if not found.marks:
            self.label_before_text(found)
        found.content = aligned(content)
        return found if found.marks or found.content != content or any(
            self.apart(n, found)) else None

    def label_before_text(self, found: _Found) -> None:
        """Take in an :eqlabel: that begins the next line of text."""
        n = found.end
        label = n < self.end and self.is_text(n) and _LABEL_FIRST.match(
            self.lines[n])
        if label:
            found.marks['eqlabel'] = label[1]
            found.end += 1
            found.rest = len(self.lines[n].rstrip('\n')) - label.end()

    def figure(self, n: int, first: bool) -> _Found | None:
        last = min(self.text_end(n), n + _MOST_CAPTION)
        text = ''.join(self.lines[n:last]).lstrip()
        image = _IMAGE.match(text) or _UNEVEN.match(text)
        if not image:
            return None
        found = _Found(SPECIAL.get(image[2], 'figure'), unescapeAll(image[2]),
                       n + image[0].rstrip('\n').count('\n') + 1)
        begin = self.places[n - self.start] + self.lines[n].index('![') + 2
        found.caption = (begin, begin + len(image[1]))
        found.marks.update(_MARK.findall(image[3]))
        if 'eqlabel' in found.marks:
            return None
        self.take_marks(found, _FIGURE_MARKS)
        follows = found.end < self.end and self.is_text(found.end) and (
            not self.lines[found.end].lstrip().startswith('!['))
        return found if found.marks or (first and not follows) else None

    def table(self, n: int) -> _Found | None:
        last = self.text_end(n)
        end = next((m for m in range(n, last) if not _ROW.match(
            self.lines[m])), last)
        if end < n + 2 or not _RULE.fullmatch(self.lines[n + 1].strip()):
            return None
        rows = '\n'.join(line.strip() for line in self.lines[n:end])
        found = _Found('table', rows, end)
        found.rows = self.places[n - self.start], self.places[end - self.start]
        if end < last and _CAPTION.match(self.lines[end].lstrip()):
            found.caption = self.caption(end, end + 1)
            found.end = end + 1
        self.take_marks(found, ('label',))
        # What follows else makes it no table of ours.
        return found if found.end >= last else None

    def captioned(self, n: int) -> _Found | None:
        """Return the table whose caption begins in line n, above it."""
        end = self.text_end(n)
        rows = self.after_empty(end)
        if rows == end or rows >= self.end or (
                not self.lines[rows].lstrip().startswith('|')):
            return None
        found = self.table(rows)
        return found and replace(found, caption=self.caption(n, end))

    def caption(self, n: int, end: int) -> tuple[int, int]:
        """Return where a caption in these lines stands, without its colon."""
        start, stop = self.places[n - self.start], self.places[end -
                                                               self.start]
        lead = _CAPTION.match(self.lines[n].lstrip())
        assert lead
        start += len(self.lines[n]) - len(self.lines[n].lstrip()) + lead.end()
        return start, stop - (len(self.lines[end - 1])
                              - len(self.lines[end - 1].rstrip()))

    def take_marks(self, found: _Found, allowed: tuple[str, ...]) -> None:
        """Take in the lines of marks that follow, or that are all there is
        after an empty line."""
        self._marks(found, allowed)
        n = self.after_empty(found.end)
        last = self.text_end(n)
        if n == found.end or n == last:
            return
        more = _Found('', '', n)
        self._marks(more, allowed)
        if more.end == last and not {*more.marks} & {*found.marks}:
            found.marks.update(more.marks)
            found.end = last

    def _marks(self, found: _Found, allowed: tuple[str, ...]) -> None:
        while found.end < self.end and self.is_text(found.end):
            text = self.lines[found.end].strip()
            marks = dict(_MARK.findall(text))
            if not _MARKS.fullmatch(text) or {*marks} - {*allowed}:
                return
            found.marks.update(marks)
            found.end += 1

    def is_text(self, n: int) -> bool:
        return bool(self.lines[n].strip()) and not self.source.literal[n]

    def text_end(self, n: int) -> int:
        end: int = self.text_ends[n - self.start]
        return end

    def after_empty(self, n: int) -> int:
        end: int = self.empty_ends[n - self.start]
        return end

    def apart(self, n: int, found: _Found) -> tuple[int, int]:
        end = found.end
        return (int(n > self.start and bool(self.lines[n - 1].strip())),
                2 if found.rest else
                int(end < self.end and bool(self.lines[end].strip())))

    def float(self, n: int, found: _Found) -> Float:
        text, marks = self.lines[n], found.marks
        last = self.lines[found.end - 1]
        empty = found.caption[0] == found.caption[1]
        return Float(
            found.kind, self.places[n - self.start],
            self.places[found.end - self.start] - last.endswith('\n')
            - found.rest,
            found.content, found.rows, (0, 0) if empty else found.caption,
            marks.get('width', ''),
            marks.get('label') or marks.get('eqlabel') or '',
            n + self.line,
            marks.get('height', ''), text[:len(text) - len(text.lstrip())],
            self.apart(n, found))


def numbered(parts: Iterable[Labelled], others: Sequence[Float],
             first: int) -> Iterator[Float]:
    """Yield the Floats of formulas in paragraphs from the line `first` on,
    but those that stand in `others`, as in the rows of a table."""
    for part in parts:
        if part.line >= first and not any(
                part.start < other.end and other.start < part.end
                for other in others):
            yield Float('equation', part.start, part.end,
                        aligned(part.content.strip()), label=part.label,
                        line=part.line, indent=part.indent, apart=part.apart)
