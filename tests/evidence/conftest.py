"""A small plan, and runs made up for it."""
import textwrap

import pytest

from evidence.plan import Run, load_plan

PLAN = '''
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
RESTS_ON = 'c0de', {'numpy': '2.4.6'}
MADE = {'code': RESTS_ON[0], 'packages': RESTS_ON[1], 'device': 'cpu',
        'data': {'limited': False}}


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), 'utf-8')
        return path
    return write


@pytest.fixture
def plan(write):
    return load_plan(write('plan.toml', PLAN))


def made_up(tab, run, train_acc=0.9, test_acc=0.85):
    """Return a record of a run that nobody made."""
    schedule, seed, epochs, rates = run.key()
    return {'schedule': schedule, 'seed': seed, 'epochs': epochs,
            'rates': rates, 'lr': [0.3] * epochs,
            'train loss': [0.5] * epochs, 'train acc': [train_acc] * epochs,
            'test acc': [test_acc] * epochs, 'seconds': 1.0,
            **MADE}


def some_runs(n):
    return [Run('constant 0.3', seed, 3, {'constant': 0.3})
            for seed in range(n)]
