"""Outputs that pages can show, and how their text is kept."""
import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import from_dict
from nbformat.v4 import new_output

from builder.record.outputs import (
    check_output,
    kept_text,
    plain_text,
    recorded_outputs,
    shown_form,
    size,
)

from .conftest import SVG

PDF = base64.encodebytes(b'%PDF-1.4\n...').decode()


def display(**forms):
    names = {'text': 'text/plain', 'svg': 'image/svg+xml',
             'pdf': 'application/pdf', 'png': 'image/png',
             'html': 'text/html', 'widget':
             'application/vnd.jupyter.widget-view+json'}
    return from_dict({
        'output_type': 'display_data', 'metadata': {},
        'data': {names[name]: form for name, form in forms.items()}})


def printed(text, name='stdout'):
    return new_output('stream', text=text, name=name)


@pytest.mark.parametrize(('text', 'expected'), [
    ('', ''), ('one\ntwo\n', 'one\ntwo\n'), ('one\r\ntwo\r\n', 'one\ntwo\n'),
    ('10 %\r50 %\r100 %\ndone\n', '100 %\ndone\n'), ('10 %\r', '10 %'),
    ('a\x1b[1;31mred\x1b[0m\x1b[38:5:1mb', 'aredb'),
    ('10 %\r\x1b[K100 %', '100 %'), ('\b\b\b\r 3/3', ' 3/3'),
    ('tab\tand ümlaut 漢字 \N{GRINNING FACE}', None),
])
def test_text_as_a_terminal_leaves_it(text, expected):
    assert plain_text(text) == (text if expected is None else expected)


@pytest.mark.parametrize('character', [
    '\x00', '\x07', '\b', '\x0b', '\x0c', '\x1b', '\x1b[2J', '\x7f', '\x85',
    '\x9b', '\ud800'])
def test_other_control_characters_are_refused(character):
    with pytest.raises(ValueError, match='control character .* in line 2'):
        plain_text(f'one\ntwo{character}three')


@pytest.mark.parametrize('piece', ['x', 'x\r', '\r', '\x1b[', '\x1b[1;', ' ',
                                   'x\r\n', '\b\r', '<a object at 0x'])
def test_a_megabyte_on_one_line_takes_no_time(piece):
    text = piece * (10 ** 6 // len(piece)) + '\r!'
    start = time.process_time()
    assert plain_text(text) in ('!', 'x\n' * (10 ** 6 // 3) + '!')
    shown_form(display(text=text))
    assert time.process_time() - start < 1


def test_the_best_form_is_shown():
    assert shown_form(printed('a')) == ('text/plain', 'a')
    assert shown_form(display(text='a')) == ('text/plain', 'a')
    assert shown_form(display(text='a', html='<b>a</b>')) == ('text/plain',
                                                              'a')
    assert shown_form(display(text='a', svg=SVG, pdf=PDF, png='iV')) == (
        'image/svg+xml', SVG)


@pytest.mark.parametrize(('output', 'kind'), [
    (display(html='<b>a</b>'), 'text/html'),
    (display(html='<b>a</b>', text='<IPython.core.display.HTML object>'),
     'text/html, text/plain'),
    (display(html='<b>', text='<a.B object at 0x7f00>'), 'text/html'),
    (display(widget={'a': 1}, text='  0%|   | 0/3'),
     'application/vnd.jupyter.widget-view+json, text/plain'),
    (display(), 'display_data'),
    (new_output('error', ename='E', evalue='', traceback=[]), 'error'),
])
def test_what_no_page_can_show_is_refused(output, kind):
    with pytest.raises(ValueError) as caught:
        recorded_outputs([output])
    assert f'no page can show ({kind}' in str(caught.value)
    assert ('expected one of image/svg+xml, image/png, text/html, text/plain'
            in str(caught.value))
    assert ('of HTML, tables only' in str(caught.value)) == ('html' in kind)


@pytest.mark.parametrize(('output', 'message'), [
    (display(svg=SVG.replace('<path', '<script/><path', 1)), '<script>'),
    (display(svg='<svg/>'), 'in place of <svg'),
    (display(svg=['<svg/>']), 'image/svg.xml that is not text'),
    (display(text={'a': 1}), 'text/plain that is not text'),
    (display(svg=SVG, pdf='%PDF-1.4'), 'not a PDF file in base64'),
    (display(svg=SVG, pdf='iVBORw0='), 'not a PDF file in base64'),
    (display(svg=SVG, text='bell \a'), 'control character'),
    (display(png='iVBORw0=', text='a plot'), 'not a whole PNG file'),
    (display(html='<table><td><table>', text=''), 'a table in a table'),
    (printed('bell \a'), 'control character'),
])
def test_content_that_pages_must_not_have_is_refused(output, message):
    with pytest.raises(ValueError, match=message):
        recorded_outputs([output])


def test_recorded_text_with_carriage_returns_is_refused_where_it_is_shown():
    check_output(printed('a\x1b[1mb\x1b[0m'))
    for text in ('a\rb', 'a\x1b[K'):
        with pytest.raises(ValueError, match='text with carriage returns'):
            check_output(printed(text))


@pytest.mark.parametrize(('text', 'expected'), [
    ('a\x1b[1;31mred\x1b[0m\x1b[38:5:1mb', None),
    ('\x1b[31m10 %\r50 %\x1b[0m\r\n', '\x1b[31m50 %\x1b[0m\n'),
    ('\x1b[31m1\r\x1b[32m2\r\x1b[0m\r', '\x1b[31m\x1b[32m2\x1b[0m'),
    ('10 %\r\x1b[K\x1b[1m100 %', '\x1b[1m100 %'), ('\x1b[1m\r', '\x1b[1m')])
def test_colours_are_kept(text, expected):
    expected = text if expected is None else expected
    assert kept_text(text) == expected == kept_text(expected)
    recorded, = recorded_outputs([printed(text)])
    assert recorded.text == expected


def test_pieces_that_stand_together_become_one_output_each():
    outputs = [printed('1\n2 %\r'), printed('3'), display(text='\x1b[1mA'),
               printed('4'), printed('5', 'stderr'), printed('6', 'stderr')]
    before = [dict(output) for output in outputs]
    assert [(o.get('name'), o.get('text'), o.get('data'))
            for o in recorded_outputs(outputs)] == [
        ('stdout', '1\n3', None), (None, None, {'text/plain': '\x1b[1mA'}),
        ('stdout', '4', None), ('stderr', '56', None)]
    assert [dict(output) for output in outputs] == before
    assert outputs[2].data == {'text/plain': '\x1b[1mA'}


def test_sizes_grow_with_what_is_shown():
    assert 1000 <= size(printed('x' * 1000)) <= 1200
    assert 1000 <= size(display(text='x' * 500, html='y' * 500)) <= 1200
    assert size(display()) > 0


@given(st.text('ab \t\r\n\x1b[1;m\b'))
def test_plain_text_has_its_lines_and_nothing_else(text):
    try:
        found = plain_text(text)
    except ValueError as error:
        assert 'control character' in str(error)
        return
    assert not {*found} & {'\r', '\x1b', '\b'}
    assert found.count('\n') == text.count('\n')
    assert plain_text(found) == found == plain_text(kept_text(text))
