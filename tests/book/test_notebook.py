"""Notebooks without outputs."""
import nbformat
import pytest

from builder.record.notebook import make_notebook

from .conftest import PAGE

EXPECTED = [
    ('markdown', 'first-text-1',
     '# First Steps\n\n\nSee [Second](#Second), '
     + '[Section 12.4 of D2L](https://d2l.ai/chapter_optimization/sgd.html) '
     'and [Second](#Second). Rates\ncycle '
     '([Smith, 2017](https://arxiv.org/abs/1506.01186); '
     'Müller et al., 2020), as Smith '
     '([2017](https://arxiv.org/abs/1506.01186)) says: $\\eta_t$.'),
    ('code', 'first-code-1', 'import mxnet'),
    ('markdown', 'second-text-1',
     '## Second\n\n\n$$\\eta_{t+1} = \\alpha \\eta_t$$'),
    ('markdown', 'second-text-2', 'Only for *MXNet*.'),
    ('code', 'second-code-1', "print('both')"),
    ('markdown', 'second-text-3', '```python\nnot_run()\n```'),
    ('markdown', 'references',
     '## References\n\n'
     '- Ada Müller, L. Von Werra & C. Third (2020). A Book. *Press*.\n'
     '- Leslie N. Smith (2017). '
     '[On SGD](https://arxiv.org/abs/1506.01186). *arXiv:1506.01186*.'),
]


def cells(book, page, tab):
    return [(c.cell_type, c.id, c.source)
            for c in make_notebook(book, page, tab).cells]


def test_a_notebook_of_one_tab(sample):
    assert cells(sample.book, sample.page, 'mxnet') == EXPECTED


def test_another_tab_has_its_own_cells_under_the_same_ids(sample):
    found = cells(sample.book, sample.page, 'pytorch')
    assert found[1] == ('code', 'first-code-1', 'import torch')
    assert [i for _, i, _ in found] == [
        i for _, i, _ in EXPECTED if i != 'second-text-2']


def test_it_is_valid_and_always_the_same(sample):
    first, second = (make_notebook(sample.book, sample.page, 'mxnet')
                     for _ in range(2))
    nbformat.validate(first)
    assert (first.nbformat, first.nbformat_minor) == (4, 5)
    assert nbformat.writes(first) == nbformat.writes(second)


def test_exact_cells_are_tagged(sample):
    notebook = make_notebook(sample.book, sample.page, 'mxnet')
    assert [c.id for c in notebook.cells
            if 'nbval-check-output' in c.metadata.get('tags', [])] == [
        'second-code-1']


def test_references_to_other_pages(write_book):
    book = write_book({
        'text/index.md': '# Book\n\n```toc\n:numbered:\n\na/one\ntwo\n```\n',
        'text/a/one.md': '# One\n\n## In One\n:label:`in_one`\n\n'
        '```{.python .input}\n#@tab mxnet\na\n```\n',
        'text/two.md': '# Two\n\n:numref:`in_one`, :ref:`in_one`\n'})
    without = make_notebook(book, book.pages[2], 'pytorch').cells[0].source
    assert without.endswith('\n\nSection 1.1, In One')
    text = make_notebook(book, book.pages[2], 'mxnet').cells[0].source
    assert text.endswith('[Section 1.1](a/one.ipynb#In-One), '
                         '[In One](a/one.ipynb#In-One)')


@pytest.mark.parametrize('heading', [
    'x' * 300, 'Über 漢字 & "quotes"', '漢字', 'References', '-', 'a_b.c/d'])
def test_every_heading_gives_valid_ids_that_differ(write_book, heading):
    cell = '```{.python .input}\n#@tab all\na\n```\n'
    book = write_book(f'# {heading}\n\n{cell}\n## {heading}\n\n{cell}'
                      'A :cite:`Smith.2017`.\n')
    notebook = make_notebook(book, book.pages[0], 'mxnet')
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len({*ids}) == len(ids) == 6


def test_edits_elsewhere_leave_ids_as_they_are(sample, write_book):
    book = write_book(PAGE.replace(
        '## Second', 'More.\n\n```python\na\n```\n\n## New\n\n## Second'))
    found = cells(book, book.pages[0], 'mxnet')
    assert {i for _, i, _ in EXPECTED} <= {i for _, i, _ in found}
