"""Schedules after 2016 against closed forms written out here."""
import doctest
import math

import numpy as np
import pytest

from d2l import modern
from d2l.modern import (
    CosineRestartScheduler,
    OneCycleScheduler,
    WSDScheduler,
)
from d2l.schedulers import CosineScheduler, PolyScheduler, WarmupScheduler

ALL = [WSDScheduler(10, 2, 0.3, 0.01, 1),
       WSDScheduler(10, 2, 0.3, shape='sqrt'),
       OneCycleScheduler(10, 0.3, 0.012, 0.001, 3),
       CosineRestartScheduler(5, 0.3, 0.01),
       CosineRestartScheduler(1.5, 0.3, 0.01, 2)]


@pytest.mark.parametrize(('shape', 'left'), [
    ('linear', [1, 3 / 4, 1 / 2, 1 / 4, 0]),
    ('sqrt', [1, 1 / 2, 1 - math.sqrt(1 / 2), 1 - math.sqrt(3) / 2, 0]),
    ('cosine', [1, math.cos(math.pi / 8) ** 2, 1 / 2,
                math.sin(math.pi / 8) ** 2, 0])])
def test_stable_then_decay(shape, left):
    schedule = WSDScheduler(20, 4, 0.3, 0.1, 5, 0.05, shape)
    assert [schedule(t) for t in (0, 1, 4, 5, 11.5, 16)] == pytest.approx(
        [0.05, 0.1, 0.25, 0.3, 0.3, 0.3], rel=1e-12)
    assert [schedule(t) for t in range(16, 21)] == pytest.approx(
        [0.1 + 0.2 * part for part in left], rel=1e-12)
    assert schedule(21) == schedule(math.inf) == 0.1


def test_a_decay_may_take_all_the_time():
    line, cosine = (WSDScheduler(20, 20, 0.3, 0.01, shape=shape)
                    for shape in ('linear', 'cosine'))
    for t in range(25):
        assert line(t) == pytest.approx(PolyScheduler(20, 0.3, 1, 0.01)(t))
        assert cosine(t) == pytest.approx(CosineScheduler(20, 0.3, 0.01)(t))


def test_runs_with_other_horizons_share_their_beginning():
    short, long = (WSDScheduler(end, 4, 0.3, warmup_steps=2)
                   for end in (10, 50))
    assert [short(t / 4) for t in range(25)] == [long(t / 4)
                                                 for t in range(25)]
    assert short(7) < long(7)


def test_one_cycle_by_the_half_angle():
    schedule = OneCycleScheduler(10, 0.3, 0.02, 0.001, 4)
    for t in np.linspace(0, 4, 9):
        assert schedule(t) == pytest.approx(
            0.02 + 0.28 * math.sin(math.pi * t / 8) ** 2, rel=1e-12)
    for t in np.linspace(4, 10, 13):
        assert schedule(t) == pytest.approx(
            0.001 + 0.299 * math.cos(math.pi * (t - 4) / 12) ** 2, rel=1e-12)
    assert schedule(10.5) == schedule(math.inf) == 0.001


def test_a_momentum_cycles_the_other_way():
    momentum = OneCycleScheduler(10, 0.85, 0.95, 0.95, 3)
    assert [momentum(t) for t in (0, 1.5, 3, 6.5, 10, 99)] == pytest.approx(
        [0.95, 0.9, 0.85, 0.9, 0.95, 0.95])


@pytest.mark.parametrize(('growth', 'begins'), [
    (1, [0, 3, 6, 9, 12]), (2, [0, 3, 9, 21, 45]), (3, [0, 3, 12, 39])])
def test_restarts(growth, begins):
    schedule = CosineRestartScheduler(3, 0.3, 0.01, growth)
    for begin, end in zip(begins, begins[1:]):
        for x in (0, 0.1, 0.5, 0.9):
            assert schedule(begin + x * (end - begin)) == pytest.approx(
                0.01 + 0.29 * math.cos(math.pi * x / 2) ** 2, rel=1e-9)
        assert schedule(math.nextafter(end, 0)) == pytest.approx(0.01)
        assert schedule(end) == 0.3


def test_one_cycle_of_the_restarts_is_the_cosine():
    restarts = CosineRestartScheduler(20, 0.3, 0.01)
    for t in range(20):
        assert restarts(t) == pytest.approx(CosineScheduler(20, 0.3, 0.01)(t))


