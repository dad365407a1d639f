"""Predict, then see: what a question is, on pages, in notebooks, in PDFs."""
import contextlib
import re
import time

import pytest

from builder.errors import SourceError, SourceErrors
from builder.publish import html, pdf
from builder.publish.html import build_html
from builder.record.notebook import make_notebook
from builder.source.markdown import Predict, merge, split
from builder.source.predict import choices_of

from .test_pdf import text_of

TABS = ('pytorch', 'mxnet')
QUESTION = r'''```predict two-rates
Both begin at $\eta_0$, as in :numref:`sec_a`.

Which ends higher?

- [ ] the *constant* rate
- [x] the cosine,
  with $\eta_T = 0$
- [ ] neither

It falls, as :cite:`Smith.2017` says; see ![a](d.svg).

$$\eta$$
:eqlabel:`eq_eta`
```
'''
PAGE = (f'# Book\n\n## A\n:label:`sec_a`\n\nBefore.\n\n{QUESTION}\n'
        'After :eqref:`eq_eta`.\n')
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'


@pytest.fixture
def book(write_book):
    return write_book(PAGE, **{'text/d.svg': SVG})


def fence(*lines, name=' a'):
    return '\n'.join([f'```predict{name}', *lines, '```', ''])


GOOD = ('Q?', '', '- [ ] a', '- [x] b', '', 'Because.')


def test_what_it_is():
    _, _, found, after = blocks = split(PAGE, 'x.md', TABS)
    assert merge(blocks) == PAGE and isinstance(found, Predict)
    assert (found.name, found.right, found.line) == ('two-rates', 2, 8)
    assert [(role.name, role.line) for role in found.question.roles] == [
        ('numref', 9)]
    assert [(role.name, role.line) for role in found.answer.roles] == [
        ('cite', 18), ('eqlabel', 21)]
    assert found.answer.floats[0].line == 20
    assert [span.content for span in found.choices.spans] == [
        '[ ]', '[x]', '[ ]']
    assert after.line == 23


def test_the_answer_is_no_mark_on_the_choices():
    assert choices_of('- a\n- b\n  c - d\n- e\n') == ['a', 'b c - d', 'e']


def test_on_a_page(book, tmp_path):
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    found = re.search('<div class="predict".*?</details></div>', page,
                      re.DOTALL)[0]
    outside, answer = found.split('<details>')
    assert 'id="predict-two-rates"' in outside and 'data-right="2"' in outside
    fieldset = re.search('<fieldset>.*</fieldset>', outside, re.DOTALL)[0]
    assert 'Both begin' in outside and 'Both begin' not in fieldset
    legend = re.search('<legend>(.*)</legend>', fieldset)[1]
    assert legend.endswith('<span>Which ends higher?</span>')
    assert re.findall('<li>', fieldset) == ['<li>'] * 3
    assert '[ ]' not in found and '[x]' not in found
    assert '<em>constant</em>' in fieldset and 'katex' in fieldset
    assert re.search('<summary>The answer</summary><p class="right" '
                     'data-answer="The answer: "><strong>'
                     'the cosine, with <span class="math">', answer)
    assert 'Smith, 2017' in answer and 'd.svg' in answer
    assert 'href="#eq-eta"' in page and 'id="eq-eta"' in answer


def test_in_a_notebook(book):
    cells = make_notebook(book, book.pages[0], 'mxnet').cells
    assert cells[2].id == 'predict-two-rates'
    assert cells[2].source.startswith(
        '**Predict, then see.** Both begin at $\\eta_0$, as in [A](#A).\n\n'
        'Which ends higher?\n\n- the *constant* rate\n- the cosine, with '
        '$\\eta_T = 0$\n- neither\n\n**Answer:** the cosine, with '
        '$\\eta_T = 0$\n\nIt falls, as ([Smith, 2017]')
    assert '\\tag{1}' in cells[2].source and '[x]' not in cells[2].source


def test_in_the_sources_of_a_pdf(book):
    text = pdf.make_sources(book, 'mxnet')['index.md'].decode()
    assert text.index('Before') < text.index('**Predict') < text.index(
        '**Answer:** the cosine') < text.index('It falls') < text.index(
            'After')
    assert '[x]' not in text and '{predict}' not in text


