"""Numbers of recorded runs that stand in the chapter's prose."""
import json
import math
import re
import statistics
from itertools import product
from pathlib import Path

import pytest

from evidence.record import ALIVE

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / 'chapter_optimization' / 'lr-scheduler.md'
TEXT = CHAPTER.read_text('utf-8')
CONFIRM, OTHERS = range(5, 15), ('mxnet', 'tensorflow', 'jax')


def runs(tab):
    lines = (ROOT / 'evidence' / 'runs' / f'{tab}.jsonl').read_text('utf-8')
    return {(run['schedule'], run['seed']): run
            for run in map(json.loads, lines.splitlines())}


ALL = {tab: runs(tab) for tab in ('pytorch', *OTHERS)}
PYTORCH = ALL['pytorch']


def ends(name, seeds=CONFIRM):
    """Return the mean test accuracies of the last five epochs, in percent."""
    return [mean(PYTORCH[name, seed], 25, 29) for seed in seeds]


def alive(run):
    return run['train acc'][-1] > ALIVE


def death(run):
    """Return the first epoch from which on a run is dead."""
    return next(e for e in range(run['epochs'] + 1)
                if max(run['train acc'][e:], default=0) <= ALIVE)


def mean(run, first, last, key='test acc'):
    return 100 * statistics.fmean(run[key][first:last + 1])


def says(sentence):
    assert ' '.join(sentence.split()) in TEXT


# Policies


def test_a_constant_rate_gains_little_on_test_images():
    says('the training accuracy gained more than three points')
    says('the test accuracy about one')
    gained = {key: statistics.fmean(
        mean(PYTORCH['constant 0.3', seed], 25, 29, key)
        - mean(PYTORCH['constant 0.3', seed], 5, 9, key) for seed in CONFIRM)
        for key in ('train acc', 'test acc')}
    assert gained['train acc'] > 3
    assert gained['test acc'] == pytest.approx(1, abs=0.25)


def test_the_square_root_falls():
    says('half of the rate is left, after 29 a little less than a fifth')
    assert (3 + 1) ** -0.5 == 1 / 2 and 0.18 < (29 + 1) ** -0.5 < 0.2


def test_the_factor_falls():
    says('The floor of 0.01 would be reached after 33')
    assert 0.3 * 0.9**33 < 0.01 < 0.3 * 0.9**32
    says('about twenty times cooler')
    assert pytest.approx(20, abs=2) == 1 / 0.9**29
    says('halves about every seven epochs')
    assert pytest.approx(0.5, abs=0.03) == 0.9**7


def test_a_cut_lifts_the_test_accuracy():
    says('It rose in every recorded run that was alive, with every seed and '
         'in every framework')
    found = [run for runs in ALL.values() for (name, _), run in runs.items()
             if name.startswith('multi factor') and alive(run)]
    assert len(found) >= 15 + 8
    assert all(run['test acc'][15] > run['test acc'][14] for run in found)


def test_where_three_schedules_end():
    says('the square root, which ends at 0.055; the single cut, which ends '
         'at 0.15; and half a cosine, which ends at 0.01')
    assert [f'{PYTORCH[name, 5]["lr"][-1]:.3f}' for name in (
        'square root 0.3', 'multi factor 0.3', 'cosine 0.3')] == [
        '0.055', '0.150', '0.010']


def test_the_end_of_the_cosine():
    says('from there to the end the test accuracy changes by less than a '
         'tenth of a point, with each seed (means of the five epochs around '
         'each)')
    for seed in CONFIRM:
        run = PYTORCH['cosine 0.3', seed]
        assert abs(mean(run, 25, 29) - mean(run, 18, 22)) < 0.1


def test_the_lead_of_the_cosine_grows():
    says('Its lead is about one point around epoch 10, where the rate falls '
         'fastest, and about two around epoch 20, where it arrives')
    for first, last, lead in ((8, 12, 1), (18, 22, 2)):
        assert statistics.fmean(
            mean(PYTORCH['cosine 0.3', seed], first, last)
            - mean(PYTORCH['constant 0.3', seed], first, last)
            for seed in CONFIRM) == pytest.approx(lead, abs=0.25)
    rates = PYTORCH['cosine 0.3', 5]['lr']
    steps = [a - b for a, b in zip(rates, rates[1:])]
    assert steps.index(max(steps)) in (9, 10)
    assert rates[19] > 0.011 > rates[20]


