"""A recorded plot as a page shows it."""
import re
import xml.etree.ElementTree as ElementTree

from builder.errors import BuildError

_SVG = '{http://www.w3.org/2000/svg}'
_XLINK = '{http://www.w3.org/1999/xlink}href'
_ACTIVE = {'script', 'foreignObject', 'iframe', 'handler', 'listener'}


def page_svg(svg: str) -> tuple[str, int, int]:
    """Return (SVG for a page, width, height in CSS pixels).

    Its background is transparent, so that the page's shows, its size is left
    to the page, and its ids are counted, so that equal plots are equal files.

    Raises:
        BuildError: if it is no SVG with a viewBox, or if it could do more
            than be looked at.
    """
    root = _parsed(svg)
    _refuse_active(root)
    for metadata in root.findall(f'{_SVG}metadata'):
        root.remove(metadata)
    for patch in root.iter(f'{_SVG}path'):
        style = patch.get('style', '')
        patch.set('style', re.sub(r'fill: #ffffff(?=;|$)', 'fill: none',
                                  style))
    _count_ids(root)
    width, height = _size(root)
    text = ElementTree.tostring(root, encoding='unicode')
    return text, round(width * 4 / 3), round(height * 4 / 3)


def _parsed(svg: str) -> ElementTree.Element:
    ElementTree.register_namespace('', _SVG.strip('{}'))
    ElementTree.register_namespace('xlink', _XLINK[1:-5])
    # A document type may define entities, which may grow without end or name
    # files. matplotlib writes one that defines nothing.
    if re.search(r'<!DOCTYPE[^>]*\[|<!ENTITY', svg, re.IGNORECASE):
        raise BuildError('an SVG with a document type of its own')
    try:
        root = ElementTree.fromstring(svg)
    except (ElementTree.ParseError, ValueError) as error:
        raise BuildError(f'not XML: {error}') from None
    if root.tag != f'{_SVG}svg':
        raise BuildError(f'not an SVG, but <{root.tag}>')
    return root


def _size(root: ElementTree.Element) -> tuple[float, float]:
    try:
        _, _, width, height = map(float, root.get('viewBox', '').replace(
            ',', ' ').split())
        if not (0 < width < 1e5 and 0 < height < 1e5):
            raise ValueError
    except ValueError:
        raise BuildError('an SVG without a viewBox of four numbers, got '
                         f'{root.get("viewBox")!r}') from None
    return width, height


def _refuse_active(root: ElementTree.Element) -> None:
    """Raise BuildError at what runs code or asks for other files."""
    for element in root.iter():
        name = element.tag.rpartition('}')[2]
        if name in _ACTIVE:
            raise BuildError(f'an SVG with <{name}>')
        for key, value in element.attrib.items():
            key = key.rpartition('}')[2].lower()
            if key.startswith('on'):
                raise BuildError(f'an SVG with an event handler, {key}')
            if key == 'href' and not value.startswith(('#', 'data:image/png')):
                raise BuildError(f'an SVG that asks for {value!r}')
        for text in (*element.attrib.values(), element.text or ''):
            if re.search(r'url\(\s*[\'"]?(?!#)|@import', text):
                raise BuildError(f'an SVG that asks for other files: {text!r}')


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
