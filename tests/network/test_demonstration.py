"""The lab's demonstration, which the lab's page names: its record obeys its
rule, the page says what it holds, and it can be made again."""
import math
import re

import pytest

from bench import demonstration
from builder.config import load_config
from builder.lab.net import pack
from builder.lab.ui.scripts import BATCH, ask, options, sizes
from builder.source.book import load_book

from .conftest import ROOT

PAGE = 'chapter_optimization/schedule-lab.md'
STUDY = demonstration.load_study()
NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five', 'six']


@pytest.fixture(scope='module')
def text():
    return (ROOT / PAGE).read_text('utf-8')


def deaths(rows):
    """{schedule: deaths}, each seed counted once."""
    fates = {(row['seed'], row['schedule']): row['fate'] for row in rows}
    assert len(fates) == len(rows)
    return {name: sum(fate != 'alive' for (_, each), fate in fates.items()
                      if each == name) for _, name in fates}


def test_the_record_has_every_run_and_obeys_the_rule():
    rows = demonstration.recorded()
    assert [(int(row['seed']), row['schedule']) for row in rows] == [
        (seed, name) for seed in STUDY['seeds']
        for name in ('constant', 'cosine', 'warmup and cosine')]
    found = deaths(rows)
    assert found['warmup and cosine'] == 0 and found['constant'] >= 3
    assert demonstration.confirmed(STUDY, rows)
    for row in rows:  # the dead classify like who guesses
        assert (float(row['test accuracy']) <= 0.2) == (row['fate'] == 'dead')


@pytest.mark.parametrize(('name', 'lives'), [
    ('constant', False), ('warmup and cosine', True)])
def test_the_rule_can_fail(name, lives):
    """With one death too few, or one too many."""
    rows = demonstration.recorded()
    spared = [row for row in rows
              if row['schedule'] == name and (row['fate'] == 'alive') == lives]
    for row in spared[:1 if lives else 2]:
        row['fate'] = 'dead' if lives else 'alive'
    assert not demonstration.confirmed(STUDY, rows)


def test_the_page_says_what_the_record_holds(text):
    found = deaths(demonstration.recorded())
    first, last = STUDY['seeds'][0], STUDY['seeds'][-1]
    said = re.search(
        r'peak, ([\d.]+), twelve new seeds, (\d+) to (\d+), confirmed, .*: '
        r'the constant rate killed it with (\w+) of them, cosine decay with '
        r'(\w+), cosine decay after two epochs of warmup with (\w+),', text)
    assert [*said.groups()] == [str(STUDY['peak']), str(first), str(last), *(
        NUMBERS[found[name]]
        for name in ('constant', 'cosine', 'warmup and cosine'))]
    assert len(STUDY['seeds']) == 12 and STUDY['warmup'] == 2


def rate(name, t):
    """The rate of a schedule of the study after t epochs."""
    warmup = 2 if name == 'warmup and cosine' else 0
    if name == 'constant' or t < warmup:
        return 0.15 * (t / warmup if t < warmup else 1)
    return 0.075 * (1 + math.cos(math.pi * (t - warmup) / (10 - warmup)))


def test_its_link_sets_the_lab_to_it(text):
    page, = [page for page in load_book(load_config(
        ROOT / 'config.ini')).pages if page.path == PAGE]
    link, = re.findall(r'\[seed 101\]\(#(\S+)\)', text)
    initial = ask('initial', options(page.labs[0]))
    found = ask('parse', link, initial)
    assert found['problems'] == []
    state = found['state']
    assert (state['epochs'], state['momentum'], state['per'], BATCH) == (
        STUDY['epochs'], STUDY['momentum'], 'update', STUDY['batch_size'])
    run = {'epochs': state['epochs'], 'per': state['per'],
           'updates': sizes()['UPDATES']}
    for slot, (name, recorded) in zip('abc', demonstration.rates(
            STUDY).items(), strict=True):
        rates = ask('rates', state[slot], run)
        assert rates == [*recorded]
        assert rates == pytest.approx(
            [rate(name, n / 94) for n in range(940)], rel=1e-12, abs=1e-12)
    fates = [row['fate'] for row in demonstration.recorded()
             if row['seed'] == f'{state["seed"]}']
    assert fates == ['dead', 'dead', 'alive']


@pytest.mark.slow
def test_a_seed_is_as_recorded(network):
    """The one that the page names: its numbers come out the same."""
    rows = [row for row in demonstration.recorded() if row['seed'] == '101']
    assert demonstration.runs(STUDY, network, 101) == rows


def test_the_page_says_how_much_an_epoch_is(text):
    """6,000 images are 93 minibatches of 64 and one of 48."""
    assert (pack.TRAIN, BATCH, sizes()['UPDATES']) == (6000, 64, 94)
    assert 'on 6,000 images' in text and 'in minibatches of 64' in text
    assert 'An epoch is 94 updates' in text
