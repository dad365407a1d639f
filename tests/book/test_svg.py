"""Recorded plots: only what can be looked at is published."""
import pytest

from builder.errors import BuildError
from builder.publish.html import make_sources
from builder.publish.svg import page_svg

from .conftest import SVG

INSIDE = SVG.replace('</svg>', '{}</svg>')


def test_plots_are_transparent_and_keep_their_size():
    svg, width, height = page_svg(SVG)
    assert (width, height) == (96, 48)
    assert '#ffffff' not in svg and svg.count('fill: none') == 2
    assert 'stroke: #000000' in svg


@pytest.mark.parametrize(('svg', 'said'), [
    (INSIDE.format('<script>alert(1)</script>'), '<script>'),
    (INSIDE.format('<s:script xmlns:s="http://www.w3.org/2000/svg"/>'),
     '<script>'),
    (INSIDE.format('<g onload="alert(1)"/>'), '<g onload'),
    (INSIDE.format('<g ONCLICK="alert(1)"/>'), '<g ONCLICK'),
    (INSIDE.format('<foreignObject/>'), 'foreignObject'),
    (INSIDE.format('<use href="https://a.b/c.svg#d"/>'), 'outside'),
    (INSIDE.format('<image xmlns:x="http://www.w3.org/1999/xlink" '
                   'x:href="file:///etc/passwd"/>'), 'outside'),
    (INSIDE.format('<a href="javascript:alert(1)"/>'), '<a>'),
    (INSIDE.format('<path style="fill: url(https://a.b/c)"/>'), 'outside'),
    (INSIDE.format('<style>@import "https://a.b/c.css"</style>'),
     'outside'),
    ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, 'declares entities'),
    (SVG.replace('viewBox="0 0 72 36"', ''), 'expected viewBox='),
    (SVG.replace('72 36', '72 nan'), 'an empty viewBox'),
    (SVG.replace('72 36', '72'), 'expected viewBox='),
    (SVG[:-3], 'not XML'), ('', 'not XML'),
    ('<html/>', '<html> in place of <svg'),
])
def test_what_is_refused(sample, record_by_hand, svg, said):
    with pytest.raises(BuildError, match=said):
        page_svg(svg)
    if svg.startswith('<svg'):
        record_by_hand(sample.book, sample.page, 'mxnet', {1: [svg]})
        with pytest.raises(BuildError, match=f'second-code-1-0: .*{said}'):
            make_sources(sample.book)


def test_a_document_type_without_declarations_is_matplotlibs():
    assert page_svg('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n'
                    '  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
                    + SVG) == page_svg(SVG)


def test_equal_plots_are_shown_once_whatever_their_ids(sample,
                                                       record_by_hand):
    for tab, name in (('pytorch', 'p1f2'), ('mxnet', 'q9')):
        record_by_hand(sample.book, sample.page, tab, {1: [INSIDE.format(
            f'<clipPath id="{name}"/><g clip-path="url(#{name})" id="z"/>'
            f'<use href="#{name}"/>')]})
    sources = make_sources(sample.book)
    plot, = [name for name in sources if name.startswith('plots/')]
    assert sources['index.md'].decode().count(f'{{image}} /{plot}') == 1
    svg = sources[plot].decode()
    assert 'clip-path="url(#i0)"' in svg and 'href="#i0"' in svg


def test_ids_that_a_style_names_are_kept():
    svg = INSIDE.format('<style>#a {fill: red}</style><g id="a"/>')
    assert 'id="a"' in page_svg(svg)[0]
