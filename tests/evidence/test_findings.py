"""Statistics against closed forms and simulation, and verdicts on claims."""
import math

import numpy as np
import pytest

from evidence import EvidenceError
from evidence.claims import Claim
from evidence.findings import (
    MissingRuns,
    died,
    difference_of_fractions,
    fraction_interval,
    judge,
    mean_interval,
    score,
)
from evidence.plan import load_plan

from .conftest import PLAN, made_up


def test_student_interval():
    """Tables give 2.776 for four degrees of freedom."""
    found = mean_interval([1, 2, 3, 4, 5])
    half = 2.776445 * math.sqrt(2.5 / 5)
    assert found.value == 3 and found.n == 5
    assert found.low == pytest.approx(3 - half, abs=1e-5)
    assert found.high == pytest.approx(3 + half, abs=1e-5)
    with pytest.raises(EvidenceError, match='needs three runs, got 2'):
        mean_interval([1, 2])


@pytest.mark.parametrize('n', [3, 10])
def test_its_coverage_by_simulation(n):
    """The standard error of 4,000 tries at 95 % is 0.35 %."""
    random = np.random.default_rng(0)
    tries = [mean_interval(list(random.normal(1, 2, n))) for _ in range(4000)]
    covered = np.mean([t.low < 1 < t.high for t in tries])
    assert abs(covered - 0.95) < 4 * 0.0035


def test_wilson_interval():
    """The roots of (p - x)^2 = z^2 x (1 - x) / n."""
    z = 1.959964
    for count, n in ((0, 10), (7, 10), (10, 10)):
        found, p = fraction_interval(count, n), count / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(
            p * (1 - p) / n + z * z / (4 * n * n))
        assert found.value == p and found.n == n
        assert found.low == pytest.approx(middle - half, abs=1e-6)
        assert found.high == pytest.approx(middle + half, abs=1e-6)


def test_fisher_by_counting_tables():
    """10 of 10 against 4 of 10: all tables with these sums, by chance."""
    def chance(k):
        return math.comb(10, k) * math.comb(10, 14 - k) / math.comb(20, 14)

    expected = sum(chance(k) for k in range(4, 11)
                   if chance(k) <= chance(10) * (1 + 1e-9))
    assert difference_of_fractions((10, 10), (4, 10)) == pytest.approx(
        expected, rel=1e-9)


@pytest.mark.parametrize(('accuracies', 'epoch'), [
    ([.6, .8, .85], None), ([.1, .1, .1], 0), ([.1, .1, .5], None),
    ([.7, .85, .1], 2), ([.7, .1, .7, .1, .1], 3)])
def test_when_a_run_died(accuracies, epoch):
    assert died({'train acc': accuracies}) == epoch


def test_scores_are_means_of_the_last_five_epochs_in_percent():
    record = {'train acc': [0, .5, .6, .7, .8, .9],
              'test acc': [0, .5, .5, .5, .5, .5]}
    assert score(record, 'train acc') == pytest.approx(70)
    assert score(record, 'gap') == pytest.approx(20)


ROOT, CONSTANT = 'square root 0.3', 'constant 0.3'
HIGHER = {5: .010, 6: .012, 7: .008, 8: .010}  # of the test accuracy


def records(plan, higher=HIGHER, dead=()):
    """Runs of the exploring and confirming seeds, and the survival grid."""
    found = {}
    for run in plan.runs('pytorch', {ROOT, CONSTANT}):
        better = higher.get(run.seed, 0) if run.schedule == ROOT else 0
        record = made_up('', run, 0.9, 0.85 + better)
        if (run.schedule, run.seed) in dead:
            record = made_up('', run, 0.1, 0.1)
        found[run.key()] = record
    return found


def claim(asserts, number, metric='test acc'):
    return Claim('a', (ROOT, CONSTANT), metric, asserts, number)


def test_a_claim_with_its_numbers(plan):
    """Differences of 1.0, 1.2, 0.8, 1.0 points: 3.182 times their standard
    error, 0.163 / 2, is 0.26."""
    found = judge(claim('more_than', 0.5), plan, records(plan))
    assert found.holds
    assert found.text == '+1.00 points, 95 % interval +0.74 to +1.26, 4 seeds'
    assert [seed for seed, *_ in found.pairs] == [5, 6, 7, 8]
    assert found.pairs[1][1:] == pytest.approx((86.2, 85))


