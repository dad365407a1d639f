"""The page on schedules in practice: what its cells print, against closed
forms and against what its text says. Facts of one framework that no cell
shows are in tests/<tab>/test_practice.py.
"""
import contextlib
import importlib
import io
import math
import re
from pathlib import Path

import pytest

from builder.config import load_config
from builder.source.markdown import Code, Prose, split

ROOT = Path(__file__).parents[2]
CONFIG = load_config(ROOT / 'config.ini')
PAGE = ROOT / 'chapter_optimization' / 'lr-scheduler-practice.md'
BLOCKS = split(PAGE.read_text('utf-8'), PAGE.name, CONFIG.tabs)
TEXT = PAGE.read_text('utf-8')
# Where each framework's names are looked up.
HOMES = {'pytorch': ('torch.optim.lr_scheduler',),
         'tensorflow': ('keras.optimizers.schedules', 'keras.callbacks'),
         'jax': ('optax', 'optax.contrib'), 'mxnet': ('mxnet.lr_scheduler',)}
REPORTS = [1.0] + 8 * [0.9]


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


class Section:
    """What the cells of a section have printed, and the names they know."""

    def __init__(self):
        self.printed, self.names = io.StringIO(), {}

    def lines(self):
        return self.printed.getvalue().splitlines()

    def numbers(self):
        """Return the numbers in each line."""
        return [[float(x) for x in re.findall(r'-?\d+\.\d+', line)]
                for line in self.lines()]


@pytest.fixture(scope='module')
def page(tab, chapter):
    """Run the page's cells, those that train left out; {label: Section}."""
    names, sections, section = dict(chapter), {}, Section()
    for block in BLOCKS:
        if isinstance(block, Prose) and block.level:
            label = re.search(r':label:`sec_scheduler_(\w+)`', block.body)
            section = sections.setdefault(label and label[1], Section())
        elif (isinstance(block, Code) and not block.include
              and (block.tabs is None or tab in block.tabs)
              and section is not sections.get('range')):
            with contextlib.redirect_stdout(section.printed):
                exec(compile(block.source, PAGE.name, 'exec'), names)
            section.names = dict(names)
    return sections


def names_in(title):
    """Return the names in a library's column of the page's tables."""
    for table in re.findall(r'(?:^\|.*\n)+', TEXT, re.M):
        header, _, *body = [[cell.strip() for cell in line.split('|')]
                            for line in table.splitlines()]
        if title in header:
            return [name for row in body for name in re.findall(
                r'`(\w+)`', row[header.index(title)])]


def test_the_names_are_those_of_the_framework(tab):
    names = names_in({'tensorflow': 'Keras', 'jax': 'Optax'}.get(
        tab) or CONFIG.tabs[tab].title)
    homes = [importlib.import_module(name) for name in HOMES[tab]]
    assert len(names) >= 4
    for name in names:
        assert any(hasattr(home, name) for home in homes), name


def test_the_versions_are_those_of_the_pins(tab):
    package, said = {
        'pytorch': ('torch', 'PyTorch 2.13'), 'mxnet': ('mxnet',
                                                        'MXNet 1.9.1'),
        'tensorflow': ('keras', 'Keras 3.15'),
        'jax': ('optax', 'Optax 0.2.8')}[tab]
    version = importlib.import_module(package).__version__
    assert said in TEXT
    assert f'{version}.'.startswith(said.split()[1] + '.')


compiles = pytest.mark.slow


@compiles
def test_epochs_and_updates(page):
    warm = CLOSED_FORMS['linear warmup']
    header, *lines = page['units'].lines()
    for line, epoch in zip(lines, (0, 1, 5, 10, 20), strict=True):
        values = [float(x) for x in line.split()]
        assert values[:2] == [epoch, 235 * epoch]
        assert values[2:4] == pytest.approx(2 * [warm(epoch)], abs=6e-5)
        assert values[4] == (0.01 if epoch else 0)
    lost = 1 - 236 ** -0.5
    assert f'has lost ${100 * lost:.0f}\\,\\%$ of' in TEXT


@compiles
@pytest.mark.parametrize('name', CLOSED_FORMS)
def test_the_rate_applied(page, name):
    names = page['builtin'].names
    rates = names['applied'](name)
    expected = [CLOSED_FORMS[name](t) for t in range(31)]
    assert max(abs(a - b) for a, b in zip(rates, expected,
                                          strict=True)) < 1e-6
    assert [names['ours'][name](t) for t in range(31)] == pytest.approx(
        expected, abs=1e-12)
    assert page['builtin'].lines() == [f'{name:15}  equal: True'
                                       for name in CLOSED_FORMS]


@compiles
def test_which_rate_is_read(page, tab):
    before, applied, after = zip(*page['current'].numbers())
    assert list(applied) == [0.4, 0.2, 0.1]
    if tab in ('pytorch', 'tensorflow'):  # that of the next update
        assert before == applied and after == (0.2, 0.1, 0.05)
    else:  # that of the last
        assert after == applied and before == (0.4, 0.4, 0.2)


