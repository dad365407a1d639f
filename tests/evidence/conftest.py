"""A small study, and runs made up for it."""
import textwrap

import pytest

from evidence.plan import Run
from evidence.studies import load_study

STUDY = '''
question = "Does it help?"
design = "Two seeds to guess from, four to decide."
tabs = ["pytorch"]
epochs = 6
explore = [0, 1]
confirm = [5, 6, 7, 8]

[schedules]
"constant 0.3" = { constant = 0.3 }
"square root 0.3" = { scheduler = "SquareRootScheduler", lr = 0.3 }

[schedules."ramp 0.3"]
scheduler = "CosineScheduler"
max_update = 6
base_lr = 0.3
warmup_steps = 2
per_update = true

[others]
tabs = ["jax"]
seeds = [0]
schedules = ["constant 0.3"]

[survival]
peaks = [0.5, 1.0]
warmups = [0, 2]
epochs_at_peak = 3
seeds = [5, 6]
'''
RESTS_ON = 64 * 'c', {'numpy': '2.4.6'}
DATA = {'name': 'Fashion-MNIST', 'train': 60000, 'test': 10000,
        'limited': False, 'sha256': 64 * 'd'}
MADE = {'code': RESTS_ON[0], 'packages': RESTS_ON[1], 'device': 'cpu',
        'python': '3.11.7', 'processor': 'a processor', 'cores': 1,
        'data': DATA}
STAMP = {'study': 'small', 'study sha256': 64 * 'a', 'commit': 40 * 'b'}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), 'utf-8')
        return path
    return write


@pytest.fixture
def plan(write):
    """The Study in the text above, the first of its project."""
    return load(write, STUDY)


def load(write, text, first=True):
    return load_study(write('1-small.toml', text), 'small', first)


def made_up(tab, run, train_acc=0.9, test_acc=0.85):
    """Return a record of a run that nobody made, as the first study's are."""
    schedule, seed, epochs, rates, split, _ = run.key()
    assert split == 'test'
    return {'schedule': schedule, 'seed': seed, 'epochs': epochs,
            'rates': rates, 'lr': [0.3] * epochs,
            'train loss': [0.5] * epochs, 'train acc': [train_acc] * epochs,
            'test acc': [test_acc] * epochs, 'seconds': 1.0,
            'date': '2026-11-24', **MADE}


def later(tab, run, **values):
    """Return what training.train would of a run that nobody made."""
    record = made_up(tab, Run(run.schedule, run.seed, run.epochs,
                              run.settings))
    del record['date']
    if run.split == 'validation':
        record['validation acc'] = record.pop('test acc')
    return {**record, 'split': run.split, 'start': '2026-11-26T10:00:00Z',
            'end': '2026-11-26T10:02:00Z', **values}


def some_runs(n):
    return [Run('constant 0.3', seed, 3, {'constant': 0.3})
            for seed in range(n)]
