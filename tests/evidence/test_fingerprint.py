"""What all runs of a tab rest on."""
import pytest

from evidence.chapter import CHAPTER, CONFIG, ROOT, before_experiments
from evidence.fingerprint import fingerprint


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of all that runs with PyTorch rest on, to be edited."""
    named = CONFIG.root, CONFIG.bibliography, CONFIG.html.favicon
    names = ['config.ini', 'CITATION.cff', 'requirements/pytorch.txt', CHAPTER,
             *(path.relative_to(ROOT) for path in named),
             *(f'd2l/{path.name}' for path in ROOT.glob('d2l/*.py'))]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((ROOT / name).read_bytes())
    for module in ('evidence.chapter', 'evidence.fingerprint'):
        monkeypatch.setattr(f'{module}.ROOT', tmp_path)
    return tmp_path


@pytest.mark.parametrize(('name', 'old', 'new', 'matters'), [
    (CHAPTER, 'l.backward()', 'l.sum().backward()', True),
    (CHAPTER, '256, 30', '128, 30', True),
    (CHAPTER, '# ask, then set', '# set', False),
    (CHAPTER, 'TrainingCurves(num_epochs)', 'TrainingCurves(num_epochs, {})',
     False),
    (CHAPTER, 'd2l.set_seed(0)\nnet, lr', 'd2l.set_seed(1)\nnet, lr', False),
    ('d2l/torch.py', "group['lr'] = lr", "group['lr'] = lr / 2", True),
    ('d2l/torch.py', 'import torch\n', 'import torch  # here\n', False),
    ('d2l/torch.py', 'trainer: Trainer, lr: SupportsFloat', 'trainer, lr',
     False),
    ('d2l/torch.py', 'torch.arange(n)', 'torch.arange(n + 1)', False),
    ('d2l/data.py', '_limited', '_first', False),
    (CHAPTER, 'num_batches = len(train_iter)\n    log',
     'num_batches: int = len(train_iter)\n    log', False),
    (CHAPTER, '256, 30', '256, 20', False),
    (CHAPTER, 'def make_animator(num_epochs):\n',
     'def make_animator(num_epochs):\n    d2l.load_runs()\n', False),
    ('d2l/data.py', 'n = self.num_examples', 'n = 1', True),
    ('d2l/schedulers.py', 'self.lr * ', '2 * self.lr * ', False),
    ('d2l/runs.py', 'import json', 'import json, sys', False),
    ('requirements/pytorch.txt', 'torch==2', 'torch==3', True),
    ('requirements/pytorch.txt', 'matplotlib==3', 'matplotlib==4', False)])
def test_what_runs_rest_on(copy, name, old, new, matters):
    """Neither figures, nor comments, nor schedules, whose rates are in a
    run's key, nor what reads the runs."""
    before, path = fingerprint('pytorch'), copy / name
    assert fingerprint('pytorch') == before
    text = path.read_text('utf-8')
    assert old in text
    path.write_text(text.replace(old, new), 'utf-8')
    assert (fingerprint('pytorch') != before) is matters


def test_what_stands_before_the_first_experiment():
    """A picture is none of it, and nothing after the first seed is."""
    cells = ['a = 1', 'd2l.plot([a])', 'def train(): pass',
             'd2l.set_seed(0)\ntrain()', 'b = 2']
    assert before_experiments(cells) == ['a = 1', 'def train(): pass']
    assert before_experiments(cells[:2]) == ['a = 1']
