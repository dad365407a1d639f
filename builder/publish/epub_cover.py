"""The cover of an EPUB: title and authors, and the picture of the book.

It is a bitmap, since few readers' shelves draw SVG. Only a book that has a
picture has a cover; the others are shown by their title page.
"""
import textwrap
import unicodedata
import xml.etree.ElementTree as ElementTree

from builder.config import Config
from builder.escape import markup
from builder.publish.cover import cover_svg
from builder.publish.pdf_images import converted
from builder.record.svg import view_box

WIDTH, HEIGHT = 1200, 1800  # in pixels
_MARGIN = 110
_MOST = 4  # lines of a text
_LETTERS = 17, 30, 44  # in a line of title, tab and authors
_SIZES = 104, 60, 42
_GROUND, _INK, _PALE = '#fbfaf7', '#1c2430', '#56606d'
_FONTS = 'TeX Gyre Heros, Helvetica, Arial, DejaVu Sans, sans-serif'


def cover_png(config: Config, tab: str) -> bytes:
    """Return the cover of a tab's EPUB, a PNG file; b'' if the book has no
    picture.

    Raises:
        BuildError: if the picture cannot be drawn, or made a PNG file.
    """
    picture = cover_svg(config)
    return converted('the cover', _drawn(config, tab, picture),
                     'png') if picture else b''


def _drawn(config: Config, tab: str, picture: bytes) -> bytes:
    """Return the cover as SVG."""
    ElementTree.register_namespace('', 'http://www.w3.org/2000/svg')
    drawing = ElementTree.fromstring(picture)
    *_, width, height = view_box(drawing.get('viewBox'))
    wide = WIDTH - 2 * _MARGIN
    high = min(wide * height / width, HEIGHT / 2)
    for name, value in (('x', _MARGIN), ('y', HEIGHT * 0.72 - high / 2),
                        ('width', wide), ('height', high)):
        drawing.set(name, f'{value:.1f}')
    title = config.tabs[tab].title if len(config.tabs) > 1 else ''
    lines, y = '', _MARGIN
    for text, letters, size, colour in zip(
            (config.title, title, config.authors), _LETTERS, _SIZES,
            (_INK, _INK, _PALE)):
        for line in _lines(text, letters):
            y += round(size * 1.25)
            lines += (f'<text x="{_MARGIN}" y="{y}" font-size="{size}" '
                      f'fill="{colour}">{markup(line)}</text>')
        y += round(size * 0.6)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
            f'<rect width="100%" height="100%" fill="{_GROUND}"/>'
            f'<g font-family="{_FONTS}">{lines}</g>'
            f'{ElementTree.tostring(drawing, encoding="unicode")}</svg>'
            ).encode()


def _lines(text: str, letters: int) -> list[str]:
    """Return text in lines; a letter of Chinese is as wide as two others."""
    if any(unicodedata.east_asian_width(letter) in 'WF' for letter in text):
        letters //= 2
    return textwrap.wrap(text, letters, max_lines=_MOST, placeholder=' …')
