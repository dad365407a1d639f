"""Figures of recorded plots: on pages, in notebooks, in PDFs; and outputs
that are equal in all tabs."""
import base64
import re
from types import SimpleNamespace

import nbformat
import pytest

from builder.errors import SourceError
from builder.publish import html, pdf
from builder.publish.html import build_html
from builder.record.basis import outputs_checksum
from builder.record.notebook import make_notebook
from builder.source.markdown import merge, split

from .conftest import SVG
from .test_pdf import plot, text_of

CELL = '```{.python .input}\n#@tab all\ndraw()\n```\n'
FIGURE = ('![The rate $\\eta$, as :cite:`Smith.2017` has it.](#output)\n'
          ':label:`fig_rate`\n')
PAGE = (f'# Rates\n\nSee :numref:`fig_rate`.\n\n{CELL}\n{FIGURE}\n'
        'Text below.\n')
OTHER = SVG.replace('L 9 9', 'L 5 5')


@pytest.fixture
def book(write_book):
    book = write_book({'text/index.md': '# Book\n\n```toc\n:numbered:\n\n'
                                        'one\n```\n', 'text/one.md': PAGE})
    return SimpleNamespace(book=book, page=book.pages[1])


def record_all(book, outputs, tabs=('pytorch', 'mxnet'), record=None):
    for tab, shown in zip(tabs, outputs):
        record(book.book, book.page, tab, {0: shown})


def figure_of(path):
    page = path.with_name('one.html').read_text('utf-8')
    found, = re.findall('<figure.*?</figure>', page, re.DOTALL)
    return found, page


def test_a_figure_on_a_page(book, record_by_hand, tmp_path):
    record_all(book, [['words\n', SVG], ['words\n', SVG]],
               record=record_by_hand)
    figure, page = figure_of(build_html(book.book, tmp_path / '_build'))
    words = ' '.join(re.sub('<[^>]+>', ' ', figure).split())
    assert words.startswith('Figure 1.1: The rate')
    assert '( Smith, 2017 ) has it.' in words and 'katex' in figure
    assert figure.count('<img') == 1 and 'words' not in figure
    assert 'alt="A white card."' in figure and 'sd-tab-set' not in figure
    assert page.count('words\n') == 1
    assert page.index('words\n') < page.index('<figure')
    assert 'id="fig-rate"' in page
    assert re.search('href="#fig-rate".*?>Figure 1.1<', page)


def test_plots_that_differ_are_tabs_in_one_figure(book, record_by_hand,
                                                  tmp_path):
    record_all(book, [[SVG, OTHER], [SVG, SVG]], record=record_by_hand)
    figure, page = figure_of(build_html(book.book, tmp_path / '_build'))
    assert figure.count('<img') == 3  # the first is equal in both tabs
    assert figure.count('sd-tab-set cell shown') == 1
    assert page.count('Figure 1.1: ') == 1


def test_a_figure_below_cells_of_tabs(write_book, record_by_hand):
    cells = ''.join(f'```{{.python .input}}\n#@tab {tab}\n{tab}()\n```\n\n'
                    for tab in ('pytorch', 'mxnet'))
    book = write_book(f'# A\n\n{cells}{FIGURE}')
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(book, book.pages[0], tab, {0: [SVG, f'{tab} says\n']})
    text = html.make_sources(book)['index.md'].decode()
    figure = text[text.index('{plots}'):]
    assert figure.count('{image}') == text.count('{image}') == 1
    assert 'says' not in figure and text.count('says') == 2
    assert text.count('{tab-set}') == 2  # the provenance, and the cells


def test_a_figure_in_a_notebook(book, record_by_hand):
    record_all(book, [[SVG], [SVG]], record=record_by_hand)
    cells = make_notebook(book.book, book.page, 'mxnet').cells
    assert [cell.id for cell in cells][:4] == [
        'rates-text-1', 'rates-code-1', 'rates-figure-1', 'rates-text-2']
    assert cells[2].source == (
        'Figure 1.1: The rate $\\eta$, as ([Smith, 2017]'
        '(https://arxiv.org/abs/1506.01186)) has it.')
    assert '[Figure 1.1](#Rates)' in cells[0].source
    assert cells[3].source == 'Text below.'


