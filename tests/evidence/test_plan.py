"""Which runs there must be, and what tells them apart."""
import pytest

from evidence import EvidenceError
from evidence.chapter import CHAPTER, ROOT
from evidence.claims import claimed, load_claims
from evidence.fingerprint import fingerprint
from evidence.plan import Run, load_plan, make_schedule

from .conftest import PLAN


def test_the_runs_of_a_plan(plan):
    def names(runs):
        return [(run.schedule, run.seed, run.epochs) for run in runs]

    grid = [(name, seed, 6)
            for name in ('constant 0.3', 'square root 0.3', 'ramp 0.3')
            for seed in (0, 1)]
    survival = [(f'survival {peak} warmup {warmup}', seed, 3 + warmup)
                for seed in (5, 6) for warmup in (0, 2)
                for peak in (0.5, 1.0)]
    assert names(plan.runs('pytorch')) == grid + survival
    confirmed = names(plan.runs('pytorch', {'ramp 0.3'}))
    assert confirmed == ([('ramp 0.3', seed, 6)
                          for seed in (0, 1, 5, 6, 7, 8)]
                         + grid[:4] + survival)
    assert names(plan.runs('jax')) == [('constant 0.3', 0, 6)]
    assert plan.runs('mxnet') == []


def test_a_survival_run_ramps_up_update_by_update(plan):
    run = next(r for r in plan.survival_runs()
               if r.schedule == 'survival 1.0 warmup 2')
    rate = make_schedule(run.schedule, run.settings)
    assert run.per_update
    assert [rate(t) for t in (0, 0.5, 1.5, 2, 4.9)] == [0, .25, .75, 1, 1]
    at_once = plan.survival_runs()[0]
    assert not at_once.per_update
    assert make_schedule('', at_once.settings)(0) == 0.5


def test_a_key_changes_with_the_rates_and_with_nothing_else(write, plan):
    def keys(text):
        return {run.schedule: run.key() for run in
                load_plan(write('plan.toml', text)).runs('pytorch')
                if run.seed == 1}

    before = keys(PLAN)
    same = keys(PLAN.replace('{ constant = 0.3 }',
                             '{ scheduler = "FactorScheduler", factor = 1, '
                             'base_lr = 0.3 }'))
    assert same == before
    after = keys(PLAN.replace('warmup_steps = 2', 'warmup_steps = 3'))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {'ramp 0.3'}


def test_asking_before_every_update_is_another_run():
    settings = {'scheduler': 'SquareRootScheduler', 'lr': 0.3}
    keys = [Run('a', 0, 6, {**settings, 'per_update': yes}).key()
            for yes in (True, False)]
    assert keys[0] != keys[1]


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('"SquareRootScheduler"', '"CubeRootScheduler"', "'square root 0.3' has "
     "an unknown scheduler 'CubeRootScheduler', expected one of Cosine"),
    ('lr = 0.3 }', 'lr = -1 }', "'square root 0.3': lr must"),
    ('max_update = 6', 'horizon = 6', "'ramp 0.3': .*horizon"),
    ('{ constant = 0.3 }', '{ }', "'constant 0.3' has neither a scheduler"),
    ('confirm = [5', 'confirm = [1', 'seed 1 explores and confirms'),
    ('epochs = 6\n', 'epochs = = 6\n', 'plan.toml: '),
    ('epochs = 6\n', 'eopchs = 6\n', 'plan.toml: .*eopchs'),
    ('peaks =', 'rates =', 'plan.toml: .survival. must have peaks, warmups'),
    ('schedules = ["constant 0.3"]', 'schedules = ["constant 3"]',
     "plan.toml: .others. names an unknown schedule 'constant 3'"),
])
def test_mistakes_in_a_plan(write, old, new, message):
    assert old in PLAN
    with pytest.raises(EvidenceError, match=message):
        load_plan(write('plan.toml', PLAN.replace(old, new, 1)))


CLAIM = '''
[a-claim]
compare = ["square root 0.3", "constant 0.3"]
metric = "gap"
less_than = -0.5

[another]
alive = ["survival 1.0 warmup 2", "survival 1.0 warmup 0"]
first = "more"

[third]
grow = "ramp 0.3"
after = 5
metric = "gap"
more_than = 1

[fourth]
agree = ["constant 0.3", "square root 0.3"]
metric = "train acc"
within = 2

[fifth]
dies = "survival * warmup 0"
before = 1
'''


@pytest.fixture
def both(write):
    """The plan with two schedules for the other frameworks."""
    return load_plan(write('both.toml', PLAN.replace(
        'schedules = [', 'schedules = ["square root 0.3", ')))


