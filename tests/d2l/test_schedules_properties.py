"""What holds of every schedule, for arguments and times drawn at random.

The draws are the same in every run. Where a framework is installed, its
scalars must count as numbers too.
"""
import copy
import dataclasses
import importlib
import math
import pickle
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d2l import modern, schedulers
from d2l.modern import (
    SHAPES,
    CosineRestartScheduler,
    OneCycleScheduler,
    WSDScheduler,
)
from d2l.schedulers import (
    CosineScheduler,
    FactorScheduler,
    MultiFactorScheduler,
    PolyScheduler,
    SquareRootScheduler,
    WarmupScheduler,
)

ALMOST = 1 + 1e-12
fixed = settings(derandomize=True, deadline=None, max_examples=100,
                 database=None)

rates = st.floats(1e-6, 10)
fractions = st.floats(0, 1)
horizons = st.integers(1, 200) | st.floats(0.5, 200)
times = st.integers(0, 500) | st.floats(0, 500)


@st.composite
def square_roots(draw):
    return SquareRootScheduler(draw(rates))


@st.composite
def factors(draw):
    base = draw(rates)
    return FactorScheduler(draw(st.floats(0.01, 1)), draw(fractions) * base,
                           base)


@st.composite
def multi_factors(draw):
    step = draw(st.lists(horizons, max_size=4, unique=True))
    return MultiFactorScheduler(sorted(step), draw(st.floats(0.01, 1)),
                                draw(rates))


@st.composite
def polynomials(draw):
    base = draw(rates)
    return PolyScheduler(draw(horizons), base, draw(st.floats(0.1, 8)),
                         draw(fractions) * base)


@st.composite
def cosines(draw, warmups=fractions):
    base, end = draw(rates), draw(horizons)
    return CosineScheduler(end, base, draw(fractions) * base,
                           0.99 * draw(warmups) * end, draw(fractions) * base)


falling = st.one_of(square_roots(), factors(), multi_factors(), polynomials(),
                    cosines(warmups=st.just(0)))


@st.composite
def warmups(draw):
    after = draw(falling)
    mode = draw(st.sampled_from(['linear', 'constant']))
    begin = draw(st.floats(0.01, 1)) * after(0)
    return WarmupScheduler(after, draw(horizons), begin, mode)


@st.composite
def stable(draw, warmups=fractions):
    end, base = draw(horizons), draw(rates)
    decay = end * draw(st.floats(0.01, 1))
    return WSDScheduler(end, decay, base, draw(fractions) * base,
                        0.99 * draw(warmups) * (end - decay),
                        draw(fractions) * base,
                        draw(st.sampled_from([*SHAPES])))


@st.composite
def cycles(draw):
    end, base = draw(horizons), draw(rates)
    return OneCycleScheduler(end, base, draw(fractions) * base,
                             draw(fractions) * base,
                             end * draw(st.floats(0.01, 0.99)))


@st.composite
def restarts(draw):
    base = draw(rates)
    return CosineRestartScheduler(draw(horizons), base,
                                  draw(fractions) * base,
                                  draw(st.integers(1, 4)))


falling = st.one_of(falling, stable(warmups=st.just(0)))
every = st.one_of(falling, cosines(), warmups(), stable(), cycles(),
                  restarts())


def peak_and_floor(schedule):
    """Return the largest and the smallest rate of the formula."""
    if isinstance(schedule, WarmupScheduler):
        peak, floor = peak_and_floor(schedule.after)
        return peak, min(floor, schedule.begin_lr)
    peak = getattr(schedule, 'base_lr', None) or schedule.lr
    if isinstance(schedule, FactorScheduler):
        return peak, schedule.stop_factor_lr
    if getattr(schedule, 'warmup_begin_lr', None) is not None and (
            schedule.warmup_steps):
        return peak, min(schedule.final_lr, schedule.warmup_begin_lr)
    if isinstance(schedule, OneCycleScheduler):
        return peak, min(schedule.final_lr, schedule.begin_lr)
    return peak, getattr(schedule, 'final_lr', 0.0)


def test_every_schedule_is_drawn():
    known = {name for module in (schedulers, modern)
             for name in vars(module) if name.endswith('Scheduler')}
    assert known == {'SquareRootScheduler', 'FactorScheduler',
                     'MultiFactorScheduler', 'PolyScheduler',
                     'CosineScheduler', 'WarmupScheduler', 'WSDScheduler',
                     'OneCycleScheduler', 'CosineRestartScheduler'}


@fixed
@given(every, times)
def test_rates_are_floats_between_floor_and_peak(schedule, t):
    peak, floor = peak_and_floor(schedule)
    rate = schedule(t)
    assert type(rate) is float
    assert floor / ALMOST <= rate <= peak * ALMOST


@fixed
@given(falling, times, times)
def test_decays_never_rise(schedule, s, t):
    s, t = sorted((s, t))
    assert schedule(t) <= schedule(s) * ALMOST


