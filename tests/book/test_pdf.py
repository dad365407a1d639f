"""PDFs: one for a tab, with that tab's code and nothing that is wrong."""
import base64
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.publish import editions, latex, pdf
from builder.publish.html import build_html
from builder.source.book import load_book

from .conftest import BIB, CONFIG, PAGE, SVG

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MARGIN = 15  # of code on the page, in characters
CODE = '''\
def decay(t):
    if t > 0:  # a long comment that fills its line up to column 78 ..........
        return [
            0.1 ** t]

    return 1'''


def plot():
    """Return a PDF of one page with a line across."""
    objects = [
        b'<</Type/Catalog/Pages 2 0 R>>',
        b'<</Type/Pages/Kids[3 0 R]/Count 1>>',
        b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 147 210]/Contents 4 0 R'
        b'/Resources<<>>>>',
        b'<</Length 21>>stream\n0 0 m 147 210 l S    \nendstream']
    body, places = b'%PDF-1.4\n', []
    for n, content in enumerate(objects, 1):
        places.append(len(body))
        body += b'%d 0 obj\n%s\nendobj\n' % (n, content)
    table = b''.join(b'%010d 00000 n \n' % place for place in places)
    return (body + b'xref\n0 5\n0000000000 65535 f \n' + table
            + b'trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n'
            % len(body))


def text_of(path):
    """Return the text as it stands on the pages, in columns as wide as a
    character of code: 0.76 of 10 pt DejaVu Sans Mono, 0.602 em."""
    return subprocess.run(['pdftotext', '-fixed', '4.575', path, '-'],
                          check=True, capture_output=True, text=True).stdout


def code_lines(text):
    """Return the lines of the pages that are not empty, with the margin that
    code begins at taken off."""
    lines = [line.rstrip() for line in re.split('[\n\f]', text)]
    return [line[MARGIN:] for line in lines if line]


@pytest.fixture
def book(write_book, record_by_hand):
    """The sample with a function of its own, recorded in both tabs."""
    page = PAGE.replace("print('both')", CODE).replace(
        'import torch', 'import torch as there')
    book = write_book({'text/index.md': '# Book\n\n```toc\n:numbered:\n\n'
                                        'one\n```\n',
                       'text/one.md': page})
    for tab in book.config.tabs:
        record_by_hand(book, book.pages[1], tab, {1: [f'{tab} says ±−√\n']})
    return book


def test_it_holds_its_tabs_code_and_outputs_only(book, tmp_path):
    path = pdf.build_pdf(book, 'pytorch', tmp_path / 'out')
    assert path == tmp_path / 'out' / 'pdf' / 'pytorch.pdf'
    text = ' '.join(text_of(path).split())
    assert 'A Small Book: PyTorch' in text
    assert 'Run on 1 November 2026 with PyTorch' in text
    assert 'import torch as there' in text and 'import mxnet' not in text
    assert 'pytorch says ±−√' in text and 'mxnet says' not in text
    assert 'Only for' not in text
    assert '1.1 Second' in text
    assert 'Ada Müller, L. Von Werra' in text
    other = text_of(pdf.build_pdf(book, 'mxnet', tmp_path / 'out'))
    assert 'Only for MXNet' in ' '.join(other.split())


def test_code_keeps_its_indentation(book, tmp_path):
    lines = code_lines(text_of(pdf.build_pdf(book, 'pytorch',
                                             tmp_path / 'out')))
    start = lines.index('def decay(t):')
    expected = [line for line in CODE.split('\n') if line]
    assert lines[start:start + len(expected)] == expected


def test_plots_are_drawn_by_lines(book, tmp_path):
    path = book.config.notebook('pytorch', 'one')
    notebook = nbformat.read(path, 4)
    data = {'image/svg+xml': '<svg/>', 'text/plain': 'A line.'}
    cell = [c for c in notebook.cells if c.cell_type == 'code'][1]
    cell.outputs = [nbformat.v4.new_output('display_data', data)]
    nbformat.write(notebook, path)
    with pytest.raises(BuildError, match='an SVG that no page may hold'):
        pdf.make_sources(book, 'pytorch')
    data['application/pdf'] = base64.b64encode(plot()).decode()
    cell.outputs = [nbformat.v4.new_output('display_data', data)]
    nbformat.write(notebook, path)
    built = pdf.build_pdf(book, 'pytorch', tmp_path / 'out')
    images = subprocess.run(['pdfimages', '-list', built], check=True,
                            capture_output=True, text=True).stdout
    assert len(images.splitlines()) == 2  # the table's head: no bitmap


@pytest.mark.parametrize(('text', 'message'), [
    ('`' + 'x' * 150 + '`', r'Overfull \\hbox'),
    ('A glyph that no font of ours has: \U00013000.', 'Missing character'),
    ('$\\undefinedmacro$', 'XeLaTeX failed'),
])
def test_what_latex_complains_of_is_an_error(write_book, tmp_path, text,
                                             message):
    book = write_book(f'# A\n\n{text}\n', **{'config.ini': CONFIG})
    with pytest.raises(BuildError, match=message):
        pdf.build_pdf(book, 'pytorch', tmp_path / 'out')


