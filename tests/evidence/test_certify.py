"""Certificates for runs, on a project so small that it needs no framework."""
import json
from importlib import metadata

import pytest

from builder.errors import BuildError
from builder.record.trees import Tree
from evidence import EvidenceError, certify, fingerprint, records
from evidence.certify import first_difference, load_sample

from ..repository import commit
from .conftest import made_up, some_runs

pytestmark = pytest.mark.slow  # processes of their own

PINS = {'numpy': metadata.version('numpy')}
CELLS = '''
from d2l import torch as d2l


class Net:
    def __init__(self):
        self.weights = d2l.np.random.rand(3)

    def get_weights(self):
        return [self.weights]


def make_net():
    return Net()


def make_trainer(net, lr):
    return {'lr': lr}


def make_animator(num_epochs):
    return d2l.nothing


def train(net, train_iter, test_iter, num_epochs, loss, trainer, device,
          scheduler=None, per_update=False):
    animator = make_animator(num_epochs)
    history = {'lr': [], 'train loss': []}
    for epoch in range(num_epochs):
        d2l.set_lr(trainer, scheduler(epoch + per_update / 2))
        net.weights = net.weights * (1 - trainer['lr'])
        animator.add(epoch, trainer['lr'])
        history['lr'].append(trainer['lr'])
        history['train loss'].append(loss(net))
    return history


def loss(net):
    return net.weights.sum()


train_iter = test_iter = device = None
'''
TORCH = '''
import numpy as np


def set_seed(seed):
    np.random.seed(seed)


def set_lr(trainer, lr):
    trainer['lr'] = lr
'''
PROJECT = {
    'builder/__init__.py': '', 'evidence/__init__.py': '', 'd2l/__init__.py':
    '', 'd2l/torch.py': TORCH, 'cells.py': CELLS,
    'builder/config.py': '''
from types import SimpleNamespace

def load_config(path):
    tab = SimpleNamespace(modules=('d2l/torch.py',))
    return SimpleNamespace(tabs={'pytorch': tab})
''',
    'evidence/chapter.py': '''
from pathlib import Path

def definition_cells(tab):
    return [Path('cells.py').read_text()]

def definitions(tab):
    names = {}
    exec(definition_cells(tab)[0], names)
    return names
''',
    'evidence/sample.toml': '''
[[run]]
rate = 0.3
seed = 0
epochs = 2

[[run]]
rate = 0.5
warmup = 1.5
seed = 1
epochs = 3
'''}
# The same to the last bit, and not quite the same.
SAME = {'d2l/torch.py': TORCH.replace("= lr", "= float(lr)")}
OTHER = {'d2l/torch.py': TORCH.replace("= lr", "= lr + 0.1 - 0.1")}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The folder of a project, and the commit before any change."""
    monkeypatch.setattr(certify, 'fingerprint', lambda tab: ('', PINS))
    monkeypatch.setattr(fingerprint, 'ROOT', tmp_path)
    return tmp_path, commit(tmp_path, **PROJECT)


def certificates(folder):
    return [*(folder / 'evidence').glob('certificates/*')]


def test_the_same_numbers_make_old_runs_count(project, tmp_path):
    folder, before = project
    old = certify.code_in(Tree('', folder), 'pytorch')
    after = commit(folder, **SAME)
    new = certify.code_in(Tree('', folder), 'pytorch')
    path = folder / 'runs.jsonl'
    for run in some_runs(2):
        with records.Writer(path) as writer:
            writer.append({**made_up('pytorch', run), 'code': old,
                           'packages': PINS})
    path.rename(tmp_path.parent / f'{tmp_path.name}.jsonl')
    path = tmp_path.parent / f'{tmp_path.name}.jsonl'
    assert len(records.load_records(path, (new, PINS)).runs) == 0
    (folder / 'evidence' / 'certificates').mkdir()
    (folder / 'evidence' / 'certificates' / 'another.txt').write_text('')
    *_, said = certify.certify('pytorch', before, folder)
    (folder / 'evidence' / 'certificates' / 'another.txt').unlink()
    written, = certificates(folder)
    assert said == f'{written.relative_to(folder)}: written; commit it'
    found = json.loads(written.read_text())
    assert (found['old'], found['new']) == (old, new) and old != new
    assert (found['before'], found['after']) == (before, after)
    assert [entry['seed'] for entry in found['sample']] == [0, 1]
    assert found['packages'] == PINS and len(found['results']) == 64
    assert len(records.load_records(path, (new, PINS)).runs) == 2
    assert len(records.load_records(path, (new, {'numpy': '0'})).runs) == 0
    assert fingerprint.accepted((new, PINS)) == [new, old]
    assert fingerprint.accepted((old, PINS)) == [old]


@pytest.mark.parametrize(('changed', 'message'), [
    (OTHER, 'run 1 of the sample has another lr in epoch 0: 0.3000000000000000'
            '4, before 0.3'),
    ({'cells.py': CELLS.replace('(1 - tr', '(1.0000001 - tr')},
     'run 1 of the sample has another train loss in epoch 0: '),
    ({'cells.py': CELLS.replace('return history', 'net.weights += 1\n'
                                '    return history')},
     'run 1 of the sample ends with other weights; no certificate'),
    ({'cells.py': CELLS.replace("'train loss'", "'loss'")},
     'run 1 of the sample notes lr, loss, weights, before lr, train loss'),
    ({'cells.py': CELLS.replace('return history', '1 / 0')},
     'ZeroDivisionError: division by zero')])
def test_other_numbers_are_named_and_nothing_is_written(project, changed,
                                                        message):
    folder, before = project
    commit(folder, **changed)
    with pytest.raises(EvidenceError, match=message):
        [*certify.certify('pytorch', before, folder)]
    assert certificates(folder) == []


def test_words_need_no_certificate(project):
    folder, before = project
    commit(folder, **{'cells.py': CELLS.replace(
        'def train(', '# anew\ndef train(').replace('d2l.nothing', 'None')})
    assert [*certify.certify('pytorch', before, folder)] == [
        'pytorch: runs rest on the same code; nothing to do']
    assert certificates(folder) == []


@pytest.mark.parametrize(('change', 'before', 'message'), [
    (lambda folder: (folder / 'new.py').write_text(''), 'HEAD',
     'commit first.*new.py'),
    (lambda folder: None, 'nowhere', 'git rev-parse .*nowhere'),
    (lambda folder: None, '-x', 'git rev-parse')])
def test_what_cannot_be_compared(project, change, before, message):
    folder, _ = project
    change(folder)
    with pytest.raises(BuildError, match=message):
        [*certify.certify('pytorch', before, folder)]


def test_a_part_of_the_data_is_refused(project, monkeypatch):
    folder, before = project
    monkeypatch.setenv('D2L_TEST_LIMIT', '512')
    with pytest.raises(EvidenceError, match='D2L_TEST_LIMIT is set'):
        [*certify.certify('pytorch', before, folder)]


def test_an_unknown_tab(capsys):
    assert certify.main(['torch', '--before', 'HEAD']) == 1
    assert "unknown tab 'torch', expected one of pytorch, mxnet" in (
        capsys.readouterr().err)


def test_only_installed_pins_are_certified(project, monkeypatch):
    folder, before = project
    commit(folder, **SAME)
    monkeypatch.setattr(certify, 'fingerprint',
                        lambda tab: ('', {'numpy': '0.1'}))
    with pytest.raises(BuildError, match='pinned is 0.1'):
        [*certify.certify('pytorch', before, folder)]


def test_numbers_are_compared_to_the_last_bit():
    one = [{'lr': [(0.3).hex()], 'weights': 'a'}]
    assert first_difference(one, one) == ''
    assert 'epoch 0: 0.30000000000000004, before 0.3' in first_difference(
        one, [{'lr': [(0.1 + 0.2).hex()], 'weights': 'a'}])
    assert 'other epochs' in first_difference(
        one, [{'lr': [], 'weights': 'a'}])


def test_the_sample_of_the_project_is_sound():
    sample = load_sample()
    assert len(sample) == 3 and all(run['epochs'] == 2 for run in sample)
    assert max(run['rate'] for run in sample) >= 1
    assert any(run['warmup'] for run in sample)


@pytest.mark.parametrize(('text', 'message'), [
    ('', "KeyError\\('run'"), ('run = 3', 'sample.toml: '),
    ('[[run]]\nrate = -1\nseed = 0\nepochs = 2', 'sample.toml: rate: '),
    ('[[run]]\nrate = 1\nseed = 0', 'sample.toml: epochs: '),
    ('[[run]]\nrate = 1\nseed = 0\nepochs = 2\nlr = 1', 'sample.toml: lr: '),
    ('[[run', 'sample.toml: ')])
def test_mistakes_in_a_sample(tmp_path, text, message):
    path = tmp_path / 'sample.toml'
    path.write_text(text)
    with pytest.raises(EvidenceError, match=message):
        load_sample(path)
