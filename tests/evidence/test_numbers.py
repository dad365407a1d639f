"""Numbers as sentences show them."""
import pytest

from evidence.finding import Evidence
from evidence.findings import judge
from evidence.forms import Claim
from evidence.numbers import short_mean, short_p
from evidence.plan import planned
from evidence.statistics import Interval

from .conftest import STUDY, load, made_up
from .test_findings import (
    CONSTANT,
    OTHERS,
    ROOT,
    by_seed,
    claim,
    judged,
    records,
    saved,
)


@pytest.mark.parametrize(('p', 'text'), [
    (0.25, 'p = .25'), (0.1, 'p = .10'), (0.0996, 'p = .10'),
    (0.049, 'p = .05'), (0.0021, 'p = .002'), (0.001, 'p = .001'),
    (0.00099, 'p < .001'), (1.0, 'p = 1.00')])
def test_p_values(p, text):
    assert short_p(p) == text


def above(margin):
    return lambda low, high: low > margin


@pytest.mark.parametrize(('value', 'half', 'margin', 'text'), [
    (2.12, 0.44, 1, '+2.1 ± 0.4'), (-0.2, 0.1, 0, '−0.2 ± 0.1'),
    # Rounded, it would seem to touch zero.
    (0.13, 0.11, 0, '+0.13 ± 0.11'), (0.133, 0.132, 0, '+0.133 ± 0.132'),
    # And here not to touch it.
    (0.16, 0.13, 0.05, '+0.16 ± 0.13'), (5.0, 0.02, 0, '+5.00 ± 0.02')])
def test_a_mean_has_decimals_that_decide_as_it_does(value, half, margin,
                                                    text):
    found = Interval(value, value - half, value + half, 9)
    assert short_mean(found, above(margin)) == text


def test_differences(plan):
    found = judged(claim('more_than', 0.5), plan, records(plan))
    assert found.short == '+1.0 ± 0.3'
    effect = found.effect
    assert (effect.unit, effect.bounds) == ('points', (0.5,))
    assert (effect.value, effect.low, effect.high) == (
        pytest.approx(1), pytest.approx(0.740, abs=1e-3),
        pytest.approx(1.260, abs=1e-3))
    within = judged(claim('within', 2), plan, records(plan))
    assert within.effect.bounds == (-2, 2)


def test_lives(write):
    dead = {('survival 1.0 warmup 0', seed): 1 for seed in range(8)}
    study, runs = saved(write, dead)
    names = ('survival * warmup 2', 'survival * warmup 0')
    saves = judged(Claim('i', 'saves', names, 'more', after=2,
                         tab='pytorch'), study, runs)
    assert saves.short == '+1.0 peaks a seed, p = .008'
    assert (saves.effect.value, saves.effect.low) == (1, None)
    alive = judged(Claim('b', 'alive', names, 'more', tab='pytorch'), study,
                   runs)
    assert alive.short == '16 against 8 of 16, p = .002'
    assert alive.effect.value == 50
    dies = judged(Claim('e', 'dies', names[1:], 'before', 1, tab='pytorch'),
                  study, runs)
    assert dies.short == '8 of 8'
    assert (dies.effect.value, dies.effect.bounds) == (1, (0.5,))


def test_spread_and_correlation(plan):
    values = {ROOT: [.850, .851, .8505, .8515], CONSTANT: [.86, .84, .87, .85]}
    runs = by_seed(plan, (ROOT, CONSTANT), 'test acc', values)
    found = judged(Claim('g', 'steadier', (ROOT, CONSTANT), 'steadier',
                         metric='test acc', tab='pytorch'), plan, runs)
    effect = found.effect
    assert found.short == (f'{effect.value:.2f} times, {effect.low:.2f} to '
                           f'{effect.high:.2f}')
    assert (effect.value, effect.unit) == (
        pytest.approx(0.3125 / 125), 'times the variance')
    for key, record in runs.items():
        if key.schedule == CONSTANT and key.seed in plan.confirm:
            record['train acc'][0] = 0.2 + key.seed / 100
    found = judged(Claim('h', 'gain', (ROOT, CONSTANT), 'first train acc',
                         metric='test acc', tab='pytorch'), plan, runs)
    assert found.short.startswith('rank correlation ')
    assert found.effect.unit == 'rank correlation'


def test_frameworks(write):
    both = load(write, STUDY.replace(*OTHERS))
    runs = {tab: {run.key(): made_up(tab, run, 0.9, 0.85 + (
        0.02 if run.schedule == ROOT else 0)) for run in planned(both, tab)}
        for tab in ('jax', 'mxnet')}
    agree = Claim('d', 'agree', (ROOT, CONSTANT), 'more_than', 0, 'test acc')
    found = judge(agree, Evidence(both, runs.__getitem__))
    assert found.short == 'JAX +2.0, MXNet +2.0' and found.effect is None
