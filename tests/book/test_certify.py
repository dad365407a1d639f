"""Certificates for recordings, on a small book with a real kernel."""
import json
from importlib import metadata

import pytest

from builder.errors import BuildError
from builder.record.certify import certify, without_names
from builder.record.recording import load_recording

from ..repository import commit
from .conftest import CONFIG

PAGE = '''
# A Page

```{.python .input}
#@tab all
import time
from lib import torch as d2l
print(time.perf_counter() < 1)
```

```{.python .input}
#@tab all
print(d2l.half(0.3))
```

# Another

```{.python .input}
#@tab all
d2l.half(3)
```
'''
TORCH = 'def half(x):\n    return x / 2\n'
FILES = {'requirements/pytorch.txt': f'numpy=={metadata.version("numpy")}\n',
         'config.ini': CONFIG, 'lib/torch.py': TORCH}


@pytest.fixture
def book(write_book, record_by_hand, tmp_path):
    """A committed book with a recording, and the commit."""
    book = write_book(PAGE, **FILES)
    record_by_hand(book, book.pages[0], 'pytorch', {
        0: ['True\n'], 1: ['0.15\n']})
    return book, commit(tmp_path)


def problems(book):
    return load_recording(book, book.pages[0], 'pytorch').problems


def test_the_same_outputs_make_a_recording_fresh(book, tmp_path):
    book, before = book
    after = commit(tmp_path, **{'lib/torch.py': TORCH.replace('x / 2',
                                                              '0.5 * x')})
    assert problems(book) == ['lib/torch.py: half has changed since']
    assert len([*certify(book, 'pytorch', before)]) == 3
    assert problems(book) == []
    path, = (tmp_path / 'evidence' / 'certificates').iterdir()
    found = json.loads(path.read_text())
    assert (found['before'], found['after']) == (before, after)
    assert found['sample'] == {'page': 'index', 'limits': {'SMALL_LIMIT': ''}}


def test_another_output_is_named_and_nothing_written(book, tmp_path):
    book, before = book
    commit(tmp_path, **{'lib/torch.py': TORCH.replace('x / 2',
                                                      'x / 2 + 1e-16')})
    with pytest.raises(BuildError, match='index: cell a-page-code-2 shows .*'
                       '0.15000000000000.*, before .*0.15'):
        [*certify(book, 'pytorch', before)]
    assert not (tmp_path / 'evidence').exists()


def test_a_cell_that_fails_is_named(book, tmp_path):
    book, before = book
    commit(tmp_path, **{'lib/torch.py': TORCH.replace('x / 2', 'x / 0')})
    with pytest.raises(BuildError, match='cell a-page-code-2 failed: Zero'):
        [*certify(book, 'pytorch', before)]


def test_what_needs_no_certificate(book, tmp_path):
    book, before = book
    commit(tmp_path, **{'lib/torch.py': f'# now\n{TORCH}'})
    assert [*certify(book, 'pytorch', before)] == [
        'index [pytorch]: nothing to do']


def test_ids_of_clip_paths_are_names():
    one, two = ('<a id="p0123456789"/><b id="pabcdefabcd"/><c url="#p01234567'
                '89"/>', '<a id="pffffffffff"/><b id="p0000000000"/><c url="'
                '#pffffffffff"/>')
    assert without_names(one) == without_names(two)
    assert without_names(one) != without_names(two.replace(
        '#pffffffffff', '#p0000000000'))
