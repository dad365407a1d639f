"""The chapter's table of built-in schedulers: the rates that its optimizers
apply, against closed forms."""
import math

import pytest

from evidence.chapter import code_cells

NAMES = ['square root', 'factor', 'multi factor', 'polynomial', 'cosine',
         'linear warmup', 'constant warmup']


def half_cosine(t, steps):
    """From 0.3 to 0.01, by the square of the half angle's cosine."""
    return 0.01 + 0.29 * math.cos(math.pi * min(t, steps) / (2 * steps)) ** 2


CLOSED_FORMS = {
    'square root': lambda t: 0.3 / (t + 1) ** 0.5,
    'factor': lambda t: max(0.01, 0.3 * 0.9 ** t),
    'multi factor': lambda t: 0.3 if t < 15 else 0.15 if t < 30 else 0.075,
    'polynomial': lambda t: 0.01 + 0.29 * ((30 - t) / 30) ** 2,
    'cosine': lambda t: half_cosine(t, 20),
    'linear warmup': lambda t: 0.06 * t if t < 5 else half_cosine(t - 5, 15),
    'constant warmup': lambda t: 0.1 if t < 5 else half_cosine(t - 5, 15)}


@pytest.fixture(scope='module')
def table(tab, chapter):
    """The names of the chapter's section on built-in schedulers."""
    names = dict(chapter)
    cells = code_cells(tab)
    first = next(n for n, source in enumerate(cells)
                 if source.startswith('ours = {'))
    for source in cells[first:first + 3]:
        exec(source, names)
    return names


def test_all_schedules_are_there(table):
    assert list(table['ours']) == NAMES == list(CLOSED_FORMS)


@pytest.mark.parametrize('name', NAMES)
def test_the_rate_applied(table, name):
    rates = table['applied'](name)
    expected = [CLOSED_FORMS[name](t) for t in range(31)]
    difference = max(abs(a - b) for a, b in zip(rates, expected, strict=True))
    print(f'largest difference, {name}: {difference:.1e}')
    assert difference < 1e-6
    assert [table['ours'][name](t) for t in range(31)] == pytest.approx(
        expected, abs=1e-12)
