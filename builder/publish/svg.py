"""A recorded plot as a page shows it."""
import functools
import re
import xml.etree.ElementTree as ElementTree

from builder.errors import BuildError
from builder.record.svg import check_svg, view_box

_SVG = '{http://www.w3.org/2000/svg}'
_XLINK = '{http://www.w3.org/1999/xlink}href'


@functools.lru_cache(maxsize=512)  # most plots are the same in every tab
def page_svg(svg: str) -> tuple[str, int, int]:
    """Return (SVG for a page, width, height in CSS pixels).

    Its background is transparent, so that the page's shows, its size is left
    to the page, and its ids are counted, so that equal plots are equal files.

    Raises:
        BuildError: if it is no SVG with a viewBox, or if it could do more
            than be looked at.
    """
    try:
        check_svg(svg)
    except ValueError as error:
        raise BuildError(f'an SVG that no page may hold: {error}') from None
    ElementTree.register_namespace('', _SVG.strip('{}'))
    ElementTree.register_namespace('xlink', _XLINK[1:-5])
    root = ElementTree.fromstring(svg)
    for metadata in root.findall(f'{_SVG}metadata'):
        root.remove(metadata)
    for patch in root.iter(f'{_SVG}path'):
        style = patch.get('style', '')
        patch.set('style', re.sub(r'fill: #ffffff(?=;|$)', 'fill: none',
                                  style))
    _count_ids(root)
    *_, width, height = view_box(root.get('viewBox'))
    text = ElementTree.tostring(root, encoding='unicode')
    return text, round(width * 4 / 3), round(height * 4 / 3)


def _count_ids(root: ElementTree.Element) -> None:
    """Give the ids new names, in the order in which they stand, unless a
    style sheet may name them."""
    if any('#' in (style.text or '') for style in root.iter(f'{_SVG}style')):
        return
    names = {element.attrib['id']: f'i{n}' for n, element in enumerate(
        e for e in root.iter() if 'id' in e.attrib)}
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == 'id':
                value = names[value]
            elif key.endswith('href') and value.startswith('#'):
                value = f'#{names.get(value[1:], value[1:])}'
            else:
                value = re.sub(r'url\(#([^)]+)\)', lambda found: (
                    f'url(#{names.get(found[1], found[1])})'), value)
            element.set(key, value)
