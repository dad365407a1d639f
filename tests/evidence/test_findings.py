"""Verdicts on claims: which runs they take, and when they hold."""
import dataclasses

import pytest

from evidence import EvidenceError, MissingRuns
from evidence.finding import Evidence
from evidence.findings import judge
from evidence.forms import Claim
from evidence.plan import planned

from .conftest import STUDY, load, made_up

ROOT, CONSTANT = 'square root 0.3', 'constant 0.3'
HIGHER = {5: .010, 6: .012, 7: .008, 8: .010}  # of the test accuracy


def records(plan, higher=HIGHER, dead=()):
    """Runs of the exploring and confirming seeds, and the survival grid."""
    found = {}
    for run in planned(plan, 'pytorch', {ROOT, CONSTANT}):
        better = higher.get(run.seed, 0) if run.schedule == ROOT else 0
        record = made_up('', run, 0.9, 0.85 + better)
        if (run.schedule, run.seed) in dead:
            record = made_up('', run, 0.1, 0.1)
        found[run.key()] = record
    return found


def judged(claim, plan, runs, **others):
    return judge(claim, Evidence(
        plan, {'pytorch': runs, **others}.__getitem__))


def claim(asserts, number, metric='test acc', **more):
    return Claim('a', 'compare', (ROOT, CONSTANT), asserts, number, metric,
                 tab='pytorch', **more)


def test_a_claim_with_its_numbers(plan):
    """Differences of 1.0, 1.2, 0.8, 1.0 points: 3.182 times their standard
    error, 0.163 / 2, is 0.26."""
    found = judged(claim('more_than', 0.5), plan, records(plan))
    assert found.holds
    assert found.text == '+1.00 points, 95 % interval +0.74 to +1.26, 4 seeds'
    assert [seed for seed, *_ in found.rows] == [5, 6, 7, 8]
    assert found.rows[1][2] == pytest.approx((86.2, 85))


@pytest.mark.parametrize(('asserts', 'number', 'holds'), [
    ('more_than', 0.7, True), ('more_than', 0.8, False),
    ('less_than', -0.1, False),
    ('within', 1.3, True), ('within', 1.2, False), ('within', 0.5, False)])
def test_the_whole_interval_decides(plan, asserts, number, holds):
    found = judged(claim(asserts, number), plan, records(plan))
    assert found.holds is holds
    mirrored = {'more_than': ('less_than', -number),
                'less_than': ('more_than', -number),
                'within': ('within', number)}[asserts]
    lower = {seed: -x for seed, x in HIGHER.items()}
    assert judged(claim(*mirrored), plan, records(plan, lower)).holds is holds


def test_the_gap_closes_by_what_the_test_accuracy_gains(plan):
    found = judged(claim('less_than', 0, 'gap'), plan, records(plan))
    assert found.holds and found.text.startswith(
        '−1.00 points, 95 % interval −1.26 to −0.74')


def test_explored_seeds_count_for_nothing(plan):
    runs = records(plan)
    assert judged(claim('more_than', 0.5), plan, runs) == judged(
        claim('more_than', 0.5), plan,
        records(plan, {**HIGHER, 0: -.5, 1: -.5}))


def test_the_dead_are_counted_and_shown(plan):
    found = judged(claim('more_than', 0), plan,
                  records(plan, dead={(CONSTANT, 6)}))
    assert found.text.endswith('3 seeds; 1 of 4 died with constant 0.3')
    assert found.rows[1] == (6, '', (pytest.approx(86.2), None))
    with pytest.raises(EvidenceError, match='2 of 4 seeds all runs lived, to'):
        judged(claim('more_than', 0), plan, records(
            plan, dead={(CONSTANT, 6), (ROOT, 7)}))


def test_a_claim_without_its_runs(plan):
    runs = records(plan)
    runs.pop(next(key for key in runs if key[:2] == (ROOT, 7)))
    with pytest.raises(MissingRuns, match="claim 'a' lacks 1 of its 8 runs: "
                       'make evidence'):
        judged(claim('more_than', 0), plan, runs)


@pytest.mark.parametrize(('old', 'new', 'lacking'), [
    ('lr = 0.3 }', 'lr = 0.2 }', 4), ('epochs = 6\n', 'epochs = 60\n', 8)])
def test_runs_of_another_schedule_of_that_name_do_not_count(
        plan, write, old, new, lacking):
    changed = load(write, STUDY.replace(old, new))
    with pytest.raises(MissingRuns, match=f'lacks {lacking} of its 8 runs'):
        judged(claim('more_than', 0), changed, records(plan))


