"""python -m evidence: what is missing."""
import dataclasses
import subprocess
import sys

import pytest

from evidence import EvidenceError, stages
from evidence.__main__ import main
from evidence.chapter import ROOT
from evidence.plan import planned
from evidence.records import Writer

from .conftest import MADE, RESTS_ON, STAMP, STUDY, load, made_up


@pytest.fixture
def here(plan, tmp_path, monkeypatch):
    """All runs of the small study are recorded; return their file."""
    path = tmp_path / 'runs.jsonl'
    with Writer(path) as writer:
        for run in planned(plan, 'pytorch'):
            writer.append(made_up('pytorch', run))
    for name, value in (('load_studies', lambda: {'small': plan}),
                        ('load_claims', lambda studies: {}),
                        ('fingerprint', lambda tab: RESTS_ON),
                        ('runs_path', lambda tab, folder: path),
                        ('committed', lambda: STAMP['commit']),
                        ('stamp', lambda study, claims: STAMP)):
        monkeypatch.setattr(stages, name, value)
    return path


def listed(capsys):
    assert main(['pytorch', '--list']) == 0
    return capsys.readouterr().out.splitlines()


def test_nothing_is_left_to_do(here, capsys):
    assert listed(capsys) == ['small, pytorch on cpu: 14 runs planned, 14 '
                              'recorded, nothing left to do']


def test_a_deleted_line_is_the_run_that_is_missing(here, capsys):
    lines = here.read_text().split('\n')
    here.write_text('\n'.join(lines[:3] + lines[4:]))
    assert listed(capsys) == [
        'small, pytorch on cpu: 14 runs planned, 13 recorded, 1 missing',
        '  square root 0.3: seed 1']


def test_a_changed_schedule_is_missing_and_no_other(here, write, monkeypatch,
                                                    capsys):
    changed = load(write, STUDY.replace('lr = 0.3 }', 'lr = 0.2 }'))
    monkeypatch.setattr(stages, 'load_studies', lambda: {'small': changed})
    assert listed(capsys)[1:] == ['  square root 0.3: seed 0, 1']


def test_other_code_is_told(here, monkeypatch, capsys):
    monkeypatch.setattr(stages, 'fingerprint', lambda tab: ('new', {}))
    assert any(line.startswith('warning: 14 runs') and 'other code' in line
               for line in listed(capsys))


@pytest.fixture
def making(monkeypatch):
    """Make no runs but note which, and fail with as many as are asked."""
    asked, failures = [], [0]

    def make(tab, runs, writer, made, stamp, address, workers):
        asked.extend(runs)
        for run in runs[failures[0]:]:
            writer.append(made_up(tab, run))
        return failures[0]

    monkeypatch.setattr('evidence.runner.make', make)
    monkeypatch.setattr('evidence.training.load_chapter',
                        lambda tab: ({}, MADE))
    monkeypatch.setattr(stages, 'describe', lambda: MADE['data'])
    monkeypatch.delenv('D2L_TRAIN_LIMIT', raising=False)
    monkeypatch.delenv('D2L_TEST_LIMIT', raising=False)
    return asked, failures


def test_only_the_missing_runs_are_made(here, making, capsys):
    asked, failures = making
    assert main(['pytorch']) == 0 and asked == []
    here.write_bytes(here.read_bytes()[:-9])
    assert main(['pytorch']) == 0
    assert [(run.schedule, run.seed) for run in asked] == [
        ('survival 1.0 warmup 2', 6)]
    said = capsys.readouterr().out
    assert 'warning: half a line at the end' in said
    assert '\n  survival 1.0 warmup 2: seed 6\n' in said
    assert said.endswith('nothing left to do\n')
    here.write_bytes(here.read_bytes()[:-9])
    failures[0] = 1
    assert main(['pytorch']) == 1
    assert 'pytorch: 1 runs failed' in capsys.readouterr().out


def test_an_unknown_tab(here, capsys):
    assert main(['torch']) == 1
    assert "unknown tab 'torch', expected one of py" in capsys.readouterr().err


@pytest.mark.parametrize(('about', 'limit', 'message'), [
    ({'packages': {'numpy': '2.4.6'}}, '100', 'D2L_TRAIN_LIMIT is set'),
    ({'packages': {'numpy': '2.5.0'}}, '', 'numpy 2.5.0 is installed, pinn')])