@pytest.mark.slow
def test_in_a_pdf(book, tmp_path):
    words = ' '.join(text_of(pdf.build_pdf(book, 'mxnet', tmp_path)).split())
    assert re.search('Which ends higher\\? .* Answer: the cosine', words)


def test_its_mistakes_have_their_lines(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book('# A\n\n' + fence('Q :ref:`x`?', '', '- [ ] a',
                                     '- [x] b', '', ':cite:`Y.1`',
                                     ':claim:`z`'))
    assert [str(error).partition(',')[0] for error in raised.value.errors] == [
        "text/index.md:4: label 'x' does not exist",
        "text/index.md:9: citation 'Y.1' is not in the bibliography",
        'text/index.md:10: a claim']


@pytest.mark.parametrize(('text', 'said'), [
    (fence(*GOOD, name=''), "2: a question called ''"),
    (fence(*GOOD, name=' A b'), "2: a question called 'A b'"),
    (fence(*GOOD, name=' ' + 'a' * 41), '2: a question called'),
    (fence(*GOOD)[:-4], '2: this fence is never closed'),
    (f'- a\n\n  {fence()}'.replace('\n```\n', '\n  ```\n'),
     '4: a question inside a list'),
    (f':begin_tab:`mxnet`\n{fence(*GOOD)}:end_tab:\n',
     '3: a question in prose for tabs'),
    (fence('Q?', '', 'Because.'), '2: a question with 0 choices, 0 of'),
    (fence('Q?', '', '- [x] a', '', 'B.'), '2: a question with 1 choices'),
    (fence('Q?', '', '- [ ] a', '- [ ] b', '', 'B.'), '2: .*, 0 of them'),
    (fence('Q?', '', '- [x] a', '- [X] b', '', 'B.'), '2: .*, 2 of them'),
    (fence(*GOOD[2:]), '2: a question without its question'),
    (fence(*GOOD[:4]), '2: a question without its answer'),
    (fence('Q?', '', '- [ ] a', '', '- [x] b', '', 'B.'),
     '7: a choice apart from the others'),
    (fence('Q?', '', '- [ ] a', '- b', '- [x] c', '', 'B.'), '6: among choic'),
    (fence('Q?', '', '- [ ] a', 'b', '- [x] c', '', 'B.'), '6: among choices'),
    (fence('Q?', '', '- [ ] :ref:`b`', '- [x] c', '', 'B.'), '5: a choice w'),
    (fence('## Q?', *GOOD), '3: a heading inside a question'),
    (fence(*GOOD, '', '~~~toc', 'a', '~~~'), '10: a fence toc inside'),
    (fence(*GOOD, '', '~~~{.python .input}', '~~~'), '10: a fence {.python'),
    (fence(*GOOD, '', '~~~'), '10: a fence that is never closed inside'),
    (fence(*GOOD, '', ':begin_tab:`mxnet`'), '10: prose for tabs inside'),
    (fence(*GOOD, '', '![a](#output)'), '10: a figure #output'),
    (fence(*GOOD, '', '> a\n' * 3 + '>- \na\n' * 4000), '.*too many quot'),
    (fence(*GOOD) + '\n' + fence(*GOOD),
     "11: a question 'a' exists already in text/index.md:2"),
])
def test_what_is_no_question(write_book, text, said):
    with pytest.raises((SourceError, SourceErrors)) as raised:
        write_book(f'# A\n{text}')
    said = rf'^text/index\.md:{said}'
    assert re.search(said, str(raised.value), re.MULTILINE), raised.value


def test_shown_as_code_it_is_code(write_book):
    book = write_book(f'# A\n\n````md\n{QUESTION}````\n')
    text = html.make_sources(book)['index.md'].decode()
    assert QUESTION in text and '{predict}' not in text


@pytest.mark.parametrize('piece', [
    fence(*GOOD), fence('- [ ] a\n' * 9), '```predict a\n', '- [x] a\n'])
def test_time_grows_with_the_length(piece):
    text = ''.join((piece * (100_000 // len(piece))).splitlines(True)[:20_000])
    start = time.process_time()
    for source in (text, fence('Q?', '', text.replace('```', '~~~'), 'B.')):
        with contextlib.suppress(SourceError, SourceErrors):
            split(source, 'x.md', TABS)
    assert time.process_time() - start < 4