@pytest.mark.parametrize(('alive', 'asserts', 'holds'), [
    ((10, 4), 'more', True), ((10, 4), 'fewer', False),
    ((4, 10), 'more', False), ((4, 10), 'fewer', True),
    ((10, 6), 'more', False), ((6, 10), 'fewer', False),
    ((10, 6), 'undecided', True), ((10, 4), 'undecided', False)])
def test_survival_by_fishers_test(write, alive, asserts, holds):
    """10 against 4 of 10: p = 0.011; 10 against 6 of 10: p = 0.087."""
    ten = load(write, STUDY.replace(
        'seeds = [5, 6]', f'seeds = {[*range(10)]}'))
    names = ('survival 1.0 warmup 2', 'survival 1.0 warmup 0')
    dead = {(name, seed) for name, n in zip(names, alive)
            for seed in range(n, 10)}
    found = judged(Claim('b', 'alive', names, asserts, tab='pytorch'), ten,
                  records(ten, dead=dead))
    assert found.holds is holds
    if alive == (10, 4):
        assert found.text == (
            '10 of 10 alive (95 % interval 72 to 100 %), against 4 of 10 '
            'alive (95 % interval 17 to 69 %); p = 0.011 by Fisher\'s exact '
            'test')
        assert found.rows[4] == (4, 1.0, (None, 0))


def test_survival_at_all_peaks(plan):
    """Four runs each: two peaks, two seeds."""
    names = ('survival * warmup 2', 'survival * warmup 0')
    dead = {('survival 1.0 warmup 0', 5), ('survival 0.5 warmup 0', 6)}
    found = judged(Claim('b', 'alive', names, 'more', tab='pytorch'), plan,
                   records(plan, dead=dead))
    assert found.text.startswith('4 of 4 alive') and '2 of 4' in found.text
    assert not found.holds
    assert found.rows == ((5, 0.5, (None, None)), (5, 1.0, (None, 0)),
                          (6, 0.5, (None, 0)), (6, 1.0, (None, None)))
    with pytest.raises(MissingRuns, match='lacks 8 of its 8 runs'):
        judged(Claim('b', 'alive', names, 'more', tab='pytorch'), plan, {})


def test_what_grows_within_a_run(write):
    """From epoch 5 to epoch 10 the gap grows by 2, 3, 1, 2 points."""
    ten = load(write, STUDY.replace('epochs = 6\n', 'epochs = 10\n'))
    runs = records(ten)
    for seed, points in zip((5, 6, 7, 8), (2, 3, 1, 2)):
        record = next(r for r in runs.values() if r['seed'] == seed
                      and r['schedule'] == CONSTANT)
        record['train acc'][5:] = [0.9 + points / 100] * 5
    grows = Claim('c', 'grow', (CONSTANT,), 'more_than', 0.5, 'gap', after=5,
                  tab='pytorch')
    found = judged(grows, ten, runs)
    assert found.text == '+2.00 points, 95 % interval +0.70 to +3.30, 4 seeds'
    assert found.holds and found.rows[1][2] == pytest.approx((8, 5))
    record['train acc'][:] = [0.1] * 10
    text = judged(grows, ten, runs).text
    assert text.endswith('3 seeds; 1 of 4 died')
    never = Claim('c', 'grow', (CONSTANT,), 'more_than', 0.8, 'gap', after=5,
                  tab='pytorch')
    assert not judged(never, ten, runs).holds


OTHERS = ('tabs = ["jax"]\nseeds = [0]\nschedules = ["constant 0.3"]',
          'tabs = ["jax", "mxnet"]\nseeds = [0, 1]\n'
          'schedules = ["constant 0.3", "square root 0.3"]')


@pytest.mark.parametrize(('mxnet', 'holds'), [(-0.01, False), (0.01, True)])
def test_the_other_frameworks_agree_or_not(write, mxnet, holds):
    assert OTHERS[0] in STUDY
    both = load(write, STUDY.replace(*OTHERS))
    runs = {tab: {run.key(): made_up(tab, run, 0.9, 0.85 + (
        better if run.schedule == ROOT else 0)) for run in planned(both, tab)}
        for tab, better in (('jax', 0.02), ('mxnet', mxnet))}
    agree = Claim('d', 'agree', (ROOT, CONSTANT), 'more_than', 0, 'test acc')
    found = judge(agree, Evidence(both, runs.__getitem__))
    assert found.holds is holds
    sign = '+' if holds else '\u2212'
    assert found.text == (f'JAX +2.00, MXNet {sign}1.00 points, means of 2 '
                          'seeds')
    assert found.rows[0] == (0, 'jax', pytest.approx((87, 85)))
    runs['mxnet'].popitem()
    with pytest.raises(MissingRuns, match="'d' lacks 1 of its 4 runs"):
        judge(agree, Evidence(both, runs.__getitem__))


