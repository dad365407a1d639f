"""The bibliography: incomplete works, signs of TeX and Markdown, mistakes."""
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.errors import BuildError
from builder.publish.html import build_html
from builder.publish.pdf import build_pdf
from builder.record.notebook import make_notebook
from builder.source import citations

from .test_pdf import text_of

NAMED = ', author={Smith, Ann}, title={T}, year=2001}'


def references(write_book, bib, keys):
    """Return what a notebook says of these works."""
    book = write_book(f'# A\n\nSee :cite:`{keys}` and :citet:`{keys}`.\n',
                      **{'text/small.bib': bib})
    first, last = make_notebook(book, book.pages[0], 'mxnet').cells
    return [*first.source.splitlines()[2:],
            *last.source.splitlines()[2:]]


@pytest.mark.parametrize(('bib', 'cited', 'reference'), [
    ('@book{k, editor={Smith, Ann and Roe, B.}, title={T}, year=2001}',
     '(Smith & Roe, 2001)', '- Ann Smith & B. Roe (2001). T.'),
    ('@book{k, author={Smith, Ann}, title={T}}',
     '(Smith, no year)', '- Ann Smith (no year). T.'),
    ('@book{k, author={Smith, Ann}, year=2001, publisher={P}}',
     '(Smith, 2001)', '- Ann Smith (2001). k. *P*.'),
    ('@misc{k, title={On Rates}, year=2001}',
     '(On Rates, 2001)', '- On Rates (2001).'),
    ('@misc{k, organization={The Board}, title={T}, year=2001}',
     '(The Board, 2001)', '- The Board (2001). T.'),
    ('@misc{k_1, note={x}}', '(k\\_1, no year)', '- k\\_1 (no year).'),
    ('@misc{k, url={https://a.org/b_(c) d}' + NAMED,
     '([Smith, 2001](https://a.org/b_%28c%29d))',
     '- Ann Smith (2001). [T](https://a.org/b_%28c%29d).'),
    ('@misc{k, url={javascript:x()}' + NAMED,
     '(Smith, 2001)', '- Ann Smith (2001). T.'),
    ('@misc{k, doi={10.1/a<b>(c)}' + NAMED,
     '([Smith, 2001](https://doi.org/10.1/a%3Cb%3E%28c%29))',
     '- Ann Smith (2001). [T](https://doi.org/10.1/a%3Cb%3E%28c%29).'),
])
def test_incomplete_works(write_book, bib, cited, reference):
    key = re.search('{(.*?),', bib)[1]
    text, found = references(write_book, bib, key)
    assert text.startswith(f'See {cited} and ') and found == reference


@given(st.lists(st.text('aZ09éß学 .,:;()/-', max_size=6), max_size=5))
def test_text_without_signs_is_what_tex_shows(parts):
    """Every second part stands in braces. `~` is TeX's space, which lets
    nothing be taken for text."""
    text = ''.join(f'{{{part}}}' if n % 2 else part
                   for n, part in enumerate(parts))
    assert citations._plain(text) == citations._plain(f'~{text}').removeprefix(
        citations._plain('~'))
    assert bool(citations._IS_TEXT.fullmatch(text)) == (
        not any('--' in part or ',,' in part for part in parts))


def test_text_without_signs_is_not_looked_into(write_book, monkeypatch):
    monkeypatch.delattr(citations.Text, 'from_latex')
    bib = '@book{k, author={Smith, Ann}, title={On {SGD}, 2nd}, year=2001}'
    assert references(write_book, bib, 'k')[1] == (
        '- Ann Smith (2001). On SGD, 2nd.')


SIGNS = ('<b>bold</b> [x](y) *a* `c` _d_ a_b $e$ &amp; \\& ~~~ | # 50\\% '
         '\\textbackslash{} ![i](j) {Q}\\"{o}')
SHOWN = '<b>bold</b> [x](y) *a* `c` _d_ a_b $e$ &amp; & | # 50% \\ ![i](j) Qö'


