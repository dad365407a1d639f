"""What a recording rests on besides its cells, and what is said of it."""
import json

import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.record.recording import load_recording
from builder.source.book import load_book

from .conftest import CONFIG, PAGE

OUTPUTS = {1: ['both\n']}
USES = PAGE.replace('import torch', '''from lib import torch as d2l
d2l.set_lr(d2l.A)''')
TORCH = '''
from lib.common import A, B

def set_lr(lr):
    return _times(lr)

def _times(lr):
    return 2 * lr

def unused():
    return B
'''
FILES = {'lib/torch.py': TORCH, 'lib/common.py': 'A = 1\nB = 2\n'}


@pytest.fixture
def write(write_book):
    """Return a function that writes the book with changed files."""
    def write(**changed):
        return write_book(USES, **{**FILES, **changed})
    return write


@pytest.fixture
def recorded(write, record_by_hand):
    """The path of a fresh recording of a page that uses modules."""
    book = write()
    return record_by_hand(book, book.pages[0], 'pytorch', OUTPUTS)


def state(folder):
    book = load_book(load_config(folder / 'config.ini'))
    return load_recording(book, book.pages[0], 'pytorch')


def edited(old, new):
    assert old in TORCH
    return {'lib/torch.py': TORCH.replace(old, new)}


@pytest.mark.parametrize('changed', [
    {'lib/common.py': 'A = 1\nB = 3\n'},
    edited('def set_lr(lr)', 'def set_lr(lr: float) -> float'),
    edited('_times', '_twice'),
    edited('    return _times', '    """Set."""  # now\n    return _times'),
    edited('return B', 'return None'),
    edited('def unused', 'class New:\n    pass\n\ndef unused')])
def test_what_leaves_it_fresh(recorded, write, tmp_path, changed):
    write(**changed)
    assert state(tmp_path).problems == []


@pytest.mark.parametrize(('changed', 'reasons'), [
    (edited('2 * lr', '3 * lr'), ['lib/torch.py: set_lr has changed since']),
    ({'lib/common.py': 'A = 3\nB = 2\n'},
     ['lib/common.py: A has changed since']),
    ({'lib/common.py': 'A = 3\nB = 2\n', **edited('2 * lr', '3 * lr')},
     ['lib/common.py: A has changed since',
      'lib/torch.py: set_lr has changed since']),
    (edited('\n\ndef set_lr', '\nprint(A)\n\ndef set_lr'),
     ['what import lib/torch.py does has changed since']),
    (edited('import A', 'import B as A'),
     ['lib/common.py: B has changed since',
      'A is no longer what its cells use'])])
def test_what_makes_it_stale(recorded, write, tmp_path, changed, reasons):
    write(**changed)
    assert state(tmp_path).problems == reasons


def test_many_definitions_of_a_file_are_named_together(recorded, write,
                                                       tmp_path):
    moved = TORCH.replace('from lib.common import A, B', 'A, B = 3, 2')
    write(**{'lib/torch.py': moved.replace('2 * lr', '3 * lr')})
    assert state(tmp_path).problems == [
        'lib/torch.py: A, set_lr have changed since']


def test_other_cells_are_one_reason_not_many(recorded, write_book, tmp_path):
    write_book(USES.replace('set_lr(d2l.A)', 'unused()'), **FILES)
    assert state(tmp_path).problems == [
        'its code cells are not those of the source']


def test_a_recording_of_an_earlier_form(recorded, tmp_path):
    notebook = json.loads(recorded.read_text())
    del notebook['metadata']['recording']['definitions']
    recorded.write_text(json.dumps(notebook))
    assert state(tmp_path).problems == [
        'it does not say which definitions it rests on']


def test_a_module_that_is_not_python_is_named(recorded, write, tmp_path):
    write(**edited('2 * lr', '2 * (lr'))
    with pytest.raises(BuildError, match='lib/torch.py:7: '):
        state(tmp_path)


def test_a_changed_file_that_cells_read_makes_it_stale(
        write_book, record_by_hand, tmp_path):
    reads = CONFIG.replace('[recording]\n',
                           '[recording]\nreads = some/runs.txt\n')
    assert reads != CONFIG
    book = write_book(PAGE, **{'config.ini': reads, 'some/runs.txt': '1\n'})
    record_by_hand(book, book.pages[0], 'pytorch', OUTPUTS)
    assert state(tmp_path).problems == []
    path = tmp_path / 'some' / 'runs.txt'
    path.write_bytes(b'1\r\n')
    assert state(tmp_path).problems == []
    for change in (lambda: path.write_text('2\n'), path.unlink):
        change()
        assert state(tmp_path).problems == [
            'some/runs.txt has changed since']
