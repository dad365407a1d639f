"""Schedules against closed forms written out here, point by point."""
import doctest
import math

import numpy as np
import pytest

from d2l import schedulers
from d2l.schedulers import (
    CosineScheduler,
    FactorScheduler,
    MultiFactorScheduler,
    PolyScheduler,
    SquareRootScheduler,
    WarmupScheduler,
)

EPOCHS = range(31)
ALL = [
    SquareRootScheduler(0.3), FactorScheduler(0.9, 0.01, 2.0),
    MultiFactorScheduler([15, 30], 0.5, 0.3), PolyScheduler(30, 0.3, 2, 0.01),
    CosineScheduler(20, 0.3, 0.01),
    CosineScheduler(20, 0.3, 0.01, warmup_steps=5),
    WarmupScheduler(SquareRootScheduler(0.3), 5, 0.1, 'constant')]


def test_square_root():
    for t in EPOCHS:
        assert SquareRootScheduler(0.3)(t) == pytest.approx(
            0.3 / math.sqrt(t + 1), rel=1e-12)


def test_factor_starts_at_the_base_and_obeys_the_recurrence():
    rate, schedule = 2.0, FactorScheduler(0.9, 0.01, 2.0)
    for t in range(80):
        assert schedule(t) == pytest.approx(rate, rel=1e-12)
        rate = max(0.01, rate * 0.9)
    assert schedule(79) == 0.01


def test_multi_factor_cuts_at_its_milestones():
    schedule = MultiFactorScheduler([15, 30], 0.5, 0.5)
    assert [schedule(t) for t in (0, 14, 15, 29, 30, 31, 1000)] == [
        0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.125]


@pytest.mark.parametrize('pwr', [0.5, 1, 2])
def test_polynomial(pwr):
    schedule = PolyScheduler(20, 0.3, pwr, 0.01)
    for t in range(20):
        assert schedule(t) == pytest.approx(
            0.01 + 0.29 * ((20 - t) / 20) ** pwr, rel=1e-12)
    assert schedule(20) == schedule(20.5) == schedule(500) == 0.01


def test_cosine_by_the_half_angle():
    schedule = CosineScheduler(20, 0.3, 0.01)
    for t in range(20):
        assert schedule(t) == pytest.approx(
            0.01 + 0.29 * math.cos(math.pi * t / 40) ** 2, rel=1e-12)
    assert schedule(20) == schedule(21) == schedule(999) == 0.01


def test_cosine_after_a_linear_warmup():
    schedule = CosineScheduler(20, 0.3, 0.01, warmup_steps=5)
    ramp = [schedule(t) for t in range(6)]
    assert ramp == pytest.approx([0, 0.06, 0.12, 0.18, 0.24, 0.3], abs=1e-12)
    for t in range(5, 20):
        assert schedule(t) == pytest.approx(
            0.01 + 0.29 * math.cos(math.pi * (t - 5) / 30) ** 2, rel=1e-12)
    assert schedule(20) == schedule(30) == 0.01
    assert schedule(2.5) == pytest.approx(0.15)


def test_constant_warmup():
    schedule = CosineScheduler(20, 0.3, 0.01, 5, 0.1, 'constant')
    assert [schedule(t) for t in (0, 1, 4, 4.9)] == [0.1] * 4
    assert schedule(5) == pytest.approx(0.3)


def test_warmup_before_any_callable():
    schedule = WarmupScheduler(lambda t: 1 / (1 + t), 2, begin_lr=0.5)
    assert [schedule(t) for t in range(5)] == [0.5, 0.75, 1, 1 / 2, 1 / 3]


@pytest.mark.parametrize('schedule', ALL, ids=lambda s: type(s).__name__)
def test_calling_changes_nothing(schedule):
    forwards = [schedule(t) for t in EPOCHS]
    backwards = [schedule(t) for t in reversed(EPOCHS)]
    assert forwards == backwards[::-1]
    assert all(rate >= 0 for rate in forwards)
    assert hash(schedule) == hash(schedule)


NAN = float('nan')