def test_runs_that_would_not_count_are_refused(here, monkeypatch, capsys,
                                               about, limit, message):
    monkeypatch.setattr('evidence.training.load_chapter',
                        lambda tab: ({}, {**about, 'device': 'cpu'}))
    monkeypatch.setenv('D2L_TRAIN_LIMIT', limit)
    assert main(['pytorch']) == 1
    assert message in capsys.readouterr().err


def test_the_table_is_of_exploring_runs_only(here, plan, capsys):
    """Confirming runs with a score of their own change no cell."""
    lines = [made_up('', run, 0.95, 0.9) if run.seed > 2 else
             made_up('', run, 0.9 + 0.02 * run.seed, 0.85)
             for run in planned(plan, 'pytorch', {'constant 0.3'})
             if run.epochs == 6]
    here.unlink()
    with Writer(here) as writer:
        for record in lines[:-1]:
            writer.append(record)
        writer.append({**lines[-1], 'train acc': [0.1] * 6})
    assert main(['--table']) == 0
    shown = capsys.readouterr().out.split('\n')
    assert shown[0].startswith('small, PyTorch: mean')
    assert [line.split() for line in shown[2:5]] == [
        ['constant', '0.3', '2', '0', '91.00', '±', '1.41', '85.00', '±',
         '0.00', '6.00', '±', '1.41'],
        ['square', 'root', '0.3', '2', '0', '91.00', '±', '1.41', '85.00',
         '±', '0.00', '6.00', '±', '1.41'],
        ['ramp', '0.3', '2', '1', '90.00', '85.00', '5.00']]
    assert main(['--table', 'mxnet']) == 0
    assert capsys.readouterr().out == 'no study has runs with mxnet\n'
    here.unlink()
    assert main(['--table']) == 0
    assert 'small: no exploring runs with pytorch' in capsys.readouterr().out


@pytest.mark.parametrize(('arguments', 'message'), [
    (['pytorch', '--study', 'big'], "unknown study 'big', expected one of sm"),
    (['mxnet', '--study', 'small'], 'has runs in pytorch, jax, not in mxnet'),
    (['--choose', 'big'], "unknown study 'big'"), ([], 'which tab?'),
    (['--choose', 'small'], "the study 'small' tunes nothing")])
def test_what_cannot_be_asked_for(here, capsys, arguments, message):
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


def test_a_number_of_workers_is_one(here, capsys):
    for count in ('0', 'two', '-1'):
        with pytest.raises(SystemExit):
            main(['pytorch', f'--workers={count}'])
        assert f'got {count!r}' in capsys.readouterr().err


def test_a_study_that_changed_makes_no_more_runs(here, plan, capsys,
                                                 monkeypatch):
    with Writer(here) as writer:
        run = dataclasses.replace(planned(plan, 'pytorch')[0], seed=99)
        record = made_up('', run)
        del record['date']
        moment = '2026-11-26T10:00:00Z'
        writer.append({**record, **STAMP, 'split': 'test', 'start': moment,
                       'end': moment})
    for arguments in (['pytorch'], ['pytorch', '--list']):
        monkeypatch.setattr('evidence.training.load_chapter',
                            lambda tab: ({}, MADE))
        assert main(arguments) == 1
        assert 'was changed after 1 of its runs' in capsys.readouterr().err


def test_the_environment_of_a_framework_needs_no_statistics():
    """It has no SciPy, and makes runs all the same."""
    subprocess.run([sys.executable, '-c', 'import sys\n'
                    'sys.modules["scipy"] = None\n'
                    'import evidence.stages, evidence.runner'],
                   cwd=ROOT, check=True)


def test_what_is_not_committed_makes_no_runs(here, making, capsys,
                                             monkeypatch):
    def stamp(study, claims):
        raise EvidenceError('not committed: evidence/claims.toml')

    monkeypatch.setattr(stages, 'stamp', stamp)
    here.write_bytes(here.read_bytes()[:-9])
    assert main(['pytorch']) == 1
    assert making[0] == []
    assert 'not committed: evidence/cl' in capsys.readouterr().err
