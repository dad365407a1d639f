"""The block structure of a source, by markdown-it-py: fences, headings,
formulas, comments, and the lines that paragraphs take.

It is CommonMark with footnotes and formulas in $$, and without HTML, comments
at the left margin apart. Pages are made by the same rules, so what is text
here is text there. The time grows with the length of a source, whatever it
repeats.
"""
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

_QUOTED = 10  # lines to look at for quotations, for each line of a source
_LABELLED = re.compile(r'(?<=\$\$)[ \t]*:eqlabel:`([^`\n]*)`\s*$')
_CELL = re.compile(r'(`{3,})[ \t]*(\{[^`\n]*)')
LITERAL = ('fence', 'code_block', 'math_block', 'comment')


class Tangled(Exception):
    """Quotations that take too long to tell apart, from `line` on."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Blocks:
    """What stands in which lines, counted from 0.

    Attributes:
        lines: the lines, with their ends.
        fences: the tokens of all fences.
        headings: {first line: (level, title, number of lines)} of those at
            the left margin.
        formulas: {first line: token} of those in $$ at the left margin; its
            `info` is the label that stands in the formula's last line, if any.
        literal: for each line, whether it is code, a formula or a comment.
        comments: {first line: end} of HTML comments at the left margin.

    Raises:
        Tangled: if text that is no part of a quotation follows many of them
            without an empty line.
    """

    def __init__(self, text: str) -> None:
        # Lines end where markdown-it ends them, not where splitlines does.
        self.lines = re.findall(r'[^\n]*\n|[^\n]+', text)
        tokens = _MARKDOWN.parse(text, _marks(text, self.lines))
        self.fences = [t for t in tokens if t.type == 'fence']
        self.formulas = {place(t)[0]: t for t in tokens
                         if t.type == 'math_block' and t.level == 0}
        self.comments = dict(place(t) for t in tokens if t.type == 'comment')
        self.headings = {
            place(t)[0]: (int(t.tag[1]), ' '.join(tokens[i + 1].content
                                                  .split()),
                          place(t)[1] - place(t)[0])
            for i, t in enumerate(tokens)
            if t.type == 'heading_open' and t.level == 0}
        self.literal = bytearray(len(self.lines) + 1)
        for start, end in (place(t) for t in tokens if t.type in LITERAL):
            self.literal[start:end] = b'\1' * (end - start)
        self._texts = [place(t) for t in tokens
                       if t.type == 'inline' and t.content]

    def texts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield (first line, end) of each paragraph and heading in these
        lines, cut off where these lines end."""
        n = max(0, bisect_left(self._texts, (start + 1, 0)) - 1)
        while n < len(self._texts) and self._texts[n][0] < end:
            first, last = self._texts[n]
            if last > start:
                yield max(first, start), min(last, end)
            n += 1


def place(token: Token) -> tuple[int, int]:
    """Return the first line of a block's token, and the line after it."""
    start, end = token.map or (0, 0)
    return start, end


def is_closed(lines: list[str], fence: Token) -> bool:
    """Return whether a fence in these lines ends by a line of its own."""
    first, end = place(fence)
    closing = lines[end - 1].strip().lstrip('> ')
    return (end - 1 > first and len(closing) >= len(fence.markup)
            and {*closing} == {fence.markup[0]})


def _marks(text: str, lines: list[str]) -> dict[str, Any]:
    """Return where formulas, comments and quotations may end, found once for
    all, and how many lines all searches for the end of a quotation may see."""
    fences: dict[str, list[int]] = {}
    cells: dict[str, list[int]] = {}
    for n, line in enumerate(lines):
        if line.startswith('```'):
            begins = _CELL.match(line)
            known, name = (cells, begins[1]) if begins else (fences,
                                                             line.strip())
            known.setdefault(name, []).append(n)
    counts = [line.count('$$') for line in lines]
    return {'$$': [n for n, line in enumerate(lines)
                   if _LABELLED.sub('', line).strip().endswith('$$')],
            'fences': fences, 'cells': cells,
            'dollars': [0, *accumulate(counts)],
            '-->': [found.start() for found in re.finditer('-->', text)],
            'empty': [n for n, line in enumerate(lines) if line.isspace()],
            'quoted': _QUOTED * len(lines) + 1000}