def test_a_figure_that_was_never_recorded_has_its_caption(book, tmp_path):
    figure, _ = figure_of(build_html(book.book, tmp_path / '_build'))
    assert 'Figure 1.1: ' in figure and '<img' not in figure


@pytest.mark.slow
def test_a_figure_in_a_pdf(book, record_by_hand, tmp_path):
    path = record_by_hand(book.book, book.page, 'mxnet', {0: [SVG]})
    notebook = nbformat.read(path, 4)
    cells = [c for c in notebook.cells if c.cell_type == 'code']
    cells[0].outputs[0].data['application/pdf'] = base64.b64encode(
        plot()).decode()
    notebook.metadata['recording']['outputs'] = outputs_checksum(cells)
    nbformat.write(notebook, path)
    text = text_of(pdf.build_pdf(book.book, 'mxnet', tmp_path / 'out'))
    words = ' '.join(text.split())
    assert 'Figure 1.1: The rate' in words and 'See Figure 1.1.' in words


def test_a_cell_that_drew_nothing(book, record_by_hand):
    record_all(book, [[SVG], ['no plot\n']], record=record_by_hand)
    for make in (html.make_sources, lambda book: pdf.make_sources(
            book, 'mxnet')):
        with pytest.raises(SourceError, match=r'^text/one\.md:10: a figure '
                           r'#output, but .* drew no plot in mxnet$'):
            make(book.book)


@pytest.mark.parametrize(('page', 'line'), [
    (f'# A\n\n{FIGURE}', 3),
    (f'# A\n\n{CELL}\ntext\n\n{FIGURE}', 10),
    (f'# A\n\n{CELL}\n## B\n\n{FIGURE}', 10),
    (f'# A\n\n{CELL}\n{FIGURE}\n{FIGURE.replace("fig_", "f")}', 11),
    (f'# A\n\n{CELL}\ntext ![b](#output) text\n', 8),
    (f'# A\n\n{CELL}\n- ![b](#output)\n', 8),
    (f'# A\n\n{CELL}\n:begin_tab:`mxnet`\n![b](#output)\n:end_tab:\n', 9),
    (f'# A\n\n{CELL}\n![](#output)\n', 8),
    (f'# A\n\n{CELL}\n![a](#output)\n:width:`9px`\n', 8),
    (f'# A\n\n{CELL}\n![a](#output)\nand more\n', 8),
])
def test_a_figure_out_of_its_place(write_book, page, line):
    with pytest.raises(SourceError, match=rf'^text/index\.md:{line}: a figure '
                       '#output'):
        write_book(page)


def test_a_figure_is_cut_off_and_nothing_is_lost():
    text = f'{CELL}\n\n{FIGURE}\nText.\n'
    code, figure, rest = split(text, 'x.md', ('pytorch', 'mxnet'))
    assert merge([code, figure, rest]) == text
    assert (figure.line, rest.line) == (5, 9) and figure.of_cell
    assert [part.line for part in figure.floats] == [7]


@pytest.mark.parametrize(('outputs', 'tab_sets', 'images'), [
    ([[SVG, 'a\n'], [SVG, 'b\n']], 1, 1),
    ([['a\n', SVG, 'a\n'], ['b\n', SVG, 'b\n']], 2, 1),
    ([['a\n', SVG], ['b\n', OTHER]], 1, 2),
    ([[SVG], [SVG, OTHER]], 1, 3),
    ([[SVG, OTHER, 'a\n'], [SVG, OTHER, 'a\n']], 0, 2),
])
def test_what_is_equal_in_all_tabs_is_shown_once(
        write_book, record_by_hand, outputs, tab_sets, images):
    book = write_book(f'# A\n\n{CELL}')
    for tab, shown in zip(('pytorch', 'mxnet'), outputs):
        record_by_hand(book, book.pages[0], tab, {0: shown})
    text = html.make_sources(book)['index.md'].decode()
    assert text.count(':class: cell shown') == tab_sets
    assert text.count('{image}') == images


def test_a_tab_that_was_not_run_has_no_output(write_book, record_by_hand):
    book = write_book(f'# A\n\n{CELL}')
    record_by_hand(book, book.pages[0], 'mxnet', {0: ['a\n']})
    text = html.make_sources(book)['index.md'].decode()
    assert text.count('*No output for PyTorch here.*') == 1
    assert 'No cell' not in text
