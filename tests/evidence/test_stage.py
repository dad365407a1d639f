"""python -m evidence: what is missing."""
import pytest

from evidence import __main__ as stage
from evidence.plan import load_plan
from evidence.records import Writer

from .conftest import MADE, PLAN, RESTS_ON, made_up


@pytest.fixture
def here(plan, tmp_path, monkeypatch):
    """All runs of the small plan are recorded; return their file."""
    path = tmp_path / 'runs.jsonl'
    with Writer(path) as writer:
        for run in plan.runs('pytorch'):
            writer.append(made_up('pytorch', run))
    monkeypatch.setattr(stage, 'load_plan', lambda: plan)
    monkeypatch.setattr(stage, 'load_claims', lambda plan: {})
    monkeypatch.setattr(stage, 'fingerprint', lambda tab: RESTS_ON)
    monkeypatch.setattr(stage, 'runs_path', lambda tab: path)
    return path


def listed(capsys):
    assert stage.main(['pytorch', '--list']) == 0
    return capsys.readouterr().out.splitlines()


def test_nothing_is_left_to_do(here, capsys):
    assert listed(capsys) == ['pytorch on cpu: 14 runs planned, 14 recorded, '
                              'nothing left to do']


def test_a_deleted_line_is_the_run_that_is_missing(here, capsys):
    lines = here.read_text().split('\n')
    here.write_text('\n'.join(lines[:3] + lines[4:]))
    assert listed(capsys) == [
        'pytorch on cpu: 14 runs planned, 13 recorded, 1 missing',
        '  square root 0.3: seed 1']


def test_a_changed_schedule_is_missing_and_no_other(here, write, monkeypatch,
                                                    capsys):
    changed = load_plan(write('plan.toml', PLAN.replace('lr = 0.3 }',
                                                        'lr = 0.2 }')))
    monkeypatch.setattr(stage, 'load_plan', lambda: changed)
    assert listed(capsys)[1:] == ['  square root 0.3: seed 0, 1']


def test_other_code_is_told(here, monkeypatch, capsys):
    monkeypatch.setattr(stage, 'fingerprint', lambda tab: ('new', {}))
    assert any(line.startswith('warning: 14 runs') and 'other code' in line
               for line in listed(capsys))


@pytest.fixture
def making(monkeypatch):
    """Make no runs but note which, and fail with as many as are asked."""
    asked, failures = [], [0]

    def make(tab, runs, writer, made, address):
        asked.extend(runs)
        return failures[0]

    monkeypatch.setattr('evidence.runner.make', make)
    monkeypatch.setattr('evidence.training.load_chapter',
                        lambda tab: ({}, MADE))
    monkeypatch.delenv('D2L_TRAIN_LIMIT', raising=False)
    monkeypatch.delenv('D2L_TEST_LIMIT', raising=False)
    return asked, failures


def test_only_the_missing_runs_are_made(here, making, capsys):
    asked, failures = making
    assert stage.main(['pytorch']) == 0 and asked == []
    here.write_bytes(here.read_bytes()[:-9])
    assert stage.main(['pytorch']) == 0
    assert [(run.schedule, run.seed) for run in asked] == [
        ('survival 1.0 warmup 2', 6)]
    said = capsys.readouterr().out
    assert 'warning: half a line at the end' in said
    assert '\n  survival 1.0 warmup 2: seed 6\n' in said
    failures[0] = 1
    assert stage.main(['pytorch']) == 1
    assert 'pytorch: 1 runs failed' in capsys.readouterr().out


def test_an_unknown_tab(here, capsys):
    assert stage.main(['torch']) == 1
    assert "unknown tab 'torch', expected one of py" in capsys.readouterr().err


@pytest.mark.parametrize(('about', 'limit', 'message'), [
    ({'packages': {'numpy': '2.4.6'}}, '100', 'D2L_TRAIN_LIMIT is set'),
    ({'packages': {'numpy': '2.5.0'}}, '', 'numpy 2.5.0 is installed, pinn')])
def test_runs_that_would_not_count_are_refused(here, monkeypatch, capsys,
                                               about, limit, message):
    monkeypatch.setattr('evidence.training.load_chapter',
                        lambda tab: ({}, {**about, 'device': 'cpu'}))
    monkeypatch.setenv('D2L_TRAIN_LIMIT', limit)
    assert stage.main(['pytorch']) == 1
    assert message in capsys.readouterr().err
