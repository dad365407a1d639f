"""Which runs there must be, and what tells them apart."""
import re

from evidence.chapter import CONFIG
from evidence.claims import claimed, load_claims
from evidence.plan import Run, planned, survival_runs
from evidence.schedules import make_schedule
from evidence.studies import load_studies

from .conftest import STUDY, load


def test_the_runs_of_a_study(plan):
    def names(runs):
        return [(run.schedule, run.seed, run.epochs) for run in runs]

    grid = [(name, seed, 6)
            for name in ('constant 0.3', 'square root 0.3', 'ramp 0.3')
            for seed in (0, 1)]
    survival = [(f'survival {peak} warmup {warmup}', seed, 3 + warmup)
                for seed in (5, 6) for warmup in (0, 2)
                for peak in (0.5, 1.0)]
    assert names(planned(plan, 'pytorch')) == grid + survival
    confirmed = names(planned(plan, 'pytorch', {'ramp 0.3'}))
    assert confirmed == ([('ramp 0.3', seed, 6)
                          for seed in (0, 1, 5, 6, 7, 8)]
                         + grid[:4] + survival)
    assert names(planned(plan, 'jax')) == [('constant 0.3', 0, 6)]
    assert planned(plan, 'mxnet') == []


def test_a_survival_run_ramps_up_update_by_update(plan):
    run = next(r for r in survival_runs(plan)
               if r.schedule == 'survival 1.0 warmup 2')
    rate = make_schedule(run.schedule, run.settings)
    assert run.per_update
    assert [rate(t) for t in (0, 0.5, 1.5, 2, 4.9)] == [0, .25, .75, 1, 1]
    at_once = survival_runs(plan)[0]
    assert not at_once.per_update
    assert make_schedule('', at_once.settings)(0) == 0.5


def test_a_key_changes_with_the_rates_and_with_nothing_else(write, plan):
    def keys(text):
        return {run.schedule: run.key() for run in
                planned(load(write, text), 'pytorch')
                if run.seed == 1}

    before = keys(STUDY)
    same = keys(STUDY.replace('{ constant = 0.3 }',
                             '{ scheduler = "FactorScheduler", factor = 1, '
                             'base_lr = 0.3 }'))
    assert same == before
    after = keys(STUDY.replace('warmup_steps = 2', 'warmup_steps = 3'))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {'ramp 0.3'}


def test_asking_before_every_update_is_another_run():
    settings = {'scheduler': 'SquareRootScheduler', 'lr': 0.3}
    keys = [Run('a', 0, 6, {**settings, 'per_update': yes}).key()
            for yes in (True, False)]
    assert keys[0] != keys[1]


def test_runs_of_different_splits_are_different_runs():
    keys = [Run('a', 0, 6, {'constant': 0.1}, split).key()
            for split in ('test', 'validation')]
    assert keys[0][:4] == keys[1][:4] and keys[0] != keys[1]


def test_all_schedules_are_confirmed_where_nothing_is_explored(write):
    study = load(write, STUDY.replace('explore = [0, 1]\n', ''))
    names = {run.schedule for run in planned(study, 'pytorch')
             if run.seed in study.confirm and run.epochs == 6}
    assert names == {'constant 0.3', 'square root 0.3', 'ramp 0.3'}


def test_the_rules_of_a_study_reach_its_runs(write):
    without_others = re.sub(r'\[others\](.|\n)*(?=\n\[surv)', '', STUDY)
    study = load(write, 'stop_after_dead_epochs = 3\n'
                 'measure = ["active units"]\n' + without_others)
    assert len(planned(study, 'pytorch')) == 14
    for run in planned(study, 'pytorch'):
        assert (run.stop_after, run.measure) == (3, ('active units',))


def test_the_first_round_of_the_chapter():
    studies = load_studies()
    first = studies['first-round']
    runs = planned(first, 'pytorch', claimed(load_claims(studies), first))
    assert len({run.key() for run in runs}) == len(runs) == 310
    assert first.confirm == tuple(range(5, 15))
    assert first.explore == tuple(range(5))
    assert len(survival_runs(first)) == 160
    for tab in [*CONFIG.tabs][1:]:
        assert len(planned(first, tab)) == 15