def test_the_dead_of_another_framework_are_counted(write):
    """They are not averaged: a dead pair would differ by 0."""
    three = load(write, STUDY.replace(
        OTHERS[0], OTHERS[1].replace('[0, 1]', '[0, 1, 2]')))
    runs = {tab: {run.key(): made_up(tab, run, 0.9, 0.85 + (
        0.01 if run.schedule == ROOT else 0)) for run in planned(three, tab)}
        for tab in ('jax', 'mxnet')}

    def die(seed):
        for record in runs['mxnet'].values():
            if record['seed'] == seed:
                record['train acc'] = record['test acc'] = [0.1] * 3

    agree = Claim('d', 'agree', (ROOT, CONSTANT), 'more_than', 0, 'test acc')
    die(2)
    found = judge(agree, Evidence(three, runs.__getitem__))
    assert found.text == ('JAX +1.00, MXNet +1.00 (2 seeds; 1 died) points, '
                          'means of 2 or 3 seeds')
    assert found.holds and found.rows[-1] == (2, 'mxnet', (None, None))
    die(1)
    with pytest.raises(EvidenceError, match='with mxnet, both runs lived '
                                            'with 1 of 3 seeds'):
        judge(agree, Evidence(three, runs.__getitem__))


@pytest.mark.parametrize(('asserts', 'epoch', 'holds'), [
    ('before', 1, True), ('from', 1, False), ('from', 2, False)])
def test_when_runs_die(write, asserts, epoch, holds):
    """Six of seven dead runs were dead from the start: the interval is
    49 to 97 %; seven of eight: 53 to 98 %."""
    ten = load(write, STUDY.replace(
        'seeds = [5, 6]', f'seeds = {[*range(10)]}'))
    name = 'survival 1.0 warmup 0'
    runs = records(ten, dead={(name, seed) for seed in range(6)})
    late = next(r for r in runs.values()
                if (r['schedule'], r['seed']) == (name, 6))
    late['train acc'][2:] = [0.1]
    dies = Claim('e', 'dies', (name,), asserts, epoch, tab='pytorch')
    assert not judged(dies, ten, runs).holds
    for run in runs.values():
        if (run['schedule'], run['seed']) == (name, 7):
            run['train acc'] = [0.1] * 3
    found = judged(dies, ten, runs)
    assert found.holds is holds
    if holds:
        assert found.text == ('7 of 8 deaths (95 % interval 53 to 98 %); '
                              '8 of 10 runs died')
        assert found.rows[6] == (6, 1.0, (2,))
    nobody = judged(dies, ten, records(ten))
    assert nobody.text == 'none of 10 runs died' and not nobody.holds


def test_a_dead_run_counts_as_guessing_if_the_claim_says_so(plan):
    """86 against 10 % makes one of the four differences 76 points."""
    found = judged(claim('more_than', 0, dead='guess'), plan,
                   records(plan, dead={(CONSTANT, 6)}))
    assert found.text.startswith('+19.75 points, ')  # 1, 76.2, .8, 1
    assert found.text.endswith('4 seeds; 1 of 4 died with constant 0.3, '
                               'counted as guessing')
    assert found.rows[1] == (6, '', (pytest.approx(86.2), 10))


def test_a_claim_on_another_framework(plan):
    """It takes that tab's runs and no other's."""
    asked = dataclasses.replace(claim('more_than', 0), tab='jax')
    found = judge(asked, Evidence(plan, {'jax': records(plan)}.__getitem__))
    assert found.holds


def by_seed(study, kinds, metric, values):
    """Records of confirming runs, {kind: [value of each seed]}."""
    runs = records(study)
    for kind in kinds:
        for seed, value in zip(study.confirm, values[kind]):
            found = next(key for key in runs if key.schedule == kind
                         and key.seed == seed)
            runs[found] = {**runs[found], metric: [value] * 6}
    return runs


@pytest.mark.parametrize(('root', 'holds'), [
    ([.850, .851, .8505, .8515], True), ([.85, .86, .87, .84], False)])
def test_seeds_differ_less_with_one_schedule(plan, root, holds):
    """A constant rate's 84 to 87 %; the variances are 1.25 and 0.0031."""
    runs = by_seed(plan, (ROOT, CONSTANT), 'test acc', {
        ROOT: root, CONSTANT: [.86, .84, .87, .85]})
    asked = Claim('g', 'steadier', (ROOT, CONSTANT), 'steadier',
                  metric='test acc', tab='pytorch')
    found = judged(asked, plan, runs)
    assert found.holds is holds is (found.p < 0.05)
    assert found.text.startswith('a variance 0.00 times that of the other'
                                 if holds else 'a variance 1.00 times')
    assert found.text.endswith(', 4 seeds')