@pytest.mark.parametrize(('asserts', 'number', 'holds'), [
    ('more_than', 0.7, True), ('more_than', 0.8, False),
    ('less_than', -0.1, False),
    ('within', 1.3, True), ('within', 1.2, False), ('within', 0.5, False)])
def test_the_whole_interval_decides(plan, asserts, number, holds):
    found = judge(claim(asserts, number), plan, records(plan))
    assert found.holds is holds
    mirrored = {'more_than': ('less_than', -number),
                'less_than': ('more_than', -number),
                'within': ('within', number)}[asserts]
    lower = {seed: -x for seed, x in HIGHER.items()}
    assert judge(claim(*mirrored), plan, records(plan, lower)).holds is holds


def test_the_gap_closes_by_what_the_test_accuracy_gains(plan):
    found = judge(claim('less_than', 0, 'gap'), plan, records(plan))
    assert found.holds and found.text.startswith(
        '−1.00 points, 95 % interval −1.26 to −0.74')


def test_explored_seeds_count_for_nothing(plan):
    runs = records(plan)
    assert judge(claim('more_than', 0.5), plan, runs) == judge(
        claim('more_than', 0.5), plan,
        records(plan, {**HIGHER, 0: -.5, 1: -.5}))


def test_the_dead_are_counted_and_shown(plan):
    found = judge(claim('more_than', 0), plan,
                  records(plan, dead={(CONSTANT, 6)}))
    assert found.text.endswith('3 seeds; 1 of 4 died with constant 0.3')
    assert found.pairs[1] == (6, pytest.approx(86.2), None)
    with pytest.raises(EvidenceError, match='2 of 4 seeds both runs lived, t'):
        judge(claim('more_than', 0), plan, records(
            plan, dead={(CONSTANT, 6), (ROOT, 7)}))


def test_a_claim_without_its_runs(plan):
    runs = records(plan)
    runs.pop(next(key for key in runs if key[:2] == (ROOT, 7)))
    with pytest.raises(MissingRuns, match="claim 'a' lacks 1 of its 8 runs: "
                       'make evidence'):
        judge(claim('more_than', 0), plan, runs)


@pytest.mark.parametrize(('old', 'new', 'lacking'), [
    ('lr = 0.3 }', 'lr = 0.2 }', 4), ('epochs = 6\n', 'epochs = 60\n', 8)])
def test_runs_of_another_schedule_of_that_name_do_not_count(
        plan, write, old, new, lacking):
    changed = load_plan(write('plan.toml', PLAN.replace(old, new)))
    with pytest.raises(MissingRuns, match=f'lacks {lacking} of its 8 runs'):
        judge(claim('more_than', 0), changed, records(plan))


@pytest.mark.parametrize(('alive', 'asserts', 'holds'), [
    ((10, 4), 'more', True), ((10, 4), 'fewer', False),
    ((4, 10), 'more', False), ((4, 10), 'fewer', True),
    ((10, 6), 'more', False), ((6, 10), 'fewer', False)])
def test_survival_by_fishers_test(write, alive, asserts, holds):
    """10 against 4 of 10: p = 0.011; 10 against 6 of 10: p = 0.087."""
    ten = load_plan(write('plan.toml', PLAN.replace(
        'seeds = [5, 6]', f'seeds = {[*range(10)]}')))
    names = ('survival 1.0 warmup 2', 'survival 1.0 warmup 0')
    dead = {(name, seed) for name, n in zip(names, alive)
            for seed in range(n, 10)}
    found = judge(Claim('b', names, '', asserts), ten,
                  records(ten, dead=dead))
    assert found.holds is holds
    if alive == (10, 4):
        assert found.text == (
            '10 of 10 alive (95 % interval 72 to 100 %), against 4 of 10 '
            'alive (95 % interval 17 to 69 %); p = 0.011 by Fisher\'s exact '
            'test')
        assert found.pairs[4] == (4, None, 0)
