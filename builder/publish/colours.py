"""Text with a terminal's colours, as HTML.

A colour becomes a class, of which look/colours.css says what it looks like:
one that can be read on a light page and on a dark one. So there are six hues
and a grey; brighter and paler ones, and millions of others, are the nearest of
them, and black and white are the text's own colour. On a ground in colour the
text has the page's: whoever chose both colours chose them for another page.
"""
import colorsys
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from builder.escape import markup

_SEQUENCE = re.compile(r'\x1b\[([0-9;:]*)m')
_NAMES = '', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', ''
_WHEEL = 'red', 'yellow', 'green', 'cyan', 'blue', 'magenta'  # from 0 degrees
_CUBE = 0, 95, 135, 175, 215, 255  # of the 256 colours, 16 to 231


@dataclass(frozen=True)
class _Style:
    """How a terminal writes: colours by name, '' is its own."""
    ink: str = ''
    ground: str = ''
    bold: bool = False
    italic: bool = False
    underline: bool = False
    turned: bool = False  # ink and ground change places

    def classes(self) -> str:
        ink, ground = ((self.ground, self.ink or 'ink') if self.turned
                       else (self.ink, self.ground))
        return ' '.join(f'ansi-{name}' for name in (
            f'on-{ground}' if ground else ink,
            'bold' * self.bold, 'italic' * self.italic,
            'underline' * self.underline) if name)


def coloured(text: str) -> str:
    """Return text, which only colours are markup of, as HTML."""
    parts, style, at = [], _Style(), 0
    for found in _SEQUENCE.finditer(text):
        parts.append(_piece(text[at:found.start()], style))
        for order in _orders(found[1]):
            style = _obeyed(style, order)
        at = found.end()
    return ''.join([*parts, _piece(text[at:], style)])


def _piece(text: str, style: _Style) -> str:
    classes = style.classes()
    return f'<span class="{classes}">{markup(text)}</span>' if (
        text and classes) else markup(text)


def _orders(sequence: str) -> Iterator[list[int]]:
    """Yield each order of a sequence (ECMA-48, SGR) with its arguments: those
    of a colour stand behind : or behind ;."""
    parts = [[int(number[:4]) for number in part.split(':') if number] or [0]
             for part in sequence.split(';')]
    while parts:
        order = parts.pop(0)
        if order in ([38], [48], [58]) and parts:
            count = {5: 2, 2: 4}.get(parts[0][0], 1)
            order = [*order, *(part[0] for part in parts[:count])]
            del parts[:count]
        yield order


def _obeyed(style: _Style, order: Sequence[int]) -> _Style:
    """Return the style after an order; unknown ones change nothing."""
    first = order[0]
    changes: dict[int, dict[str, Any]] = {
        1: {'bold': True}, 3: {'italic': True}, 7: {'turned': True},
        4: {'underline': order[1:2] != [0]}, 21: {'underline': True},
        22: {'bold': False}, 23: {'italic': False},
        24: {'underline': False}, 27: {'turned': False}}
    if first == 0:
        return _Style()
    if first in changes:
        return replace(style, **changes[first])
    if first in range(30, 40) or first in range(90, 98):
        return replace(style, ink=_colour(order))
    if first in range(40, 50) or first in range(100, 108):
        return replace(style, ground=_colour([first - 10, *order[1:]]))
    return style


def _colour(order: Sequence[int]) -> str:
    """Return the colour that an order for ink names."""
    first, *more = order
    if first != 38:
        return 'grey' if first == 90 else _NAMES[first % 10] if (
            first != 39) else ''
    if more[:1] == [5] and len(more) > 1:
        return _numbered(more[1])
    return _nearest(*more[-3:]) if more[:1] == [2] and len(more) > 3 else ''


def _numbered(number: int) -> str:
    """Return one of 256 colours."""
    if number < 16:
        return _colour([30 + number if number < 8 else 82 + number])
    if number < 232:
        at = number - 16
        return _nearest(_CUBE[at // 36], _CUBE[at // 6 % 6], _CUBE[at % 6])
    return _nearest(*[8 + 10 * (number - 232)] * 3)


def _nearest(red: int, green: int, blue: int) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(
        *(min(part, 255) / 255 for part in (red, green, blue)))
    if saturation < 0.25 or value < 0.2:
        return 'grey' if 0.25 < value < 0.75 else ''
    return _WHEEL[round(hue * 6) % 6]
