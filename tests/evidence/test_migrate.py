"""Recordings and runs of the first form become what they are today."""
import json
import shutil

import pytest

from builder.config import load_config
from builder.record.checksums import file_checksum
from evidence import EvidenceError, migrate
from evidence.chapter import ROOT
from evidence.fingerprint import fingerprint
from evidence.report import report

TABS = ('pytorch', 'mxnet', 'tensorflow', 'jax')
NOTEBOOK = 'notebooks/jax/lr-scheduler-solutions.ipynb'


@pytest.fixture
def old(tmp_path, monkeypatch):
    """A copy of the project whose recordings and runs have the old form."""
    for name in ('config.ini', 'requirements', 'chapter_optimization',
                 'static', 'd2l', 'notebooks', 'evidence/runs'):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    for module in ('chapter', 'fingerprint', 'migrate'):
        monkeypatch.setattr(f'evidence.{module}.ROOT', tmp_path)
    monkeypatch.setattr(migrate, 'runs_path', lambda tab: (
        tmp_path / 'evidence' / 'runs' / f'{tab}.jsonl'))
    # The copy has no judge of its own.
    monkeypatch.setattr('builder.source.claims.load_judge', lambda _: report)
    config = load_config(tmp_path / 'config.ini')
    for tab in TABS:
        edit_runs(tmp_path, tab, code=migrate.old_code_of_runs(config, tab))
    for tab in TABS:
        for path in (tmp_path / 'notebooks' / tab).iterdir():
            edit_recording(path, lambda about, tab=tab: (
                about.pop('definitions'), about.update(
                    modules=migrate._modules(config, tab),
                    reads={name: file_checksum(tmp_path / name)
                           for name in config.reads})))
    return tmp_path


def edit_runs(folder, tab, **changes):
    path = folder / 'evidence' / 'runs' / f'{tab}.jsonl'
    records = [json.loads(line) | changes
               for line in path.read_text('utf-8').splitlines()]
    path.write_text(''.join(json.dumps(record, ensure_ascii=False) + '\n'
                            for record in records), 'utf-8')


def edit_recording(path, change):
    notebook = json.loads(path.read_text('utf-8'))
    change(notebook['metadata']['recording'])
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1,
                               sort_keys=True) + '\n', 'utf-8')


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for top in ('notebooks', 'evidence')
            for path in (folder / top).rglob('*') if path.is_file()}


def test_only_checksums_change_and_only_once(old):
    before = content(old)
    assert sum('310 runs' in line for line in migrate.migrate()) == 1
    after = content(old)
    assert {*after} == {*before}
    for tab in TABS:
        name = f'evidence/runs/{tab}.jsonl'
        code = migrate.old_code_of_runs(load_config(old / 'config.ini'), tab)
        assert after[name].decode() == before[name].decode().replace(
            code, fingerprint(tab)[0])
    for name in after:
        if name.endswith('.ipynb'):
            was, now = json.loads(before[name]), json.loads(after[name])
            then, about = (n['metadata'].pop('recording') for n in (was, now))
            assert was == now
            del then['modules'], then['reads']
            assert about.pop('definitions') and about.pop('reads') == {
                f'evidence/runs/{tab}.jsonl': file_checksum(
                    old / 'evidence' / 'runs' / f'{tab}.jsonl')
                for tab in TABS}
            assert then == about
    again = [*migrate.migrate()]
    assert len(again) == 4 and all(': 0 runs' in line for line in again)
    assert content(old) == after


def test_it_goes_on_after_an_interruption(old, monkeypatch):
    """Between runs and recordings, whose checksums of the runs are old."""
    write = migrate.write_notebook
    monkeypatch.setattr(migrate, 'write_notebook',
                        lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        [*migrate.migrate()]
    monkeypatch.setattr(migrate, 'write_notebook', write)
    assert len([*migrate.migrate()]) == 4 + 8


@pytest.mark.parametrize(('change', 'message'), [
    (lambda folder: edit_runs(folder, 'jax', code='0'),
     'jax.jsonl:1: made with other code'),
    (lambda folder: edit_runs(folder, 'mxnet', packages={'mxnet': '2'}),
     'mxnet.jsonl:1: made with other versions'),
    (lambda folder: edit_recording(
        folder / NOTEBOOK, lambda about: about.update(outputs='0')),
     'its outputs are not those of the run'),
    (lambda folder: edit_recording(
        folder / NOTEBOOK, lambda about: about['modules'].popitem()),
     'its modules are not those of the run'),
    (lambda folder: edit_recording(
        folder / NOTEBOOK, lambda about: about.update(code='0')),
     'its code cells are not those of the run'),
    (lambda folder: edit_runs(folder, 'jax', seconds=1.0),
     'its files that it reads are not those of the run')])
def test_what_does_not_hold_is_refused_and_nothing_written(old, change,
                                                           message):
    change(old)
    before = content(old)
    with pytest.raises(EvidenceError, match=message):
        [*migrate.migrate()]
    assert content(old) == before
