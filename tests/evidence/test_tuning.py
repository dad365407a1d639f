"""The choice of peaks: by scores made up for every peak and seed."""
import errno
import functools
import json
import os

import pytest

from builder.errors import BuildError
from builder.record.machine import now
from evidence import EvidenceError, MissingRuns, stages
from evidence.__main__ import main
from evidence.finding import Evidence
from evidence.findings import judge
from evidence.forms import Claim
from evidence.plan import planned
from evidence.records import load_records
from evidence.tuning import choose, load_choice, tuning_runs, write_choice

from .conftest import DATA, RESTS_ON, STAMP, later, load

STUDY = '''
question = "Which, at its best?"
design = "Tune, then test."
tabs = ["pytorch"]
epochs = 6
confirm = [7, 8, 9]

[schedules]
flat = { constant = "peak" }
root = { scheduler = "SquareRootScheduler", lr = "peak" }

[tuning]
peaks = [0.1, 0.2, 0.4]
seeds = [0, 1]
widen_by = 1.5
widen_at_most = 2
'''


@pytest.fixture
def study(write):
    return load(write, STUDY)


def recorded(run, score, dead=False):
    return {**later('', run), **STAMP, 'code': RESTS_ON[0],
            'validation acc': [0.0] + [score] * 5,
            'train acc': [0.9] * 3 + [0.1 if dead else 0.9] * 3}


def tuned(study, scores, dead=()):
    """Make runs until no peak is missing, by {peak: score}, else 0.5; return
    the peaks of each schedule that were run, and the records."""
    records = {}
    while missing := [run for run in tuning_runs(study, records)
                      if run.key() not in records]:
        for run in missing:
            peak = float(run.schedule.split()[1])
            records[run.key()] = recorded(run, scores.get(peak, 0.5),
                                          (peak, run.seed) in dead)
    peaks = {}
    for key in records:
        name, peak = key.schedule.split()
        peaks.setdefault(name, set()).add(float(peak))
    return peaks, records


@pytest.mark.parametrize(('scores', 'dead', 'tried', 'best'), [
    ({0.2: 0.9}, (), {0.1, 0.2, 0.4}, 0.2),
    ({0.4: 0.9}, (), {0.1, 0.2, 0.4, 0.6}, 0.4),
    ({0.4: 0.8, 0.6: 0.9}, (), {0.1, 0.2, 0.4, 0.6, 0.9}, 0.6),
    ({0.4: 0.7, 0.6: 0.8, 0.9: 0.9}, (), {0.1, 0.2, 0.4, 0.6, 0.9}, 0.9),
    ({0.1: 0.9}, (), {0.1, 0.2, 0.4, 0.0667}, 0.1),
    ({0.1: 0.8, 0.0667: 0.9}, (), {0.1, 0.2, 0.4, 0.0667, 0.0445}, 0.0667),
    ({0.2: 0.9, 0.1: 0.9}, (), {0.1, 0.2, 0.4, 0.0667}, 0.1),
    ({0.2: 0.8, 0.4: 0.9}, {(0.4, 1)}, {0.1, 0.2, 0.4}, 0.2)])
def test_the_best_peak_by_the_rule(study, scores, dead, tried, best):
    """Beyond an edge while it is the best, twice at most; of equals the
    smaller; one of two runs dead makes a mean of 0.9 to one of 0.5."""
    peaks, records = tuned(study, scores, dead)
    assert peaks == {'flat': tried, 'root': tried}
    chosen = choose(study, records)
    assert {name: found.peak for name, found in chosen.items()} == {
        'flat': best, 'root': best}


def test_tuning_runs_validate_on_images_of_their_own(study):
    runs = tuning_runs(study, {})
    assert len(runs) == 12
    assert {(run.split, run.seed) for run in runs} == {
        ('validation', 0), ('validation', 1)}
    flat = next(run for run in runs if run.schedule == 'flat 0.4')
    assert flat.scheduler()(3) == 0.4


def test_nothing_is_confirmed_before_a_choice(study):
    assert planned(study, 'pytorch') == []
    runs = planned(study, 'pytorch', (), {'flat': 0.6, 'root': 0.2})
    assert [(run.schedule, run.seed, run.split) for run in runs] == [
        (name, seed, 'test') for name in ('flat 0.6', 'root 0.2')
        for seed in (7, 8, 9)]
    assert runs[3].scheduler()(0) == 0.2


@pytest.fixture
def chosen(study, tmp_path):
    _, records = tuned(study, {0.2: 0.9})
    write_choice(study, records, 'runs/a.jsonl', now(), 40 * 'b', tmp_path)
    return records


def test_a_choice_names_the_runs_that_it_rests_on(study, chosen, tmp_path):
    assert load_choice(study, chosen, tmp_path) == {'flat': 0.2, 'root': 0.2}
    content = json.loads((tmp_path / 'small.json').read_text())
    assert content['runs'] == 'runs/a.jsonl' and content['commit'] == 40 * 'b'
    trials = content['schedules']['flat']['trials']
    assert [*trials] == ['0.1', '0.2', '0.4']
    run = next(run for run in tuning_runs(study, {})
               if (run.schedule, run.seed) == ('flat 0.2', 1))
    assert trials['0.2'][1] == {'seed': 1, 'rates': run.key().rates,
                                'score': 90.0}


@pytest.mark.parametrize(('error', 'raised'), [
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), BuildError),
    (KeyboardInterrupt(), KeyboardInterrupt)])
