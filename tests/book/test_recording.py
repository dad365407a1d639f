"""When a recording is fresh and when it is stale, and why."""
import json

import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.record.recording import load_recording
from builder.source.book import load_book

from .conftest import PAGE

OUTPUTS = {1: ['both\n']}


@pytest.fixture
def recorded(sample, record_by_hand):
    """The path of a fresh recording of the sample in PyTorch."""
    return record_by_hand(sample.book, sample.page, 'pytorch', OUTPUTS)


def state(folder):
    book = load_book(load_config(folder / 'config.ini'))
    return load_recording(book, book.pages[0], 'pytorch')


def test_fresh(recorded, tmp_path):
    found = state(tmp_path)
    assert found.problems == [] and not found.text_differs
    assert [[o.text for o in cell] for cell in found.outputs] == [
        [], ['both\n']]
    assert found.about['seconds'] == 90.0


def test_never_recorded(sample, tmp_path):
    assert state(tmp_path).problems == ['it was never recorded']
    assert state(tmp_path).outputs == [None, None]


def test_prose_does_not_make_it_stale(recorded, write_book, tmp_path):
    write_book(PAGE.replace('See', 'Compare').replace('## Second', '## Two'))
    found = state(tmp_path)
    assert found.problems == [] and found.text_differs
    assert found.outputs[1][0].text == 'both\n'


@pytest.mark.parametrize(('name', 'text', 'reason'), [
    ('text/index.md', PAGE.replace('import torch', 'import torch as t'),
     'its code cells are not those of the source'),
    ('requirements/pytorch.txt', 'numpy==2.5.0\n',
     'it ran with numpy 2.4.6, pinned is 2.5.0'),
])
def test_what_makes_it_stale(recorded, write_book, tmp_path, name, text,
                             reason):
    write_book(PAGE, **{name: text})
    assert state(tmp_path).problems == [reason]


def test_unchanged_cells_keep_their_outputs_when_stale(recorded, write_book,
                                                       tmp_path):
    write_book(PAGE.replace('import torch', 'import torch as t'))
    found = state(tmp_path)
    assert found.outputs[0] is None
    assert found.outputs[1][0].text == 'both\n'


@pytest.mark.parametrize(('change', 'reason'), [
    (lambda n: n['cells'][-3]['outputs'][0].update(text='other'),
     'its outputs were changed after the run'),
    (lambda n: n['cells'][-3].update(source='print("other")'),
     'its code cells were changed after the run'),
    (lambda n: n['metadata']['recording']['data'].update(limited=True),
     'it ran on a part of the data'),
    (lambda n: n['metadata'].pop('recording'), 'it holds no recorded run'),
])
def test_tampering_is_seen(recorded, tmp_path, change, reason):
    notebook = json.loads(recorded.read_text())
    assert notebook['cells'][-3]['id'] == 'second-code-1'
    change(notebook)
    recorded.write_text(json.dumps(notebook))
    assert reason in state(tmp_path).problems


def test_a_file_that_is_no_notebook(recorded, tmp_path):
    recorded.write_text('{"cells": 3')
    with pytest.raises(BuildError, match='pytorch/index.ipynb: not a noteb'):
        state(tmp_path)