def test_shapes():
    says('The factor ended below the cosine with each seed, but only by a '
         'fifth of a point on average')
    lower = [b - a for a, b in zip(ends('factor 0.3'), ends('cosine 0.3'),
                                   strict=True)]
    assert min(lower) > 0
    assert statistics.fmean(lower) == pytest.approx(1 / 5, abs=0.05)
    says('four epochs or more between 0.01 and 0.02')
    for name in ('factor 0.3', 'polynomial 0.3', 'cosine 0.3'):
        rates = PYTORCH[name, 5]['lr']
        assert sum(0.01 <= rate <= 0.02 for rate in rates) >= 4
    says('a straight line to zero falls furthest, and with the five seeds')
    assert statistics.fmean(ends('linear to zero 0.3', seeds=range(5))
                            ) < statistics.fmean(
        ends('cosine 0.3', seeds=range(5)))


def test_the_mean_rate_does_not_decide():
    means = {f'{statistics.fmean(PYTORCH[name, 5]["lr"]):.3f}'
             for name in ('square root 0.3', 'factor 0.3')}
    apart = statistics.fmean(ends('factor 0.3')) - statistics.fmean(
        ends('square root 0.3'))
    assert means == {'0.096'}
    says(f'have the same mean, 0.096, and end {apart:.1f} points apart')


def test_a_warmup_starts_lower_and_catches_up():
    says('starts lower, catches up in the first twelve epochs')
    for found in ALL.values():
        warm, cold = (found[name, 0]['test acc']
                      for name in ('warmup cosine 0.3', 'cosine 0.3'))
        assert warm[0] < cold[0]
        assert any(a >= b for a, b in zip(warm[:15], cold))


def test_no_recorded_run_after_a_warmup_to_this_peak_died():
    says('Of the fifteen runs with this schedule behind our claims none '
         'died, not even the one with this seed')
    found = [run for (name, _), run in PYTORCH.items()
             if name == 'warmup cosine 0.3']
    assert len(found) == 15 and all(map(alive, found))


# How sure


def test_ranges_and_deviations():
    cosine, constant = ends('cosine 0.3'), ends('constant 0.3')
    says(f'between {min(cosine):.1f} and {max(cosine):.1f} %, against '
         f'{min(constant):.1f} to {max(constant):.1f} % with the constant')
    says(f'deviation between seeds is {statistics.stdev(cosine):.1f} points '
         f'with the cosine and {statistics.stdev(constant):.1f} with')
    assert max(constant) > min(cosine)  # they overlap
    warm = statistics.stdev(ends('warmup cosine 0.3'))
    says(f'the standard deviation is {warm:.1f} points, against '
         f'{statistics.stdev(cosine):.1f}')


def fives(run, key):
    return [mean(run, n, n + 4, key) for n in range(26)]


def test_three_ways_to_compare():
    says('stopping in time would not have saved the constant rate')
    says('with an equally close fit it is about as far ahead')
    found = {'end': [], 'best': [], 'fit': []}
    for seed in CONFIRM:
        run, base = (PYTORCH[name, seed] for name in ('cosine 0.3',
                                                      'constant 0.3'))
        end, others = fives(run, 'test acc')[-1], fives(base, 'test acc')
        found['end'].append(end - others[-1])
        found['best'].append(end - max(others))
        goal = fives(run, 'train acc')[-1]
        fits = [abs(fit - goal) for fit in fives(base, 'train acc')]
        found['fit'].append(end - others[fits.index(min(fits))])
    means = {name: statistics.fmean(values) for name, values in found.items()}
    assert means == pytest.approx({'end': 2.12, 'best': 1.36, 'fit': 2.05},
                                  abs=0.005)
    assert min(found['best']) > 0


def test_other_frameworks():
    says('with TensorFlow and the seed 2 the cosine\'s gap is the wider one')
    gaps = {(tab, seed, name): mean(run, 25, 29, 'train acc') - mean(
        run, 25, 29) for tab in OTHERS
        for (name, seed), run in ALL[tab].items() if alive(run)}
    wider = [(tab, seed) for tab, seed in product(OTHERS, range(3))
             if (tab, seed, 'cosine 0.3') in gaps
             and gaps[tab, seed, 'cosine 0.3']
             > gaps[tab, seed, 'constant 0.3']]
    assert wider == [('tensorflow', 2)]
    says('With MXNet and the seed 2 the network died in its first epoch, '
         'under every schedule that begins at 0.3')
    dead = {(tab, name, seed): death(run) for tab in OTHERS
            for (name, seed), run in ALL[tab].items() if not alive(run)}
    assert dead == {('mxnet', name, 2): 0 for name, seed in ALL['mxnet']
                    if name != 'warmup cosine 0.3' and seed == 2}


