"""What the pages say of the runs that their notebooks have recorded."""
import ast
import math
import re
from pathlib import Path

import pytest

from builder.config import load_config
from builder.record.recording import load_recording
from builder.source.book import load_book

ROOT = Path(__file__).parents[2]
BOOK = load_book(load_config(ROOT / 'config.ini'))
CHAPTER, PRACTICE, MODERN, SOLUTIONS, ANSWERS = BOOK.notebooks()
TABS = [*BOOK.config.tabs]
SEVEN = ['constant', 'square root', 'factor', 'multi factor', 'polynomial',
         'cosine', 'warmup, cosine']


def outputs(tab, page=CHAPTER):
    """Return all that the recorded notebook printed."""
    recording = load_recording(BOOK, page, tab)
    return '\n'.join(output.text for cell in recording.outputs
                     for output in cell or () if 'text' in output)


@pytest.mark.parametrize('page', BOOK.notebooks(), ids=lambda page: page.name)
@pytest.mark.parametrize('tab', TABS)
def test_recordings_are_of_the_whole_data_set(tab, page):
    data = load_recording(BOOK, page, tab).about.data
    assert (data.train, data.test) == (60_000, 10_000)


@pytest.mark.parametrize('tab', TABS)
def test_the_first_two_runs(tab):
    base, root = (
        [float(x) for x in re.search(
            rf'^{name} +train acc (\S+)  test acc (\S+)  gap (\S+)$',
            outputs(tab), re.M).groups()] for name in SEVEN[:2])
    assert root[0] < base[0] and root[1] > base[1] and root[2] < base[2]


@pytest.mark.parametrize('tab', TABS)
def test_the_seven_runs(tab):
    """Those that fall to nearly 0.01 end above the constant rate, but for
    one of PyTorch's, which died."""
    rows = {name: [float(number) for number in numbers.split()]
            for name, numbers in re.findall(
                r'^(\w[\w, ]+?) +([\d.]+ +[\d.]+ +-?[\d.]+)$', outputs(tab),
                re.M)}
    assert [*rows] == SEVEN
    falling = ['factor', 'polynomial', 'cosine', 'warmup, cosine']
    if tab == 'pytorch':
        assert max(rows[falling.pop()][:2]) < 0.11
    assert all(rows[name][1] > rows['constant'][1] for name in falling)
    assert all(min(row[:2]) > 0.84 for name, row in rows.items()
               if name in SEVEN[:6])  # on the axis of the figure
    ahead = rows['warmup, cosine'][1] - rows['cosine'][1]
    low, high = {'pytorch': (-1, -0.5), 'mxnet': (0.007, 0.013),
                 'tensorflow': (0.01, 0.02), 'jax': (-0.003, 0.003)}[tab]
    assert low < ahead < high  # died; about a point, more than one, level


def test_the_same_seed_with_one_thread():
    here, there = map(float, re.search(
        'seed 0: test acc (.*) here, (.*) with', outputs('pytorch')).groups())
    assert here != there


@pytest.mark.parametrize('tab', TABS)
def test_units_that_die(tab):
    """Who guesses has few active units, who recovers has most of the later
    layers' units; on the ramp, all have many."""
    lines = re.findall(r'^(at once|ramp) +seed \d +max +([\d.]+|inf|nan) +end '
                       r'+([\d.]+|nan) +(.*)$', outputs(tab), re.M)
    assert len(lines) == 10
    dead = set()
    for number, (name, _, loss, active) in enumerate(lines):
        first, *later = [float(part.strip('%')) / 100
                         for part in active.split()]
        if abs(float(loss) - math.log(10)) < 0.05:
            dead.add(number)
            assert name == 'at once' and max(later) < 0.5
        else:
            assert (first < 1) == (name == 'at once')
            assert min(later) > (0.5 if name == 'at once' else 0.75)
    assert 0 < len(dead) < 5
    if tab == 'pytorch':
        assert dead != {1, 3, 4}  # who died in the recorded runs


