"""All notebooks, as readers take them along: unpacked in an empty folder, with
the wheel that lies beside them, each from the first cell to the last, without
a network and with a quarter of the images of the README's short form. nbval
compares outputs that are exact text."""
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
MAKE = '''
import sys
from pathlib import Path
from builder.config import load_config
from builder.publish.zips import make_zips
from builder.record.recordings import Recordings
from builder.source.book import load_book
book, out = load_book(load_config('config.ini')), Path(sys.argv[2])
name, content = make_zips(book, out, Recordings(book))[sys.argv[1]]
(out / 'taken.zip').write_bytes(content)
'''
# Every request for an address goes to a port that nobody listens at.
NOWHERE = {f'{scheme}_proxy': 'http://127.0.0.1:9'
           for scheme in ('http', 'https', 'HTTP', 'HTTPS')}
# Few images gain nothing by threads, which wait for each other where other
# tests run at the same time.
ONE_THREAD = {'OMP_NUM_THREADS': '1'}


def python(program, *arguments, **options):
    """Run a program without the project on its path; return what it says."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(('PYTHON', 'PYTEST', 'D2L_RUNS'))}
    environment.update(options.pop('env', {}))
    done = subprocess.run([program, *arguments], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


@pytest.fixture
def taken(tab, tmp_path):
    """The folder in the tab's zip, its wheel installed in `site` beside it."""
    python(ROOT / '.venvs/book/bin/python', '-c', MAKE, tab, str(tmp_path),
           cwd=ROOT)
    with zipfile.ZipFile(tmp_path / 'taken.zip') as made:
        made.extractall(tmp_path / 'taken')
    folder, = (tmp_path / 'taken').iterdir()
    wheel, = folder.glob('*.whl')
    python(sys.executable, '-m', 'pip', '--isolated', 'install', '-q',
           '--no-index', '--no-deps', '--target', str(tmp_path / 'site'),
           str(wheel), cwd=folder)
    return folder


def test_notebooks_run_from_the_first_cell_to_the_last(tab, taken, tmp_path):
    site, cells = tmp_path / 'site', 0
    for path in taken.rglob('*.ipynb'):
        notebook = nbformat.read(path, 4)
        notebook.cells.append(nbformat.v4.new_code_cell(
            f'assert d2l.__file__.startswith({str(site)!r})'))
        nbformat.write(notebook, path)
        cells += sum(cell.cell_type == 'code' for cell in notebook.cells)
    said = python(
        sys.executable, '-m', 'pytest', '-p', 'no:cacheprovider',
        '--nbval-lax', '--nbval-cell-timeout=600', '.', cwd=taken,
        env={**NOWHERE, **ONE_THREAD, 'PYTHONPATH': str(site),
             'D2L_TRAIN_LIMIT': '512', 'D2L_TEST_LIMIT': '128'})
    assert cells > 40 and f'{cells} passed' in said
