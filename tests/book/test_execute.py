"""Running notebooks in a real kernel, and what errors leave behind."""
import json
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import nbformat
import pytest

from builder.errors import BuildError
from builder.record.execute import record
from builder.record.recording import load_recording

from .conftest import CONFIG

pytestmark = pytest.mark.slow

CELL = '```{{.python .input}}\n#@tab all\n{}\n```\n\n'
PINS = {'requirements/pytorch.txt': f'numpy=={metadata.version("numpy")}\n'}
DRAW = '''from IPython.display import DisplayHandle
handle = DisplayHandle()
handle.display({'text/plain': 'first'}, raw=True)
for n in range(3):
    handle.update({'text/plain': f'state {n}'}, raw=True)
print('after')
1 + 1'''


def page(*cells):
    return '# A Page\n\n' + ''.join(CELL.format(cell) for cell in cells)


def test_outputs_and_provenance(write_book, tmp_path, capsys):
    book = write_book(page(DRAW, 'print(6 * 7)', 'x = 1'), **PINS)
    record(book, book.pages[0], 'pytorch')
    found = load_recording(book, book.pages[0], 'pytorch')
    assert found.problems == [] and not found.text_differs
    first, second, third = found.outputs
    assert [o.output_type for o in first] == ['display_data', 'stream',
                                              'execute_result']
    assert first[0].data == {'text/plain': 'state 2'}
    assert second[0].text == '42\n' and third == []
    assert found.about['python'] == '.'.join(map(str, sys.version_info[:3]))
    assert found.about['packages'] == {'numpy': metadata.version('numpy')}
    assert found.about['cores'] >= 1 and found.about['seconds'] > 0
    shown = capsys.readouterr().out
    assert '[2/3] a-page-code-2' in shown and 'recorded in' in shown


def test_two_runs_give_the_same_file_but_for_the_time(write_book):
    book = write_book(page(DRAW), **PINS)
    texts = []
    for _ in range(2):
        record(book, book.pages[0], 'pytorch')
        notebook = json.loads(
            book.config.notebook('pytorch', 'index').read_text())
        notebook['metadata']['recording'].pop('seconds')
        texts.append(json.dumps(notebook))
    assert texts[0] == texts[1]


@pytest.fixture
def recorded(write_book):
    """A book with a recording, and that recording's bytes."""
    book = write_book(page('print(1)'), **PINS)
    record(book, book.pages[0], 'pytorch')
    return book.config.notebook('pytorch', 'index').read_bytes()


@pytest.mark.parametrize(('cell', 'message'), [
    ('a = 1\nprint(a / 0)', r'cell a-page-code-2 failed, nothing was '
     r'recorded\n\n    a = 1\n    print\(a / 0\)\n\n(.|\n)*ZeroDivisionError'),
    ("import warnings\nwarnings.warn('careful')",
     r'cell a-page-code-2 wrote to stderr(.|\n)*careful'),
    ('import os\nos._exit(3)', 'cell a-page-code-2 failed'),
])
def test_errors_leave_the_old_recording(recorded, write_book, cell, message):
    book = write_book(page('print(2)', cell), **PINS)
    with pytest.raises(BuildError, match=message):
        record(book, book.pages[0], 'pytorch')
    path = book.config.notebook('pytorch', 'index')
    assert path.read_bytes() == recorded
    assert list(path.parent.iterdir()) == [path]


def test_with_a_limit_nothing_is_recorded(recorded, write_book, monkeypatch):
    book = write_book(page('print(2)'), **PINS)
    monkeypatch.setenv('SMALL_LIMIT', '5')
    with pytest.raises(BuildError, match='SMALL_LIMIT=5 is set'):
        record(book, book.pages[0], 'pytorch')
    assert book.config.notebook('pytorch', 'index').read_bytes() == recorded


def test_other_versions_than_pinned_are_refused(write_book):
    book = write_book(page('print(2)'),
                      **{'requirements/pytorch.txt': 'numpy==1.2.3\n'})
    with pytest.raises(BuildError, match='pinned is 1.2.3'):
        record(book, book.pages[0], 'pytorch')
    assert not book.config.notebook('pytorch', 'index').exists()


def test_a_package_may_come_in_a_build_of_another_name(write_book, tmp_path):
    """As tensorflow does from tensorflow-cpu; here, yaml from PyYAML."""
    pins = f'yaml=={metadata.version("PyYAML")}\n'
    config = CONFIG.replace('packages = numpy', 'packages = yaml')
    book = write_book(page('print(2)'), **{
        'config.ini': config, 'requirements/pytorch.txt': pins})
    record(book, book.pages[0], 'pytorch')
    found = load_recording(book, book.pages[0], 'pytorch')
    assert found.problems == []
    assert found.about['packages'] == {'yaml': metadata.version('PyYAML')}


def test_ctrl_c_leaves_the_old_recording(recorded, write_book, tmp_path):
    write_book(page("import time\nopen('started', 'w').close()\n"
                    'time.sleep(60)'), **PINS)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, '-m', 'builder', 'run', 'pytorch'], cwd=tmp_path,
        env={'PYTHONPATH': str(root), 'HOME': str(tmp_path),
             'PATH': '/usr/bin:/bin'},
        # What a shell starts in the background ignores Ctrl-C, and so would
        # all that it starts in turn.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    started = tmp_path / 'notebooks' / 'pytorch' / 'started'
    deadline = time.monotonic() + 30
    while not started.exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert 'interrupted; nothing was recorded' in out
    notebook = tmp_path / 'notebooks' / 'pytorch' / 'index.ipynb'
    assert notebook.read_bytes() == recorded


def test_notebooks_of_a_book_are_valid(recorded):
    nbformat.validate(nbformat.reads(recorded.decode(), as_version=4))
