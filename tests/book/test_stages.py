"""python -m builder."""
import json
import sys

import pytest

from builder import __main__ as stages
from builder import environment

from .conftest import CONFIG, PAGE


@pytest.fixture
def here(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    return sample


def test_check_says_what_is_stale_and_how_to_refresh_it(here, capsys):
    assert stages.main(['check']) == 2
    out = capsys.readouterr().out
    assert ('notebooks/pytorch/index.ipynb is stale: it was never recorded. '
            'Refresh it: make run TAB=pytorch') in out


def test_notebooks_updates_prose_and_keeps_outputs(
        here, record_by_hand, write_book, capsys):
    for tab in ('pytorch', 'mxnet'):
        path = record_by_hand(here.book, here.page, tab, {1: ['both\n']})
    assert stages.main(['check']) == 0
    before = json.loads(path.read_text())
    write_book(PAGE.replace('See', 'Compare'))
    assert stages.main(['check']) == 2
    assert stages.main(['notebooks']) == 0
    after = json.loads(path.read_text())
    assert 'Compare' in ''.join(after['cells'][0]['source'])
    after['cells'][0] = before['cells'][0]
    assert after == before
    assert stages.main(['check']) == 0


def test_notebooks_leaves_stale_recordings_alone(here, record_by_hand,
                                                 write_book, capsys):
    path = record_by_hand(here.book, here.page, 'pytorch', {1: ['both\n']})
    before = path.read_bytes()
    write_book(PAGE.replace("print('both')", "print('all')"))
    assert stages.main(['notebooks']) == 2
    assert path.read_bytes() == before
    assert 'left alone' in capsys.readouterr().out


@pytest.mark.parametrize(('arguments', 'message'), [
    (['run', 'torch'], "unknown tab 'torch', expected one of pytorch, mxnet"),
    (['env', 'torch'], "no environment 'torch', expected one of mxnet, pyt")])
def test_unknown_names(here, capsys, arguments, message):
    assert stages.main(arguments) == 1
    assert message in capsys.readouterr().err


def test_unknown_stage(capsys):
    with pytest.raises(SystemExit):
        stages.main(['fly'])
    assert 'invalid choice' in capsys.readouterr().err


def test_tabs(here, capsys):
    stages.main(['tabs'])
    assert capsys.readouterr().out.split() == ['pytorch', 'mxnet']


@pytest.fixture
def mxnet_on_python_2(sample, write_book, tmp_path, monkeypatch):
    write_book(PAGE, **{'config.ini': CONFIG.replace(
        'title = MXNet', 'title = MXNet\npythons = 2.6, 2.7')})
    monkeypatch.setattr(stages, 'ROOT', tmp_path)


def test_a_tab_that_this_python_cannot_run_is_skipped_aloud(
        mxnet_on_python_2, capsys):
    assert stages.main(['skip', 'mxnet']) == 0
    assert capsys.readouterr().out.startswith(
        'SKIPPED mxnet: MXNet can be installed on Python 2.6 or 2.7 only, '
        f'this is {sys.version_info[0]}')
    assert stages.main(['skip', 'pytorch']) == 1
    assert capsys.readouterr().out == ''
    assert stages.main(['skip', 'torch']) == 1
    assert "unknown tab 'torch'" in capsys.readouterr().err


def test_its_environment_is_refused(mxnet_on_python_2, tmp_path, capsys):
    assert stages.main(['env', 'mxnet']) == 1
    assert 'try make PYTHON=python2.7' in capsys.readouterr().err
    assert not (tmp_path / '.venvs').exists()


def test_a_tab_runs_on_the_pythons_that_it_names(mxnet_on_python_2,
                                                 monkeypatch):
    monkeypatch.setattr(environment.sys, 'version_info', (2, 7, 18))
    assert stages.main(['skip', 'mxnet']) == 1
    monkeypatch.setattr(environment.sys, 'version_info', (2, 8, 0))
    assert stages.main(['skip', 'mxnet']) == 0
