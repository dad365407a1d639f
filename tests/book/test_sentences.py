"""Numbers of recorded runs that stand in the chapter's prose."""
import json
import re
import statistics
from pathlib import Path

import pytest

from evidence.record import ALIVE

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / 'chapter_optimization' / 'lr-scheduler.md').read_text('utf-8')
CONFIRM = range(5, 15)


def runs(tab):
    lines = (ROOT / 'evidence' / 'runs' / f'{tab}.jsonl').read_text('utf-8')
    return {(run['schedule'], run['seed']): run
            for run in map(json.loads, lines.splitlines())}


PYTORCH = runs('pytorch')


def ends(name, key='test acc', seeds=CONFIRM, found=PYTORCH):
    """Return the means of the last five epochs, in percent."""
    return [100 * statistics.fmean(found[name, seed][key][-5:])
            for seed in seeds]


@pytest.mark.parametrize('name, sentence', [
    ('constant 0.3', 'the constant rate ended anywhere between {} and {} %'),
    ('square root 0.3', 'the square root between {} and {} %'),
    ('cosine 0.3', 'averaged over the last five epochs, between {} and {} %'),
    ('constant 0.3', 'against {} to {} % with the constant rate')])
def test_ranges(name, sentence):
    found = ends(name)
    assert sentence.format(f'{min(found):.1f}', f'{max(found):.1f}') in TEXT


def test_deviations_between_seeds():
    cosine, constant = (statistics.stdev(ends(name)) for name in
                        ('cosine 0.3', 'constant 0.3'))
    assert (f'The standard deviation between seeds is {cosine:.1f} points '
            f'with the cosine and {constant:.1f} with the constant rate'
            ) in TEXT
    assert max(ends('constant 0.3')) > min(ends('cosine 0.3'))  # they overlap


def test_factor_and_cosine():
    factor, cosine = ends('factor 0.3'), ends('cosine 0.3')
    lower = [b - a for a, b in zip(factor, cosine, strict=True)]
    assert min(lower) > 0 and statistics.fmean(lower) == pytest.approx(
        1 / 5, abs=0.05)
    assert 'by a fifth of a point on average' in TEXT


def test_the_mean_rate_does_not_decide():
    means = {f'{statistics.fmean(PYTORCH[name, 5]["lr"]):.3f}'
             for name in ('square root 0.3', 'factor 0.3')}
    apart = statistics.fmean(ends('factor 0.3')) - statistics.fmean(
        ends('square root 0.3'))
    assert means == {'0.096'}
    assert f'have the same mean, 0.096, and end {apart:.1f} points' in TEXT


def test_falling_furthest_is_not_ahead():
    line, cosine = (ends(name, seeds=range(5)) for name in
                    ('linear to zero 0.3', 'cosine 0.3'))
    assert statistics.fmean(line) < statistics.fmean(cosine)


def test_a_gap_of_tensorflow_widens():
    found = runs('tensorflow')

    def gap(name):
        return [a - b for a, b in zip(
            ends(name, 'train acc', range(3), found),
            ends(name, 'test acc', range(3), found), strict=True)]
    wider = [a > b for a, b in zip(gap('cosine 0.3'), gap('constant 0.3'),
                                   strict=True)]
    assert wider == [False, False, True]


def test_who_is_alive_is_decided_as_in_the_evidence():
    pages = [path.read_text('utf-8') for path in sorted(
        (ROOT / 'chapter_optimization').glob('*.md'))]
    limits = [float(limit) for page in pages for limit in re.findall(
        r"(?:accuracy|\['train acc'\]\[-1\]) > (0\.\d+)", page)]
    assert len(limits) >= 4 and {*limits} == {ALIVE}
    assert 'never classified more than a fifth of the training images' in TEXT
    assert ALIVE == 1 / 5
