"""Files of runs: whole, cut, stale, or busy."""
import errno
import json
import os
import time

import pytest

from evidence import EvidenceError
from evidence.fingerprint import fingerprint
from evidence.records import Writer, load_records, runs_path

from .conftest import DATA, RESTS_ON, STAMP, later, made_up, some_runs


@pytest.fixture
def path(tmp_path):
    path = tmp_path / 'runs' / 'small.jsonl'
    with Writer(path) as writer:
        for run in some_runs(3):
            writer.append(made_up('small', run))
    return path


def test_what_is_written_is_read(path):
    found = load_records(path, RESTS_ON)
    assert list(found.runs) == [run.key() for run in some_runs(3)]
    assert found.stale == 0
    assert found.runs[some_runs(2)[1].key()] == made_up('', some_runs(2)[1])


def test_no_file_holds_no_runs(tmp_path):
    assert load_records(tmp_path / 'none.jsonl', RESTS_ON).runs == {}


def test_half_a_line_is_no_run_and_the_next_one_takes_its_place(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    found = load_records(path, RESTS_ON)
    assert len(found.runs) == 2
    with Writer(path) as writer:
        assert writer.removed.startswith(b'{"schedule": "constant 0.3", "see')
        writer.append(made_up('', some_runs(3)[2]))
    assert path.read_bytes() == whole


def test_a_whole_last_line_needs_no_newline(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert len(load_records(path, RESTS_ON).runs) == 3
    with Writer(path) as writer:
        assert writer.removed == b''
    assert path.read_bytes() == whole


def test_other_ends_of_lines_and_a_byte_order_mark(path):
    path.write_bytes(b'\xef\xbb\xbf'
                     + path.read_bytes().replace(b'\n', b'\r\n'))
    assert len(load_records(path, RESTS_ON).runs) == 3


def changed(**values):
    """Return the second record with other values; None removes one."""
    record = {**made_up('small', some_runs(2)[1]), **values}
    return json.dumps({k: v for k, v in record.items() if v is not None})


STAMPED = {**STAMP, 'split': 'test', 'start': '2026-11-26T10:00:00Z',
           'end': '2026-11-26T10:02:00Z', 'date': None}


@pytest.mark.parametrize(('line', 'message'), [
    ('{"schedule": "a"', 'not a record of a run'), ('', 'not a record'),
    ('[' * 99999, 'not a record of a run .nested'), ('9' * 9999, 'not a re'),
    ('{"seed": 3}', 'schedule: Field required'), ('[1]', '.*dictionary'),
    ('{"seed": 3, "seed": 3}', "not a record of a run .'seed' stands there t"),
    (changed(seed='3'), "seed: .*integer, got '3'"),
    (changed(seed=True), 'seed: .*integer, got True'),
    (changed(seed=-1), 'seed: .*equal to 0, got -1'),
    (changed(rates='abc'), 'rates: .*pattern'),
    (changed(**{'train acc': [0.5, 5.0, 0.5]}), 'train acc.1: .*got 5.0'),
    (changed(**{'test acc': [0.5, -0.1, 0.5]}), 'test acc.1: .*got -0.1'),
    (changed(**{'test acc': [0.5, None, 0.5]}), 'test acc.1: .*got None'),
    (changed(**{'test acc': [0.5] * 30}), 'test acc has 30 values for 3 ep'),
    (changed(lr=[0.1, -0.1, 0.1]), 'lr.1: .*equal to 0, got -0.1'),
    (changed(lr=[0.1]), 'lr has 1 values for 3 epochs'),
    (changed(**{'train loss': [0.1, 'x', 0.1]}), "train loss.1: .*got 'x'"),
    (changed(seconds=3).replace('ds": 3', 'ds": NaN'), '.*NaN is not JSON'),
    (changed(seconds=3).replace('ds": 3', 'ds": 1e999'), 'seconds: .*finite'),
    (changed(seconds=-1.0), 'seconds: .*equal to 0, got -1.0'),
    (changed(date='2026-02-30'), "date: .*"),
    (changed(date=None), 'expected either a date or all of start, end, stu'),
    (changed(**{**STAMPED, 'commit': None}), 'expected either a date or all'),
    (changed(**{**STAMPED, 'end': '2026-11-26T09:00:00Z'}), 'it ended at 20'),
    (changed(**{**STAMPED, 'split': 'validation'}), ".*must have 'valida"),
    (changed(**{**STAMPED, 'commit': 'main'}), 'commit: .*pattern'),
    (changed(stopped=2), 'lr has 3 values for 2 epochs'),
    (changed(stopped=3), 'stopped after 3 of 3 epochs'),
    (changed(data={**DATA, 'train': '60000'}), "data.train: .*got '60000'"),
    (changed(colour='red'), "colour: Extra inputs are not permitted, got 're"),
])
def test_a_line_that_is_no_record_is_named(path, line, message):
    lines = path.read_text().split('\n')
    path.write_text('\n'.join([lines[0], line, *lines[2:]]))
    with pytest.raises(EvidenceError, match=f'small.jsonl:2: {message}'):
        load_records(path, RESTS_ON)


def test_a_line_that_is_no_text_is_named(path):
    path.write_bytes(path.read_bytes().replace(b'cpu', b'c\xe9u', 2))
    with pytest.raises(EvidenceError, match='small.jsonl:1: not a .*utf-8'):
        load_records(path, RESTS_ON)


def test_all_faults_of_a_file_at_once(path):
    text = path.read_text()
    path.write_text(text.replace('0.9', '9.0') + text[:text.index('\n') + 1])
    with pytest.raises(EvidenceError) as error:
        load_records(path, RESTS_ON)
    lines = str(error.value).split('\n')
    assert [line.split(':')[1] for line in lines] == [*'111222333']


def test_a_record_of_a_later_study(path):
    """It has moments, a commit, the state of its study; it may be stopped."""
    record = {**later('', some_runs(4)[3]), **STAMP}
    dead = {key: record[key][:2] for key in ('lr', 'train loss', 'test acc')}
    short = {**later('', some_runs(5)[4]), **STAMP, **dead,
             'train acc': [0.1, 0.1], 'stopped': 2}
    units = {'epoch': 1, 'layer': 1, 'active': 5, 'units': 6,
             'fraction': 0.8333333, 'images': 1000}
    with Writer(path) as writer:
        writer.append({**record, 'active units': units})
        writer.append(short)
    found = load_records(path, RESTS_ON).runs
    assert found[some_runs(4)[3].key()]['active units'] == units
    assert found[some_runs(5)[4].key()]['stopped'] == 2


def test_the_chapters_runs_are_read_in_no_time():
    seconds, count = 0.0, 0
    for tab in ('pytorch', 'mxnet', 'tensorflow', 'jax'):
        rests_on = fingerprint(tab)
        start = time.process_time()
        found = load_records(runs_path(tab), rests_on)
        seconds += time.process_time() - start
        count += len(found.runs) + found.stale
    assert count >= 355 and seconds < 0.3


def test_a_run_that_stands_there_twice_is_named(path):
    path.write_text(path.read_text() + path.read_text().split('\n')[1] + '\n')
    with pytest.raises(EvidenceError, match="jsonl:4: .*seed 1, stands here "
                                            'twice'):
        load_records(path, RESTS_ON)


def test_runs_of_other_code_or_versions_are_counted_and_not_used(path):
    for other in ((64 * 'e', RESTS_ON[1]),
                  (RESTS_ON[0], {'numpy': '2.5.0'})):
        found = load_records(path, other)
        assert (found.runs, found.stale) == ({}, 3)


def test_runs_of_another_device_are_a_set_of_their_own(path):
    with Writer(path) as writer:
        writer.append({**made_up('', some_runs(1)[0]), 'device': 'cuda:0'})
    assert len(load_records(path, RESTS_ON).runs) == 3
    assert len(load_records(path, RESTS_ON, 'cuda:0').runs) == 1


def test_runs_on_a_part_of_the_data_do_not_count(path):
    with Writer(path) as writer:
        writer.append({**made_up('', some_runs(4)[3]),
                       'data': {**DATA, 'limited': True}})
    found = load_records(path, RESTS_ON)
    assert (len(found.runs), found.stale) == (3, 1)


def test_two_processes_do_not_write_to_one_file(path):
    with Writer(path), pytest.raises(EvidenceError, match='another process'):
        Writer(path)
    with Writer(path) as writer:
        writer.append(made_up('', some_runs(4)[3]))


def test_a_record_is_strict_json(path):
    before = path.read_bytes()
    record = made_up('', some_runs(4)[3])
    record['train loss'][0] = float('nan')
    with Writer(path) as writer, pytest.raises(ValueError, match='finite'):
        writer.append(record)
    assert path.read_bytes() == before
    json.loads(path.read_text().split('\n')[0])


def test_a_full_disk_leaves_whole_lines(path):
    """The first half of a line reaches the disk, then there is no room."""
    before = path.read_bytes()
    with Writer(path) as writer:
        file = writer.file

        class Full:
            def write(self, content):
                if file.tell() > len(before):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return file.write(content[:len(content) // 2])

            def __getattr__(self, name):
                return getattr(file, name)

        writer.file = Full()
        with pytest.raises(EvidenceError, match='small.jsonl cannot be writ'
                           'ten: No space left on device'):
            writer.append(made_up('', some_runs(4)[3]))
        assert path.read_bytes() == before
        writer.file = file
        writer.append(made_up('', some_runs(4)[3]))
    assert len(load_records(path, RESTS_ON).runs) == 4


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / 'runs').write_text('a file')
    with pytest.raises(EvidenceError, match='cannot be written: '):
        Writer(tmp_path / 'runs' / 'a.jsonl')
    (tmp_path / 'a.jsonl').mkdir()
    with pytest.raises(EvidenceError, match='Is a directory'):
        Writer(tmp_path / 'a.jsonl')
    with pytest.raises(EvidenceError, match='Is a directory'):
        load_records(tmp_path / 'a.jsonl', RESTS_ON)
