"""Which SVG a page may hold: a drawing, and nothing that acts or fetches.

Elements are those of a list, so that what SVG or HTML may add later stays
out. Every address is a fragment of the drawing itself, or a bitmap within it.
"""
import math
import re
from xml.parsers import expat

_SVG = 'http://www.w3.org/2000/svg'
_XLINK = 'http://www.w3.org/1999/xlink'
_DRAWING = frozenset((
    'svg', 'g', 'defs', 'symbol', 'use', 'path', 'rect', 'circle', 'ellipse',
    'line', 'polyline', 'polygon', 'text', 'tspan', 'textPath', 'image',
    'clipPath', 'mask', 'pattern', 'marker', 'linearGradient',
    'radialGradient', 'stop', 'filter', 'feGaussianBlur', 'feOffset',
    'feBlend', 'feFlood', 'feComposite', 'feMerge', 'feMergeNode',
    'feColorMatrix', 'style', 'title', 'desc', 'metadata'))
# What Matplotlib says of a drawing; browsers know nothing of these.
_METADATA = frozenset((
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
    'http://creativecommons.org/ns#', 'http://purl.org/dc/elements/1.1/'))
_BITMAP = re.compile(r'data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*')
# CSS that fetches, or hides behind an escape that it does.
_FETCHES = re.compile(r'\\|@|//|image-set|javascript:|\bsrc\s*\(|'
                      r'\burl\s*\((?!\s*["\']?#)', re.IGNORECASE)
# Attributes that are neither addresses nor CSS.
_HARMLESS = frozenset(('id', 'class', 'aria-label', 'lang', 'd', 'points',
                       'transform', 'x', 'y', 'width', 'height'))
_WIDEST = 100_000  # in points; that is 35 m
_DEPTH = 100  # of elements in elements; Matplotlib's plots have 10


def check_svg(text: str) -> None:
    """Return if `text` is an SVG that a page may hold.

    Raises:
        ValueError: with the line, if it is not XML, not an SVG, has no
            viewBox, declares entities, or holds scripts, event handlers, HTML
            or references to anything outside.
    """
    parser = expat.ParserCreate(namespace_separator=' ')
    checker = _Checker()
    parser.StartDoctypeDeclHandler = checker.doctype
    parser.ProcessingInstructionHandler = checker.instruction
    parser.StartElementHandler = checker.start
    parser.EndElementHandler = checker.end
    parser.CharacterDataHandler = checker.characters
    try:
        parser.Parse(text, True)
        checker.finish()
    except expat.ExpatError as error:
        raise ValueError(f'line {error.lineno}: not XML: '
                         f'{expat.ErrorString(error.code)}') from None
    except UnicodeEncodeError:
        raise ValueError('it is not Unicode') from None
    except ValueError as error:
        raise ValueError(
            f'line {parser.CurrentLineNumber}: {error}') from None


def view_box(value: str | None) -> tuple[float, float, float, float]:
    """Return the four numbers of a viewBox: left, top, width, height.

    Raises:
        ValueError: if they are not four numbers, or the box is empty, or so
            narrow or wide that no page could show it.
    """
    try:
        left, top, width, height = map(
            float, re.split(r'[\s,]+', (value or '').strip()))
    except ValueError:
        raise ValueError(f'expected viewBox="left top width height", '
                         f'got {value!r}') from None
    if not (all(map(math.isfinite, (left, top, width, height)))
            and width > 0 and height > 0):
        raise ValueError(f'an empty viewBox: {value!r}')
    if min(width, height) < 1 or max(width, height) > _WIDEST:
        raise ValueError(f'a viewBox that is not from 1 to {_WIDEST:,} wide '
                         f'and high: {value!r}')
    return left, top, width, height


class _Checker:
    """Raises ValueError at the first thing that is not a drawing's."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str | None]] = []  # (name, id)
        self.used: set[str] = set()   # ids that a <use> shows
        self.using: set[str] = set()  # ids of elements that hold a <use>
        self.css: list[str] = []

    def doctype(self, name: str, system: str | None, public: str | None,
                has_subset: int) -> None:
        if has_subset:
            raise ValueError('it declares entities')

    def instruction(self, target: str, data: str) -> None:
        raise ValueError(f'the instruction <?{target}?>')

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(' ')
        if not self.stack:
            if (namespace, local) != (_SVG, 'svg'):
                raise ValueError(f'<{local}> in place of <svg xmlns="{_SVG}">')
            view_box(attributes.get('viewBox'))
        if not (namespace in _METADATA
                or (namespace == _SVG and local in _DRAWING)):
            raise ValueError(f'<{local}>')
        if len(self.stack) >= _DEPTH:
            raise ValueError(f'elements in elements, more than {_DEPTH} deep')
        self.stack.append((local, attributes.get('id')))
        for key, value in attributes.items():
            if key not in _HARMLESS:
                self.attribute(local, key, value)

    def attribute(self, element: str, key: str, value: str) -> None:
        namespace, _, local = key.rpartition(' ')
        shown = f'<{element} {local}="{value[:60]}">'
        if local.lower().startswith('on') or local == 'base':
            raise ValueError(shown)
        if local in ('href', 'src') and namespace in ('', _XLINK):
            if not (value.startswith('#')
                    or (element == 'image' and _BITMAP.fullmatch(value))):
                raise ValueError(f'{shown} leads outside')
            if element == 'use':
                self.used.add(value[1:])
                self.using.update(i for _, i in self.stack if i)
        elif not namespace and _FETCHES.search(value):
            raise ValueError(f'{shown} leads outside')

    def characters(self, data: str) -> None:
        if self.stack[-1][0] == 'style':
            self.css.append(data)

    def end(self, name: str) -> None:
        if self.stack.pop()[0] == 'style':
            found = _FETCHES.search(''.join(self.css))
            self.css.clear()
            if found:
                raise ValueError(f'<style> with {found[0]!r} leads outside')

    def finish(self) -> None:
        """Refuse a <use> of what holds one: ten of them make 10 ** n."""
        both = self.used & self.using
        if both:
            raise ValueError(f'<use> of #{min(both)}, which has a <use> '
                             'itself')
