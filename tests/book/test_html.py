"""Pages: a golden one, plots, staleness, and errors."""
import functools
import html
import os
import re
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import nbformat
import pytest

from builder.errors import BuildError
from builder.publish.conf import LOOK
from builder.publish.html import build_html, check_links, make_sources
from builder.record.basis import outputs_checksum

from .conftest import CONFIG, PAGE, SVG

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name('golden.html')


def article(html):
    """Return the page's own part, without the theme's frame."""
    body = re.search(r'<article.*?>(.*)</article>', html, re.DOTALL)[1]
    return '\n'.join(line.rstrip() for line in body.splitlines()
                     if line.strip()) + '\n'


@pytest.fixture
def built(sample, record_by_hand, tmp_path):
    """The page of the sample, recorded in both tabs."""
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(sample.book, sample.page, tab,
                       {1: [SVG, f'{tab} & co\n']})
    return build_html(sample.book, tmp_path / '_build').read_text('utf-8')


def test_golden_page(built):
    """GOLDEN=write writes the file anew; look at the difference."""
    found = article(built)
    if os.environ.get('GOLDEN') == 'write':
        GOLDEN.write_text(found, 'utf-8')
    assert found == GOLDEN.read_text('utf-8')


def test_each_book_is_in_its_own_language(write_book, tmp_path):
    """Sphinx in one process would go on in the first."""
    titles = []
    for language in ('zh', 'fr', 'en'):
        book = write_book('# A\n', **{'config.ini': CONFIG.replace(
            '[book]', f'[book]\nlanguage = {language}')})
        page = build_html(book, tmp_path / language).read_text('utf-8')
        titles += re.findall('class="headerlink" href="#a" title="([^"]*)"',
                             page)
    assert len({*titles}) == 3 and titles[2] == 'Link to this heading'


def test_page_asks_no_other_host(built):
    fetched = re.findall(r'<(?:script|img|link|iframe)[^>]*?'
                         r'(?:src|href)="([^"]*)"', built)
    assert len(fetched) > 5
    assert not [url for url in fetched if '//' in url]


def test_a_tab_without_a_cell_says_so_and_prose_stays_empty(write_book):
    book = write_book('# A\n\n```{.python .input}\n#@tab mxnet\na\n```\n\n'
                      ':begin_tab:`mxnet`\nonly here\n:end_tab:\n\n'
                      '```{.python .input}\n#@tab all\nb\n```\n')
    text = make_sources(book)['index.md'].decode()
    _, _, cell, prose = text.split('{tab-set}')
    assert cell.count('{tab-item}') == prose.count('{tab-item}') == 2
    assert cell.count('*No cell for PyTorch here.*') == 1
    assert 'MXNet\n:sync: mxnet\n\n```python\na\n```' in cell
    assert 'No cell' not in prose and prose.count('only here') == 1


def test_prose_for_tabs_that_stands_together_is_one_tab_set(write_book):
    book = write_book('# A\n\n:begin_tab:`mxnet`\none\n:end_tab:\n\n'
                      ':begin_tab:`pytorch, mxnet`\ntwo\n:end_tab:\n\n'
                      'all\n\n:begin_tab:`mxnet`\nthree\n:end_tab:\n')
    text = make_sources(book)['index.md'].decode()
    _, first, second = text.split('{tab-set}')
    assert [first.count(word) for word in ('one', 'two', 'all')] == [1, 2, 1]
    assert second.count('three') == 1


def test_the_look_of_pages_is_all_of_its_files(write_book):
    files = {path.stem: path.read_text('utf-8')
             for path in (ROOT / 'builder/publish/look').iterdir()}
    sheet = make_sources(write_book('# A\n'))['_book/page.css'].decode()
    assert sorted(files) == sorted(LOOK)
    assert sheet == '\n'.join(files[name] for name in LOOK)


def test_one_output_for_all_tabs_is_shown_once(sample, record_by_hand):
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(sample.book, sample.page, tab, {1: ['both\n']})
    text = make_sources(sample.book)['index.md'].decode()
    assert text.count('```text\nboth\n```') == 1


def test_outputs_and_cells_that_look_like_markup(write_book, record_by_hand,
                                                 tmp_path):
    book = write_book('# A\n\n````{.python .input}\n#@tab all\n!ls\n'
                      "text = '```'\n````\n")
    output = ':name: value\n---\n::: {note}\n:::\n::::::::\n````\n'
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(book, book.pages[0], tab, {0: [output]})
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert f'<span></span>{output}</pre>' in page


def test_not_run_and_stale_are_said(sample, record_by_hand, write_book):
    record_by_hand(sample.book, sample.page, 'pytorch', {1: ['both\n']})
    book = write_book(PAGE.replace('import torch', 'import torch as t'))
    text = make_sources(book)['index.md'].decode()
    assert '**Stale**: its code cells are not those of the source' in text
    assert '`make run TAB=pytorch`' in text
    assert '**Not run yet.** `make run TAB=mxnet`' in text


