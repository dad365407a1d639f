"""What runs do besides their schedule: what a study may say of it."""
import numpy as np
import pytest

from evidence import EvidenceError, methods
from evidence.claims import load_claims
from evidence.finding import Evidence
from evidence.findings import judge
from evidence.forms import Claim
from evidence.plan import Run, planned
from evidence.record import key_of, validated
from evidence.table import table
from evidence.tuning import choose, load_choice, tuning_runs, write_choice

from .conftest import RESTS_ON, STAMP, later, load

STUDY = '''
question = "Which, at its best?"
design = "Tune, then test."
tabs = ["pytorch"]
epochs = 4
last = 1
confirm = [7, 8, 9]

[schedules]
"flat" = { constant = "peak", optimizer = "heavy" }
"trunk" = { constant = "peak", per_update = true, epochs = 3 }
"large" = { constant = "peak", batch_size = 512, peaks = [0.8] }
"free" = { constant = "peak", optimizer = "free" }
"plain" = { constant = "peak" }

[optimizers]
"heavy" = { kind = "SGD", momentum = 0.9 }
"free" = { kind = "schedule-free SGD", momentum = 0.9 }

[averages]
"ema" = { of = ["flat"], half_life = 0.5 }
"swa" = { of = ["flat"], ends = [3, 4] }
"x" = { of = ["free"], kept = true }

[branches]
"2 line" = { of = "trunk", at = 1, over = 1, shape = "linear" }
"4 root" = { of = "trunk", at = 3, over = 1, shape = "sqrt" }

[rules]
"double" = { of = "large", like = "plain", times = 2.0 }

[tuning]
peaks = [0.1, 0.2, 0.4]
seeds = [0, 1]
widen_by = 2.0
widen_at_most = 1
'''


@pytest.fixture
def study(write):
    return load(write, STUDY)


def method(study, name, peak=0.2):
    return study.method(name, lambda t: peak)


def test_kinds_are_schedules_their_networks_and_rules(study):
    assert study.kinds == {
        'flat': ('flat', ''), 'trunk': ('trunk', ''), 'large': ('large', ''),
        'free': ('free', ''), 'plain': ('plain', ''),
        'flat, ema': ('flat', 'ema'), 'flat, swa': ('flat', 'swa'),
        'free, x': ('free', 'x'), 'trunk, 2 line': ('trunk', '2 line'),
        'trunk, 4 root': ('trunk', '4 root'), 'double': ('large', '')}
    assert study.tuned == ('flat', 'trunk', 'large', 'free', 'plain',
                           'flat, ema', 'flat, swa', 'free, x')


def test_a_method_names_all_that_decides(study):
    assert method(study, 'plain') == {}
    assert {key: value for key, value in method(study, 'flat').items()
            if key != 'code'} == {
        'optimizer': {'kind': 'SGD', 'momentum': 0.9},
        'averages': {'ema': {'half_life': 0.5}, 'swa': {'ends': (3, 4)}}}
    assert method(study, 'large')['batch size'] == 512
    grown = method(study, 'trunk')['branches']
    assert [*grown] == ['2 line', '4 root']
    assert grown['4 root']['at'] == 3 and grown['4 root']['over'] == 1
    assert grown['2 line']['rates'] != method(
        study, 'trunk', 0.1)['branches']['2 line']['rates']


def test_the_momenta_of_a_cycle_are_in_it(write):
    cycle = ('{ scheduler = "OneCycleScheduler", max_update = 4, base_lr = LOW'
             ', begin_lr = 0.95, final_lr = 0.95 }')
    found = [load(write, STUDY.replace(
        '"heavy" = { kind = "SGD", momentum = 0.9 }',
        '"heavy" = { kind = "SGD", momentum = '
        f'{cycle.replace("LOW", low)} }}')).method(
            'flat', lambda t: 0.1)['optimizer'] for low in ('0.8', '0.85')]
    assert found[0]['momenta'] != found[1]['momenta']


def test_runs_with_other_methods_are_others(study):
    plain = Run('a', 1, 4, {'constant': 0.1})
    keys = {Run('a', 1, 4, {'constant': 0.1}, method=method(study, name)).key()
            for name in study.schedules}
    assert len(keys) == 5 and plain.key() in keys
    assert plain.key().method == ''


def test_the_code_of_trainers_is_in_a_method(study, monkeypatch):
    assert method(study, 'flat')['code'] == methods.code()
    assert len(methods.code()) == 64