def test_claims_say_which_schedules_are_confirmed(write, both):
    claims = load_claims(both, write('claims.toml', CLAIM))
    assert claimed(claims) == {'square root 0.3', 'constant 0.3', 'ramp 0.3'}
    first, second, third, fourth, fifth = claims.values()
    assert (first.metric, first.asserts, first.number) == (
        'gap', 'less_than', -0.5)
    assert (second.metric, second.asserts) == ('', 'more')
    assert (third.kinds, third.after) == (('ramp 0.3',), 5)
    assert (fourth.form, fourth.number) == ('agree', 2)
    assert (fifth.asserts, fifth.number) == ('before', 1)


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('"constant 0.3"]', '"constant 3"]', "a-claim: unknown schedule 'cons"),
    ('"survival 1.0 warmup 2"', '"constant 0.3"', 'another: unknown sched'),
    ('"gap"', '"loss"', "a-claim: unknown metric 'loss', expected one of tr"),
    ('less_than', 'less', 'a-claim: expected one of more_than, less_than, w'),
    ('less_than = -0.5', 'less_than = -0.5\nwithin = 1', 'a-claim: expected'),
    ('-0.5', '0.5', 'a-claim: less_than = 0.5 has the wrong sign'),
    ('"more"', '"better"', "another: unknown direction 'better'"),
    (', "constant 0.3"]', ']', 'a-claim: compare must name 2 kinds of runs, '
     r"got .'square root 0.3'."),
    ('"survival * warmup 0"', '3', 'fifth: dies must name 1 kinds of runs'),
    ('"square root 0.3", "c', '["a"], "c', 'a-claim: compare must name 2'),
    ('"survival 1.0 warmup 2"', '"survival * warmup 2"', 'another: alive co'),
    ('after = 5', 'after = 5.0', 'third: after must be an epoch'),
    ('"square root 0.3", ', '"constant 0.3", ', 'a-claim: compare must name'),
    ('compare =', 'compares =', 'a-claim: expected one of compare, grow, ag'),
    ('after = 5', 'after = 6', 'third: after must be an epoch from 1 to 5, g'),
    ('after = 5\n', '', 'third: after must be an epoch from 1 to 5, got None'),
    ('before = 1', 'before = 0', 'fifth: before must be an epoch from 1 to 4'),
    ('before = 1', 'soon = 1', 'fifth: expected one of before, from'),
    ('survival * warmup 0', 'survival * warmup 3', 'fifth: unknown schedule'),
    ('-0.5', '"-0.5"', "a-claim: less_than must be a number, got '-0.5'"),
    ('"more"', '"alike"', "another: unknown direction 'alike'"),
    ('first =', 'seeds = 3\nfirst =', "another: unknown key 'seeds'"),
    ('[a-claim]', '[a-claim', 'claims.toml: '),
])
def test_mistakes_in_claims(write, both, old, new, message):
    assert old in CLAIM
    with pytest.raises(EvidenceError, match=message):
        load_claims(both, write('claims.toml', CLAIM.replace(old, new, 1)))


def test_the_plan_and_the_claims_of_the_chapter_are_sound():
    plan = load_plan()
    runs = plan.runs('pytorch', claimed(load_claims(plan)))
    assert len({run.key() for run in runs}) == len(runs) >= 240
    assert len(plan.confirm) == 10 and len(plan.explore) == 5
    assert len(plan.survival_runs()) == 160
    for tab in ('mxnet', 'tensorflow', 'jax'):
        assert len(plan.runs(tab)) == 15


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of all that runs with PyTorch rest on, to be edited."""
    names = ['config.ini', 'requirements/pytorch.txt', CHAPTER,
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
    (CHAPTER, "xlabel='epoch', xlim", "xlabel='epochs', xlim", False),
    (CHAPTER, 'd2l.set_seed(0)\nnet, lr', 'd2l.set_seed(1)\nnet, lr', False),
    ('d2l/torch.py', "group['lr'] = lr", "group['lr'] = lr / 2", True),
    ('d2l/torch.py', 'def cpu():', 'def cpu():  # here', False),
    ('d2l/torch.py', 'def set_lr(trainer, lr):',
     'def set_lr(trainer: torch.optim.Optimizer, lr: float) -> None:', False),
    ('d2l/torch.py', 'torch.arange(n)', 'torch.arange(n + 1)', False),
    ('d2l/data.py', '_limited', '_first', False),
    (CHAPTER, "net.train()\n        metric", "net.train()\n        metric: "
     "d2l.Accumulator", False),
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
