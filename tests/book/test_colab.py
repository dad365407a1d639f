"""Notebooks that a host runs: what they install, what leads there."""
import nbformat
import pytest

from builder import __main__ as stages
from builder.publish.colab import colab_notebooks, host_links
from builder.publish.html import make_sources

from .conftest import CONFIG, PAGE

REPOSITORY = 'https://github.com/someone/waves'
HOSTED = CONFIG.replace('tabs = pytorch, mxnet', 'tabs = pytorch, mxnet\n'
                        f'repository = {REPOSITORY}').replace(
    'title = MXNet', 'title = MXNet\ncolab = no')


@pytest.fixture
def book(write_book, record_by_hand, tmp_path, monkeypatch):
    book = write_book(PAGE, **{'config.ini': HOSTED})
    for tab in book.config.tabs:
        record_by_hand(book, book.pages[0], tab, {1: ['both\n']})
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    return book


def test_the_button_honours_the_tab(book):
    page = make_sources(book)['index.md'].decode()
    address = ('https://colab.research.google.com/github/someone/waves/blob/'
               'main/notebooks/colab/pytorch/index.ipynb')
    assert page.count('Open in Colab') == 1 and f'({address})' in page
    name = 'notebooks%2Fcolab%2Fpytorch%2Findex.ipynb'
    assert ('(https://mybinder.org/v2/gh/someone/waves/main?labpath='
            f'{name})') in page
    assert ('(https://kaggle.com/kernels/welcome?src=https%3A%2F%2Fgithub.com'
            f'%2Fsomeone%2Fwaves%2Fblob%2Fmain%2F{name})') in page
    assert host_links(book.config, 'mxnet', 'index') == {}


def test_without_a_repository_there_is_no_button(sample):
    assert 'Colab' not in make_sources(sample.book)['index.md'].decode()
    assert host_links(sample.book.config, 'pytorch', 'index') == {}


def test_its_first_cell_installs_the_package_and_no_framework(
        book, tmp_path, capsys):
    assert stages.main(['check']) == 1
    assert 'colab/pytorch/index.ipynb is missing. Write it' in (
        capsys.readouterr().out)
    assert stages.main(['notebooks']) == 0
    assert stages.main(['check']) == 0
    first, *rest = nbformat.read(
        tmp_path / 'notebooks/colab/pytorch/index.ipynb', 4).cells
    assert first.source == f'%pip install -q "git+{REPOSITORY}@main"'
    assert rest == nbformat.read(
        tmp_path / 'notebooks/pytorch/index.ipynb', 4).cells
    copy = tmp_path / 'notebooks/colab/pytorch/index.ipynb'
    copy.write_bytes(copy.read_bytes().replace(b'\n', b'\r\n'))
    assert stages.main(['check']) == 0
    for content in (b'<<<<<<< merge', b'\xff'):
        copy.write_bytes(content)
        capsys.readouterr()
        assert stages.main(['check']) == 1
        assert 'index.ipynb is not of today' in capsys.readouterr().out
        assert stages.main(['notebooks']) == stages.main(['check']) == 0
    assert not (tmp_path / 'notebooks/colab/mxnet').exists()


@pytest.mark.parametrize(('link', 'absolute'), [
    ('[a](../../some.jsonl)', '[a]({}/blob/main/some.jsonl)'),
    ('[a](../../some.jsonl "What (it) \\"is\\".")',
     '[a]({}/blob/main/some.jsonl "What (it) \\"is\\".")'),
    ('![a](../../some.svg)', '![a]({}/raw/main/some.svg)')])
def test_its_links_lead_to_the_repository(book, link, absolute):
    """With their titles, if they have one."""
    path = book.config.notebook('pytorch', 'index')
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = f'See {link}.'
    nbformat.write(notebook, path)
    (_, copy), = colab_notebooks(book.config, [(book.pages[0], 'pytorch')])
    assert copy.cells[1].source == f'See {absolute.format(REPOSITORY)}.'


def test_a_repository_elsewhere_has_no_button(write_book, record_by_hand):
    book = write_book(PAGE, **{'config.ini': HOSTED.replace('github.com',
                                                            'example.org')})
    record_by_hand(book, book.pages[0], 'pytorch', {1: ['both\n']})
    assert 'Colab' not in make_sources(book)['index.md'].decode()


def test_links_lead_to_the_repository(book, tmp_path):
    path = tmp_path / 'notebooks/pytorch/index.ipynb'
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source = (
        '[runs](../../evidence/a.jsonl) ![c](../../text/d.svg) '
        '[out](../../../../x) [here](#Second)')
    nbformat.write(notebook, path)
    (_, hosted), = colab_notebooks(book.config, [(book.pages[0], 'pytorch')])
    assert hosted.cells[1].source == (
        f'[runs]({REPOSITORY}/blob/main/evidence/a.jsonl) '
        f'![c]({REPOSITORY}/raw/main/text/d.svg) '
        '[out](../../../../x) [here](#Second)')


def test_a_package_brings_the_framework_where_a_host_has_none(
        write_book, record_by_hand):
    book = write_book(PAGE, **{'config.ini': HOSTED.replace(
        f'repository = {REPOSITORY}',
        f'repository = {REPOSITORY}\npackage = waves')})
    record_by_hand(book, book.pages[0], 'pytorch', {1: ['both\n']})
    (_, hosted), = colab_notebooks(book.config, [(book.pages[0], 'pytorch')])
    assert hosted.cells[0].source == (
        f'%pip install -q "waves[pytorch] @ git+{REPOSITORY}@main"')
