"""d2l-Markdown to blocks, and back.

`split` cuts a source into blocks that follow each other without a gap: prose
(for all tabs or for some), code cells, questions, stored outputs. `merge`
joins them to the same text, with \\n at the ends of lines.
"""
import re
from collections.abc import Iterable
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from builder.errors import BuildError, SourceError, raise_all
from builder.source.blocks import Blocks, Tangled, is_closed, place
from builder.source.files import newlines
from builder.source.predict import Predict, is_predict, read_predict
from builder.source.slides import Shown, take_marks
from builder.source.tabs import TabNames, chosen_tabs, take_tab_lines
from builder.source.text import Prose, Texts

__all__ = ['Block', 'Choice', 'Code', 'Output', 'Predict', 'Prose', 'merge',
           'read_blocks', 'split']

MAX_LINES = 50_000  # the longest page of Dive into Deep Learning has 2,000


@dataclass(frozen=True)
class Code:
    """A code cell; `source` is without tab line and marks.

    `include` is (page, label) if the cell stands for that page's code up to
    the heading with that label; builder.source.book fills in the source.
    """
    text: str
    line: int
    source: str
    tabs: tuple[str, ...] | None
    check: bool = False
    include: tuple[str, str] | None = None


@dataclass(frozen=True)
class Output:
    """A stored output: kept for `merge`, used for nothing."""
    text: str
    line: int


@dataclass(frozen=True)
class Choice:
    """A cell that asks for a tab; `tabs` are those that it offers."""
    text: str
    line: int
    tabs: tuple[str, ...]


Block = Prose | Code | Predict | Output | Choice


def merge(blocks: Iterable[Block]) -> str:
    """Return the text that `split` made the blocks of."""
    return ''.join(block.text for block in blocks)


def split(text: str, path: str, tabs: Iterable[str],
          explicit_tabs: bool = False) -> list[Block]:
    """Return the blocks of a d2l-Markdown source.

    Args:
        text: the source.
        path: what errors call it.
        tabs: names of all tabs; the first is the default.
        explicit_tabs: whether a code cell without a tab line is an error.

    Raises:
        SourceError, SourceErrors: at what is not d2l-Markdown.
    """
    errors: list[BuildError] = []
    blocks = read_blocks(text, path, tabs, explicit_tabs, errors)
    raise_all(errors)
    return blocks


def read_blocks(text: str, path: str, tabs: Iterable[str],
                explicit_tabs: bool, errors: list[BuildError],
                ) -> list[Block]:
    """Return the blocks of a source as `split` does, but add what is wrong to
    `errors` and go on."""
    text = newlines(text)
    if text.count('\n') > MAX_LINES:
        errors.append(SourceError(path, MAX_LINES + 1, 'a page may have '
                                  f'{MAX_LINES:,} lines, expected several '
                                  'pages'))
        return []
    plain, shown = take_marks(text)
    try:
        found = Blocks(plain)
    except Tangled as error:
        errors.append(SourceError(path, error.line + 1, 'too many quotations '
                                  'with text behind them, expected an empty '
                                  'line after each'))
        return []
    return _Splitter(text, shown, found, path,
                     TabNames(tuple(tabs), explicit_tabs), errors).blocks()


_CELL = re.compile(r'\{\s*\.python\s+\.input\b[^}]*\}')
_OUTPUT = re.compile(r'\{\s*\.(?:json|python)\s+\.output\b[^}]*\}')
_INCLUDE = re.compile(r'#@include[ \t]+(\S+)[ \t]+before[ \t]+(\S+)')
_BEGIN = re.compile(r':begin_tab:(.*)')


