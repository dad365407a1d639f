"""Certificates for recordings, on a small book with a real kernel."""
import json
import sys
from importlib import metadata

import pytest

from builder.errors import BuildError
from builder.record.certify import certify, without_names
from builder.record.checksums import checksum
from builder.record.recording import load_recording, update_text

from ..repository import commit
from .conftest import CONFIG

pytestmark = pytest.mark.slow  # they need a kernel

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
         'config.ini': CONFIG, 'lib/torch.py': TORCH,
         '.gitignore': '.venvs'}


@pytest.fixture
def book(write_book, record_by_hand, tmp_path):
    """A committed book with a recording, and the commit; the tab's environment
    is the one of these tests."""
    (tmp_path / '.venvs').mkdir()
    (tmp_path / '.venvs' / 'pytorch').symlink_to(sys.prefix)
    book = write_book(PAGE, **FILES)
    record_by_hand(book, book.pages[0], 'pytorch', {
        0: ['True\n'], 1: ['0.15\n']})
    return book, commit(tmp_path)


def problems(book):
    return load_recording(book, book.pages[0], 'pytorch').problems


def test_other_cells_that_show_the_same(book, tmp_path, write_book):
    """The text is of today, the outputs and what they rest on stay; and the
    next change is compared with these cells, not with the first."""
    _, before = book
    halved = write_book(PAGE.replace('half(0.3)', 'half(x=0.3)'), **FILES)
    commit(tmp_path)
    assert problems(halved) == ['its code cells are not those of the source']
    assert len([*certify(halved, 'pytorch', before)]) == 3
    found = load_recording(halved, halved.pages[0], 'pytorch')
    assert found.certified and not found.problems and found.text_differs
    assert [output.text for output in found.outputs[1]] == ['0.15\n']
    assert not update_text(halved, halved.pages[0], 'pytorch').problems
    found = load_recording(halved, halved.pages[0], 'pytorch')
    assert found.certified and not found.problems and not found.text_differs
    second = commit(tmp_path)
    again = write_book(PAGE.replace('half(0.3)', 'half(3 / 10)'), **FILES)
    commit(tmp_path)
    assert len([*certify(again, 'pytorch', second)]) == 3
    assert problems(again) == []


def test_cells_that_show_something_else(book, tmp_path, write_book):
    _, before = book
    other = write_book(PAGE.replace('half(0.3)', 'half(0.4)'), **FILES)
    commit(tmp_path)
    with pytest.raises(BuildError, match=r"shows .*0\.2.*no certificate"):
        [*certify(other, 'pytorch', before)]
    more = write_book(PAGE + '\n```{.python .input}\n#@tab all\n1\n```\n',
                      **FILES)
    commit(tmp_path)
    with pytest.raises(BuildError, match='4 code cells, before 3'):
        [*certify(more, 'pytorch', before)]


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
    assert found['sample'].pop('cells') == 2 * [checksum([
        'import time\nfrom lib import torch as d2l\n'
        'print(time.perf_counter() < 1)', 'print(d2l.half(0.3))',
        'd2l.half(3)'])]
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
    one, two = map(json.dumps, (
        '<a id="p0123456789"/><b id="pabcdefabcd"/><c url="#p0123456789"/>',
        '<a id="p0-1"/><b id="p0-2"/><c url="#p0-1"/>'))
    assert without_names(one) == without_names(two)
    assert without_names(one) != without_names(two.replace(
        '#p0-1', '#p0-2'))
