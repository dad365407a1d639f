"""python -m evidence: what is missing."""
import pytest

from evidence import __main__ as stage
from evidence.plan import load_plan
from evidence.records import Writer

from .conftest import PLAN, RESTS_ON, made_up


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
    assert listed(capsys) == ['pytorch: 14 runs planned, 14 recorded, '
                              'nothing left to do']


def test_a_deleted_line_is_the_run_that_is_missing(here, capsys):
    lines = here.read_text().split('\n')
    here.write_text('\n'.join(lines[:3] + lines[4:]))
    assert listed(capsys) == [
        'pytorch: 14 runs planned, 13 recorded, 1 missing',
        '  square root 0.3, seed 1']


def test_a_changed_schedule_is_missing_and_no_other(here, write, monkeypatch,
                                                    capsys):
    changed = load_plan(write('plan.toml', PLAN.replace('lr = 0.3 }',
                                                        'lr = 0.2 }')))
    monkeypatch.setattr(stage, 'load_plan', lambda: changed)
    assert listed(capsys)[1:] == ['  square root 0.3, seed 0',
                                  '  square root 0.3, seed 1']


def test_half_a_line_and_other_code_are_told(here, monkeypatch, capsys):
    here.write_bytes(here.read_bytes()[:-9])
    assert listed(capsys)[0].startswith('warning: half a line at the end')
    monkeypatch.setattr(stage, 'fingerprint', lambda tab: ('new', {}))
    assert any(line.startswith('warning: 13 runs') and 'other code' in line
               for line in listed(capsys))


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
