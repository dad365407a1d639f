"""When a recording is fresh and when it is stale, and why."""
import functools
import json
import operator
import os

import nbformat
import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.record import recording
from builder.record.provenance import provenance_line
from builder.record.recording import (
    load_recording,
    notebook_bytes,
    recording_lock,
    update_text,
)
from builder.record.schema import read_notebook
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
    assert found.about.seconds == 90.0


def test_never_recorded(sample, tmp_path):
    assert state(tmp_path).problems == ['it was never recorded']
    assert state(tmp_path).outputs == [None, None]


def test_prose_does_not_make_it_stale(recorded, write_book, tmp_path):
    write_book(PAGE.replace('See', 'Compare').replace('## Second', '## Two'))
    found = state(tmp_path)
    assert found.problems == [] and found.text_differs
    assert found.outputs[1][0].text == 'both\n'


@pytest.mark.parametrize(('content', 'message'), [
    (b'numpy==\xff\n', 'not UTF-8'), (None, 'No such file or directory'),
    (b'numpy>=2\n', 'no exact version of numpy')])
def test_pins_that_cannot_be_read(recorded, tmp_path, content, message):
    path = tmp_path / 'requirements' / 'pytorch.txt'
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BuildError) as raised:
        state(tmp_path)
    assert str(raised.value) == f'requirements/pytorch.txt: {message}'


def test_pins_with_a_byte_order_mark(recorded, tmp_path):
    path = tmp_path / 'requirements' / 'pytorch.txt'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes())
    assert state(tmp_path).problems == []


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
    (lambda n: n['metadata']['recording']['data'].update(
        name='All', train=5, test=2, limited=True),
     'it ran on a part of the data'),
    (lambda n: n['metadata'].pop('recording'), 'it holds no recorded run'),
])
def test_tampering_is_seen(recorded, tmp_path, change, reason):
    notebook = json.loads(recorded.read_text())
    assert notebook['cells'][-3]['id'] == 'second-code-1'
    change(notebook)
    recorded.write_text(json.dumps(notebook))
    assert reason in state(tmp_path).problems


@pytest.mark.parametrize(('content', 'message'), [
    (b'{"cells": 3', 'not a notebook: EOF'),
    (b'', 'not a notebook: EOF'),
    (b'[1, 2]', 'Input should be a valid dictionary'),
    (b'{}', 'nbformat: Field required'),
    (b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}',
     'nbformat_minor: Input should be 5'),
    (b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
     'cells: Input should be a valid list'),
    (b'{"cells": "\xff"}', "not a notebook: 'utf-8' codec"),
    (b'{"cells": "\\ud800"}', 'not a notebook: '),
    (b'{"cells": NaN}', 'not a notebook: '),
    (b'[' * 100_000, 'not a notebook: recursion limit'),
])
def test_a_file_that_is_no_notebook(recorded, tmp_path, content, message):
    recorded.write_bytes(content)
    with pytest.raises(BuildError) as caught:
        state(tmp_path)
    said = str(caught.value)
    assert said.startswith('notebooks/pytorch/index.ipynb: not a ')
    assert message in said


def test_a_folder_in_the_place_of_a_notebook(recorded, tmp_path):
    recorded.unlink()
    recorded.mkdir()
    with pytest.raises(BuildError, match='index.ipynb: Is a directory'):
        state(tmp_path)


@pytest.mark.parametrize('change', [
    lambda content: content.replace(b'\n', b'\r\n'),
    lambda content: b'\xef\xbb\xbf' + content,
    lambda content: json.dumps(json.loads(content)).encode(),
])
def test_line_ends_a_mark_and_layout_of_a_notebook_do_not_matter(
        recorded, tmp_path, change):
    before = state(tmp_path)
    recorded.write_bytes(change(recorded.read_bytes()))
    assert state(tmp_path) == before
    assert before.problems == [] and not before.text_differs


@pytest.mark.parametrize(('change', 'message'), [
    *((lambda about, name=name: about.pop(name), f'{name}: Field required')
      for name in ('code', 'cores', 'data', 'date', 'device', 'outputs',
                   'packages', 'processor', 'python', 'reads', 'seconds')),
    *((lambda about, n=n: about.update(format=n), 'recorded by another ver')
      for n in (2, 0, '1', None)),
    (lambda about: about.update(colour='red'), 'colour: Extra inputs'),
    (lambda about: about.update(code='x'), 'code: String should match'),
    (lambda about: about.update(cores='2'), 'cores: Input should be a valid'),
    (lambda about: about.update(cores=0), 'cores: Input should be greater'),
    (lambda about: about.update(seconds=-1), 'seconds: Input should be gre'),
    (lambda about: about.update(seconds=True), 'seconds: Input should be a'),
    (lambda about: about.update(date='1.11.2026'), 'date: String should'),
    (lambda about: about.update(date='2026-02-30'), 'date: Value error'),
    (lambda about: about.update(date=20261101), 'date: Input should be a'),
    (lambda about: about.update(device=''), 'device: String should have at'),
    (lambda about: about.update(processor='a\x1b[31m'), 'control characters'),
    (lambda about: about.update(processor='a\n# b'), 'control characters'),
    (lambda about: about.update(processor='a\u202eb'), 'control characters'),
    (lambda about: about.update(processor='a' * 201), 'at most 200'),
    (lambda about: about.update(packages={'numpy': 2}), 'packages.numpy: In'),
    (lambda about: about.update(packages=['numpy']), 'packages: Input should'),
    (lambda about: about.update(data={'name': 'A', 'train': 1}), 'test: Fiel'),
    (lambda about: about.update(data={'name': 'A', 'train': 1, 'test': -1}),
     'test: Input should be greater'),
])
def test_what_no_run_notes(recorded, tmp_path, change, message):
    notebook = json.loads(recorded.read_text())
    change(notebook['metadata']['recording'])
    recorded.write_text(json.dumps(notebook))
    with pytest.raises(BuildError) as caught:
        state(tmp_path)
    said = str(caught.value)
    assert said.startswith('notebooks/pytorch/index.ipynb: not a recorded '
                           'notebook: metadata.recording.')
    assert message in said