@pytest.mark.parametrize(('starts', 'rho', 'holds'), [
    ([.3, .4, .5, .6], '−1.00', True), ([.6, .5, .4, .3], '+1.00', False),
    ([.3, .6, .4, .5], '−0.40', False)])
@pytest.mark.parametrize('what', ['first train acc', 'active units'])
def test_a_gain_that_falls_with_the_start(plan, starts, rho, holds, what):
    """Gains of 4, 3, 2, 1 points, after starts of the constant rate."""
    runs = by_seed(plan, (ROOT,), 'test acc', {ROOT: [.89, .88, .87, .86]})
    for key, record in runs.items():
        if key.schedule == CONSTANT and key.seed in plan.confirm:
            start = starts[plan.confirm.index(key.seed)]
            if what == 'active units':
                record['active units'] = {'fraction': start}
            else:
                record['train acc'][0] = start
    asked = Claim('h', 'gain', (ROOT, CONSTANT), what, metric='test acc',
                  tab='pytorch')
    found = judged(asked, plan, runs)
    assert found.holds is holds
    assert found.text.startswith(f"Spearman's rank correlation {rho}, p = ")
    assert (found.p == 1) is (rho[0] == '+')


def saved(write, dead, seeds=8):
    """The small grid with more seeds, and its records; `dead` says with how
    many epochs at its peak a run is dead, by its name and seed."""
    study = load(write, STUDY.replace(
        'seeds = [5, 6]', f'seeds = {[*range(seeds)]}'))
    runs = records(study)
    for key, record in runs.items():
        if (key.schedule, key.seed) in dead:
            warmup = int(key.schedule.split()[-1])
            end = warmup + dead[key.schedule, key.seed] - 1
            record['train acc'][end:] = [0.1] * (len(record['lr']) - end)
    return study, runs


@pytest.mark.parametrize(('first', 'after', 'holds'), [
    ('more', 2, True), ('more', 3, False), ('undecided', 3, True),
    ('fewer', 2, False), ('undecided', 2, False)])
def test_a_ramp_that_delays(write, first, after, holds):
    """At a peak of 1 all eight are dead at once without the ramp, and with
    it in the third epoch there: 2 of 2 ** 8 ways to give signs are as far."""
    dead = {(f'survival 1.0 warmup {warmup}', seed): 3 if warmup else 1
            for warmup in (0, 2) for seed in range(8)}
    study, runs = saved(write, dead)
    asked = Claim('i', 'saves', ('survival * warmup 2', 'survival * warmup 0'),
                  first, after=after, tab='pytorch')
    found = judged(asked, study, runs)
    assert found.holds is holds
    if after == 2:
        assert found.text == (
            '16 against 8 of 16 runs alive after 2 epochs at the peak; +1.00 '
            'peaks a seed, p = 0.0078 by the exact sign-flip test, 8 seeds')
    else:
        assert 'p = 1 by' in found.text
    if holds:
        assert found.p == (2 / 2**8 if first == 'more' else None)


def test_a_stopped_run_is_dead_ever_after(write):
    study, runs = saved(write, {('survival 1.0 warmup 0', 0): 1})
    for key, record in runs.items():
        if (key.schedule, key.seed) == ('survival 1.0 warmup 0', 0):
            record['train acc'] = record['train acc'][:2]
    asked = Claim('i', 'saves', ('survival 1.0 warmup 2',
                                 'survival 1.0 warmup 0'), 'more', after=3,
                  tab='pytorch')
    found = judged(asked, study, runs)
    assert found.text.startswith('8 against 7 of 8 runs alive after 3')
    assert found.rows[0] == (0, 1.0, (None, 0))


def test_a_claim_has_a_p_below_5_percent_exactly_if_it_holds(plan):
    for asserts in ('more_than', 'less_than', 'within'):
        for number in (0.001, 0.7, 0.73, 0.75, 0.9, 1.2, 1.25, 1.27, 1.4):
            number = -number if asserts == 'less_than' else number
            for higher in (HIGHER, {k: -v for k, v in HIGHER.items()}):
                found = judged(claim(asserts, number), plan,
                               records(plan, higher))
                assert (found.p < 0.05) is found.holds


@pytest.mark.parametrize('other', [
    {'data': {'name': 'Fashion-MNIST', 'train': 54000}},
    {'split': 'validation'}])
def test_runs_that_differ_in_more_than_their_schedule(plan, other):
    runs = records(plan)
    key = next(key for key in runs if key.schedule == ROOT and key.seed == 7)
    runs[key] = {**runs[key], **other}
    with pytest.raises(EvidenceError, match="'a': its runs differ in their"):
        judged(claim('more_than', 0), plan, runs)