def test_a_branch_follows_its_run_and_then_its_shape(study):
    root = study.branches['4 root'].schedule(lambda t: 0.4 - t / 10)
    assert [root(t) for t in (0, 2, 3, 3.25, 4, 9)] == pytest.approx(
        [0.4, 0.2, 0.1, 0.05, 0, 0])
    line = study.branches['2 line'].schedule(lambda t: 0.4)
    assert [line(t) for t in (1, 1.25, 1.5, 2)] == pytest.approx(
        [0.4, 0.3, 0.2, 0])


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('optimizer = "heavy"', 'optimizer = "light"', "unknown optimizer 'light"),
    ('of = ["flat"], half', 'of = ["round"], half', "unknown schedule 'round"),
    ('of = "trunk", at = 1', 'of = "limb", at = 1', "unknown schedule 'limb'"),
    ('like = "plain"', 'like = "fancy"', "unknown schedule 'fancy'"),
    ('half_life = 0.5', 'half_life = 0', 'half_life: .*greater than 0, got 0'),
    ('half_life = 0.5', 'half_life = 1.0, ends = [1]', 'expected one of half'),
    ('ends = [3, 4]', 'ends = []', 'ends: .*at least 1'),
    ('of = ["free"], kept', 'of = ["flat"], kept', "'flat' keeps no average"),
    ('of = ["flat"], half', 'of = ["trunk"], half', "'trunk' has branches"),
    ('at = 3, over', 'at = 4, over', "a branch leaves 'trunk' after its end"),
    ('at = 3, over', 'at = 0, over', 'at: .*equal to 1, got 0'),
    ('shape = "sqrt"', 'shape = "square"', "shape: .*got 'square'"),
    ('batch_size = 512', 'batch_size = 0', "'large': batch_size must be .*0"),
    ('epochs = 3 }', 'epochs = 2.5 }', "'trunk': epochs must be .*got 2.5"),
    ('"heavy" = { kind = "SGD", momentum = 0.9', '"heavy" = { kind = "AdamW",'
     ' momentum = 0.9', 'heavy: AdamW has no such argument'),
    ('"heavy" = { kind = "SGD", momentum = 0.9', '"heavy" = { kind = "SGD"',
     'heavy: expected one of momentum, weight_decay'),
    ('"heavy" = { kind = "SGD", momentum = 0.9', '"heavy" = { kind = "SGD", '
     'momentum = { scheduler = "Wave" }', "unknown scheduler 'Wave'"),
    ('"free" = { kind = "schedule-free SGD", momentum = 0.9',
     '"free" = { kind = "schedule-free SGD", momentum = { constant = 0.9 }',
     'schedule-free SGD has a constant momentum'),
    ('"double" =', '"plain" =', 'two kinds of runs have the same name'),
    ('tabs = ["pytorch"]', 'tabs = ["jax"]', "unknown tab for such runs: 'j"),
    ('last = 1', 'stop_after_dead_epochs = 3', 'with branches is neither sto'),
])
def test_mistakes_in_methods(write, old, new, message):
    assert old in STUDY
    with pytest.raises(EvidenceError, match=message):
        load(write, STUDY.replace(old, new, 1))


def test_rules_need_a_choice(write):
    text = STUDY[:STUDY.index('[tuning]')].replace('"peak"', '0.1')
    with pytest.raises(EvidenceError, match='rules. need what .tuning. ch'):
        load(write, text)


def recorded(run, score):
    """A run whose last accuracy on images it did not train on is `score` by
    the name of each of its networks."""
    what = f'{run.split} acc'
    record = later('', run)
    record = {**record, **STAMP, 'code': RESTS_ON[0],
              'train acc': [.9] * run.epochs,
              what: [.3] * (run.epochs - 1) + [score('')]}
    also = {name: {what: [.3, score(name)]} for name in (
        *run.method.get('averages', ()), *run.method.get('branches', ()))}
    if run.method:
        record['method'] = run.method
    if also:
        record['also'] = also
    found = validated(record)
    assert key_of(found) == run.key()
    return found


def best_at(**peaks):
    """Scores that fall with the distance to the best peak of a network."""
    def of(run):
        name, peak = run.schedule.rsplit(' ', 1)
        return recorded(run, lambda view: round(.9 - abs(np.log(
            float(peak) / peaks.get(view or name, .2))) / 10, 6))
    return of


def tuned(study, make):
    records = {}
    while missing := [run for run in tuning_runs(study, records)
                      if run.key() not in records]:
        records |= {run.key(): make(run) for run in missing}
    return records


def test_every_average_has_a_peak_of_its_own_and_branches_have_one(study):
    make = best_at(flat=.1, ema=.4, trunk=.8, large=.8)
    records = tuned(study, make)
    chosen = {kind: found.peak for kind, found in choose(study,
                                                         records).items()}
    assert chosen == {'flat': .1, 'flat, ema': .4, 'flat, swa': .2, 'free': .2,
                      'free, x': .2, 'large': .8, 'plain': .2, 'trunk': .2}
    # One peak beyond each edge that was best, for all networks of a run.
    peaks = {}
    for key in records:
        name, peak = key.schedule.rsplit(' ', 1)
        peaks.setdefault(name, set()).add(float(peak))
    assert peaks == {'flat': {.05, .1, .2, .4, .8}, 'trunk': {.1, .2, .4},
                     'free': {.1, .2, .4}, 'plain': {.1, .2, .4},
                     'large': {.8, 1.6}}