def test_numbers_that_are_none(recorded, tmp_path):
    text = recorded.read_text()
    for number in ('NaN', 'Infinity', '1e999'):
        recorded.write_text(text.replace('90.0', number))
        with pytest.raises(BuildError, match='index.ipynb: not a'):
            state(tmp_path)


@pytest.mark.parametrize(('change', 'message'), [
    (lambda cells: cells.append(cells[0]), 'cell first-text-1 stands twice'),
    (lambda cells: cells[0].pop('id'), 'cells.0.markdown.id: Field required'),
    (lambda cells: cells[0].update(id='a b'), 'cells.0.markdown.id: String'),
    (lambda cells: cells[0].update(source=3), 'cells.0.markdown.source'),
    (lambda cells: cells[0].update(cell_type='x'), "'x' found using 'cell_ty"),
    (lambda cells: cells.append('x'), 'cells.6: '),
    (lambda cells: cells[-3].pop('outputs'), 'outputs: Field required'),
    (lambda cells: cells[-3]['outputs'][0].update(name='x'), 'name: Input'),
    (lambda cells: cells[-3]['outputs'][0].update(output_type='x'), "'x'"),
    (lambda cells: cells[-3]['outputs'][0].pop('text'), 'text: Field'),
    (lambda cells: cells[-3]['outputs'].append({
        'output_type': 'display_data', 'metadata': {}, 'data': {
            'a/json': {}, 'text/plain': ['a', 1]}}), 'text/plain that is not'),
])
def test_cells_that_are_none(recorded, tmp_path, change, message):
    notebook = json.loads(recorded.read_text())
    change(notebook['cells'])
    recorded.write_text(json.dumps(notebook))
    with pytest.raises(BuildError) as caught:
        state(tmp_path)
    said = str(caught.value)
    assert said.startswith('notebooks/pytorch/index.ipynb: not a ')
    assert message in said


def places(value, path=()):
    """Yield the paths of all values in a JSON value."""
    yield path
    items = (value.items() if isinstance(value, dict) else
             enumerate(value) if isinstance(value, list) else ())
    for key, inner in items:
        yield from places(inner, (*path, key))


@pytest.mark.parametrize('wrong', [None, [], {}, 'x', -1, 1e9, True])
def test_whatever_stands_in_the_place_of_a_value(recorded, sample, wrong):
    """It is read, or named in one line; it ends nothing with a traceback."""
    text = recorded.read_text()
    seen = {'read': 0, 'refused': 0}
    for *path, last in filter(None, places(json.loads(text))):
        notebook = json.loads(text)
        functools.reduce(operator.getitem, path, notebook)[last] = wrong
        recorded.write_text(json.dumps(notebook))
        try:
            found = load_recording(sample.book, sample.page, 'pytorch')
            provenance_line(sample.book.config.tabs['pytorch'], found)
            seen['read'] += 1
        except BuildError as error:
            assert str(error).startswith('notebooks/pytorch/index.ipynb: ')
            assert '\n' not in str(error)
            seen['refused'] += 1
    assert min(seen.values()) > 5


def test_what_is_read_is_what_nbformat_reads(recorded):
    found, about = read_notebook(recorded, 'a notebook')
    assert found == nbformat.read(recorded, as_version=4)
    assert about.model_dump(exclude_unset=True) == found.metadata['recording']


def test_new_prose_is_not_written_while_the_tab_is_recorded(
        recorded, write_book):
    book = write_book(PAGE.replace('See', 'Compare'))
    before = recorded.read_bytes()
    with recording_lock(book.config, 'pytorch'), \
            pytest.raises(BuildError, match=f'process {os.getpid()} is '
                          'recording pytorch already'):
        update_text(book, book.pages[0], 'pytorch')
    assert recorded.read_bytes() == before
    assert update_text(book, book.pages[0], 'pytorch').text_differs
    assert recorded.read_bytes() != before
    assert not update_text(book, book.pages[0], 'pytorch').text_differs


def test_new_prose_that_would_change_a_run_is_not_written(
        recorded, write_book, monkeypatch):
    """Whatever mistake in writing a notebook it may be that does."""
    book = write_book(PAGE.replace('See', 'Compare'))
    before = recorded.read_bytes()
    monkeypatch.setattr(recording, 'notebook_bytes', lambda notebook:
                        notebook_bytes(notebook).replace(b'both', b'none'))
    with pytest.raises(BuildError, match='would change what was recorded'):
        update_text(book, book.pages[0], 'pytorch')
    assert recorded.read_bytes() == before


def test_new_prose_keeps_what_a_run_noted_to_the_byte(recorded, write_book):
    text = recorded.read_text().replace('"seconds": 90.0', '"seconds": 90')
    recorded.write_text(text)
    book = write_book(PAGE.replace('See', 'Compare'))
    update_text(book, book.pages[0], 'pytorch')
    assert recorded.read_text() == text.replace('See', 'Compare')
