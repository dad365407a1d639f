"""The page on schedules after 2018: the rates that its table of built-in
schedulers applies, against closed forms; its averages by hand."""
import ast
import math
from pathlib import Path

import numpy as np
import pytest

from builder.config import load_config
from builder.source.markdown import Code, split

ROOT = Path(__file__).parents[2]
PAGE = ROOT / 'chapter_optimization' / 'lr-scheduler-modern.md'
DEFINES = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
TABLES = ('SHAPES', 'ours', 'builtin')


def up(t, steps, low, high):
    """Half a cosine from low to high, by the half angle's sine."""
    return low + (high - low) * math.sin(math.pi * t / (2 * steps)) ** 2


CLOSED_FORMS = {
    'stable': lambda t: 0.3 if t < 20 else 0.03 * (30 - t),
    'one cycle': lambda t: (up(t, 9, 0.012, 0.3) if t < 9 else
                            up(30 - t, 21, 1.2e-6, 0.3)),
    'restarts': lambda t: up(10 - t % 10, 10, 0.01, 0.3),
    'growing restarts': lambda t: (
        up(5 - t, 5, 0.01, 0.3) if t < 5 else
        up(15 - t, 10, 0.01, 0.3) if t < 15 else up(35 - t, 20, 0.01, 0.3))}


def definitions(tab):
    """Return what the page's cells define: imports, classes, functions and
    tables; nothing is trained or drawn."""
    tabs = load_config(ROOT / 'config.ini').tabs
    nodes = [node for block in split(PAGE.read_text('utf-8'), PAGE.name, tabs)
             if isinstance(block, Code)
             and (block.tabs is None or tab in block.tabs)
             for node in ast.parse(block.source).body]
    return [node for node in nodes if isinstance(node, DEFINES) or (
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) in TABLES)]


@pytest.fixture(scope='module')
def page(tab, chapter):
    """The names of the page."""
    names = dict(chapter)
    module = ast.Module(definitions(tab), [])
    exec(compile(module, f'{PAGE.name} [{tab}]', 'exec'), names)
    return names


def test_all_schedules_are_there(page):
    assert list(page['ours']) == list(CLOSED_FORMS)


@pytest.mark.parametrize('name', CLOSED_FORMS)
def test_the_rate_applied(page, name):
    rates = page['applied'](name)
    expected = [CLOSED_FORMS[name](t) for t in range(31)]
    difference = max(abs(a - b) for a, b in zip(rates, expected, strict=True))
    print(f'largest difference, {name}: {difference:.1e}')
    assert difference < 1e-6
    assert [page['ours'][name](t) for t in range(31)] == pytest.approx(
        expected, abs=1e-12)


def test_weights_are_read_and_written(tab, page, d2l):
    """What is written is read again, and is what the network computes with;
    a copy is another network."""
    d2l.set_seed(0)
    net = page['make_net']()
    X = next(iter(page['test_iter']))[0][:4]
    first = np.asarray(net(X)) if tab != 'pytorch' else net(
        X).detach().numpy()
    other = page['copied'](net)
    halves = [weight / 2 for weight in page['get_weights'](net)]
    page['set_weights'](other, halves)
    for found, half in zip(page['get_weights'](other), halves, strict=True):
        assert np.array_equal(found, half)
    assert not all(map(np.array_equal, page['get_weights'](net), halves))
    again = np.asarray(net(X)) if tab != 'pytorch' else net(
        X).detach().numpy()
    assert np.array_equal(first, again)


def test_an_exponential_average_by_hand(page, monkeypatch):
    path = [np.array([float(n)]) for n in range(9)]
    seen = iter(path)
    monkeypatch.setitem(page, 'get_weights', lambda net: [next(seen)])
    averaging = page['Averaging'](None, lambda t: 0.1 * t, half_life=2)
    assert [averaging(t) for t in range(10)] == pytest.approx(
        [0.1 * t for t in range(10)])
    expected = path[0]
    for weights in path[1:]:
        expected = math.sqrt(0.5) * expected + (1 - math.sqrt(0.5)) * weights
    assert averaging.average[0] == pytest.approx(expected)