def test_what_confirms_is_made_once(study):
    choice = {'flat': .1, 'flat, ema': .4, 'flat, swa': .1, 'free': .2,
              'free, x': .2, 'large': .4, 'plain': .2, 'trunk': .2}
    runs = planned(study, 'pytorch', (), choice)
    assert sorted({run.schedule for run in runs}) == [
        'flat 0.1', 'flat 0.4', 'free 0.2', 'large 0.4', 'plain 0.2',
        'trunk 0.2']
    assert len(runs) == 6 * 3 == len({run.key() for run in runs})
    assert study.peak('double', choice) == .4
    assert study.peak('trunk, 2 line', choice) == .2
    trunk = next(run for run in runs if run.schedule == 'trunk 0.2')
    assert trunk.epochs == 3
    name, at, over, rates = trunk.branches[1]
    assert (name, at, over) == ('4 root', 3, 1)
    assert [rates(t) for t in (2, 3, 3.25, 4)] == pytest.approx(
        [.2, .2, .1, 0])


def test_claims_on_networks_of_runs(study, tmp_path):
    choice = {'flat': .1, 'flat, ema': .4, 'flat, swa': .1, 'free': .2,
              'free, x': .2, 'large': .4, 'plain': .2, 'trunk': .2}
    records = {run.key(): recorded(run, lambda view, run=run: {
        'ema': .8, '4 root': .85}.get(view, .75 + run.seed / 1000))
        for run in planned(study, 'pytorch', (), choice)}
    evidence = Evidence(study, {'pytorch': records}.__getitem__, choice)
    for kinds, text in {('flat, ema', 'flat'): '+4.20 points',
                        ('trunk, 4 root', 'flat, ema'): '+5.00 points',
                        ('double', 'large'): '+0.00 points'}.items():
        claim = Claim('a', 'compare', kinds, 'within', 9, 'test acc',
                      tab='pytorch', last=1)
        finding = judge(claim, evidence)
        assert finding.text.startswith(text) and finding.holds
    assert finding.p == 0  # rule and tuning are the same runs


@pytest.mark.parametrize('metric', ['gap', 'train acc'])
def test_an_average_is_not_asked_how_it_trained(study, write, metric):
    """What is recorded is how the network trained that it is an average of."""
    claims = write('claims.toml', '[a]\ncompare = ["flat, ema", "flat"]\n'
                   f'metric = "{metric}"\nmore_than = 0\n')
    with pytest.raises(EvidenceError, match="'flat, ema' is an average, whi"):
        load_claims({study.name: study}, claims)


def test_a_choice_of_kinds_is_read_as_it_was_written(study, tmp_path):
    records = tuned(study, best_at(ema=.4))
    path = write_choice(study, records, 'runs', '2026-11-27T10:00:00Z',
                        40 * 'b', tmp_path)
    assert 'accuracy after the last epoch, a dead' in path.read_text()
    assert load_choice(study, records, tmp_path)['flat, ema'] == .4


def test_the_table_shows_the_networks(study):
    text = table(study, 'pytorch', tuned(study, best_at(ema=.4)))
    assert 'flat 0.4, ema ' in text and 'trunk 0.2, 2 line ' in text


@pytest.mark.parametrize('also', [
    {'ema': {'test acc': [.5], 'validation acc': [.5]}},
    {'ema': {'validation acc': [.5]}}, {'ema': {'lr': [.1]}},
    {'ema': {'test acc': []}}, {'ema': {'test acc': [1.5]}},
    {'ema': {'test acc': [.5], 'gap': [.1]}}, {'': {'test acc': [.5]}}])
def test_mistakes_in_a_record(also):
    record = {**later('', Run('a', 1, 2, {'constant': .1})), **STAMP,
              'also': {'ema': {'test acc': [.5]}}}
    assert validated(record)
    with pytest.raises(ValueError):
        validated({**record, 'also': also})


def test_a_schedule_is_made_once_for_all_seeds():
    settings = {'scheduler': 'MultiFactorScheduler', 'step': [2, 4],
                'factor': 0.5, 'base_lr': 0.3}
    one, other = (Run('cuts', seed, 6, {**settings}) for seed in (1, 2))
    assert one.scheduler() is other.scheduler()
    assert [one.scheduler()(t) for t in (1, 2, 4)] == [0.3, 0.15, 0.075]
    faster = Run('cuts', 1, 6, {**settings, 'base_lr': 0.6})
    assert faster.scheduler()(1) == 0.6
