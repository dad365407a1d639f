"""Running notebooks in a real kernel, and what errors leave behind."""
import json
import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import nbformat
import pytest

from builder.errors import BuildError
from builder.record import execute
from builder.record.execute import record
from builder.record.recording import load_recording, recording_lock

from .conftest import CONFIG, SVG

pytestmark = pytest.mark.slow

CELL = '```{{.python .input}}\n#@tab all\n{}\n```\n\n'
PINS = {'requirements/pytorch.txt': f'numpy=={metadata.version("numpy")}\n'}
SHOW = 'display({!r}, raw=True)'
DRAW = '''from IPython.display import DisplayHandle
handle = DisplayHandle()
handle.display({'text/plain': 'first'}, raw=True)
for n in range(3):
    handle.update({'text/plain': f'state {n}'}, raw=True)
print('after')
1 + 1'''


@pytest.fixture(autouse=True)
def environment(tmp_path):
    """The tab's environment in the small book: the one of these tests."""
    (tmp_path / '.venvs').mkdir()
    (tmp_path / '.venvs' / 'pytorch').symlink_to(sys.prefix)


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
    assert found.about.python == '.'.join(map(str, sys.version_info[:3]))
    assert found.about.packages == {'numpy': metadata.version('numpy')}
    assert found.about.cores >= 1 and found.about.seconds > 0
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
    ('import os\nos._exit(3)', 'cell a-page-code-2 failed: its process ended,'
     ' as it does when memory is short, nothing was recorded'),
    ('import os, signal\nos.kill(os.getpid(), signal.SIGKILL)',
     'cell a-page-code-2 failed: its process ended'),
    ('input()', 'cell a-page-code-2 failed(.|\n)*StdinNotImplementedError'),
    ('raise SystemExit(3)', 'cell a-page-code-2 failed(.|\n)*SystemExit'),
    ("while True:\n    try:\n        print('x' * 10 ** 5, flush=True)\n    "
     'except BaseException:\n        pass',
     'cell a-page-code-2 shows more than 2,000,000 characters and was stopp'),
    ("print('x' * 10 ** 7)",
     'cell a-page-code-2 shows more than 2,000,000 characters and was stopp'),
    ("print('\\x1b[2J')", r"cell a-page-code-2: the control character '\\x1b' "
     'in line 1 of its text; nothing was recorded'),
    (SHOW.format({'text/html': '<b>a</b>'}), 'cell a-page-code-2: an output '
     r'that no page can show \(text/html\)'),
    (SHOW.format({'image/jpeg': '/9j/', 'text/html': '<b>a</b>'}),
     r'cell a-page-code-2: .* no page can show \(image/jpeg, text/html\)'),
    (SHOW.format({'image/png': 'iVBO', 'text/plain': 'a plot'}),
     'cell a-page-code-2: not a whole PNG file in base64; nothing was'),
    (SHOW.format({'image/svg+xml': SVG.replace('<path', '<script/><path')}),
     'cell a-page-code-2: line 1: <script>; nothing was recorded'),
    (SHOW.format({'text/plain': {'a': 1}}),
     'cell a-page-code-2 shows what is no output'),
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


def test_without_a_file_that_cells_read_nothing_runs(refused, tmp_path):
    reads = CONFIG.replace('[recording]', '[recording]\nreads = runs.txt')
    assert refused(**{'config.ini': reads}) == (
        'config.ini: [recording] reads runs.txt, which is not a file')


def test_other_versions_than_pinned_are_refused(refused):
    assert 'pinned is 1.2.3' in refused(
        **{'requirements/pytorch.txt': 'numpy==1.2.3\n'})


def test_a_package_may_come_in_a_build_of_another_name(write_book, tmp_path):
    """As tensorflow does from tensorflow-cpu; here, yaml from PyYAML."""
    pins = f'yaml=={metadata.version("PyYAML")}\n'
    config = CONFIG.replace('packages = numpy', 'packages = yaml')
    book = write_book(page('print(2)'), **{
        'config.ini': config, 'requirements/pytorch.txt': pins})
    record(book, book.pages[0], 'pytorch')
    found = load_recording(book, book.pages[0], 'pytorch')
    assert found.problems == []
    assert found.about.packages == {'yaml': metadata.version('PyYAML')}


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


