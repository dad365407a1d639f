"""The lab's schedules in JavaScript, against d2l.schedulers and closed forms,
for settings drawn at random."""
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.source.lab import NUMBERS, SCHEDULES
from d2l.schedulers import (
    CosineScheduler,
    FactorScheduler,
    MultiFactorScheduler,
    PolyScheduler,
    SquareRootScheduler,
    WarmupScheduler,
)
from tests.lab import ask

KINDS = ['constant', 'square-root', 'factor', 'multi-factor', 'polynomial',
         'cosine', 'linear', 'stable-decay', 'one-cycle', 'warm-restarts']
epochs = st.integers(1, 30)


@st.composite
def slots(draw):
    peak = draw(st.floats(0.01, 1))
    first = draw(st.integers(1, 29))
    return {
        'kind': draw(st.sampled_from(KINDS)), 'peak': peak,
        'floor': draw(st.floats(0, 1)) * min(peak, 0.1),
        'factor': draw(st.floats(0.1, 0.99)), 'first': first,
        'second': draw(st.integers(first + 1, 30)),
        'power': draw(st.floats(0.5, 4)), 'end': draw(st.integers(2, 30)),
        'decay': draw(epochs), 'rise': draw(epochs), 'period': draw(epochs),
        'growth': draw(st.sampled_from([1, 2])),
        'warmup': draw(st.sampled_from(['none', 'linear', 'constant'])),
        'length': draw(st.integers(1, 10)), 'begin': draw(st.floats(0, 1))}


def stable_decay(slot, end):
    peak, floor, decay = slot['peak'], slot['floor'], min(slot['decay'], end)

    def rate(t):
        if t <= end - decay:
            return peak
        return floor if t >= end else (
            peak * (end - t) / decay + floor * (t - end + decay) / decay)
    return rate


def one_cycle(slot, end):
    top, rise = slot['peak'], max(1, min(slot['rise'], end - 1))

    def rate(t):
        if t < rise:
            return top * (0.04 * (rise - t) + t) / rise
        return 0.0 if t >= end else top * (end - t) / (end - rise)
    return rate


def warm_restarts(slot):
    def rate(t):
        begin, length = 0, slot['period']
        while t >= begin + length:
            begin, length = begin + length, length * slot['growth']
        angle = math.pi * (t - begin) / (2 * length)
        return (slot['floor'] * math.sin(angle) ** 2
                + slot['peak'] * math.cos(angle) ** 2)
    return rate


def after_warmup(slot):
    """Return the schedule of a slot, its clock at 0 after the warmup."""
    warmup = 0 if slot['warmup'] == 'none' else slot['length']
    peak, floor = slot['peak'], slot['floor']
    end, first = max(slot['end'] - warmup, 2), max(slot['first'] - warmup, 1)
    step = [first, max(slot['second'] - warmup, first + 1)]
    return {
        'constant': lambda: FactorScheduler(base_lr=peak, stop_factor_lr=0),
        'square-root': lambda: SquareRootScheduler(peak),
        'factor': lambda: FactorScheduler(slot['factor'], floor, peak),
        'multi-factor': lambda: MultiFactorScheduler(step, slot['factor'],
                                                     peak),
        'polynomial': lambda: PolyScheduler(end, peak, slot['power'], floor),
        'cosine': lambda: CosineScheduler(end, peak, floor),
        'linear': lambda: PolyScheduler(end, peak, 1),
        'stable-decay': lambda: stable_decay(slot, end),
        'one-cycle': lambda: one_cycle(slot, end),
        'warm-restarts': lambda: warm_restarts(slot)}[slot['kind']]()


def expected(slot):
    """Return the whole schedule, made of d2l's."""
    after = after_warmup(slot)
    if slot['warmup'] == 'none':
        return after
    begin = slot['begin'] * after(0)
    if slot['warmup'] == 'constant':
        begin = max(begin, 0.05 * after(0))
    return WarmupScheduler(after, slot['length'], min(begin, after(0)),
                           slot['warmup'])


@settings(derandomize=True, deadline=None, max_examples=8, database=None)
@given(st.lists(slots(), min_size=40, max_size=40),
       st.sampled_from(['update', 'epoch']), st.integers(2, 30),
       st.integers(2, 20))
def test_rates_are_those_of_the_package(drawn, per, length, updates):
    run = {'epochs': length, 'updates': updates, 'per': per}
    answers = ask([['rates', slot, run] for slot in drawn])
    for slot, rates in zip(drawn, answers, strict=True):
        schedule = expected(slot)
        times = [n / updates if per == 'update' else n // updates
                 for n in range(length * updates)]
        assert rates == pytest.approx([schedule(t) for t in times], rel=1e-12,
                                      abs=1e-12), slot


def test_the_directive_knows_the_same_schedules_and_limits():
    titles = ask([['title', {'kind': kind, 'warmup': 'none'}]
                  for kind in KINDS])
    assert titles == list(SCHEDULES)
    options = {'schedules': ['warmup cosine'], 'epochs': 12}
    scripts = ('schedules', 'python', 'builtin', 'snippets', 'chart',
               'state')
    for name, limits in NUMBERS.items():
        for limit in limits[:2]:
            state = ask([['initial', {**options, name: limit}]], scripts)[0]
            place = state['a'] if name == 'peak' else state
            assert place[name] == limit
            text = ask([['format', state]], scripts)[0]
            assert ask([['parse', text, state]], scripts)[0] == {
                'state': state, 'problems': []}