@fixed
@given(falling, horizons, fractions, fractions, fractions)
def test_a_linear_warmup_never_falls(after, length, start, s, t):
    schedule = WarmupScheduler(after, length, start * after(0))
    s, t = sorted((s, t))
    assert schedule(0) == pytest.approx(start * after(0), rel=1e-12)
    assert schedule(s * length) <= schedule(t * length) * ALMOST


@fixed
@given(falling, horizons, fractions, times)
def test_a_warmup_joins_what_follows(after, length, start, t):
    schedule = WarmupScheduler(after, length, start * after(0))
    assert schedule(length) == after(0)
    assert schedule(math.nextafter(length, 0)) == pytest.approx(after(0),
                                                                rel=1e-9)
    assert schedule(length + t) == after(length + t - length)


@fixed
@given(cosines(), polynomials(), stable(), cycles(), st.floats(0, 1e6))
def test_from_the_horizon_on_the_rate_stays(cosine, polynomial, stable, cycle,
                                            more):
    for schedule in (cosine, polynomial, stable, cycle):
        # A horizon less a warmup may be rounded.
        end = schedule.max_update * ALMOST + more
        assert schedule(end) == schedule(math.inf) == schedule.final_lr


@fixed
@given(cycles(), fractions, fractions)
def test_a_cycle_rises_and_then_falls(schedule, s, t):
    s, t = sorted((s, t))
    rise, end = schedule.warmup_steps, schedule.max_update
    assert schedule(s * rise) <= schedule(t * rise) * ALMOST
    after = [schedule(rise + x * (end - rise)) for x in (s, t)]
    assert after[1] <= after[0] * ALMOST


@fixed
@given(restarts(), st.integers(0, 4), fractions)
def test_restarts_repeat_the_first_cycle(schedule, n, x):
    """Up to rounding, which at a restart is a jump."""
    starts = sum(schedule.growth ** k for k in range(n)) * schedule.period
    x = 0.001 + 0.998 * x
    t = starts + x * schedule.period * schedule.growth ** n
    assert schedule(t) == pytest.approx(schedule(x * schedule.period),
                                        rel=1e-6, abs=1e-9)


@fixed
@given(every, st.integers(0, 127))
def test_a_number_is_a_number_whatever_its_type(schedule, t):
    rate = schedule(float(t))
    for kind in (int, np.int8, np.uint8, np.int64, np.float16, np.float32,
                 np.float64, np.array):
        found = schedule(kind(t))
        assert type(found) is float and found == rate, kind


def tensor(framework):
    """Return the function that makes a tensor without axes."""
    if framework == 'mxnet':
        mxnet = importlib.import_module('d2l.mxnet').mxnet
        mxnet.npx.set_np()  # as the chapter does
        return mxnet.np.array
    module, name = {'torch': ('torch', 'tensor'),
                    'jax': ('jax.numpy', 'asarray'),
                    'tensorflow': ('tensorflow', 'constant')}[framework]
    return getattr(importlib.import_module(module), name)


def test_tensors_without_axes_are_numbers():
    for framework in ('torch', 'jax', 'tensorflow', 'mxnet'):
        if find_spec(framework):  # each has an environment of its own
            make = tensor(framework)
            schedule = CosineScheduler(20, 0.3, 0.01, warmup_steps=5)
            for t in (0, 3, 2.5, 127):
                found = schedule(make(t))
                assert type(found) is float and found == schedule(t)
            for bad in (make([3]), make([3, 4]), make(3) > make(2)):
                with pytest.raises(ValueError, match='t must be a number'):
                    schedule(bad)
            assert SquareRootScheduler(make(0.25)) == SquareRootScheduler(0.25)


@fixed
@given(every, times)
def test_copies_are_equal_and_agree(schedule, t):
    restored = [copy.copy(schedule), copy.deepcopy(schedule),
                pickle.loads(pickle.dumps(schedule)),
                dataclasses.replace(schedule),
                eval(repr(schedule), {**vars(schedulers), **vars(modern)})]
    for other in restored:
        assert other == schedule and hash(other) == hash(schedule)
        assert other(t) == schedule(t)


@fixed
@given(every)
def test_schedules_are_frozen(schedule):
    for field in dataclasses.fields(schedule):
        before = getattr(schedule, field.name)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(schedule, field.name, 1)
        assert getattr(schedule, field.name) == before


@fixed
@given(every, st.floats(max_value=0, exclude_max=True) | st.just(math.nan)
       | st.booleans() | st.text(max_size=3) | st.complex_numbers()
       | st.lists(times, max_size=2) | st.none() | st.just(10**400))
def test_other_times_are_refused_with_their_value(schedule, t):
    with pytest.raises(ValueError) as raised:
        schedule(t)
    assert f'got t={t!r}' in str(raised.value)
