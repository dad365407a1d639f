"""d2l-Markdown to blocks, and back.

`split` cuts a source into blocks that follow each other without a gap: prose
(for all tabs or for some), code cells, stored outputs. `merge` joins them to
the same text. markdown-it-py finds the fences, so nesting is CommonMark's.
"""
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from builder.errors import SourceError
from builder.source.figures import Float, find_floats

ROLES = ('label', 'numref', 'ref', 'cite', 'citet', 'claim', 'eqlabel',
         'eqref', 'width')


@dataclass(frozen=True)
class Role:
    """:name:`content` in prose, at text[start:end] of its block."""
    name: str
    content: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Prose:
    """Text that is not run; `tabs` is None if it is for every tab.

    A heading begins a new block: `level` is 1, 2, ..., `title` its text, and
    `heading_lines` how many lines it takes; without one, `level` is 0.
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


def merge(blocks):
    """Return the text that `split` made the blocks of."""
    return ''.join(block.text for block in blocks)


def split(text, path, tabs, explicit_tabs=False):
    """Return the blocks of a d2l-Markdown source.

    Args:
        text: the source.
        path: what errors call it.
        tabs: names of all tabs; the first is the default.
        explicit_tabs: whether a code cell without a tab line is an error.

    Raises:
        SourceError: at the first construct that is not d2l-Markdown.
    """
    return _Splitter(text, path, tuple(tabs), explicit_tabs).blocks()


_CELL = re.compile(r'\{\s*\.python\s+\.input\b[^}]*\}')
_OUTPUT = re.compile(r'\{\s*\.json\s+\.output\b[^}]*\}')
_TAB_LINE = re.compile(r'(?:#@tab|%%tab)[ \t]+(.*)')
_INCLUDE = re.compile(r'#@include[ \t]+(\S+)[ \t]+before[ \t]+(\S+)')
_BEGIN = re.compile(r':begin_tab:(.*)')
_ROLE_NAME = re.compile(r':([A-Za-z_]+):$')


class _Splitter:
    def __init__(self, text, path, tabs, explicit_tabs):
        self.path, self.tabs, self.explicit = path, tabs, explicit_tabs
        # Lines end where markdown-it ends them, not where str.splitlines does.
        self.lines = re.findall(r'[^\r\n]*(?:\r\n?|\n)|[^\r\n]+', text)
        markdown = MarkdownIt('commonmark').use(dollarmath_plugin)
        tokens = markdown.disable('inline').parse(text)  # blocks will do
        self.fences = [t for t in tokens if t.type == 'fence']
        self.literal = {  # lines that hold no roles and no :begin_tab:
            line for t in tokens if t.map and t.type in (
                'fence', 'code_block', 'math_block', 'math_block_label',
                'html_block') for line in range(*t.map)}
        self.formulas = {t.map[0]: t for t in tokens
                         if t.type == 'math_block' and t.level == 0}
        self.headings = {
            t.map[0]: (int(t.tag[1]), tokens[i + 1].content,
                       t.map[1] - t.map[0])
            for i, t in enumerate(tokens)
            if t.type == 'heading_open' and t.level == 0}

    def error(self, line, message):
        return SourceError(self.path, line + 1, message)

    def blocks(self):
        cells = {t.map[0]: t for t in self.fences if self._is_cell(t)}
        in_tab = self._tab_prose()
        for start, (end, _) in in_tab.items():
            for line in range(start, end):
                cells.pop(line, None)
        blocks, begin, line = [], 0, 0
        while line < len(self.lines):
            if line not in cells and line not in in_tab:
                if line in self.headings:
                    self._prose(blocks, begin, line)
                    begin = line
                line += 1
                continue
            self._prose(blocks, begin, line)
            if line in cells:
                end = cells[line].map[1]
                blocks.append(self._cell(cells[line]))
            else:
                end, names = in_tab[line]
                self._prose(blocks, line, end, names)
            begin = line = end
        self._prose(blocks, begin, len(self.lines))
        return blocks

    def _is_cell(self, fence):
        first, last = fence.map[0], fence.map[1] - 1
        closing = self.lines[last].strip().lstrip('> ')
        if last == first or len(closing) < len(fence.markup) or (
                set(closing) != {fence.markup[0]}):
            raise self.error(first, f'this fence is never closed, expected '
                             f'a line {fence.markup}')
        info = fence.info.strip()
        if not info.startswith('{'):
            return False
        if not (_CELL.fullmatch(info) or _OUTPUT.fullmatch(info)):
            raise self.error(first, f'unknown kind of cell {info}, expected '
                             '{.python .input} or {.json .output}')
        if fence.level:
            raise self.error(first, 'a cell inside a list or quote, expected '
                             'it at the left margin')
        return True

    def _cell(self, fence):
        start, end = fence.map
        text = ''.join(self.lines[start:end])
        if _OUTPUT.fullmatch(fence.info.strip()):
            return Output(text, start + 1)
        lines = fence.content.split('\n')
        found = _TAB_LINE.fullmatch(lines[0].strip())
        if found:
            tabs = self._tab_names(found[1], start + 1)
            lines = lines[1:]
        elif self.explicit:
            raise self.error(start, 'this cell names no tab, expected '
                             '#@tab all (or names of tabs) on its first line')
        else:
            tabs = self.tabs[:1]
        check = lines[0].strip() == '#@check'
        source = '\n'.join(lines[check:]).strip('\n')
        include = _INCLUDE.fullmatch(source.strip())
        if source.startswith('#@include') and not include:
            raise self.error(start, f'{source.splitlines()[0]}, expected '
                             '#@include PAGE before LABEL and nothing else')
        return Code(text, start + 1, source, tabs, check,
                    include.groups() if include else None)

    def _tab_names(self, text, line):
        names = tuple(name.strip() for name in text.split(','))
        if names == ('all',):
            return None
        unknown = [name for name in names if name not in self.tabs]
        if unknown:
            raise self.error(line, f'unknown tab {unknown[0]!r}, expected all '
                             f'or names out of {", ".join(self.tabs)}')
        return names

    def _tab_prose(self):
        """Return {first line: (end, tabs)} of the :begin_tab: blocks."""
        found, begun = {}, None
        for n, line in enumerate(self.lines):
            if n in self.literal or not line.startswith((':begin_tab:',
                                                    ':end_tab:')):
                continue
            begin = _BEGIN.fullmatch(line.strip())
            if begin and begun is None:
                names = begin[1].strip().strip('`')
                begun = n, self._tab_names(names, n)
            elif begin:
                raise self.error(n, 'prose for tabs inside prose for tabs, '
                                 'expected :end_tab: first')
            elif begun is None:
                raise self.error(n, ':end_tab: without :begin_tab: before it')
            else:
                found[begun[0]] = n + 1, begun[1]
                begun = None
        if begun is not None:
            raise self.error(begun[0], ':begin_tab: is never closed, expected '
                             'a line :end_tab:')
        return found

    def _prose(self, blocks, start, end, tabs=None):
        text = ''.join(self.lines[start:end])
        if not text:
            return
        level, title, height = self.headings.get(start, (0, '', 0))
        first, last = start, end
        if text.startswith(':begin_tab:'):
            first, last = start + 1, end - 1
        blocks.append(Prose(
            text, start + 1, ''.join(self.lines[first:last]),
            tuple(self._roles(first, last)), tabs, level, title,
            tuple(find_floats(self, first, last)), height))

    def _roles(self, start, end):
        """Yield the roles in these lines; positions count from `start`."""
        position, paragraph, begin = 0, [], 0
        for n in range(start, end + 1):
            line = self.lines[n] if n < end else ''
            if n in self.literal or not line.strip():
                yield from self._inline(''.join(paragraph), begin,
                                        n - len(paragraph))
                paragraph = []
            else:
                if not paragraph:
                    begin = position
                paragraph.append(line)
            position += len(line)

    def _inline(self, text, offset, line):
        """Yield the roles in a paragraph, outside its code spans."""
        runs = [(m.start(), m.end()) for m in re.finditer('`+', text)]
        closing, latest = {}, {}
        for i in range(len(runs) - 1, -1, -1):
            length = runs[i][1] - runs[i][0]
            closing[i] = latest.get(length)
            latest[length] = i
        i = counted = 0
        while i < len(runs):
            start, end = runs[i]
            line += text.count('\n', counted, start)
            counted = start
            if closing[i] is None:
                i += 1
                continue
            role = _ROLE_NAME.search(text, max(0, start - 40), start)
            if role and end - start == 1:
                if role[1] not in ROLES:
                    raise self.error(line, f'unknown role :{role[1]}:, '
                                     f'expected one of {", ".join(ROLES)}')
                yield Role(role[1], text[end:runs[closing[i]][0]],
                           offset + role.start(), offset + runs[closing[i]][1],
                           line + 1)
            i = closing[i] + 1
