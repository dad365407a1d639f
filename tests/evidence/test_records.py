"""Files of runs: whole, cut, stale, or busy."""
import json

import pytest

from evidence import EvidenceError
from evidence.records import Writer, load_records

from .conftest import RESTS_ON, made_up, some_runs


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


@pytest.mark.parametrize('line', ['{"schedule": "a"', '{"seed": 3}', '[1]',
                                  ''])
def test_a_line_that_is_no_record_is_named(path, line):
    lines = path.read_text().split('\n')
    path.write_text('\n'.join([lines[0], line, *lines[2:]]))
    with pytest.raises(EvidenceError, match='small.jsonl:2: not a record'):
        load_records(path, RESTS_ON)


def test_a_run_that_stands_there_twice_is_named(path):
    path.write_text(path.read_text() + path.read_text().split('\n')[1] + '\n')
    with pytest.raises(EvidenceError, match="jsonl:4: .*seed 1, stands here "
                                            'twice'):
        load_records(path, RESTS_ON)


def test_runs_of_other_code_or_versions_are_counted_and_not_used(path):
    for other in (('other', RESTS_ON[1]), ('c0de', {'numpy': '2.5.0'})):
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
                       'data': {'limited': True}})
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
    with Writer(path) as writer, pytest.raises(ValueError, match='JSON'):
        writer.append(record)
    assert path.read_bytes() == before
    json.loads(path.read_text().split('\n')[0])