def test_a_choice_that_cannot_be_written_leaves_nothing(
        study, tmp_path, monkeypatch, error, raised):
    def fail(file):
        raise error

    _, records = tuned(study, {0.2: 0.9})
    monkeypatch.setattr(os, 'fsync', fail)
    with pytest.raises(raised, match=r'cannot be written \(No space|^$'):
        write_choice(study, records, 'a', now(), 40 * 'b', tmp_path)
    assert [path.suffix for path in tmp_path.iterdir()] == ['.toml']


def test_a_study_chooses_once_and_only_from_all_its_runs(study, chosen,
                                                         tmp_path):
    with pytest.raises(EvidenceError, match='small.json is there: a study ch'):
        write_choice(study, chosen, 'a', now(), 40 * 'b', tmp_path)
    chosen.popitem()
    with pytest.raises(EvidenceError, match='small: 1 runs that choose a pea'):
        choose(study, chosen)
    with pytest.raises(EvidenceError, match='small: 1 runs'):
        load_choice(study, chosen, tmp_path)


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('"peak": 0.2', '"peak": 0.4', 'other runs than those planned and recor'),
    ('"score": 90.0', '"score": 91.0', 'other runs .*: flat, root'),
    ('"seed": 1', '"seed": 2', 'other runs than those'),
    ('"root"', '"cube"', 'other runs than those planned .*: root, cube'),
    ('"peak": 0.2', '"peak": "0.2"', "schedules: flat: peak: .*got '0.2'"),
    ('"peak": 0.2', '"peak": 0.2, "peak": 0.4', "'peak' stands there twice"),
    ('{\n "study"', '[{\n "study"', 'small.json:1: ')])
def test_a_choice_by_hand_is_none(study, chosen, tmp_path, old, new, message):
    path = tmp_path / 'small.json'
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(EvidenceError, match=message):
        load_choice(study, chosen, tmp_path)


def test_a_choice_made_from_other_runs_is_none(study, chosen, tmp_path):
    key = next(iter(chosen))
    chosen[key] = {**chosen[key], 'validation acc': [0.3] * 6}
    with pytest.raises(EvidenceError, match='other runs than those planned'):
        load_choice(study, chosen, tmp_path)


def test_runs_on_other_images_choose_nothing(study, chosen):
    key = next(iter(chosen))
    chosen[key] = {**chosen[key], 'data': {**DATA, 'indices': 64 * 'f'}}
    with pytest.raises(EvidenceError, match='differ in their images'):
        choose(study, chosen)


def test_a_claim_is_judged_at_the_chosen_peaks(study):
    choice = {'flat': 0.6, 'root': 0.2}
    records = {}
    for run in planned(study, 'pytorch', (), choice):
        better = (run.schedule == 'root 0.2') * (0.02 + run.seed / 1000)
        records[run.key()] = {**later('', run), 'test acc': [.8 + better] * 6}
    claim = Claim('a', 'compare', ('root', 'flat'), 'more_than', 0.5,
                  'test acc', tab='pytorch')
    evidence = Evidence(study, {'pytorch': records}.__getitem__, choice)
    assert judge(claim, evidence).text.startswith('+2.80 points')
    with pytest.raises(MissingRuns, match='lacks the peaks that its runs'):
        judge(claim, Evidence(study, {'pytorch': records}.__getitem__))


def test_from_the_first_run_to_the_last(study, tmp_path, monkeypatch, capsys):
    """Tune, widen, choose, confirm: with a runner that trains nothing."""
    path = tmp_path / 'runs.jsonl'

    def make(tab, runs, writer, made, stamp, address, workers):
        for run in runs:
            score = 0.9 if run.schedule.endswith('0.4') else 0.5
            record = recorded(run, score)
            if run.split == 'test':
                record['test acc'] = record.pop('validation acc')
            writer.append({**record, **stamp})
        return 0

    made = {'device': 'cpu'}
    for name, value in (
            ('load_studies', lambda: {'small': study}),
            ('load_claims', lambda studies: {}),
            ('fingerprint', lambda tab: RESTS_ON),
            ('runs_path', lambda tab, folder: path),
            ('stamp', lambda study, claims: {
                **STAMP, 'study sha256': study.sha256([])}),
            ('committed', lambda: 40 * 'b'), ('here', lambda tab: made)):
        monkeypatch.setattr(stages, name, value)
    for function in (write_choice, load_choice):
        monkeypatch.setattr(stages, function.__name__, functools.partial(
            function, folder=tmp_path))
    monkeypatch.setattr('evidence.runner.make', make)

    assert main(['--choose', 'small']) == 1
    assert '12 runs that choose a peak are missing' in capsys.readouterr().err
    assert main(['pytorch']) == 0
    said = capsys.readouterr().out
    assert '12 runs planned, 0 recorded, 12 missing' in said
    assert '16 runs planned, 12 recorded, 4 missing' in said
    assert said.endswith('--choose small chooses those to confirm\n')
    assert len(load_records(path, RESTS_ON).runs) == 16
    assert main(['--choose', 'small']) == 0
    assert 'small.json: commit it' in capsys.readouterr().out
    assert main(['pytorch']) == 0
    assert '22 runs planned, 22 recorded, nothing' in capsys.readouterr().out
    assert main(['--table']) == 0
    assert 'flat 0.6     2     0    90.00' in capsys.readouterr().out
    assert {key.schedule for key in load_records(path, RESTS_ON).runs
            if key.split == 'test'} == {'flat 0.4', 'root 0.4'}