@pytest.mark.parametrize('tab', TABS)
def test_deaths_that_are_listed(tab):
    shown = outputs(tab)
    at_once, ramp = ({*ast.literal_eval(epochs)} for epochs in re.findall(
        r'died in epoch: (.*)$', shown, re.M))
    assert at_once == {0, None} and ramp == {5, None}
    rows = [[column.count(',') + 1 if column != 'none' else 0
             for column in row] for row in re.findall(
        r'^ (?:0\.\d|1\.0) +(none|\d.*?)  +(none|\d.*)$', shown, re.M)]
    assert len(rows) == 8
    assert all(without >= with_ramp for without, with_ramp in rows)
    assert rows[:3] == [[0, 0]] * 3 and rows[0] != rows[-1]
    saved = ast.literal_eval(re.search(r'seed by seed: (.*)$', shown, re.M)[1])
    low = re.search(r'^mean [\d.]+, 95 % interval (\S+) to', shown, re.M)[1]
    assert min(saved) >= 0 and 0.5 < sum(saved) / 10 < 1.5 and float(low) > 0


@pytest.mark.parametrize('tab', TABS)
def test_the_frameworks(tab):
    """With MXNet a seed died, but not after a warmup; in no other."""
    header, *rows = [line.split() for line in re.search(
        r'^test acc, 3 seeds.*\n(?:.*\n){5}', outputs(tab) + '\n',
        re.M)[0].splitlines()]
    assert header[-4:] == TABS
    stars = {' '.join(row[:-4]): [tab for tab, cell in zip(TABS, row[-4:])
                                  if '*' in cell] for row in rows}
    assert stars.pop('warmup cosine 0.3') == []
    assert [*stars.values()] == [['mxnet']] * 4
    means = [[float(cell.strip('*')) for cell in row[-4:]] for row in rows]
    assert means[-1] == [max(column) for column in zip(*means)]


@pytest.mark.parametrize('tab', TABS)
def test_two_range_tests_differ(tab):
    tests = [[float(x) for x in numbers] for numbers in re.findall(
        r'^seed \d: lowest at (\S+), ended at (\S+)$', outputs(tab, PRACTICE),
        re.M)]
    assert len(tests) == 2 and tests[0] != tests[1]
    assert all(0.1 < lowest < end <= 2 for lowest, end in tests)
    assert min(lowest for lowest, _ in tests) / 2 < 0.3  # by the rule


@pytest.mark.parametrize('tab', TABS)
def test_an_average_and_the_last_weights(tab):
    last, average = map(float, re.search(
        '^test acc: last weights (.*), average (.*)$', outputs(tab, MODERN),
        re.M).groups())
    assert last < average


def test_the_exponents_of_the_solution():
    rows = [[float(number) for number in numbers] for numbers in re.findall(
        r'^pwr=.* train acc (\S+)  test acc (\S+)  gap (\S+)$',
        outputs('pytorch', SOLUTIONS), re.M)]
    assert len(rows) == 4
    for end in (0, 1):  # accuracy on training images, on test images
        assert min(row[end] for row in rows[:2]) > max(
            row[end] for row in rows[2:])
    gaps = [gap for _, _, gap in rows]
    assert max(gaps) - min(gaps) < 0.005


def test_the_lengths_of_a_decay():
    """Nine epochs end lowest with each seed; one and five end alike."""
    one, five, nine = [[float(x) for x in row.split()] for row in re.findall(
        r'^    [159]   (0.*)$', outputs('pytorch', ANSWERS), re.M)]
    assert len(nine) == 3
    assert all(c < min(a, b) and abs(a - b) < 0.0025
               for a, b, c in zip(one, five, nine))


def test_averages_under_a_cosine():
    rows = [[float(x) for x in row.split()] for row in re.findall(
        r'^   [012]   (0\.\d{3}  .*)$', outputs('pytorch', ANSWERS), re.M)]
    assert len(rows) == 3
    for last, *short, two, four in rows:
        assert all(abs(average - last) < 0.0025 for average in short)
        assert last - 0.005 < two < last and four < last - 0.01


@pytest.mark.parametrize('tab', TABS)
def test_where_schedule_free_descent_ends(tab):
    """The mean at a rate of 5 is as good as at 0.5; z is far from it, the
    further the larger beta is; with 1, x is behind."""
    rows = [[float(x) for x in row] for row in re.findall(
        r'^ +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$', outputs(tab, ANSWERS),
        re.M)]
    assert [row[:2] for row in rows] == [
        [0, 0.5], [0.5, 0.5], [0.9, 0.5], [1, 0.5], [0.9, 5]]
    x, y, z = zip(*(row[2:] for row in rows))
    assert x[2] == x[4] and max(x[:3]) < 0.1 < x[3]
    assert y[0] == z[0] and y[0] > y[1] > y[2]
    assert z[0] < z[1] < z[2] < z[3]