def outputs(write_book, *cells, **others):
    """Return [(text or forms) of all outputs] of cells that are recorded."""
    book = write_book(page(*cells), **{**PINS, **others})
    record(book, book.pages[0], 'pytorch')
    found = load_recording(book, book.pages[0], 'pytorch')
    return [[o.get('text', o.get('data')) for o in cell]
            for cell in found.outputs]


def test_what_is_printed_stays_between_what_is_shown(write_book):
    show = SHOW.format({'text/plain': 'shown'})
    assert outputs(write_book, f"print('a', end='')\nprint('b')\n{show}\n"
                   f"print('c')\n{show}\nprint('\\x1b[1md\\x1b[0m')") == [[
        'ab\n', {'text/plain': 'shown'}, 'c\n', {'text/plain': 'shown'},
        '\x1b[1md\x1b[0m\n']]


def test_a_later_cell_may_change_what_an_earlier_one_shows(write_book):
    first = ("print('a', flush=True)\nprint('b', flush=True)\n"
             "shown = display({'text/plain': '1'}, raw=True, display_id=True)")
    assert outputs(write_book, first,
                   "shown.update({'text/plain': '2'}, raw=True)") == [
        ['a\nb\n', {'text/plain': '2'}], []]


def test_a_megabyte_on_one_line_and_a_million_lines(write_book):
    (first,), (second,) = outputs(write_book, "print('x' * 10 ** 6)",
                                  "print('x\\n' * 10 ** 5, '1 %\\r2 %')")
    assert first == 'x' * 10 ** 6 + '\n'
    assert second == 'x\n' * 10 ** 5 + '2 %\n'


def test_a_notebook_may_show_so_much_and_no_more(recorded, write_book,
                                                 monkeypatch):
    monkeypatch.setattr(execute, 'NOTEBOOK_LIMIT', 1000)
    book = write_book(page(*["print('x' * 300)"] * 3), **PINS)
    with pytest.raises(BuildError, match='up to cell a-page-code-3 the noteb'):
        record(book, book.pages[0], 'pytorch')
    assert book.config.notebook('pytorch', 'index').read_bytes() == recorded


ABOUT_DATA = {
    'config.ini': CONFIG
        .replace('[recording]', '[recording]\ndata = facts:data')
        .replace('packages = numpy', 'packages = numpy\n'
                 'device = facts:device'),
    'notebooks/pytorch/facts.py':
        "def data():\n    print('noise')\n"
        "    return {'name': 'All', 'train': 3, 'test': 2}\n\n\n"
        "def device():\n    return 'abacus:0'\n"}


@pytest.mark.parametrize('cell', [
    'x = 1',
    "import os, sys\nsys.stdout = sys.stderr = open(os.devnull, 'w')",
    'json = print = importlib = eval = exec = compile = open = str = None',
    'globals().clear()', 'def answer(*_): pass\n__name__ = 3',
    'import threading, time\nthreading.Thread(target=lambda: [print(n, flush='
    'True) or time.sleep(.001) for n in range(1000)]).start()',
])
def test_what_a_run_notes_whatever_cells_do_to_names(write_book, cell):
    book = write_book(page(cell), **PINS, **ABOUT_DATA)
    record(book, book.pages[0], 'pytorch')
    about = load_recording(book, book.pages[0], 'pytorch').about
    assert about.data.model_dump() == {'name': 'All', 'train': 3, 'test': 2,
                                       'limited': False}
    assert about.device == 'abacus:0'