class _Splitter:
    """Cuts one source; what is wrong goes to `errors`."""

    def __init__(self, text: str, shown: tuple[Shown, ...], found: Blocks,
                 path: str, tabs: TabNames, errors: list[BuildError]) -> None:
        self.path, self.tabs, self.errors = path, tabs, errors
        self.found, self.lines = found, found.lines
        # As they stand: `lines` are without the marks of slides.
        self.written = (re.findall(r'[^\n]*\n|[^\n]+', text) if shown
                        else found.lines)
        self.texts = Texts(found, self.error, 1, self.written, shown)

    def error(self, line: int, message: str) -> None:
        self.errors.append(SourceError(self.path, line, message))

    def blocks(self) -> list[Block]:
        cells = {place(t)[0]: t for t in self.found.fences if self._is_cell(t)}
        in_tab = self._tab_prose()
        for start, (end, _) in in_tab.items():
            for line in range(start, end):
                cell = cells.pop(line, None)
                if cell and is_predict(cell):
                    self.error(line + 1, 'a question in prose for tabs, '
                               'expected it to be for all')
        blocks: list[Block] = []
        begin = 0
        for line in sorted({*cells, *in_tab, *self.found.headings}):
            if line < begin:
                continue  # a heading in prose for tabs
            blocks += self._between(blocks, begin, line)
            begin = line
            if line in cells:
                begin = place(cells[line])[1]
                blocks += self._cell(cells[line])
            elif line in in_tab:
                begin, names = in_tab[line]
                blocks += self.texts.prose(line, begin, names, marks=1)
        return blocks + self._between(blocks, begin, len(self.lines))

    def _between(self, blocks: list[Block], start: int,
                 end: int) -> list[Prose]:
        """Return the prose in these lines, which follow `blocks`; the figure
        of the plots of a cell is by itself."""
        before = next((block for block in reversed(blocks) if not (
            isinstance(block, Output)
            or isinstance(block, Prose) and block.text.isspace())), None)
        cut = (self.texts.figure_end(start, end) if isinstance(before, Code)
               else start)
        return [*self.texts.prose(start, cut, of_cell=True),
                *self.texts.prose(cut, end)]

    def _is_cell(self, fence: Token) -> bool:
        first = place(fence)[0]
        if not is_closed(self.lines, fence):
            self.error(first + 1, 'this fence is never closed, expected a '
                       f'line {fence.markup}')
            return False
        info = unescapeAll(fence.info).strip()
        if not (info.startswith('{') or is_predict(fence)):
            return False
        if not (is_predict(fence) or _CELL.fullmatch(info)
                or _OUTPUT.fullmatch(info)):
            self.error(first + 1, f'unknown kind of cell {info}, expected '
                       '{.python .input} or {.json .output}')
        elif fence.level:
            what = 'question' if is_predict(fence) else 'cell'
            self.error(first + 1, f'a {what} inside a list or quote, expected '
                       'it at the left margin')
        else:
            return True
        return False

    def _cell(self, fence: Token) -> list[Block]:
        start, end = place(fence)
        text = ''.join(self.written[start:end])
        if is_predict(fence):
            found = read_predict(fence, text, self.error)
            return [found or Prose(text, start + 1, '')]
        if _OUTPUT.fullmatch(unescapeAll(fence.info).strip()):
            return [Output(text, start + 1)]
        offered = chosen_tabs(fence.content)
        if offered is not None:
            return [Choice(text, start + 1, offered)]
        return [self._code(fence, text)]

    def _code(self, fence: Token, text: str) -> Code:
        start = place(fence)[0]
        lines, names, line = take_tab_lines(fence.content.split('\n'))
        tabs: tuple[str, ...] | None = self.tabs.names[:1]
        if names:
            tabs = self._tab_names(names, start + 2 + line)
        elif self.tabs.explicit:
            self.error(start + 1, 'this cell names no tab, expected #@tab all '
                       '(or names of tabs) on its first line')
        check = lines[0].strip() == '#@check'
        source = '\n'.join(lines[check:]).strip('\n')
        include = _INCLUDE.fullmatch(source.strip())
        if source.startswith('#@include') and not include:
            self.error(start + 1, source.partition('\n')[0] + ', expected '
                       '#@include PAGE before LABEL and nothing else')
        return Code(text, start + 1, source, tabs, check,
                    (include[1], include[2]) if include else None)

    def _tab_names(self, text: str, line: int) -> tuple[str, ...] | None:
        try:
            return self.tabs.named(text)
        except ValueError as error:
            self.error(line, str(error))
            return None

    def _tab_prose(self) -> dict[int, tuple[int, tuple[str, ...] | None]]:
        """Return {first line: (end, tabs)} of the :begin_tab: blocks."""
        found: dict[int, tuple[int, tuple[str, ...] | None]] = {}
        begun: int | None = None
        names: tuple[str, ...] | None = None
        for n, line in enumerate(self.lines):
            if self.found.literal[n] or not line.startswith((':begin_tab:',
                                                             ':end_tab:')):
                continue
            begin = _BEGIN.fullmatch(line.strip())
            if begin and begun is None:
                begun = n
                names = self._tab_names(begin[1].strip().strip('`'), n + 1)
            elif begin:
                self.error(n + 1, 'prose for tabs inside prose for tabs, '
                           'expected :end_tab: first')
            elif begun is None:
                self.error(n + 1, ':end_tab: without :begin_tab: before it')
            else:
                found[begun] = n + 1, names
                begun = None
        if begun is not None:
            self.error(begun + 1, ':begin_tab: is never closed, expected a '
                       'line :end_tab:')
        return found
