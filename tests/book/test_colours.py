"""Colours of a terminal in outputs: classes on pages, nothing elsewhere."""
import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import escape
from builder.publish import epub, pdf
from builder.publish.colours import coloured
from builder.publish.html import build_html, make_sources
from builder.record.outputs import kept_text, plain_text
from builder.record.recordings import Recordings

LOOK = Path(__file__).parents[2] / 'builder' / 'publish' / 'look'
STYLES = LOOK / 'colours.css'
ESC = '\x1b['


def classes(orders):
    """Return the classes of a word after these orders, without `ansi-`."""
    found = re.fullmatch(r'(?:<span class="([^"]*)">)?a(?:</span>)?',
                         coloured(f'{ESC}{orders}ma'))
    return (found[1] or '').replace('ansi-', '').split()


@pytest.mark.parametrize(('orders', 'expected'), [
    ('', ''), ('0', ''), ('31', 'red'), ('91', 'red'), ('32', 'green'),
    ('33', 'yellow'), ('34', 'blue'), ('35', 'magenta'), ('36', 'cyan'),
    ('90', 'grey'), ('30', ''), ('37', ''), ('97', ''), ('31;39', ''),
    ('1', 'bold'), ('1;22', ''), ('3', 'italic'), ('3;23', ''),
    ('4', 'underline'), ('4:3', 'underline'), ('4:0', ''), ('4;24', ''),
    ('21', 'underline'), ('1;31', 'red bold'), ('1;31;0', ''), ('1;31;', ''),
    ('41', 'on-red'), ('101', 'on-red'), ('41;49', ''), ('40', ''),
    ('37;41', 'on-red'), ('100', 'on-grey'),
    ('7', 'on-ink'), ('31;7', 'on-red'), ('41;7', 'on-ink'), ('7;27', ''),
    ('38;5;1', 'red'), ('38;5;9', 'red'), ('38;5;8', 'grey'),
    ('38;5;196', 'red'), ('38;5;21', 'blue'), ('38;5;46', 'green'),
    ('38;5;226', 'yellow'), ('38;5;51', 'cyan'), ('38;5;201', 'magenta'),
    ('38;5;232', ''), ('38;5;244', 'grey'), ('38;5;255', ''),
    ('48;5;196', 'on-red'), ('38:5:196', 'red'), ('38;2;255;0;0', 'red'),
    ('38:2:255:0:0', 'red'), ('38:2::255:0:0', 'red'),
    ('38;2;0;0;255;1', 'blue bold'), ('48;2;0;255;0', 'on-green'),
    ('38;5', ''), ('38', ''), ('38;2;1', ''), ('38;9;31', 'red'),
    ('58;5;1', ''), ('2', ''), ('8', ''), ('9', ''), ('999999999999', '')])
def test_what_a_sequence_orders(orders, expected):
    assert classes(orders) == expected.split()


def test_pieces_and_what_is_no_colour():
    assert coloured(f'<a>{ESC}1mb & {ESC}31mc\nd{ESC}0me{ESC}mf') == (
        '&lt;a&gt;<span class="ansi-bold">b &amp; </span>'
        '<span class="ansi-red ansi-bold">c\nd</span>ef')
    assert coloured('plain') == 'plain' and coloured(f'{ESC}31m') == ''


@given(st.text(st.sampled_from('a<&"\n ;:01234589m\x1b[')) | st.text())
def test_the_words_are_those_of_the_text(text):
    try:
        text = kept_text(text)
    except ValueError:
        return
    shown = coloured(text)
    assert html.unescape(re.sub(r'<span class="[a-z -]+">|</span>', '', shown)
                         ) == escape.printable(plain_text(text))


def test_every_class_has_its_look():
    styles = STYLES.read_text('utf-8')
    for number in range(256):
        for name in classes(f'38;5;{number}') + classes(f'48;5;{number}'):
            assert f'.ansi-{name} {{' in styles
    for orders in ('1', '3', '4', '7'):
        assert f'.ansi-{classes(orders)[0]} {{' in styles


@pytest.fixture
def book(sample, record_by_hand):
    for tab in sample.book.config.tabs:
        record_by_hand(sample.book, sample.page, tab, {
            0: [f'plain <{tab}>\n'],
            1: [f'{ESC}31m<b>red</b>{ESC}0m and\n{ESC}1mbold{ESC}0m\n']})
    return sample.book


def test_pages_show_them(book, tmp_path):
    page = build_html(book, tmp_path / '_build')
    assert ('<pre><span></span><span class="ansi-red">&lt;b&gt;red&lt;/b&gt;'
            '</span> and\n<span class="ansi-bold">bold</span>\n</pre>'
            ) in page.read_text('utf-8')
    assert STYLES.read_text('utf-8') in (
        page.parent / '_static' / 'page.css').read_text('utf-8')
    assert 'plain &lt;pytorch&gt;' in page.read_text('utf-8')


def test_a_long_output_is_folded_with_them(sample, record_by_hand):
    record_by_hand(sample.book, sample.page, 'pytorch', {
        1: [f'{ESC}31mone{ESC}0m\n' * 40]})
    text = make_sources(sample.book)['index.md'].decode()
    assert '{dropdown} 40 lines of output' in text and 'ansi-red' in text


def test_nobody_else_does(book):
    for sources in (pdf.make_sources(book, 'mxnet'), epub.make_sources(
            book, 'mxnet', Recordings(book))):
        assert '```text\n<b>red</b> and\nbold\n```' in (
            sources['index.md'].decode())
    web = make_sources(book)['_extra/markdown/mxnet/index.md'].decode()
    assert '```text\n<b>red</b> and\nbold\n```' in web