@pytest.mark.parametrize(('facts', 'message'), [
    ("def data():\n    raise OSError('no data')", r"result\('facts:data'\) "
     'failed in the kernel: OSError: no data'),
    ('def data():\n    return {1, 2}', 'TypeError: Object of type set is not'),
    ('def data():\n    return {"name": "a"}', 'data.Data.train: Field requir'),
    ('def data():\n    return {"name": "a", "train": 1, "test": 1, "x": '
     'float("nan")}', 'cannot be recorded: data'),
    ('', "AttributeError: module 'facts' has no attribute 'data'"),
])
def test_what_a_run_cannot_note(recorded, write_book, facts, message):
    book = write_book(page('print(2)'), **{
        **PINS, **ABOUT_DATA, 'notebooks/pytorch/facts.py':
        f'def device():\n    return 1\n\n\n{facts}\n'})
    with pytest.raises(BuildError, match=message):
        record(book, book.pages[0], 'pytorch')
    assert book.config.notebook('pytorch', 'index').read_bytes() == recorded


def test_cells_run_in_the_folder_of_the_notebook(write_book):
    read = "print(open('../../lib/torch.py').read(), end='')"
    assert outputs(write_book, read, "import os\nos.chdir('..')",
                   'print(os.path.basename(os.getcwd()))') == [
        ['B = 2\n'], [], ['notebooks\n']]


def test_settings_of_the_user_do_not_reach_a_recording(
        write_book, tmp_path, monkeypatch):
    startup = tmp_path / 'ipython' / 'profile_default' / 'startup'
    startup.mkdir(parents=True)
    (startup / 'mine.py').write_text("print('mine')\nmine = 1\n")
    monkeypatch.setenv('IPYTHONDIR', str(tmp_path / 'ipython'))
    monkeypatch.setenv('PYTHONPATH', str(tmp_path / 'mine'))
    monkeypatch.setenv('PYTHONOPTIMIZE', '1')
    assert outputs(write_book, "print('mine' in globals(), __debug__)\n"
                   f"import sys\nprint({str(tmp_path / 'mine')!r} in sys.path)"
                   ) == [['False True\nFalse\n']]


@pytest.fixture
def refused(write_book, tmp_path):
    """Return a function that gives why a run is refused before it begins."""
    def reason(**others):
        book = write_book(page("open('ran', 'w')"), **{**PINS, **others})
        with pytest.raises(BuildError) as caught:
            record(book, book.pages[0], 'pytorch')
        assert not [*tmp_path.rglob('ran')] and not [*tmp_path.rglob('*.part')]
        return str(caught.value)

    return reason


def test_without_an_environment_nothing_runs(refused, tmp_path):
    (tmp_path / '.venvs' / 'pytorch').unlink()
    assert refused().endswith(
        '.venvs/pytorch with a kernel: python -m builder env pytorch makes it')


@pytest.mark.parametrize(('python', 'message'), [
    (sys.executable, '.venvs/pytorch runs in '),
    ('/no/such/python', '.venvs/pytorch does not start ('),
    ('/bin/false', '.venvs/pytorch does not start (Kernel died before'),
])
def test_the_kernel_of_another_environment_is_refused(refused, tmp_path,
                                                      python, message):
    environment = tmp_path / '.venvs' / 'pytorch'
    environment.unlink()
    kernel = environment / 'share' / 'jupyter' / 'kernels' / 'python3'
    kernel.mkdir(parents=True)
    (kernel / 'kernel.json').write_text(json.dumps({
        'argv': [python, '-m', 'ipykernel_launcher', '-f',
                 '{connection_file}'],
        'display_name': 'Python 3', 'language': 'python'}))
    assert message in refused()


def test_where_nothing_can_be_written_nothing_runs(refused, tmp_path):
    (tmp_path / 'notebooks').mkdir()
    (tmp_path / 'notebooks' / 'pytorch').write_text('not a folder')
    assert 'pytorch/index.ipynb: cannot be written' in refused()


def test_a_tab_is_recorded_by_one_process_at_a_time(refused, write_book):
    with recording_lock(write_book(page('1')).config, 'pytorch'):
        assert refused() == (f'process {os.getpid()} is recording pytorch '
                             'already; wait until it is done, or stop it')
    with recording_lock(write_book(page('1')).config, 'mxnet'):
        assert outputs(write_book, 'print(1)') == [['1\n']]


def test_notebooks_of_a_book_are_valid(recorded):
    nbformat.validate(nbformat.reads(recorded.decode(), as_version=4))
