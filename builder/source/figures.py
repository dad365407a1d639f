"""Figures, tables and numbered equations in d2l-Markdown, with their marks.

    ![A caption.](../img/rate.svg)      |a|b|             $$a = b$$
    :width:`300px`                      |-|-|             :eqlabel:`eq_a`
    :label:`fig_rate`                   |1|2|
                                        :A caption.
                                        :label:`tab_ab`
"""
import re
from dataclasses import dataclass

_FIGURE = re.compile(r'!\[([^\n]*)\]\(([^()\s]+)\)')
_MARK = re.compile(r':(width|label|eqlabel):`([^`\n]+)`')
_RULE = re.compile(r'\|(?:[ \t]*:?-+:?[ \t]*\|)+')


@dataclass(frozen=True)
class Float:
    """A figure, a table or an equation with its marks, at body[start:end].

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


def find_floats(source, start, end):
    """Yield the Floats in lines start to end of a source.

    Args:
        source: has its `lines`, `formulas` ({first line: token} of those in
            $$) and `literal`, the lines that are code or formulas.
        start, end: lines; the positions in a Float count from `start`.
    """
    lines, places = source.lines, [0]
    for line in lines[start:end]:
        places.append(places[-1] + len(line))
    n = start
    while n < end:
        formula = source.formulas.get(n)
        last = formula.map[1] if formula else n
        while last < end and lines[last].strip() and (
                last not in source.literal):
            last += 1
        texts = [line.strip() for line in lines[n:last]]
        found = (_equation(formula, texts) if formula else
                 _table(texts) or _figure(texts))
        if found:
            kind, content, caption, marks = found
            at = places[n - start]
            begin = at + ''.join(lines[n:last]).find(caption)
            rows = content.count('\n') + 1 if kind == 'table' else 0
            yield Float(
                kind, at, places[last - start] - 1, content,
                (at, places[n - start + rows]),
                (begin, begin + len(caption)) if caption else (0, 0),
                marks.get('width', ''),
                marks.get('label') or marks.get('eqlabel') or '', n + 1)
        n = max(last, n + 1)


def _equation(formula, texts):
    marks = _marks(texts[formula.map[1] - formula.map[0]:], ('eqlabel',))
    return marks and ('equation', formula.content.strip(), '', marks)


def _table(texts):
    rows = next((i for i, text in enumerate(texts)
                 if not text.startswith('|')), len(texts))
    if rows < 2 or not _RULE.fullmatch(texts[1]):
        return None
    rest, caption = texts[rows:], ''
    if rest and rest[0].startswith(':') and not _MARK.match(rest[0]):
        caption = rest.pop(0)[1:].strip()
    marks = _marks(rest, ('label',))
    return marks is not None and ('table', '\n'.join(texts[:rows]), caption,
                                  marks)


def _figure(texts):
    figure = texts and _FIGURE.fullmatch(texts[0])
    marks = _marks(texts[1:], ('width', 'label'))
    return figure and marks is not None and ('figure', figure[2], figure[1],
                                             marks)


def _marks(texts, allowed):
    """Return {name: content} if these lines are all such marks, or None."""
    found = [_MARK.fullmatch(text) for text in texts]
    if not all(mark and mark[1] in allowed for mark in found):
        return None
    return {mark[1]: mark[2] for mark in found}