@pytest.mark.parametrize(('make', 'shown'), [
    (lambda: SquareRootScheduler(0), 'lr=0'),
    (lambda: SquareRootScheduler(NAN), 'lr=nan'),
    (lambda: SquareRootScheduler(math.inf), 'lr=inf'),
    (lambda: FactorScheduler(factor=1.5), 'factor=1.5'),
    (lambda: FactorScheduler(factor=0), 'factor=0'),
    (lambda: FactorScheduler(base_lr=-1), 'base_lr=-1'),
    (lambda: FactorScheduler(0.9, 0.5, 0.1), 'stop_factor_lr=0.5'),
    (lambda: MultiFactorScheduler([30, 15]), 'step=[30, 15]'),
    (lambda: MultiFactorScheduler([0, 15]), 'step=[0, 15]'),
    (lambda: MultiFactorScheduler([5], factor=2), 'factor=2'),
    (lambda: MultiFactorScheduler([5], base_lr=0), 'base_lr=0'),
    (lambda: PolyScheduler(0), 'max_update=0'),
    (lambda: PolyScheduler(10, pwr=0), 'pwr=0'),
    (lambda: PolyScheduler(10, 0.1, 2, 0.2), 'final_lr=0.2'),
    (lambda: PolyScheduler(10, 0), 'base_lr=0'),
    (lambda: CosineScheduler(0), 'max_update=0'),
    (lambda: CosineScheduler(20, warmup_steps=20), 'warmup_steps=20'),
    (lambda: CosineScheduler(20, base_lr=NAN), 'base_lr=nan'),
    (lambda: CosineScheduler(20, 0.1, -1), 'final_lr=-1'),
    (lambda: CosineScheduler(20, 0.1, 0, 5, 0.2), 'begin_lr=0.2'),
    (lambda: CosineScheduler(20, warmup_mode='cubic'), "mode='cubic'"),
    (lambda: WarmupScheduler(SquareRootScheduler(), -1), 'warmup_steps=-1'),
    (lambda: WarmupScheduler(SquareRootScheduler(), 5, 0, 'constant'),
     'begin_lr=0'),
    (lambda: SquareRootScheduler('1e-3'), "lr='1e-3'"),
    (lambda: SquareRootScheduler(None), 'lr=None'),
    (lambda: SquareRootScheduler(True), 'lr=True'),
    (lambda: SquareRootScheduler([0.1]), 'lr=[0.1]'),
    (lambda: FactorScheduler('0.9'), "factor='0.9'"),
    (lambda: FactorScheduler(0.9, NAN), 'stop_factor_lr=nan'),
    (lambda: MultiFactorScheduler(15), 'step=15'),
    (lambda: MultiFactorScheduler({15: 0.5}), 'step={15: 0.5}'),
    (lambda: MultiFactorScheduler({15, 30}), 'step={'),
    (lambda: MultiFactorScheduler('15'), "step='15'"),
    (lambda: MultiFactorScheduler(['15']), "step='15'"),
    (lambda: MultiFactorScheduler([[15], [30]]), 'step=[15]'),
    (lambda: MultiFactorScheduler([15, math.inf]), 'step=inf'),
    (lambda: MultiFactorScheduler([15, NAN]), 'step=nan'),
    (lambda: PolyScheduler(math.inf), 'max_update=inf'),
    (lambda: PolyScheduler(10, pwr=math.inf), 'pwr=inf'),
    (lambda: PolyScheduler(True), 'max_update=True'),
    (lambda: CosineScheduler('20'), "max_update='20'"),
    (lambda: CosineScheduler(20, warmup_steps=None), 'warmup_steps=None'),
    (lambda: WarmupScheduler(0.1, 5), 'after=0.1'),
    (lambda: WarmupScheduler(lambda t: '0.1', 5), "after(0)='0.1'"),
    (lambda: WarmupScheduler(lambda t: NAN, 5), 'after(0)=nan'),
    (lambda: WarmupScheduler(SquareRootScheduler(), math.inf),
     'warmup_steps=inf'),
    (lambda: WarmupScheduler(SquareRootScheduler(), 5, 0, ['linear']),
     "mode=['linear']"),
])
def test_bad_arguments_are_shown(make, shown):
    with pytest.raises(ValueError) as raised:
        make()
    assert shown in str(raised.value)


def test_arguments_are_kept_as_plain_numbers():
    schedule = MultiFactorScheduler(np.array([15, 30]), np.float32(0.5), 1)
    assert repr(schedule) == ('MultiFactorScheduler(step=(15, 30), '
                              'factor=0.5, base_lr=1)')
    assert all(type(n) is int for n in schedule.step)
    assert type(schedule.factor) is float and type(schedule.base_lr) is int
    assert type(PolyScheduler(np.int8(30)).max_update) is float


@pytest.mark.parametrize('rate', ['0.1', None, NAN, [0.1]])
def test_what_follows_a_warmup_must_give_a_number(rate):
    schedule = WarmupScheduler(lambda t: rate if t else 0.1, 2)
    assert schedule(2) == 0.1
    with pytest.raises(ValueError) as raised:
        schedule(3)
    assert f'rate={rate!r}' in str(raised.value)


def test_a_table_can_follow_a_warmup():
    table = [0.3, 0.2, 0.1]
    schedule = WarmupScheduler(lambda t: table[t], 2, begin_lr=0.1)
    assert [schedule(t) for t in range(5)] == pytest.approx(
        [0.1, 0.2, 0.3, 0.2, 0.1])


def test_examples_in_docstrings():
    results = doctest.testmod(schedulers)
    assert results.attempted >= 7
    assert results.failed == 0
