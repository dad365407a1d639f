"""The parser: what it finds, what it refuses, and that nothing is lost."""
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builder.config import load_config
from builder.errors import SourceError, SourceErrors
from builder.source.markdown import Code, Output, Prose, merge, split

TABS = ('pytorch', 'mxnet', 'jax')
ROOT = Path(__file__).parents[2]


def cell(*lines, info='{.python .input}'):
    return '\n'.join([f'```{info}', *lines, '```', ''])


def test_cells_and_their_tabs():
    text = ('# Title\n\n' + cell('#@tab pytorch, jax', 'a = 1', '', 'b = 2')
            + '\n' + cell('#@tab all', '#@check', 'print(1)',
                          info='{.python .input  n=1}')
            + cell('%%tab mxnet', 'c = 3') + 'the end')
    found = [b for b in split(text, 'x.md', TABS) if isinstance(b, Code)]
    assert [(b.tabs, b.source, b.check, b.line) for b in found] == [
        (('pytorch', 'jax'), 'a = 1\n\nb = 2', False, 3),
        (None, 'print(1)', True, 10),
        (('mxnet',), 'c = 3', False, 15)]


def test_a_cell_without_tab_line_is_for_the_default_tab():
    block, = split(cell('a = 1'), 'x.md', TABS)
    assert block.tabs == ('pytorch',)


def test_headings_begin_blocks_except_in_code():
    text = ('Before.\n\n# One\ntext\n\nTwo\n---\n\n```\n# no\n```\n\n'
            '    # no\n\n$$\na\n=\nb\n$$\n\n### Three')
    found = [(b.level, b.title, b.line) for b in split(text, 'x.md', TABS)]
    assert found == [(0, '', 1), (1, 'One', 3), (2, 'Two', 6),
                     (3, 'Three', 21)]


def test_roles_with_places():
    text = 'See :numref:`sec_a`\nand :cite:`K1, K2`.\n\n:label:`x`\n'
    block, = split(text, 'x.md', TABS)
    assert [(r.name, r.content, r.line) for r in block.roles] == [
        ('numref', 'sec_a', 1), ('cite', 'K1, K2', 2), ('label', 'x', 4)]
    assert [text[r.start:r.end] for r in block.roles] == [
        ':numref:`sec_a`', ':cite:`K1, K2`', ':label:`x`']


@pytest.mark.parametrize('text', [
    '`` :numref:`x` ``', '```\n:numref:`x`\n```', '    :numref:`x`',
    '~~~\n:numref:`x`\n~~~', 'a ` b :numref:x', '$$\n:numref:`x`\n$$'])
def test_no_role_in_code(text):
    block, = split(text, 'x.md', TABS)
    assert block.roles == ()


def test_roles_beside_code_spans():
    block, = split('`a` :ref:`x` ``b ` c`` :ref:`y` ` ', 'x.md', TABS)
    assert [r.content for r in block.roles] == ['x', 'y']


def test_prose_for_tabs_keeps_its_fences():
    text = (':begin_tab:`mxnet, jax`\nSee :ref:`x`.\n\n' + cell('a = 1')
            + ':end_tab:\nfor all\n')
    tab, rest = split(text, 'x.md', TABS)
    assert tab.tabs == ('mxnet', 'jax') and rest.tabs is None
    assert tab.body == 'See :ref:`x`.\n\n' + cell('a = 1')
    role, = tab.roles
    assert tab.body[role.start:role.end] == ':ref:`x`'
    assert rest.text == 'for all\n'


def test_fences_nest():
    text = '````markdown\n' + cell('#@tab all', 'a = 1') + '````\n'
    block, = split(text, 'x.md', TABS)
    assert isinstance(block, Prose)


def test_stored_outputs_are_set_apart():
    text = cell('{"a": 1}', info='{.json .output n=1}') + 'text'
    output, prose = split(text, 'x.md', TABS)
    assert isinstance(output, Output) and prose.text == 'text'


@pytest.mark.parametrize(('text', 'message'), [
    ('\n```{.python .input}\n#@tab all\n', 'x.md:2: this fence is never '
     'closed, expected a line ```'),
    ('````\n```\n', 'x.md:1: this fence is never closed'),
    ('# A\n\n' + cell('#@tab pytorhc', 'a'), "x.md:4: unknown tab 'pytorhc', "
     'expected all or names out of pytorch, mxnet, jax'),
    (':begin_tab:`numpy`\na\n:end_tab:\n', "x.md:1: unknown tab 'numpy'"),
    ('a\n\n:begin_tab:`jax`\nb\n', 'x.md:3: :begin_tab: is never closed'),
    ('a\n:end_tab:\n', 'x.md:2: :end_tab: without'),
    (':begin_tab:`jax`\n\n:begin_tab:`jax`\n:end_tab:',
     'x.md:3: prose for tabs inside'),
    ('a\nb :foo:`c`', 'x.md:2: unknown role :foo:, expected one of label'),
    (cell('a', info='{.python .inptu}'), 'x.md:1: unknown kind of cell'),
    ('- list\n\n  ```{.python .input}\n  #@tab all\n  ```\n',
     'x.md:3: a cell inside a list'),
    ('a\n\n' + cell('a = 1'), 'x.md:3: this cell names no tab, expected'),
])
def test_errors_say_where_and_what_was_expected(text, message):
    with pytest.raises(SourceError) as raised:
        split(text, 'x.md', TABS, explicit_tabs=True)
    assert str(raised.value).startswith(message)