def test_nothing_is_written_again(sample, tmp_path):
    def times():
        return {path: path.stat().st_mtime_ns
                for path in (tmp_path / '_build').rglob('*')
                if path.suffix != '.lock'}  # it names its last holder

    build_html(sample.book, tmp_path / '_build')
    before = times()
    build_html(sample.book, tmp_path / '_build')
    assert times() == before and len(before) > 50


@pytest.mark.parametrize(('text', 'said'), [
    (r'# A' '\n\n' r'$$\frac{1}{$$', 'KaTeX parse error'),
    ('# A\n\n[x](#nowhere)\n', 'nowhere')])
def test_errors_in_a_page_fail_every_build(write_book, tmp_path, text, said):
    book = write_book(text)
    for _ in range(2):
        with pytest.raises(BuildError, match=said):
            build_html(book, tmp_path / '_build')


def test_math_needs_no_outside_fonts(built, tmp_path):
    folder = tmp_path / '_build' / 'html' / '_static' / 'katex'
    styles = (folder / 'katex.min.css').read_text('utf-8')
    fonts = re.findall(r'url\(([^)]*)\)', styles)
    assert len(fonts) > 10
    assert all((folder / font).is_file() for font in fonts)


def test_code_of_another_page_is_folded(write_book, record_by_hand, tmp_path):
    """Its outputs are there, and are not shown again."""
    book = write_book({
        'text/index.md': '# Book\n\n```toc\none\ntwo\n```\n',
        'text/one.md': PAGE,
        'text/two.md': '# Two\n\n```{.python .input}\n#@tab all\n'
                       '#@include one before sec_second\n```\n\n'
                       '```{.python .input}\n#@tab all\nnew()\n```\n'})
    for page, shown in zip(book.pages[1:], (['of one\n'], ['of two\n'])):
        for tab in book.config.tabs:
            record_by_hand(book, page, tab, {0: [SVG, 'of one\n'], 1: shown})
    page = build_html(book, tmp_path / '_build').with_name('two.html')
    text = page.read_text('utf-8')
    folded = re.search(r'<details.*?</details>', text, re.DOTALL)[0]
    assert 'Code of First Steps' in folded and '>mxnet<' in folded
    assert 'of one' not in text and 'A white card.' not in text
    assert 'of two' in text
    assert 'of one' in page.with_name('one.html').read_text('utf-8')


@pytest.fixture
def server(tmp_path):
    """A server that has one page, /there."""
    (tmp_path / 'served').mkdir()
    (tmp_path / 'served' / 'there').write_text('here')
    handler = functools.partial(SimpleHTTPRequestHandler,
                                directory=tmp_path / 'served')
    with HTTPServer(('localhost', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://localhost:{server.server_port}'
        server.shutdown()


def test_addresses_are_asked_for_on_request(write_book, tmp_path, server):
    check_links(write_book(f'# A\n\n[Here]({server}/there).\n'),
                tmp_path / '_build')
    book = write_book(f'# A\n\n[Here]({server}/there).\n\n'
                      f'[Gone]({server}/gone).\n')
    build_html(book, tmp_path / '_build')  # asks nobody
    with pytest.raises(BuildError, match=r'index.md:\d+: .*broken link: '
                       rf'{server}/gone'):
        check_links(book, tmp_path / '_build')


def test_alternative_text_may_hold_anything(write_book, record_by_hand,
                                            tmp_path):
    said = '"SGD" falls: #1 of |all| # 3 times'
    book = write_book(f'# A #\n\n![{said}](d.svg)\n\n```{{.python .input}}\n'
                      '#@tab all\na\n```\n', **{'text/d.svg': SVG})
    path = record_by_hand(book, book.pages[0], 'pytorch', {0: [SVG]})
    path.write_text(path.read_text().replace(
        'A white card.', said.replace('"', '\\"')))
    notebook = nbformat.read(path, 4)
    recording = notebook.metadata['recording']
    recording['outputs'] = outputs_checksum(
        [c for c in notebook.cells if c.cell_type == 'code'])
    nbformat.write(notebook, path)
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    shown = [html.unescape(alt) for alt in re.findall('alt="([^"]*)"', page)]
    assert {said, f'Figure 1: {said}'} <= {*shown}


@pytest.mark.parametrize('heading', [
    '# A title ', '# A title #', 'A title\n=======', '# A *title*\r'])
def test_the_bar_stands_under_any_heading(write_book, tmp_path, heading):
    book = write_book(f'{heading}\n\ntext\n\n```{{.python .input}}\n'
                      '#@tab all\na\n```\n')
    page = article(build_html(book, tmp_path / '_build').read_text('utf-8'))
    places = [page.index(part) for part in (
        '<h1>', 'framework-bar', 'Not run yet', '<p>text</p>', '>a<')]
    assert places == sorted(places) and page.count('framework-bar') == 1


def test_the_bar_of_a_page_that_begins_with_a_cell(write_book, tmp_path):
    book = write_book('```{.python .input}\n#@tab all\na\n```\n\n# A\n')
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert page.count('framework-bar') == 1
