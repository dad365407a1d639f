"""Which certificates count, and for what."""
import json

import pytest

from builder.errors import BuildError
from builder.record.basis import rests_on
from builder.record.certificates import (
    FOLDER,
    earlier,
    load_certificates,
    write_certificate,
)
from builder.record.recording import load_recording

from ..repository import commit, git

A, B, C, D = (letter * 64 for letter in 'abcd')
PACKAGES = {'numpy': '2.4.6'}
FACTS = {'what': 'runs', 'tab': 'pytorch', 'before': '1' * 40,
         'after': '2' * 40, 'sample': [{'seed': 0}], 'results': D,
         'packages': PACKAGES, 'python': '3.11.7', 'processor': 'an abacus',
         'date': '2026-11-25T12:00:00+00:00'}


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a certificate from old code to new."""
    def write(old, new, **changed):
        return write_certificate(tmp_path, {**FACTS, 'old': old, 'new': new,
                                            **changed})
    return write


def test_a_chain_of_certificates_leads_back(write, tmp_path):
    write(B, C)
    write(A, B)
    assert earlier(tmp_path, 'runs', C, PACKAGES) == [C, B, A]
    assert earlier(tmp_path, 'runs', B, PACKAGES) == [B, A]


def test_never_forward_nor_for_others(write, tmp_path):
    write(A, B)
    assert earlier(tmp_path, 'runs', A, PACKAGES) == [A]
    assert earlier(tmp_path, 'recording', B, PACKAGES) == [B]
    assert earlier(tmp_path, 'runs', B, {'numpy': '2.5.0'}) == [B]
    assert earlier(tmp_path / 'other', 'runs', B, PACKAGES) == [B]


def test_code_that_came_back_ends_the_chain(write, tmp_path):
    write(A, B)
    write(B, A)
    assert earlier(tmp_path, 'runs', A, PACKAGES) == [A, B]


@pytest.mark.parametrize(('key', 'value'), [
    ('old', C), ('results', A), ('packages', {'numpy': '2.5.0'}),
    ('sample', []), ('before', '3' * 40), ('date', '2026-11-26')])
def test_a_certificate_that_was_edited_is_refused(write, tmp_path, key,
                                                  value):
    path = write(A, B)
    path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    with pytest.raises(BuildError, match=f'{path.name} was changed after'):
        load_certificates(tmp_path)


RECORDING = json.dumps({**FACTS, 'what': 'recording', 'old': A, 'new': B})


@pytest.mark.parametrize(('text', 'message'), [
    ('', 'Invalid JSON'), ('[]', 'Input should be an object'),
    ('\xff', 'Invalid JSON'), ('{"old": 3}', 'what: Field required; tab: '),
    (RECORDING, 'expected the checksums of its cells'),
    (RECORDING.replace('[{"seed": 0}]', '{"cells": [[]]}'),
     'expected the checksums of its cells')])
def test_what_is_no_certificate_is_named(tmp_path, text, message):
    path = tmp_path / FOLDER / 'some.json'
    path.parent.mkdir(parents=True)
    path.write_text(text, 'latin-1')
    with pytest.raises(BuildError,
                       match=f'some.json: no certificate: .*{message}'):
        load_certificates(tmp_path)


def test_a_folder_is_no_certificate(tmp_path):
    (tmp_path / FOLDER / 'some.json').mkdir(parents=True)
    with pytest.raises(BuildError) as raised:
        load_certificates(tmp_path)
    assert str(raised.value) == (
        'evidence/certificates/some.json: Is a directory')


def test_commits_must_belong_to_the_history(write, tmp_path):
    before, after = commit(tmp_path), commit(tmp_path)
    git(tmp_path, 'checkout', '-q', '-b', 'side')
    side = commit(tmp_path)
    git(tmp_path, 'checkout', '-q', '-')
    write(A, B, before=before, after=after)
    write(B, C, before=before, after=side)
    write(B, D, before=before)
    assert earlier(tmp_path, 'runs', B, PACKAGES) == [B, A]
    assert earlier(tmp_path, 'runs', C, PACKAGES) == [C]
    assert earlier(tmp_path, 'runs', D, PACKAGES) == [D]


def test_without_its_history_a_copy_believes_certificates(write, tmp_path):
    """It can ask nobody: a clone of the last commit only, a folder within
    another repository, or no repository at all."""
    commit(tmp_path, **{'book/x': ''})
    last = commit(tmp_path, **{'book/x': 'x'})
    copy = tmp_path / 'copy'
    git(tmp_path, 'clone', '-q', '--depth', '1', tmp_path.as_uri(), str(copy))
    for folder in (copy, tmp_path / 'book'):
        write_certificate(folder, {**FACTS, 'old': A, 'new': B,
                                   'after': last})
        assert earlier(folder, 'runs', B, PACKAGES) == [B, A]


PAGE = '''
# A Page

```{.python .input}
#@tab all
from lib import torch as d2l
print(d2l.B)
```
'''


@pytest.fixture
def stale(write_book, record_by_hand):
    """A book whose module was edited after its recording, and what this
    rests on then and now."""
    book = write_book(PAGE)
    record_by_hand(book, book.pages[0], 'pytorch', {0: ['2\n']})
    then = load_recording(book, book.pages[0], 'pytorch').about
    write_book(PAGE, **{'lib/torch.py': 'B = 1 + 1\n'})
    record_by_hand(book, book.pages[0], 'pytorch', {0: ['2\n']})
    now = load_recording(book, book.pages[0], 'pytorch').about
    write_book(PAGE)
    record_by_hand(book, book.pages[0], 'pytorch', {0: ['2\n']})
    book = write_book(PAGE, **{'lib/torch.py': 'B = 1 + 1\n'})
    return book, *(rests_on(noted.code, noted.definitions)
                   for noted in (then, now))


def test_a_certificate_makes_a_recording_fresh(stale, write):
    book, then, now = stale
    reason = ['lib/torch.py: B has changed since']
    assert load_recording(book, book.pages[0], 'pytorch').problems == reason
    write(then, now, what='runs')
    write(now, then, what='recording', sample={'cells': [A, A]})
    write(then, A, what='recording', sample={'cells': [A, A]})
    assert load_recording(book, book.pages[0], 'pytorch').problems == reason
    cells = load_recording(book, book.pages[0], 'pytorch').about.code
    write(A, now, what='recording', sample={'cells': [cells, cells]})
    assert load_recording(book, book.pages[0], 'pytorch').problems == []


def test_a_certificate_is_for_the_same_cells_only(stale, write, write_book):
    book, then, now = stale
    write(then, now, what='recording', sample={'cells': [A, A]})
    book = write_book(PAGE.replace('print(d2l.B)', 'print(d2l.B, 1)'),
                      **{'lib/torch.py': 'B = 1 + 1\n'})
    assert load_recording(book, book.pages[0], 'pytorch').problems[0] == (
        'its code cells are not those of the source')