def test_a_block_that_is_never_closed_hides_no_other_mistake():
    with pytest.raises(SourceErrors) as raised:
        split(':begin_tab:`mxnet`\n```toc\n\n', 'x.md', TABS)
    assert [str(error)[:29] for error in raised.value.errors] == [
        'x.md:1: :begin_tab: is never ', 'x.md:2: this fence is never c']


def test_our_own_sources_come_back():
    for path in (ROOT / 'chapter_optimization').glob('*.md'):
        text = path.read_text('utf-8')
        blocks = split(text, path.name,
                       [*load_config(ROOT / 'config.ini').tabs])
        assert merge(blocks) == text and blocks[0].level == 1


PIECES = st.sampled_from([
    '```', '````', '```{.python .input}', '{.json .output}', '#@tab all',
    '#@tab jax', ':begin_tab:`mxnet`', ':end_tab:', ':label:`a`', ':cite:`B`',
    '`', '``', '$$', '$', '# ', '## H', '- ', '> ', '    ', '\t', '---', '\n',
    '\n', '\n\n', '\r\n', '\r', 'text', ' ', '<!--', '-->', '\u2028', '\0'])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map(''.join))
@example('a\rb\n```\r\nc\x0c\n```')
def test_whatever_comes_in_comes_back_or_is_refused(text):
    try:
        blocks = split(text, 'x.md', TABS)
    except (SourceError, SourceErrors):
        return
    assert merge(blocks) == re.sub('\r\n?', '\n', text)
    line = 1
    for block in blocks:
        assert block.line == line
        line += len(block.text.split('\n')) - 1
        for role in getattr(block, 'roles', ()):
            assert block.body[role.start:role.end].startswith(':')


# Each was quadratic once, here or in a neighbouring project, or looks so.
REPEATED = [
    '>- \na\n', '># \na\n', '> a\n', '>>> a\nb\n', '>```\n>```\nb\n',
    'word :ref:`a` `b` ', '`` ` ``` ', ':ref:`', '`a :ref:`b`\n', '$', '$a ',
    '$$x\n\n', '$$', '> $$x\n', '- $$x\n', '\\$', '[', '![', '](', '[](',
    '](a ', '](<a ', '](a "', '[a](b', '[a]: #\n', '[a]:\n', '[^a]: b\n', '<',
    '<a:', '<!--', '<!--\n', '- <!--\n', '<!-- -->\n', '-->', '(', '(a',
    '(a)=\n', '&', '\\', '*', '_', '**a', '> ', '- ', '>- ', '1. ', '#',
    '# \n', '- \n  - \n', '>a\n\n', 'a\n\n', 'a\n===\n', '|', '|a|\n|-|\n',
    '    a\n', ' ', '\t', '\n', 'a', '~~~\n~~~\n',
    ':begin_tab:`jax`\n:end_tab:\n', ':label:`a` ', ':label:`a`\n', ':',
    '\u2028', '[**', '**]', '[**a', '[**`', '(~~', '[**a**](', '$$a$$ b\n',
    'a\n$$b\n', ':a\n\n', '![a', '![a](b)\n', '![a](b)\n\n', '![[a](',
    '![a](b)\n:width:`1px`\n', '$$a$$\n\n', '```{.python .input}\n````\n',
    ':eqlabel:`a`', '$$ :eqlabel:`a`\n',
    '```{.python .input}\n#@tab all\na = 1\n```\n\ntext\n\n',
    '## A\n\n![c](d.svg)\n:label:`a`\n\n|a|\n|-|\n|1|\n\n$$a$$\n'
    ':eqlabel:`e`\n\n']


@pytest.mark.slow
@pytest.mark.parametrize('piece', REPEATED)
def test_time_grows_with_the_length(piece):
    """20,000 lines take 0.5 s here; what is quadratic takes a minute."""
    text = ''.join((piece * (100_000 // len(piece))).splitlines(True)[:20_000])
    start = time.process_time()
    try:
        split(text, 'x.md', TABS)
    except SourceError as error:
        assert 'too many quotations' in str(error) and '>' in piece
    assert time.process_time() - start < 3


def test_a_megabyte_of_text_takes_two_seconds():
    """It takes 0.4 s here."""
    text = (ROOT / 'chapter_optimization/lr-scheduler.md').read_text('utf-8')
    text *= 1_000_000 // len(text)
    start = time.process_time()
    split(text, 'x.md', ('pytorch', 'mxnet', 'tensorflow', 'jax'))
    assert time.process_time() - start < 2


@pytest.mark.parametrize('piece', [
    '> ', '- ', '1. ', '>- ', '[', '*', '(', '#'])
def test_depth_has_no_end(piece):
    text = piece * 10_000 + 'a\n'
    assert merge(split(text, 'x.md', TABS)) == text


def test_a_page_has_an_end():
    with pytest.raises(SourceError, match='^x.md:50001: a page may have '
                       '50,000 lines, expected several pages'):
        split('a\n' * 50_001, 'x.md', TABS)
