"""Tables in HTML outputs: their text, and nothing else of the HTML."""
import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output

from builder.publish.outputs import PageOutputs, SheetOutputs
from builder.record.outputs import recorded_outputs, shown_form
from builder.record.tables import read_tables

# As pandas writes a frame.
FRAME = """<div>
<style scoped>
    .dataframe tbody tr th { vertical-align: top; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;"><th></th><th>rate</th><th>a &lt; b</th></tr>
  </thead>
  <tbody>
    <tr><th>0</th><td>0.5</td><td>x<sup>2</sup></td></tr>
    <tr><th>1</th><td>1.5</td><td>one<br>two</td></tr>
  </tbody>
</table>
<p>2 rows × 2 columns</p>
</div>"""
TEXT = '   rate a < b\n0   0.5    x2'
STANDS_IN = '<pandas.io.formats.style.Styler object at 0x7f0001>'


def frame(html=FRAME, text=TEXT):
    return new_output('execute_result', {'text/html': html,
                                         'text/plain': text})


def written(output, kind=PageOutputs):
    return kind({}).write(output, 'x').text


def test_a_frame_is_a_table_on_pages_and_text_elsewhere():
    assert recorded_outputs([frame()]) == [frame()]
    assert shown_form(frame(), tables=True) == ('text/html', FRAME)
    assert shown_form(frame()) == ('text/plain', TEXT)
    page = written(frame())
    assert re.findall('<t([hd])(.*?)>(.*?)</t', page) == [
        ('h', ' scope="col"', ''), ('h', ' scope="col"', 'rate'),
        ('h', ' scope="col"', 'a &lt; b'),
        ('h', ' scope="row"', '0'), ('d', '', '0.5'), ('d', '', 'x2'),
        ('h', ' scope="row"', '1'), ('d', '', '1.5'), ('d', '', 'one two')]
    assert '<p>2 rows × 2 columns</p>' in page
    assert 'style' not in page and 'border' not in page
    assert TEXT in written(frame(), SheetOutputs)
    assert '<' not in written(frame(text='a'), SheetOutputs)


def test_a_table_whose_text_stands_in_is_text_by_its_cells():
    sheet = written(frame(text=STANDS_IN), SheetOutputs)
    assert '   rate  a < b\n0  0.5   x2\n1  1.5   one two' in sheet
    assert 'Styler' not in sheet


def test_cells_that_span_others():
    html = ('<table><tr><th rowspan=2>a<td colspan=" 2 ">b<tr><td>c<td>d'
            '<tr><td colspan=x>e</table>')
    assert re.findall(r'<t[hd](.*?)>', written(frame(html))) == [
        ' scope="row" rowspan="2"', ' colspan="2"', '', '', '']
    assert read_tables(html).plain() == 'a  b\n   c  d\ne'


@pytest.mark.parametrize('html', [
    '<p>text</p>', '', '<b>&lt;table&gt;</b>', f'{FRAME}<!DOCTYPE a>',
    f'{FRAME}<![CDATA[', f'<script>1 < 2</script>{FRAME}', f'{FRAME}<td'])
def test_html_without_a_table_that_is_simple_is_not_shown(html):
    assert shown_form(frame(html), tables=True) == ('text/plain', TEXT)
    with pytest.raises(ValueError, match='without a table'):
        read_tables(html)


def test_comments_are_left_out():
    html = FRAME.replace('rate', 'rat<!-- <td>a --b -->e<!---->')
    assert written(frame(html)) == written(frame())
    assert read_tables(f'{FRAME}<!-- <td>') == read_tables(FRAME)


@pytest.mark.parametrize(('html', 'said'), [
    ('<table></table>', 'without a table that has cells'),
    ('<table><tr><td><table><tr><td>a', 'a table in a table'),
    ('<table><tr><td colspan=9999><td colspan=9999>', 'more than 10,000'),
    ('<table><tr><td rowspan=9999><td colspan=9999>', 'more than 10,000'),
    ('<table>' + '<tr><td>a' * 10_001, 'more than 10,000'),
    ('<table><tr><td>' + 'a' * 2_000 + '<tr><td>' * 2_000, 'as text'),
    ('<table><tr><td>' + '<svg>' * 101, 'more than 100 <svg>')])
def test_tables_that_no_page_can_show_are_text_or_refused(html, said):
    shown, = recorded_outputs([frame(html)])
    assert shown_form(shown, tables=True) == ('text/plain', TEXT)
    with pytest.raises(ValueError, match=said):
        recorded_outputs([frame(html, STANDS_IN)])


HOSTILE = [
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<svg x=',
    '<style>@import "//a.example"</style>', '<a href="javascript:x()">y</a>',
    '<iframe srcdoc="<script>">', '&lt;script&gt;', '<!--', '-->', '<![CDATA[',
    ']]>', '"', '>', '<', '</td>', '</table>', '<td onclick="x()">', '\0',
    '<plaintext>', '<textarea>', '<math><mtext>', '<table>', '~~~', '```',
    '\n~~~~~~{raw} html\n', '\ufdd0\ufdd1', '<base href="//a.example">',
    '<td rowspan="2" style="position:fixed">', '<p title="</noscript>',
    '<noscript>']


@given(st.lists(st.tuples(st.integers(0, len(FRAME)),
                          st.sampled_from(HOSTILE)), min_size=1, max_size=4))
def test_nothing_hostile_reaches_a_page(changes):
    html = FRAME
    for place, piece in changes:
        html = html[:place] + piece + html[place:]
    page = written(frame(html))
    if '```text' in page:
        assert TEXT in page
        return
    lines = page.split('\n')
    assert [line for line in lines if line[:1] != '<'] == [
        '~~~~{container} output', '~~~{raw} html', '~~~', '~~~~']
    # Ours is XML, so that another parser can say what is in it.
    tables = '\n'.join(line for line in lines if line[:1] == '<')
    for element in ElementTree.fromstring(f'<r>{tables}</r>').iter():
        assert element.tag in ('r', 'div', 'table', 'tr', 'th', 'td', 'p')
        assert {*element.attrib} <= {'class', 'scope', 'rowspan', 'colspan'}


@pytest.mark.parametrize('piece', [
    '<td>a', '<tr>', '<b>', '<!--', '<!', '<script>', '&lt;', '<td', '</b>',
    '<td a="', '<?', '<svg></head>'])
def test_much_of_anything_takes_no_time(piece):
    html = '<table><tr><td>' + piece * (190_000 // len(piece))
    start = time.process_time()
    written(frame(html))
    assert time.process_time() - start < 5


def test_a_table_too_large_to_read_is_text():
    html = FRAME + ' ' * 200_000
    assert shown_form(frame(html), tables=True) == ('text/plain', TEXT)
    with pytest.raises(ValueError, match='no page can show'):
        recorded_outputs([frame(html, STANDS_IN)])


@pytest.mark.parametrize('kind', [PageOutputs, SheetOutputs])
def test_colours_and_overwritten_lines_are_as_a_terminal_leaves_them(kind):
    page = written(new_output(
        'stream', text='10 %\r99 %\n\x1b[1;31mred\x1b[0m \x1b[38;5;9mx\n'),
        kind)
    text = re.sub('</?(span|pre)[^>]*>', '', page)
    assert '99 %\nred x\n' in text and '10 %' not in text
    assert '\x1b' not in page