def test_pages_link_to_a_pdf_of_today_only(book, tmp_path, write_book):
    out = tmp_path / '_build'
    assert pdf.current_pdf(book, 'pytorch', out) is None
    built = pdf.build_pdf(book, 'pytorch', out)
    when = built.stat().st_mtime_ns
    assert pdf.build_pdf(book, 'pytorch', out) == built
    assert built.stat().st_mtime_ns == when  # it was not built again
    index = build_html(book, out)
    links = re.findall(r'href="([^"]*\.pdf)"', index.read_text('utf-8'))
    assert [(index.parent / link).read_bytes() for link in links] == [
        built.read_bytes()]
    changed = write_book({'text/one.md': PAGE.replace('Rates', 'All rates')},
                         **{'text/index.md': '# Book\n\n```toc\none\n```\n'})
    assert pdf.current_pdf(changed, 'pytorch', out) is None
    assert '.pdf"' not in build_html(changed, out).read_text('utf-8')


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """XeLaTeX replaced by one that makes no PDF worth reading."""
    monkeypatch.setattr(pdf, 'typeset', lambda made, folder, sources: (
        made / 'book.tex').read_bytes())
    return tmp_path / '_build'


CITED = PAGE + '\n![A string.](d.svg)\n'
SVG_NEW = SVG.replace('L 9 9', 'L 8 8')
CHANGES = {
    'prose': ({'text/one.md': CITED.replace('Rates', 'All rates')}, True),
    'a title': ({'config.ini': CONFIG.replace('A Small', 'One')}, True),
    'the bibliography': ({'text/small.bib': BIB.replace('SGD', 'LARS')},
                         True),
    'an image': ({'text/d.svg': SVG_NEW}, True),
    'a cell': ({'text/one.md': CITED.replace('import torch', 'import t')},
               True),
    'pins': ({'requirements/pytorch.txt': 'numpy==3.0.0\n'}, True),
    'a module that no cell uses': ({'lib/common.py': 'A = 2\n'}, False),
    'something else': ({'text/notes.txt': 'Mine.\n'}, False)}


@pytest.mark.parametrize('change', CHANGES)
def test_a_pdf_is_of_today_until_what_it_shows_changes(
        quick, write_book, record_by_hand, change):
    pages = {'text/index.md': '# Book\n\n```toc\none\n```\n',
             'text/one.md': CITED, 'text/d.svg': SVG}
    book = write_book(pages)
    record_by_hand(book, book.pages[1], 'pytorch', {1: ['both\n']})
    sources = pdf.make_sources(book, 'pytorch')
    built = pdf.build_pdf(book, 'pytorch', quick)
    assert pdf.current_pdf(write_book(pages), 'pytorch', quick) == built
    changes, stale = CHANGES[change]
    changed = write_book({**pages, **changes})
    assert (pdf.make_sources(changed, 'pytorch') != sources) == stale
    assert (pdf.current_pdf(changed, 'pytorch', quick) is None) == stale


def test_a_new_recording_or_builder_makes_it_stale(
        quick, sample, record_by_hand, monkeypatch):
    for outputs in ({}, {1: ['both\n']}, {1: ['other\n']}):
        record_by_hand(sample.book, sample.page, 'pytorch', outputs)
        assert pdf.current_pdf(sample.book, 'pytorch', quick) is None
        assert pdf.build_pdf(sample.book, 'pytorch', quick)
        assert pdf.current_pdf(sample.book, 'pytorch', quick)
    record_by_hand(sample.book, sample.page, 'mxnet', {1: ['both\n']})
    assert pdf.current_pdf(sample.book, 'pytorch', quick)
    monkeypatch.setattr(editions, 'programs', lambda: 'others')
    assert pdf.current_pdf(sample.book, 'pytorch', quick) is None


@pytest.mark.parametrize('harm', [
    lambda path: path.write_bytes(path.read_bytes()[:-9]),
    lambda path: path.unlink(),
    lambda path: path.with_suffix('.json').unlink(),
    lambda path: path.with_suffix('.json').write_text('[]'),
    lambda path: path.with_suffix('.json').write_text('{"pdf": 3'),
    lambda path: path.with_suffix('.json').write_text('{"pdf": ""}')])
def test_half_a_pdf_is_none(quick, sample, harm):
    harm(pdf.build_pdf(sample.book, 'mxnet', quick))
    assert pdf.current_pdf(sample.book, 'mxnet', quick) is None
    assert pdf.build_pdf(sample.book, 'mxnet', quick) == pdf.current_pdf(
        sample.book, 'mxnet', quick)


def test_pages_do_not_write_the_sources_of_pdfs(quick, sample, monkeypatch):
    pdf.build_pdf(sample.book, 'mxnet', quick)
    monkeypatch.setattr(pdf, 'make_sources', None)
    page = build_html(sample.book, quick).read_text('utf-8')
    assert page.count('.pdf"') == 1


def test_without_latex_it_says_what_to_install(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(latex.shutil, 'which', lambda name: None)
    with pytest.raises(BuildError, match='apt-get install latexmk texlive-x'):
        pdf.build_pdf(sample.book, 'pytorch', tmp_path)


OURS = load_book(load_config(ROOT / 'config.ini'))


@pytest.mark.parametrize('tab', OURS.config.tabs)
def test_our_own_book(tab, tmp_path):
    """Every line of code is there, in order, indented alike; the contents
    name no single claim."""
    text = text_of(pdf.build_pdf(OURS, tab, tmp_path))
    contents = ' '.join(' '.join(text.split('\f')[:2]).split())
    assert 'Claims and Runs' in contents
    assert 'than with constant' not in contents
    lines = iter(code_lines(text))
    for page in OURS.pages:
        for _, cell in page.code(tab):
            if cell.include:
                continue
            for line in filter(None, map(str.rstrip,
                                         cell.source.split('\n'))):
                assert line in lines, f'{page.name}: {line}'
    shutil.rmtree(tmp_path)
