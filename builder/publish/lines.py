"""Which line of which source a line of a written page comes from.

While a page is written, a line may end in a mark that holds the number of its
line in the source. Marks are made of noncharacters, U+FDD0 to U+FDDF, which
Unicode keeps for the inside of programs, so that no text holds them; they are
taken out before Sphinx sees the page.
"""
import bisect
import re
from dataclasses import dataclass, replace
from typing import TypeVar

from builder.source.figures import Float
from builder.source.inline import Role, Span
from builder.source.lab import Lab
from builder.source.markdown import Prose
from builder.source.toc import Toc

Part = TypeVar('Part', Role, Span, Toc, Lab, Float)

_ZERO, _WIDTH = 0xFDD0, 5
MARK = f'[{chr(_ZERO)}-{chr(_ZERO + 15)}]{{{_WIDTH}}}'
_ANY = re.compile(f'[{chr(_ZERO)}-{chr(_ZERO + 15)}]+')


@dataclass(frozen=True)
class Origin:
    """A source, and for some lines of the page written from it, in order, the
    line of the source that they come from."""
    path: str
    written: tuple[int, ...]
    source: tuple[int, ...]

    def of(self, line: int) -> str:
        """Return path:line of the source of a line of the page."""
        at = bisect.bisect_right(self.written, line) - 1
        return f'{self.path}:{self.source[max(at, 0)] if self.source else 1}'


def mark(line: int) -> str:
    """Return the mark for a line of the source; it belongs at a line's end."""
    return ''.join(chr(_ZERO + int(digit, 16))
                   for digit in f'{line:0{_WIDTH}x}')


def marked(prose: Prose) -> Prose:
    """Return prose with a mark at the end of each line of its body."""
    body = _ANY.sub(lambda found: '\ufffd' * len(found[0]), prose.body)
    first = prose.line + (prose.text != prose.body
                          and prose.text.startswith(':begin_tab:'))
    ends = [found.start() for found in re.finditer(r'\r?\n', body)]
    lines = re.split(r'(?=\r?\n)', body)
    text = ''.join(line + mark(first + n) if n < len(ends) else line
                   for n, line in enumerate(lines))

    def moved(place: int) -> int:
        return place + _WIDTH * bisect.bisect_left(ends, place)

    def at_marks(part: Part) -> Part:
        return replace(part, start=moved(part.start), end=moved(part.end))

    return replace(
        prose, body=text,
        roles=tuple(map(at_marks, prose.roles)),
        spans=tuple(map(at_marks, prose.spans)),
        tocs=tuple(map(at_marks, prose.tocs)),
        labs=tuple(map(at_marks, prose.labs)),
        floats=tuple(replace(
            at_marks(part),
            rows=(moved(part.rows[0]), moved(part.rows[1])),
            caption=(moved(part.caption[0]), moved(part.caption[1])))
            for part in prose.floats))


def take_marks(path: str, text: str) -> tuple[str, Origin]:
    """Return the text without its marks, and the Origin of its lines."""
    written, source = [], []
    for n, line in enumerate(text.split('\n'), 1):
        found = re.search(MARK, line)
        if found:
            written.append(n)
            source.append(int(''.join(f'{ord(digit) - _ZERO:x}'
                                      for digit in found[0]), 16))
    return _ANY.sub('', text), Origin(path, tuple(written), tuple(source))
