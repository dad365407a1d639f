"""Figures, tables and numbered equations in d2l-Markdown, with their marks.

    ![A caption.](../img/rate.svg)      |a|b|             $$a = b$$
    :width:`300px`                      |-|-|             :eqlabel:`eq_a`
    :label:`fig_rate`                   |1|2|
                                        :A caption.
                                        :label:`tab_ab`

A figure whose path is #output shows the plots of the cell above it; one whose
path is #cover the picture that config.ini names.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll
from markdown_it.token import Token

from builder.source.blocks import Blocks, place

_FIGURE = re.compile(r'!\[([^\n]*)\]\(([^()\s]+)\)')
_MARK = re.compile(r':(width|label|eqlabel):`([^`\n]+)`')
_RULE = re.compile(r'\|(?:[ \t]*:?-+:?[ \t]*\|)+')


@dataclass(frozen=True)
class Float:
    """A figure, a table or an equation with its marks, at body[start:end].

    A figure of recorded plots is an 'output', the book's picture a 'cover'.
    `content` is the figure's path, the table's rows or the formula; `rows` and
    `caption` are where in the body these stand, (start, end).
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

    @property
    def counted(self) -> str:
        """The kind that it is counted and named as."""
        return 'figure' if self.kind in SPECIAL.values() else self.kind


# Figures of what is no file: path -> kind.
SPECIAL = {'#output': 'output', '#cover': 'cover'}
# What lines hold: kind, content, caption, marks.
_Found = tuple[str, str, str, dict[str, str]]


def find_floats(source: Blocks, start: int, end: int,
                line: int = 1) -> Iterator[Float]:
    """Yield the Floats in lines start to end of a source, whose first line
    has the number `line`; the positions in a Float count from `start`."""
    lines, at, n = source.lines, 0, start
    while n < end:
        formula = source.formulas.get(n)
        last = place(formula)[1] if formula else n
        while last < end and lines[last].strip() and not source.literal[last]:
            last += 1
        last = max(last, n + 1)
        text = ''.join(lines[n:last])
        if formula or text.lstrip().startswith(('|', '![')):
            texts = [line.strip() for line in lines[n:last]]
            found = (_equation(formula, texts) if formula else
                     _table(texts) or _figure(texts))
            if found:
                yield _float(found, at, text, lines[n:last], n + line)
        at += len(text)
        n = last


def _float(found: _Found, at: int, text: str, lines: list[str],
           line: int) -> Float:
    kind, content, caption, marks = found
    begin = at + text.find(caption)
    rows = content.count('\n') + 1 if kind == 'table' else 0
    return Float(kind, at, at + len(text.removesuffix('\n')), content,
                 (at, at + sum(map(len, lines[:rows]))),
                 (begin, begin + len(caption)) if caption else (0, 0),
                 marks.get('width', ''),
                 marks.get('label') or marks.get('eqlabel') or '', line)


def _equation(formula: Token, texts: list[str]) -> _Found | None:
    start, end = place(formula)
    marks = _marks(texts[end - start:], ('eqlabel',))
    return ('equation', formula.content.strip(), '', marks) if marks else None


def _table(texts: list[str]) -> _Found | None:
    rows = next((i for i, text in enumerate(texts)
                 if not text.startswith('|')), len(texts))
    if rows < 2 or not _RULE.fullmatch(texts[1]):
        return None
    rest, caption = texts[rows:], ''
    if rest and rest[0].startswith(':') and not _MARK.match(rest[0]):
        caption = rest.pop(0)[1:].strip()
    marks = _marks(rest, ('label',))
    return None if marks is None else (
        'table', '\n'.join(texts[:rows]), caption, marks)


def _figure(texts: list[str]) -> _Found | None:
    figure = _FIGURE.fullmatch(texts[0])
    marks = _marks(texts[1:], ('width', 'label'))
    return None if marks is None or not figure else (
        SPECIAL.get(figure[2], 'figure'), unescapeAll(figure[2]), figure[1],
        marks)


def _marks(texts: list[str], allowed: tuple[str, ...],
           ) -> dict[str, str] | None:
    """Return {name: content} if these lines are all such marks, or None."""
    marks = {}
    for text in texts:
        mark = _MARK.fullmatch(text)
        if not mark or mark[1] not in allowed:
            return None
        marks[mark[1]] = mark[2]
    return marks