def test_after_a_warmup_its_clock_begins_at_zero():
    schedule = WarmupScheduler(CosineRestartScheduler(4, 0.4), 2)
    assert [schedule(t) for t in (0, 1, 2, 4, 6)] == pytest.approx(
        [0, 0.2, 0.4, 0.2, 0.4])


@pytest.mark.parametrize('schedule', ALL, ids=repr)
def test_calling_changes_nothing(schedule):
    times = [n / 3 for n in range(60)]
    forwards = [schedule(t) for t in times]
    assert forwards == [schedule(t) for t in reversed(times)][::-1]


NAN = math.nan


@pytest.mark.parametrize(('make', 'shown'), [
    (lambda: WSDScheduler(10, 0), 'decay_steps=0'),
    (lambda: WSDScheduler(10, 11), 'decay_steps=11 with max_update=10'),
    (lambda: WSDScheduler(10, -1), 'decay_steps=-1'),
    (lambda: WSDScheduler(0, 0), 'decay_steps=0'),
    (lambda: WSDScheduler(math.inf, 1), 'max_update=inf'),
    (lambda: WSDScheduler('10', 1), "max_update='10'"),
    (lambda: WSDScheduler(10, NAN), 'decay_steps=nan'),
    (lambda: WSDScheduler(10, 2, warmup_steps=9), 'warmup_steps=9'),
    (lambda: WSDScheduler(10, 2, warmup_steps=-1), 'warmup_steps=-1'),
    (lambda: WSDScheduler(10, 2, base_lr=0), 'base_lr=0'),
    (lambda: WSDScheduler(10, 2, 0.1, 0.2), 'final_lr=0.2'),
    (lambda: WSDScheduler(10, 2, 0.1, 0, 5, 0.2), 'begin_lr=0.2'),
    (lambda: WSDScheduler(10, 2, shape='square'), "shape='square'"),
    (lambda: WSDScheduler(10, 2, shape=['sqrt']), "shape=['sqrt']"),
    (lambda: WSDScheduler(10, 2, base_lr=True), 'base_lr=True'),
    (lambda: OneCycleScheduler(10, 0.1, 0.01, warmup_steps=0),
     'warmup_steps=0'),
    (lambda: OneCycleScheduler(10, 0.1, 0.01, warmup_steps=10),
     'warmup_steps=10'),
    (lambda: OneCycleScheduler(-1, 0.1, 0.01), 'max_update=-1'),
    (lambda: OneCycleScheduler(10, 0, 0.01), 'base_lr=0'),
    (lambda: OneCycleScheduler(10, NAN, 0.01), 'base_lr=nan'),
    (lambda: OneCycleScheduler(10, 0.1, -0.01), 'begin_lr=-0.01'),
    (lambda: OneCycleScheduler(10, 0.1, 0.01, -1), 'final_lr=-1'),
    (lambda: OneCycleScheduler(10, 0.1, None), 'begin_lr=None'),
    (lambda: CosineRestartScheduler(0), 'period=0'),
    (lambda: CosineRestartScheduler(math.inf), 'period=inf'),
    (lambda: CosineRestartScheduler([5]), 'period=[5]'),
    (lambda: CosineRestartScheduler(5, 0), 'base_lr=0'),
    (lambda: CosineRestartScheduler(5, 0.1, 0.2), 'final_lr=0.2'),
    (lambda: CosineRestartScheduler(5, 0.1, 0, 0), 'growth=0'),
    (lambda: CosineRestartScheduler(5, 0.1, 0, 1.5), 'growth=1.5'),
    (lambda: CosineRestartScheduler(5, 0.1, 0, '2'), "growth='2'")])
def test_bad_arguments_are_shown(make, shown):
    with pytest.raises(ValueError) as raised:
        make()
    assert shown in str(raised.value)


def test_arguments_are_kept_as_plain_numbers():
    schedule = CosineRestartScheduler(np.float32(5), 1, 0, np.int64(2))
    assert repr(schedule) == ('CosineRestartScheduler(period=5.0, base_lr=1, '
                              'final_lr=0, growth=2)')


def test_restarts_have_no_end():
    for growth in (1, 2):
        with pytest.raises(ValueError, match='t must be finite, got t=inf'):
            CosineRestartScheduler(5, growth=growth)(math.inf)


def test_examples_in_docstrings():
    results = doctest.testmod(modern)
    assert results.attempted >= 6 and results.failed == 0