@compiles
def test_the_cosine_after_its_end(page, tab):
    rates = [float(x) for x in re.findall(r': ([\d.]+)',
                                          page['rises'].lines()[0])]
    up = [0.155, 0.3] if tab == 'pytorch' else [0.01, 0.01]
    assert rates == [0.3, 0.155, 0.01, *up]
    assert page['rises'].lines()[1:] == (
        ['fresh: 0.3'] if tab == 'mxnet' else [])


@compiles
def test_training_on(page):
    assert page['on'].numbers()[1:] == [pytest.approx(
        [half_cosine(t, 20), half_cosine(t, 40), again], abs=6e-4)
        for t, again in ((19, half_cosine(19, 20)), (20, 0.01), (21, 0.055),
                         (22, 0.1), (32, 0.055), (42, 0.01))]


def with_patience(reports, tolerated, at_once=False):
    """Return the rates from 0.4, halved when more bad reports come than are
    tolerated; by default, a report comes after the update."""
    rate, best, bad, rates = 0.4, math.inf, 0, []
    for report in reports:
        rates.append(rate)
        bad = 0 if report < best else bad + 1
        best = min(best, report)
        if bad > tolerated:
            rate, bad = rate / 2, 0
        if at_once:
            rates[-1] = rate
    return rates


@compiles
def test_what_patience_counts(page, tab):
    tolerated = 2 if tab in ('pytorch', 'mxnet') else 1
    plain, after_ramp = [[float(x) for x in line.split()]
                         for line in page['plateau'].lines()]
    at_once = tab == 'jax'
    assert plain == pytest.approx(with_patience(REPORTS, tolerated, at_once))
    assert after_ramp == pytest.approx([0.1, 0.2, 0.3, *with_patience(
        REPORTS[3:], tolerated, at_once)])


@compiles
def test_what_an_update_is(page, tab):
    first, *_ = lines = page['update'].lines()
    assert [int(line.split()[-1]) for line in lines[:3]] == [
        math.ceil(60_000 / 256), math.ceil(60_000 / (8 * 256)),
        math.ceil(235 / 4)]
    # A schedule that falls by 0.1: seen 3 counts on in Keras' first update.
    expected = [0.6, 0.2, 0.0] if tab == 'tensorflow' else [0.9, 0.8, 0.7]
    assert [found[0] for found in page['update'].numbers()[3:]] == expected
    if tab == 'tensorflow':
        assert [line[-1] for line in lines[3:]] == ['1', '2', '3']


@compiles
def test_rates_of_groups(page, tab):
    halved = [[0.03 * 0.5**t, 0.3 * 0.5**t] for t in range(3)]
    found = page['groups'].numbers()
    assert found[:3] == [pytest.approx(pair) for pair in halved]
    if tab == 'pytorch':  # one floor for all
        assert found[3:] == [[0.03, 0.3], [0.02, 0.155], [0.01, 0.01]]


@compiles
def test_decay_under_a_schedule(page, tab):
    constant, falling, inverse, *classic = [
        line[-1] for line in page['adam'].numbers()]
    assert constant == inverse == round(0.99**20, 3)
    assert falling == round(math.prod(1 - 0.01 * (1 - t / 20)
                                      for t in range(20)), 3)
    assert math.log(falling) == pytest.approx(math.log(constant) / 2, rel=.06)
    decoupled = [round((1 - 0.1 * strength)**20, 2)
                 for strength in (0.1, 0.01)]
    if tab == 'tensorflow':
        assert classic == decoupled
    else:  # past zero, and the strength does not matter
        assert classic[0] == classic[1] < 0


@compiles
def test_going_on(page, tab):
    plan = [round(half_cosine(t, 20), 4) for t in range(12, 17)]
    first, second, *lines = page['resume'].numbers()
    assert first == second == plan
    start = 0.03 if tab == 'pytorch' else 0.0

    def rates(first, n=6):
        return pytest.approx([
            start + (0.3 - start) * t / 5 if t < 5 else half_cosine(t - 5, 15)
            for t in range(first, first + n)], abs=6e-4)

    lines = [line for line in lines if line]
    if tab == 'tensorflow':
        assert lines == [rates(8, 1), rates(8, 1), [0.0]]
        return
    went_on, *others = lines
    if tab == 'mxnet':  # its trainer counts from 1
        assert went_on == others[0] == others[1] == rates(9)
        assert others[2] == rates(1)
    elif tab == 'jax':
        assert went_on == rates(8) and others[0] == rates(0)
    else:
        both, late, no_scheduler, no_optimizer = others[:4]
        assert went_on == both == rates(8)
        assert late == no_optimizer and late[0] == 0.03 == max(late)
        assert no_scheduler[0] == both[0] and max(no_scheduler) > 2
