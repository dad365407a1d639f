"""Complaints of Sphinx, KaTeX and XeLaTeX name the source and its line."""
import re

import pytest

from builder.errors import BuildError
from builder.publish import pdf
from builder.publish.html import build_html
from builder.publish.lines import mark, marked, take_marks
from builder.source.markdown import Prose, split

from .conftest import CONFIG, SVG

SOURCE = r'''# A title
:label:`sec_a`

Words and :ref:`sec_a`, more
words.

```{.python .input}
#@tab all
print('three lines')
```

Bad math $\frac{1}{$ here.

:begin_tab:`mxnet`
Only here, to [nowhere](#one).

Again, to [nowhere](#two).
:end_tab:

## Another

![A caption.](d.svg)
:label:`fig_d`

Again $\nothing$, and [nowhere](#three).

| a | b |
|---|---|
| 1 | [nowhere](#four) |
:A table, to [nowhere](#five).
:label:`tab_a`
'''


def line_of(text):
    return SOURCE[:SOURCE.index(text)].count('\n') + 1


def test_all_mistakes_of_a_page_at_once(write_book, tmp_path):
    book = write_book(SOURCE, **{'text/d.svg': SVG})
    with pytest.raises(BuildError) as error:
        build_html(book, tmp_path / '_build')
    said = f'{error.value}'
    assert '_build' not in said and f'{tmp_path}' not in said
    found = re.findall(r"text/index\.md:(\d+): .*'(one|two|three|four|five)'",
                       said)
    assert {name: int(line) for line, name in found} == {
        'one': line_of('#one'), 'two': line_of('#two'),
        'three': line_of('#three'), 'four': line_of('| a'),
        'five': line_of('| a')}


def test_formulas(write_book, tmp_path):
    book = write_book(re.sub(r'\[nowhere\]\(#\w+\)', 'somewhere', SOURCE),
                      **{'text/d.svg': SVG})
    with pytest.raises(BuildError) as error:
        build_html(book, tmp_path / '_build')
    lines = re.findall(r'text/index\.md:(\d+): WARNING: KaTeX',
                       f'{error.value}')
    assert [int(line) for line in lines] == [line_of('Bad math'),
                                             line_of('Again $')]


@pytest.mark.slow
@pytest.mark.parametrize(('bad', 'message'), [
    ('$\\undefinedmacro$ and more', 'XeLaTeX failed:.*index.md:{}: Undefined '
     'control sequence.*index.md:{}: Undefined'),
    ('`' + 'x' * 150 + '`', r'index.md:{}: Overfull.*index.md:{}: Overfull'),
    ('No glyph: \U00013000.', 'index.md:{}, text/index.md:{}: Missing char')])
def test_latex(write_book, tmp_path, bad, message):
    source = f'# A\n\nText.\n\n{bad}\n\n:label:`sec_b`\n\n{bad}\n'.replace(
        ':label:`sec_b`', '## B\n:label:`sec_b`')
    book = write_book(source, **{'config.ini': CONFIG})
    with pytest.raises(BuildError) as error:
        pdf.build_pdf(book, 'pytorch', tmp_path / '_build')
    assert re.search(message.format(5, 10), f'{error.value}', re.DOTALL)


def test_marks_come_and_go():
    (prose,) = [block for block in split(SOURCE, 'a.md', ('mxnet',))
                if isinstance(block, Prose) and block.title == 'A title'
                and 'Words' in block.text]
    with_marks = marked(prose)
    for before, after in zip(prose.roles, with_marks.roles):
        assert prose.body[before.start:before.end] == (
            with_marks.body[after.start:after.end])
    text, origin = take_marks('a.md', 'made\n\n' + with_marks.body)
    assert text == 'made\n\n' + prose.body
    assert origin.of(3) == 'a.md:1' and origin.of(6) == 'a.md:4'


def test_a_source_may_hold_what_marks_are_made_of(write_book, tmp_path):
    book = write_book(f'# A{mark(7)}\n\n[x](#nowhere)\n')
    with pytest.raises(BuildError, match='index.md:3: '):
        build_html(book, tmp_path / '_build')
