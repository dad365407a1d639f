"""Files that are replaced in one step, and locks."""
import os
import resource
import subprocess
import sys
from contextlib import contextmanager

import pytest

from builder import writing
from builder.errors import BuildError
from builder.writing import check_writable, locked, replace_file


@contextmanager
def room(size):
    """Let no file of this process grow beyond `size` bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_may_be_read_by_all(tmp_path):
    path = tmp_path / 'a' / 'b.txt'
    old = os.umask(0o077)
    try:
        replace_file(path, b'one')
        replace_file(path, b'two')
    finally:
        os.umask(old)
    assert path.read_bytes() == b'two' and names(path.parent) == ['b.txt']
    assert path.stat().st_mode & 0o777 == 0o644


def test_without_room_the_old_file_stays_alone(tmp_path):
    path = tmp_path / 'b.txt'
    replace_file(path, b'old')
    with room(10_000):
        with pytest.raises(BuildError, match=r'b.txt: cannot be written \(F'):
            replace_file(path, bytes(20_000))
        with pytest.raises(BuildError, match='b.txt: cannot be written'):
            check_writable(path, 20_000)
        check_writable(path, 5_000)
    assert path.read_bytes() == b'old' and names(tmp_path) == ['b.txt']


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / 'a').write_text('a file')
    for call in (check_writable, lambda path, _: replace_file(path, b'')):
        with pytest.raises(BuildError, match='cannot be written'):
            call(tmp_path / 'a' / 'b.txt', 1)
    with pytest.raises(BuildError, match='cannot be written'), \
            locked(tmp_path / 'a' / 'lock', 'writing'):
        pass


def test_a_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / 'b.txt' / 'c').mkdir(parents=True)
    with pytest.raises(BuildError, match='cannot be written'):
        replace_file(tmp_path / 'b.txt', b'one')
    assert names(tmp_path) == ['b.txt']


@pytest.mark.parametrize('moment', ['fsync', 'chmod', 'replace'])
def test_ctrl_c_at_any_moment_leaves_the_old_file_alone(tmp_path, monkeypatch,
                                                        moment):
    def interrupted(*_):
        raise KeyboardInterrupt

    path = tmp_path / 'b.txt'
    replace_file(path, b'old')
    monkeypatch.setattr(writing.os, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, b'new')
    assert path.read_bytes() == b'old' and names(tmp_path) == ['b.txt']


WRITE = '''
import sys
from pathlib import Path
from builder.writing import replace_file
for _ in range(20):
    replace_file(Path(sys.argv[1]), sys.argv[2].encode() * 100_000)
'''


def test_readers_of_what_two_processes_write_see_whole_files(tmp_path):
    path = tmp_path / 'b.txt'
    writers = [subprocess.Popen([sys.executable, '-c', WRITE, path, letter])
               for letter in 'xy']
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            seen.add(path.read_bytes())
    assert [writer.returncode for writer in writers] == [0, 0]
    assert seen and seen <= {b'x' * 100_000, b'y' * 100_000}
    assert names(tmp_path) == ['b.txt']


HOLD = '''
import sys
from pathlib import Path
from builder.writing import locked
with locked(Path(sys.argv[1]), 'holding'):
    print('held', flush=True)
    sys.stdin.read()
'''


def test_a_lock_names_its_holder_and_ends_with_it(tmp_path):
    path = tmp_path / 'a' / 'lock'
    with subprocess.Popen([sys.executable, '-c', HOLD, path],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as holder:
        assert holder.stdout.readline() == 'held\n'
        with pytest.raises(BuildError, match=f'process {holder.pid} is '
                           'recording jax already; wait'), \
                locked(path, 'recording jax'):
            pass
        holder.kill()
    with locked(path, 'recording jax'):
        assert path.read_text() == f'{os.getpid()}\n'
    with locked(path, 'recording jax'):
        pass
