"""SVG that a page may hold, and SVG that it must not."""
import glob
import json
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.record.svg import check_svg, view_box

ROOT = Path(__file__).parents[2]
NS = 'http://www.w3.org/2000/svg'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inside, attributes='viewBox="0 0 9 9"'):
    return f'<svg xmlns="{NS}" {XLINK} {attributes}>{inside}</svg>'


@pytest.mark.parametrize('inside', [
    '<defs><path id="a" d="M 0 0"/></defs><use xlink:href="#a"/>',
    '<use href="#a"/>',
    '<style type="text/css">*{stroke-linejoin: round}</style>',
    '<path clip-path="url(#p1)" style="fill: url( \'#g\' )"/>',
    '<image xlink:href="data:image/png;base64,iVBO\nRw0="/>',
    '<text aria-label="a@b // \\eta">$\\eta$ http://example.org</text>',
    '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'r:resource="http://purl.org/dc/"/></metadata>',
    '<!-- a comment <script> -->',
])
def test_drawings_pass(inside):
    check_svg(svg(inside))


@pytest.mark.parametrize('inside', [
    '<script>alert(1)</script>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script>',
    '<metadata><script xmlns="http://www.w3.org/1999/xhtml">1</script>'
    '</metadata>',
    '<script xmlns="">1</script>',
    '<foreignObject/>', '<iframe/>', '<a href="#x"/>',
    '<set attributeName="href" to="javascript:alert(1)"/>',
    '<animate attributeName="x"/>', '<feImage href="#a"/>',
    '<g onclick="x()"/>', '<g ONLOAD="x()"/>', '<g xlink:onload="x()"/>',
    '<use href="other.svg#a"/>', '<use xlink:href="http://a.example/b#c"/>',
    '<use href="javascript:alert(1)"/>', '<use href=" #a"/>',
    '<image href="http://a.example/b.png"/>', '<image href="b.png"/>',
    '<image href="//a.example/b.png"/>',
    '<image href="data:text/html;base64,PHNjcmlwdD4="/>',
    '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    '<use href="data:image/png;base64,iVBORw0="/>',
    '<g xml:base="http://a.example/"/>',
    '<g style="fill: url(http://a.example/b)"/>',
    '<g style="fill: URL( &quot;b.svg#c&quot;)"/>',
    '<g fill="url(b.svg#c)"/>', '<g fill="\\75rl(http://a.example/b)"/>',
    '<g style="background: image-set(\'a.png\' 1x)"/>',
    '<style>@import "http://a.example/b.css";</style>',
    '<style>@import <![CDATA["b.css"]]>;</style>',
    '<style>*{fill: u<!-- -->rl(http://a.example)}</style>',
    '<style>*{fill: \\75rl(b)}</style>',
    '<?xml-stylesheet href="b.css"?>',
    '<g id="a"><use href="#a"/></g>',
    '<g id="b"><use href="#c"/><use href="#c"/></g><use href="#b"/>',
])
def test_what_acts_or_fetches_is_refused(inside):
    with pytest.raises(ValueError, match='^line 1: '):
        check_svg(svg(inside))


LAUGHS = ''.join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">'
                 for n in range(1, 10))


@pytest.mark.parametrize(('text', 'message'), [
    ('', 'not XML: no element found'),
    ('Figure(400x300)', 'line 1: not XML'),
    (svg('\n<g>\n'), 'line 3: not XML: mismatched tag'),
    (svg('\ud800'), 'not Unicode'),
    (svg('&copy;'), 'not XML: undefined entity'),
    ('<svg viewBox="0 0 9 9"/>', 'in place of <svg'),
    (f'<html xmlns="http://www.w3.org/1999/xhtml">{svg("")}</html>',
     '<html> in place of <svg'),
    (svg('', ''), 'expected viewBox="left top width height", got None'),
    (svg('', 'viewBox="0 0 9"'), "got '0 0 9'"),
    (svg('', 'viewBox="0 0 a b"'), "got '0 0 a b'"),
    (svg('', 'viewBox="0 0 9 0"'), 'an empty viewBox'),
    (svg('', 'viewBox="0 0 nan 9"'), 'an empty viewBox'),
    *((svg('', f'viewBox="0 0 {width} 9"'), 'not from 1 to 100,000 wide and h')
      for width in ('1e308', '100001', '1e-9', '0.9')),
    (svg('', 'viewBox="0 0 9 9" onload="x()"'), 'onload'),
    (f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>{svg("&l9;")}',
     'it declares entities'),
    (f'<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>{svg("&f;")}',
     'it declares entities'),
    pytest.param(svg('<g>' * 50_000 + '</g>' * 50_000),
                 'more than 100 deep', id='deep'),
])
def test_what_is_no_drawing_is_refused(text, message):
    with pytest.raises(ValueError) as caught:
        check_svg(text)
    assert message in str(caught.value)


HOSTILE = [
    '<script>x()</script>', '<s:script xmlns:s="http://www.w3.org/1999/xhtml"'
    '>x()</s:script>', ' onload="x()"', ' href="http://a.example/"',
    ' xlink:href="b.svg#a"', ' style="fill: url(http://a.example/)"', '<a>',
    '</a>', '<foreignObject/>', '<!DOCTYPE svg [<!ENTITY a "b">]>', '&a;',
    '<![CDATA[', ']]>', '<!--', '-->', '"', '>', "'", '<style>', '</style>']
PLOT = svg('<style>*{fill: none}</style><g id="a" style="fill: #fff"><path '
           'd="M 0 0"/></g><use xlink:href="#a" x="3"/><text>a</text>')


@given(st.lists(st.tuples(st.integers(0, len(PLOT)),
                          st.sampled_from(HOSTILE)), min_size=1, max_size=3))
def test_what_passes_holds_nothing_hostile_to_another_parser(changes):
    text = PLOT
    for place, piece in changes:
        text = text[:place] + piece + text[place:]
    try:
        check_svg(text)
    except ValueError:
        return
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.rpartition('}')[2] not in ('script', 'a',
                                                      'foreignObject')
        for name, value in element.attrib.items():
            name = name.rpartition('}')[2]
            assert not name.startswith('on') and 'url(http' not in value
            assert name != 'href' or value.startswith('#')


def test_the_plots_of_this_book_pass():
    plots = [''.join(output['data']['image/svg+xml'])
             for path in glob.glob(f'{ROOT}/notebooks/*/*.ipynb')
             for cell in json.loads(Path(path).read_text('utf-8'))['cells']
             for output in cell.get('outputs', ())
             if 'image/svg+xml' in output.get('data', {})]
    assert plots
    for plot in plots:
        check_svg(plot)


@pytest.mark.parametrize('piece', [
    '<g/>', '<g style="fill: none"/>', '<g style="', 'url(', '<!-- ',
    '<use href="#a"/>', '<style>*{}', '&amp;', 'data:image/png;base64,'])
def test_a_megabyte_of_anything_takes_no_time(piece):
    start = time.perf_counter()
    for text in (svg(piece * (10 ** 6 // len(piece))),
                 svg(f'<g style=\'{piece.replace("<", "") * 20_000}\'/>')):
        try:
            check_svg(text)
        except ValueError as error:
            assert str(error).startswith('line ')
    assert time.perf_counter() - start < 2


def test_the_numbers_of_a_view_box():
    assert view_box(' 1,2 , 3.5\n4e1 ') == (1, 2, 3.5, 40)