def test_a_warmup_in_every_framework():
    gains = {tab: [mean(found['warmup cosine 0.3', seed], 25, 29)
                   - mean(run, 25, 29) for (name, seed), run in found.items()
                   if name == 'cosine 0.3' and alive(run)]
             for tab, found in ALL.items()}
    others = [gain for tab in OTHERS for gain in gains[tab]]
    says('ahead with each of the eight seeds that lived, in PyTorch with '
         'nine of fifteen')
    assert (len(others), min(others) > 0) == (8, True)
    ahead = [gain > 0 for gain in gains['pytorch']]
    assert (sum(ahead), len(ahead)) == (9, 15)


# When training dies


def test_who_dies_at_half():
    at_once, warm = ([PYTORCH[f'{name} 0.5', seed] for seed in range(5)]
                     for name in ('constant', 'warmup cosine'))
    says('the runs that die are dead from their first epoch on')
    assert {death(run) for run in at_once if not alive(run)} == {0}
    says('get into trouble in epoch 4, the last one of the ramp, and are '
         'dead from epoch 5 on')
    dead = [run for run in warm if not alive(run)]
    assert {death(run) for run in dead} == {5}
    says('The loss may explode, far beyond the plot, but it comes back')
    assert max(run['train loss'][4] for run in dead) > 1e3
    for run in dead:
        assert run['train loss'][-1] == pytest.approx(math.log(10), abs=0.01)


PEAKS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def test_who_ends_the_first_epoch_in_guessing_is_lost():
    says('no recorded run whose first epoch ended in guessing found it in the '
         'epochs that followed, 29 or 9')
    lost = [run for found in ALL.values() for run in found.values()
            if run['train acc'][0] <= ALIVE]
    assert {run['epochs'] for run in lost} == {10, 30} and len(lost) > 40
    assert all(max(run['train acc']) <= ALIVE for run in lost)


def test_the_dead_of_the_grid():
    says('Begun at the peak, the runs that died never learned')
    says('they learned first and died in epoch 2 or later')
    deaths = {warmup: [death(run) for peak in PEAKS
                       for run in grid(peak, warmup) if not alive(run)]
              for warmup in (0, 5)}
    assert {*deaths[0]} == {0} and len(deaths[0]) == 34
    assert min(deaths[5]) >= 2 and len(deaths[5]) == 22


def grid(peak, warmup):
    return [PYTORCH[f'survival {peak} warmup {warmup}', seed]
            for seed in CONFIRM]


def test_the_grid():
    says('At three of the eight peaks nobody dies, so 60 of the 160 runs')
    calm = [peak for peak in PEAKS
            if all(map(alive, grid(peak, 0) + grid(peak, 5)))]
    assert len(calm) == 3 and len(calm) * 20 == 60 and len(PEAKS) * 20 == 160
    deaths = [death(run) for peak in PEAKS for run in grid(peak, 5)
              if not alive(run)]
    says('of the 22 deaths after a warmup, three came two epochs or more '
         'after the ramp')
    assert len(deaths) == 22 and sum(epoch >= 5 + 2 for epoch in deaths) == 3
    says('about one more peak a seed on average, and for none fewer')
    saved = [sum(alive(b) - alive(a) for a, b in zip(*found)) for found in zip(
        *[[*zip(*(grid(peak, warmup) for peak in PEAKS))]
          for warmup in (0, 5)])]
    assert min(saved) >= 0 and statistics.fmean(saved) == pytest.approx(
        1, abs=0.25)


def test_who_is_alive_is_decided_as_in_the_evidence():
    pages = [path.read_text('utf-8') for path in CHAPTER.parent.glob(
        'lr-scheduler*.md')]
    limits = [float(limit) for page in pages for limit in re.findall(
        r"(?:accuracy|\['train acc'\]\[-1\]) > (0\.\d+)", page)]
    assert len(limits) >= 4 and {*limits} == {ALIVE}
    says('never classified more than a fifth of the training images')
    assert ALIVE == 1 / 5
