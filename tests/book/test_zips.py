"""What readers take along: zips that work by themselves."""
import io
import os
import posixpath
import re
import shutil
import zipfile
from urllib.parse import unquote

import nbformat
import pytest

from builder.errors import BuildError
from builder.publish.html import build_html
from builder.publish.zips import make_zips
from builder.record.notebook import make_notebook
from builder.record.recordings import Recordings

from .conftest import CONFIG

PAGES = {
    'text/index.md': '''
        # Waves
        ```toc
        part/sea
        tides
        words
        ```
        ''',
    'text/part/sea.md': '''
        # Sea
        :label:`sec_sea`

        See :ref:`sec_tides`, :ref:`sec_words` and [a file](../../more.txt),
        [tides](../tides.md), [words](../words.md "In words").

        ```{.python .input}
        print(1)
        ```
        ''',
    'text/tides.md': '''
        # Tides
        :label:`sec_tides`

        Back to :ref:`sec_sea`.

        ```{.python .input}
        open('runs/pytorch.txt')
        ```
        ''',
    'text/words.md': '''
        # Words
        :label:`sec_words`

        No cells.
        '''}
ZIP = CONFIG.replace('explicit_tabs = yes', '''package = waves
install = It is *not* `pip install sea`.''').replace(
    'title = MXNet', 'title = MXNet\ninstall = It is old.').replace(
    'limits =', 'reads = runs/{tab}.txt\nlimits =') + '''
[zip]
files = LICENSE, extra
wheel = setup.py, sea
note = Bring a towel.
'''
OTHERS = {
    'config.ini': ZIP, 'LICENSE': 'Free.\n', 'extra/a.txt': 'a',
    'extra/.hidden/b.txt': 'b', 'extra/__pycache__/c.pyc': 'c',
    'runs/pytorch.txt': 'a run', 'more.txt': 'more',
    'setup.py': "from setuptools import setup\n"
                "setup(name='waves', version='1.2', packages=['sea'])\n",
    'sea/__init__.py': 'DEPTH = 11\n'}
WHEEL = 'waves-1.2-py3-none-any.whl'


@pytest.fixture(scope='module')
def wheels(tmp_path_factory):
    """A build folder, so that the wheel is built once."""
    return tmp_path_factory.mktemp('out')


@pytest.fixture
def book(write_book):
    return write_book(PAGES, **OTHERS)


def unpacked(book, out, tab='pytorch'):
    """Return {name: content} of the tab's zip, without its folder."""
    name, content = make_zips(book, out, Recordings(book))[tab]
    folder = f'waves-{tab}'
    assert name == f'{folder}.zip'
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert made.testzip() is None
        assert made.namelist() == sorted(made.namelist())
        return {posixpath.relpath(name, folder): made.read(name)
                for name in made.namelist()}


def prose(content):
    return '\n'.join(cell.source for cell in nbformat.reads(
        content.decode(), 4).cells if cell.cell_type == 'markdown')


def test_what_lies_in_it(book, wheels):
    files = unpacked(book, wheels)
    assert {*files} == {
        'README.md', 'LICENSE', 'extra/a.txt', 'runs/pytorch.txt', WHEEL,
        'more.txt', 'part/sea-pytorch.ipynb', 'tides-pytorch.ipynb',
        'text/words.md'}
    with zipfile.ZipFile(io.BytesIO(files[WHEEL])) as wheel:
        assert wheel.read('sea/__init__.py') == b'DEPTH = 11\n'
        assert {about.date_time[0] for about in wheel.infolist()} == {1980}
    readme = files['README.md'].decode()
    assert len(readme.split('\n\n')) <= 6
    for said in ('A Small Book: PyTorch', f'"./{WHEEL}[pytorch]"', 'a towel',
                 'It is *not* `pip install sea`.', '`part/sea-pytorch.ipynb`'):
        assert said in readme
    assert 'It is old.' not in readme


def test_its_links_lead_to_what_lies_in_it(book, wheels):
    files = unpacked(book, wheels)
    links = {}
    for name in files:
        if name.endswith('.ipynb'):
            found = re.findall(r'\]\(([^)\s#]+)', prose(files[name]))
            links[name] = [posixpath.normpath(posixpath.join(
                posixpath.dirname(name), unquote(link))) for link in found]
            assert {*links[name]} <= {*files}
    assert links['part/sea-pytorch.ipynb'] == [
        'tides-pytorch.ipynb', 'more.txt', 'tides-pytorch.ipynb',
        'text/words.md']
    assert links['tides-pytorch.ipynb'] == ['part/sea-pytorch.ipynb']
    assert ', Words and [' in prose(files['part/sea-pytorch.ipynb'])


def test_or_to_the_site(write_book, wheels):
    book = write_book(PAGES, **{**OTHERS, 'config.ini': ZIP + (
        '[html]\nsite = https://example.org/waves\n')})
    text = prose(unpacked(book, wheels)['part/sea-pytorch.ipynb'])
    assert '[Words](https://example.org/waves/words.html#Words)' in text
    assert '[words](https://example.org/waves/words.html "In words")' in text


def test_it_has_the_recorded_outputs(book, wheels, record_by_hand):
    path = record_by_hand(book, book.pages[1], 'pytorch', {0: ['1\n']})
    before = path.read_bytes()
    notebook = nbformat.reads(unpacked(book, wheels)[
        'part/sea-pytorch.ipynb'].decode(), 4)
    cell, = (each for each in notebook.cells if each.cell_type == 'code')
    assert (cell.source, cell.outputs[0].text) == ('print(1)', '1\n')
    assert 'recording' not in notebook.metadata
    assert path.read_bytes() == before