def _after(places: list[int], place: int) -> int | None:
    """Return the first of these sorted places that comes after `place`."""
    n = bisect_right(places, place)
    return places[n] if n < len(places) else None


def _formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for formulas in $$; as in MyST, blank lines may be in them, and
    unlike there, they may follow a line of text at the left margin."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith('$$', begin):
        return False
    text = _LABELLED.sub('', state.src[begin:state.eMarks[start]]).strip()
    last: int | None = start
    if len(text) <= 3 or not text.endswith('$$'):
        if '$$' in text[2:]:
            return False
        last = _after(state.env['$$'], start)
    if last is None or last >= end:
        return False
    if silent:
        return _ends_paragraph(state, start, last)
    content = state.src[begin:state.eMarks[last]].strip()
    label = _LABELLED.search(content)
    if label and state.level:
        return False  # builder.source.inline finds it in its paragraph
    _push(state, 'math_block', start, last + 1,
          _LABELLED.sub('', content).strip()[2:-2], label[1] if label else '')
    return True


def _ends_paragraph(state: StateBlock, start: int, last: int) -> bool:
    """Return whether $$ in these lines is a formula that ends a paragraph: no
    line in it is empty, and $$ before it in the paragraph are all closed."""
    dollars = state.env['dollars']
    empty = _after(state.env['empty'], start)
    return (state.level == 0 and (empty is None or empty > last)
            and (dollars[start] - dollars[state.line]) % 2 == 0)


def _cell(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's rule for fences; but a cell at the left margin ends, as in
    d2lbook, with as many backticks as it began with: it may hold others."""
    found = _CELL.match(state.src, state.bMarks[start])
    last = None
    if found and not state.level and not silent:
        last = _after(state.env['fences'].get(found[1], []), start)
        begun = _after(state.env['cells'].get(found[1], []), start)
        if last is None or last >= end or (begun and begun < last):
            last = None
    if not found or last is None:
        return fence(state, start, end, silent)
    content = state.getLines(start + 1, last, 0, True)
    token = _push(state, 'fence', start, last + 1, content, found[2])
    token.markup = found[1]
    return True


def _comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The rule for HTML comments, which is simple at the left margin only."""
    begin = state.bMarks[start] + state.tShift[start]
    if (state.level or state.is_code_block(start)
            or not state.src.startswith('<!--', begin)):
        return False
    close = _after(state.env['-->'], begin + 1)
    if close is None:
        return False
    if not silent:
        last = bisect_right(state.bMarks, close) - 1
        _push(state, 'comment', start, last + 1, '')
    return True


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's rule, which looks ahead to the next empty line."""
    if not silent and state.src.startswith('>', state.bMarks[start]
                                           + state.tShift[start]):
        empty = _after(state.env['empty'], start)
        state.env['quoted'] -= min(end, empty or end) - start
        if state.env['quoted'] < 0:
            raise Tangled(start)
    return blockquote(state, start, end, silent)


def _push(state: StateBlock, kind: str, start: int, end: int,
          content: str, info: str = '') -> Token:
    token = state.push(kind, '', 0)
    token.map, token.content, token.info = [start, end], content, info
    state.line = end
    return token


def _parser() -> MarkdownIt:
    markdown = MarkdownIt('commonmark').use(
        footnote_plugin, inline=False, move_to_end=False)
    markdown.disable(['inline', 'text_join', 'reference'])  # blocks will do
    ruler = markdown.block.ruler
    ruler.at('fence', _cell, {
        'alt': ['paragraph', 'reference', 'blockquote', 'list']})
    ruler.before('fence', 'formula', _formula, {'alt': ['paragraph']})
    ruler.at('html_block', _comment, {'alt': ['paragraph', 'blockquote']})
    ruler.at('blockquote', _quote, {
        'alt': ['paragraph', 'reference', 'blockquote', 'list']})
    return markdown


_MARKDOWN = _parser()
