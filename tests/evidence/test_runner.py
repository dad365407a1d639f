"""Many runs: on a cluster, one failing, and killed in between."""
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dask
import pytest

from evidence.records import Writer, load_records
from evidence.runner import make

from .conftest import DATA, MADE, RESTS_ON, STAMP, later, some_runs

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings(
    # Of the cluster's own loop.
    'ignore::pytest.PytestUnraisableExceptionWarning')]


def make_here(runs, path, train):
    with Writer(path) as writer:
        return make('pytorch', runs, writer, MADE, STAMP, workers=2,
                    train=train)


def train(tab, run):
    if run.seed == 1:
        raise ZeroDivisionError(f'no seed {run.seed}')
    return later(tab, run)


def slow(tab, run):
    time.sleep(0.5 if run.seed < 2 else 60)
    return later(tab, run)


def test_a_failing_run_is_reported_and_the_others_go_on(tmp_path, capfd):
    path = tmp_path / 'runs.jsonl'
    assert make_here(some_runs(4), path, train) == 1
    found = load_records(path, RESTS_ON)
    assert {key[1] for key in found.runs} == {0, 2, 3}
    shown = capfd.readouterr()
    assert 'failed: constant 0.3, seed 1: ZeroDivisionError' in (
        shown.out + shown.err)


def elsewhere(tab, run):
    return {**later(tab, run), 'code': 64 * ('e' if run.seed else 'c')}


def test_runs_of_a_worker_with_other_code_have_failed(tmp_path, capfd):
    path = tmp_path / 'runs.jsonl'
    assert make_here(some_runs(3), path, elsewhere) == 2
    assert path.read_text().count('\n') == 1
    shown = capfd.readouterr()
    assert f'seed 2: code {64 * "e"}, expected {64 * "c"}' in (
        shown.out + shown.err)


def environment(tab, run):
    seen = (os.environ.get('MALLOC_TRIM_THRESHOLD_'), os.nice(0))
    return later(tab, run, processor=repr(seen))


def test_workers_keep_their_memory_and_stand_back(tmp_path, monkeypatch):
    """Dask's own setting makes training twice as slow."""
    monkeypatch.delenv('MALLOC_TRIM_THRESHOLD_', raising=False)
    path = tmp_path / 'runs.jsonl'
    assert make_here(some_runs(1), path, environment) == 0
    record, = load_records(path, RESTS_ON).runs.values()
    assert record['processor'] == '(None, 10)'
    assert {key: record[key] for key in STAMP} == STAMP


def wrong(tab, run):
    return later(tab, run, **[
        {'train acc': [0.5, 5.0, 0.5]}, {'data': {**DATA, 'limited': True}},
        {}][run.seed])


def test_a_record_that_is_none_has_failed(tmp_path, capfd):
    path = tmp_path / 'runs.jsonl'
    assert make_here(some_runs(3), path, wrong) == 2
    assert {key.seed for key in load_records(path, RESTS_ON).runs} == {2}
    shown = capfd.readouterr()
    assert 'seed 0: train acc: 1: Input should be' in shown.out + shown.err
    assert 'seed 1: limited True, expected False' in shown.out + shown.err


def dying(tab, run):
    if run.seed == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return later(tab, run)


def test_a_worker_that_dies_has_failed_and_the_others_go_on(tmp_path, capfd):
    """As when the system takes its memory. Dask tries it again first."""
    path = tmp_path / 'runs.jsonl'
    with dask.config.set({'distributed.scheduler.allowed-failures': 0}):
        assert make_here(some_runs(3), path, dying) >= 1
    shown = capfd.readouterr()
    assert 'failed: constant 0.3, seed 0: KilledWorker' in (
        shown.out + shown.err)
    assert {key.seed for key in load_records(path, RESTS_ON).runs} <= {1, 2}


def test_killed_half_way_and_begun_again(tmp_path):
    """The first try finishes two runs of four and is killed."""
    path = tmp_path / 'runs.jsonl'
    root = Path(__file__).parents[2]
    code = (f'from pathlib import Path\n'
            f'from tests.evidence.conftest import some_runs\n'
            f'from tests.evidence.test_runner import make_here, slow\n'
            f'if __name__ == "__main__":\n'
            f'    make_here(some_runs(4), Path({str(path)!r}), slow)\n')
    script = tmp_path / 'first_try.py'
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, str(script)], stderr=subprocess.DEVNULL,
        start_new_session=True, env={**os.environ, 'PYTHONPATH': str(root)})
    try:
        deadline = time.monotonic() + 60
        while not path.exists() or path.read_bytes().count(b'\n') < 2:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = load_records(path, RESTS_ON)
    assert {key[1] for key in done.runs} == {0, 1} and done.stale == 0
    left = [run for run in some_runs(4) if run.key() not in done.runs]
    assert [run.seed for run in left] == [2, 3]
    assert make_here(left, path, later) == 0
    assert {key[1] for key in load_records(path, RESTS_ON).runs} == {
        0, 1, 2, 3}