def test_signs_are_shown_as_they_are(write_book, tmp_path):
    bib = ('@book{k, author={O*Neil, <i>Ann</i>}, year={<2001>}, title={'
           f'{SIGNS}}}, publisher={{<script>x</script>}}}}')
    book = write_book('# A\n\nSee :cite:`k`.\n', **{'text/small.bib': bib})
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    body = html.unescape(re.sub('<[^>]+>', '', page))
    words = ' '.join(body.replace('\xa0', ' ').split())
    assert SHOWN in words and 'O*Neil, <2001>' in words
    assert '<i>Ann</i> O*Neil' in words and '<script>x' not in page


@pytest.mark.slow
def test_signs_in_a_pdf(write_book, tmp_path):
    bib = ('@book{k, author={O*Neil, Ann}, year=2001, title={50\\% of _a_ '
           '\\& $b$ # {c}}}')
    book = write_book('# A\n\nSee :cite:`k`.\n', **{'text/small.bib': bib})
    words = ' '.join(text_of(build_pdf(book, 'mxnet', tmp_path)).split())
    assert 'Ann O*Neil (2001). 50% of _a_ & $b$ # c.' in words


@pytest.mark.parametrize(('bib', 'message'), [
    ('@book{a' + NAMED + '\n\n@book{a' + NAMED,
     'text/small.bib:3: repeated bibliography entry: a'),
    ('@comment{}\n@book{a, title={b}', 'text/small.bib:2: syntax error'),
    ('@book{a' + NAMED + '\n@book{b, month=smarch' + NAMED,
     'text/small.bib:2: undefined string'),
    ('@book{b' + NAMED + '\n@book{a, title={b}, title={c}}',
     'text/small.bib:2: entry with key a'),
    ('@book{b' + NAMED + '\n@book{a, author={A, B, C, D}, title={x}}',
     "text/small.bib:2: Too many commas in 'A, B, C, D'"),
    ('@book{b' + NAMED + '\n@book{a, title={\\}}',
     'text/small.bib:2: a: '),
    ('@book{b' + NAMED + '\n@book{a, title=' + '{' * 2000 + '}' * 2000 + '}',
     'text/small.bib:2: syntax error'),
    ('@book{a, title={b\0}}', 'text/small.bib:1: a control character'),
])
def test_mistakes_have_a_line(write_book, bib, message):
    with pytest.raises(BuildError) as raised:
        write_book('# A\n\n:cite:`a`\n', **{'text/small.bib': bib})
    assert str(raised.value).startswith(message)


def test_a_file_that_is_not_utf_8(write_book, tmp_path):
    write_book('# A\n')
    (tmp_path / 'text' / 'small.bib').write_bytes(b'\r\n\r@book{k, x={\xff}}')
    with pytest.raises(BuildError, match='^text/small.bib:3: not UTF-8$'):
        load(tmp_path)


def load(folder):
    from builder.config import load_config
    from builder.source.book import load_book
    return load_book(load_config(folder / 'config.ini'))


def test_a_file_from_another_system(write_book, tmp_path):
    book = write_book('# A\n\n:cite:`Smith.2017`\n')
    path = tmp_path / 'text' / 'small.bib'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes().replace(
        b'\n', b'\r\n'))
    assert load(tmp_path).bibliography.works == book.bibliography.works


@pytest.mark.parametrize('name', ['text/none.bib', '../a.bib', 'text'])
def test_it_is_a_file_of_the_book(write_book, tmp_path, name):
    (tmp_path.parent / 'a.bib').write_text('')
    book = write_book('# A\n')
    config = (tmp_path / 'config.ini').read_text().replace('text/small.bib',
                                                           name)
    assert book
    with pytest.raises(BuildError, match='config.ini: .book. bibliography = '):
        write_book('# A\n\n:cite:`x`\n', **{'config.ini': config})
