"""A picture with a title: words, and below them the picture of the book.

It becomes a bitmap, since neither shelves of EPUBs nor previews of links draw
SVG.
"""
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.escape import markup
from builder.record.svg import view_box

INK, PALE = '#1c2430', '#56606d'
_WIDE, _CAPITAL = 2, 1.4  # times a small letter's width
_GROUND = '#fbfaf7'
_FONTS = 'TeX Gyre Heros, Helvetica, Arial, DejaVu Sans, sans-serif'


@dataclass(frozen=True)
class Words:
    """A text of a picture.

    Args:
        text: what it says; where it is empty, nothing stands.
        size: of its letters, in pixels.
        letters: how many stand in a line.
        most: how many lines there are; the rest is left out.
        colour: of its letters.
    """
    text: str
    size: int
    letters: int
    most: int
    colour: str = INK

    def lines(self) -> list[str]:
        """Return the text in lines."""
        lines = ['']
        for part in _parts(self.text, self.letters):
            if lines[-1] and _width(lines[-1] + part.strip()) > self.letters:
                lines.append('')
            lines[-1] += part
        if len(lines) > self.most:
            last = lines[self.most - 1].strip()
            while _width(f'{last} …') > self.letters:
                last = last.rpartition(' ')[0] or last[:-1]
            lines[self.most - 1:] = [f'{last} …']
        return [line.strip() for line in lines if line.strip()]


def _parts(text: str, most: int) -> Iterator[str]:
    """Yield the parts that a line may end after: words with the space behind
    them, letters of Chinese, pieces of what is too long for a line."""
    part = ''
    for letter in text:
        part += letter
        if letter.isspace() or _width(letter) == _WIDE or _width(part) >= most:
            yield part
            part = ''
    yield part


def _width(text: str) -> float:
    """Return about how many small letters are as wide as a text."""
    return sum(_WIDE if unicodedata.east_asian_width(letter) in 'WF' else
               _CAPITAL if letter.isupper() else 1 for letter in text)


@dataclass(frozen=True)
class Frame:
    """The measures of a picture, in pixels; `top` and `bottom` are those of
    the place that the book's picture has."""
    width: int
    height: int
    margin: int
    top: int
    bottom: int


def drawn(frame: Frame, texts: Sequence[Words], picture: bytes) -> bytes:
    """Return an SVG: texts below each other, and in its place the picture, an
    SVG too, b'' for none."""
    lines, y = '', frame.margin
    for words in texts:
        for line in words.lines():
            y += round(words.size * 1.25)
            lines += (f'<text x="{frame.margin}" y="{y}" '
                      f'font-size="{words.size}" fill="{words.colour}">'
                      f'{markup(line)}</text>')
        y += round(words.size * 0.6)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}" '
            f'height="{frame.height}" '
            f'viewBox="0 0 {frame.width} {frame.height}">'
            f'<rect width="100%" height="100%" fill="{_GROUND}"/>'
            f'<g font-family="{_FONTS}">{lines}</g>'
            f'{_placed(frame, picture) if picture else ""}</svg>').encode()


def _placed(frame: Frame, picture: bytes) -> str:
    """Return the picture as large as its place allows, below the words'
    beginnings if it is not as wide."""
    ElementTree.register_namespace('', 'http://www.w3.org/2000/svg')
    drawing = ElementTree.fromstring(picture)
    *_, width, height = view_box(drawing.get('viewBox'))
    wide = frame.width - 2 * frame.margin
    high = min(wide * height / width, frame.bottom - frame.top)
    for name, value in (
            ('x', frame.margin), ('y', (frame.top + frame.bottom - high) / 2),
            ('width', wide), ('height', high),
            ('preserveAspectRatio', 'xMinYMid')):
        drawing.set(name, str(value))
    return ElementTree.tostring(drawing, encoding='unicode')