def test_two_are_equal_to_the_last_byte(write_book, tmp_path, monkeypatch):
    made = []
    for n, mask in ((1, 0o022), (2, 0o077)):
        book = write_book(PAGES, **OTHERS)
        for path in tmp_path.rglob('*'):
            os.utime(path, (n * 10**9, n * 10**9))
        before = os.umask(mask)
        try:
            made.append(make_zips(book, tmp_path / f'out{n}',
                                  Recordings(book)))
        finally:
            os.umask(before)
    assert made[0] == made[1] and len(made[0]) == 1


def test_a_wheel_is_kept_until_its_files_change(write_book, tmp_path):
    book = write_book(PAGES, **OTHERS)
    wheel = unpacked(book, tmp_path / 'out')[WHEEL]
    kept, = (tmp_path / 'out').rglob('*.whl')
    kept.write_bytes(b'kept')
    assert unpacked(book, tmp_path / 'out')[WHEEL] == b'kept'
    (tmp_path / 'sea/__init__.py').write_text('DEPTH = 12\n')
    assert unpacked(book, tmp_path / 'out')[WHEEL] not in (b'kept', wheel)
    assert len([*(tmp_path / 'out').rglob('*.whl')]) == 1


def test_the_program_that_a_project_names_builds_its_wheel(write_book,
                                                           tmp_path):
    book = write_book(PAGES, **{**OTHERS, 'config.ini': ZIP.replace(
        'wheel = setup.py', 'wheel = pyproject.toml, tool')}, **{
            'pyproject.toml': """
                [build-system]
                requires = []
                build-backend = "own:Own"
                backend-path = ["tool"]
                """,
            'tool/own.py': """
                from pathlib import Path
                class Own:
                    def build_wheel(folder):
                        name = 'own-1-py3-none-any.whl'
                        Path(folder, name).write_text('own')
                """})
    files = unpacked(book, tmp_path / 'out')
    assert files['own-1-py3-none-any.whl'] == b'own'


def test_a_wheel_that_cannot_be_built(write_book, tmp_path):
    book = write_book(PAGES, **{**OTHERS, 'setup.py': 'raise OSError(77)\n'})
    with pytest.raises(BuildError, match=r'(?s)\[zip\] wheel .*77'):
        make_zips(book, tmp_path / 'out', Recordings(book))


def test_without_its_section_there_is_none(sample, tmp_path):
    assert make_zips(sample.book, tmp_path, Recordings(sample.book)) == {}


@pytest.mark.parametrize('name, said', [
    ('nothing', "'nothing' was not found"), ('..', 'not a path in the book')])
def test_what_is_not_there_is_named(write_book, wheels, name, said):
    with pytest.raises(BuildError, match=re.escape(said)):
        book = write_book(PAGES, **{**OTHERS, 'config.ini': ZIP.replace(
            'files = LICENSE', f'files = {name}')})
        make_zips(book, wheels, Recordings(book))


def test_nothing_from_elsewhere_gets_in(book, wheels, tmp_path):
    (tmp_path / 'extra/host').symlink_to('/etc/hostname')
    with pytest.raises(BuildError, match='host: outside'):
        make_zips(book, wheels, Recordings(book))


def test_the_first_page_offers_it(book, tmp_path, wheels):
    shutil.copytree(wheels, tmp_path / 'out', dirs_exist_ok=True)
    page = build_html(book, tmp_path / 'out')
    link = re.search('href="(zip/[^"]+)"', page.read_text('utf-8'))[1]
    assert link == 'zip/waves-pytorch.zip'
    assert (page.parent / link).read_bytes() == make_zips(
        book, tmp_path / 'out', Recordings(book))['pytorch'][1]


def test_every_notebook_says_what_it_needs(book):
    sea, words = book.pages[1], book.pages[3]
    cell = make_notebook(book, sea, 'pytorch').cells[1]
    assert cell.cell_type == 'markdown' and cell.source == (
        '**Install.** The cells need PyTorch and the package `waves`. '
        '`pip install ".[pytorch]"`, in the folder of the book\'s sources, '
        'installs both; who has the notebook only finds the wheel of the '
        'package in the zip that the first page of the book offers. It is '
        '*not* `pip install sea`.')
    assert 'Install' not in str(make_notebook(book, words, 'pytorch').cells)


def test_it_stands_before_the_first_code(write_book):
    book = write_book('```{.python .input}\n#@tab all\na\n```\n', **{
        'config.ini': ZIP})
    assert [cell.id for cell in make_notebook(
        book, book.pages[0], 'pytorch').cells] == ['needs', 'text-code-1']


@pytest.mark.parametrize('more, asked', [
    ('', 'waves[pytorch]'),
    ('repository = https://example.org/w.git',
     'waves[pytorch] @ git+https://example.org/w.git@main')])
def test_a_package_from_elsewhere(write_book, more, asked):
    book = write_book(PAGES, **{'more.txt': '', 'config.ini': ZIP.partition(
        '[zip]')[0].replace('package = waves', f'package = waves\n{more}')})
    assert f'`pip install "{asked}"` installs both.' in make_notebook(
        book, book.pages[1], 'pytorch').cells[1].source
