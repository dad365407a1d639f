"""Mirrors and Debian's package, with stand-ins for both."""
import gzip
import os
import select

import pytest

from d2l import sources
from d2l.download import DownloadError
from d2l.sources import Found, from_debian, from_mirror, in_folder

WANTED = {'a-ubyte': 100, 'b-ubyte': 100}


def test_a_folder(tmp_path):
    (tmp_path / 'a-ubyte').write_bytes(b'x' * 1000)
    (tmp_path / 'b-ubyte.gz').mkdir()
    assert list(in_folder(tmp_path, {**WANTED, 'c-ubyte': 9})) == [
        Found(f'{tmp_path}/a-ubyte', 'a-ubyte', b'x' * 100),
        Found(f'{tmp_path}/b-ubyte.gz', 'b-ubyte', None, 'Is a directory'),
        Found(f'{tmp_path}/c-ubyte.gz', 'c-ubyte', None, 'not there')]


def test_a_mirror_has_one_limit_of_time_for_all_files(monkeypatch):
    clock, asked = [0.0], []

    def slow(url, most, seconds, progress):
        asked.append((url, most, seconds))
        clock[0] += 200
        if seconds < 200:
            raise DownloadError('not done in time')
        return b'content'

    monkeypatch.setattr(sources.time, 'monotonic', lambda: clock[0])
    monkeypatch.setattr(sources, 'download', slow)
    found = list(from_mirror('https://x', {**WANTED, 'c-ubyte': 1}))
    assert asked == [('https://x/a-ubyte.gz', 100, 300),
                     ('https://x/b-ubyte.gz', 100, 100)]
    assert found == [
        Found('https://x/a-ubyte.gz', 'a-ubyte', b'content'),
        Found('https://x/b-ubyte.gz', 'b-ubyte', None, 'not done in time')]


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a function that makes a program of this name from a script."""
    folder = tmp_path / 'bin'
    folder.mkdir()
    monkeypatch.setenv('PATH', str(folder), prepend=':')

    def make(name, script):
        (folder / name).write_text(f'#!/bin/sh\n{script}\n')
        (folder / name).chmod(0o755)
    return make


APT = 'case "$*" in *download*) touch files.deb ;; esac'


def test_a_package_of_debian(programs, capsys):
    programs('apt-get', APT)
    programs('dpkg-deb', 'mkdir -p tree/usr/x; echo A > tree/usr/x/a-ubyte\n'
             'echo B | gzip > tree/usr/x/b-ubyte.gz')
    first, second = from_debian('things', WANTED)
    assert first == Found("Debian's package things/a-ubyte", 'a-ubyte', b'A\n')
    assert second.place == "Debian's package things/b-ubyte.gz"
    assert gzip.decompress(second.content) == b'B\n'
    assert "Fetching Debian's package things" in capsys.readouterr().err


@pytest.mark.parametrize('step', ['update', 'download'])
def test_a_package_that_cannot_be_had(programs, step):
    programs('apt-get', f'case "$*" in *{step}*) echo "E: no $0" >&2\n'
             'exit 100 ;; esac')
    programs('dpkg-deb', 'exit 0')
    found, = from_debian('things', WANTED)
    assert found.place == "Debian's package things" and found.content is None
    assert step in found.problem and 'E: no ' in found.problem


def test_a_package_without_the_files(programs):
    programs('apt-get', 'exit 0')
    programs('dpkg-deb', 'exit 0')
    found, = from_debian('things', WANTED)
    assert found == Found("Debian's package things", '', None,
                          'it has no such files')


def test_apt_that_does_not_end_is_ended_with_all_it_started(
        programs, monkeypatch, tmp_path):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    programs('apt-get', f'exec 9<>{pipe}; sleep 60 & sleep 60')
    programs('dpkg-deb', 'exit 0')
    monkeypatch.setattr(sources, 'SECONDS', 0.3)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    found, = from_debian('things', WANTED)
    assert found.problem == 'not done in time'
    # The pipe ends when nobody holds it any more, the children included.
    assert select.select([reader], [], [], 10)[0] == [reader]
    assert os.read(reader, 1) == b''
    os.close(reader)


def test_a_machine_without_apt(monkeypatch):
    monkeypatch.setattr(sources.shutil, 'which', lambda name: None)
    found, = from_debian('things', WANTED)
    assert 'no apt-get' in found.problem
