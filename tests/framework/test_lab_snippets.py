"""Every snippet that the lab can show, executed in its framework: the rates
that its optimizer applies, against the curve that the lab draws."""
import itertools

import pytest

from tests.lab import ask

KINDS = ['constant', 'square-root', 'factor', 'multi-factor', 'polynomial',
         'cosine', 'linear', 'stable-decay', 'one-cycle', 'warm-restarts']
WARMUPS = ['none', 'linear', 'constant']
# Where frameworks lack something a snippet takes another way: a floor, an end
# before the run's, a ramp that does not begin at zero, a decay from the start.
SETTINGS = {
    'usual': {'peak': 0.3, 'first': 3, 'second': 5, 'end': 8},
    'all arguments': {
        'peak': 0.45, 'floor': 0.013, 'factor': 0.7, 'first': 3, 'second': 4,
        'power': 1.5, 'end': 6, 'decay': 3, 'rise': 2, 'period': 1,
        'growth': 2, 'length': 2, 'begin': 0.25},
    'at the edges': {
        'peak': 1, 'floor': 0.1, 'factor': 0.99, 'first': 1, 'second': 2,
        'power': 0.5, 'end': 2, 'decay': 29, 'rise': 29, 'period': 3,
        'growth': 1, 'length': 3, 'begin': 1}}
RUN = {'epochs': 8, 'updates': 3, 'momentum': 0}
CASES = [*itertools.product(KINDS, WARMUPS, ['update', 'epoch'],
                            [True, False], SETTINGS)]


def questions(tab, case, **run):
    """Return what to ask the lab: a snippet, and the curve."""
    kind, warmup, per, mine, settings = case
    slot = {**DEFAULTS, **SETTINGS[settings], 'kind': kind, 'warmup': warmup}
    run = {**RUN, 'per': per, **run}
    return [['snippet', tab, slot, run, mine], ['rates', slot, run]]


DEFAULTS = ask([['slot', 'constant']])[0]


@pytest.fixture(scope='module')
def answers(tab):
    """{case: (snippet, rates)} of all cases."""
    asked = [question for case in CASES for question in questions(tab, case)]
    found = iter(ask(asked))
    return {case: (next(found), next(found)) for case in CASES}


def execute(adapter, snippet):
    """Run a snippet; return the changes that its updates made."""
    names, changes = adapter.watched(RUN['updates'])
    exec(compile(snippet, '<snippet>', 'exec'), names)
    return changes


def largest_difference(values, expected):
    assert len(values) == len(expected)
    return max(abs(a - b) for a, b in zip(values, expected))


@pytest.mark.slow
@pytest.mark.parametrize('mine', [True, False], ids=['d2l', 'builtin'])
@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.filterwarnings('ignore:The epoch parameter in')  # of torch
def test_the_rates_applied_are_the_curve(adapter, answers, kind, mine):
    worst, count = 0, 0
    for case, (snippet, rates) in answers.items():
        if case[0] == kind and case[3] == mine:
            changes = execute(adapter, snippet)
            difference = largest_difference(changes, rates)
            assert difference < 1e-6, f'{case}\n{snippet}'
            worst, count = max(worst, difference), count + 1
    print(f'{kind}: {count} snippets, largest difference {worst:.1e}')
    assert count == len(WARMUPS) * 2 * len(SETTINGS)


def test_snippets_fit_and_say_what_they_count(answers):
    for (_, _, per, mine, _), (snippet, _) in answers.items():
        assert max(map(len, snippet.split('\n'))) <= 78, snippet
        assert 'num_epochs, N = 8, 3' in snippet
        if mine:
            unit = 'epoch + i / N' if per == 'update' else 'schedule(epoch)'
            assert unit in snippet


@pytest.mark.parametrize('mine', [True, False], ids=['d2l', 'builtin'])
def test_momentum(adapter, tab, mine):
    case = 'cosine', 'none', 'update', mine, 'usual'
    snippet, rates = ask(questions(tab, case, momentum=0.9))
    changes = execute(adapter, snippet)
    # Of a gradient of 1, PyTorch and Optax scale the sum by the rate of today,
    # Keras and MXNet each gradient by the rate of its own day.
    velocity, expected = 0, []
    for rate in rates:
        if tab in ('pytorch', 'jax'):
            velocity = 0.9 * velocity + 1
            expected.append(rate * velocity)
        else:
            velocity = 0.9 * velocity + rate
            expected.append(velocity)
    assert largest_difference(changes, expected) < 1e-5
