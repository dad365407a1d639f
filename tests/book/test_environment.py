"""Environments: when they are made, where, and what never happens."""
import errno
import fcntl
import os
import subprocess
import sys
import threading
import venv
import zipfile

import pytest

from builder import environment
from builder.environment import ensure_environment
from builder.errors import BuildError
from builder.install import Installer

MADE, FAILS = [], []


class NoInstaller:
    """Takes the real one's place and installs nothing."""

    def __init__(self, folder, lock):
        self.folder = folder

    def make_venv(self):
        (self.folder / 'bin').mkdir(parents=True)
        (self.folder / 'bin' / 'python').touch()

    def install(self, requirements):
        MADE.append(requirements.read_text().strip())
        if FAILS:
            raise FAILS.pop()


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, 'Installer', NoInstaller)
    MADE.clear()
    FAILS.clear()
    root = tmp_path / 'one'
    (root / 'requirements').mkdir(parents=True)
    pins(root).write_text('six==1.16.0\n')
    return root


def pins(root):
    return root / 'requirements' / 'small.txt'


def small(root):
    return root / '.venvs' / 'small'


def test_made_once_and_again_when_its_pins_change(project, capsys):
    for _ in range(2):
        ensure_environment(project, 'small')
    assert MADE == ['six==1.16.0']
    assert 'environment small: 0 s' in capsys.readouterr().out
    pins(project).write_bytes(b'six==1.16.0\r\n')  # as Git may check it out
    ensure_environment(project, 'small')
    assert len(MADE) == 1
    pins(project).write_text('six==1.17.0\n')
    ensure_environment(project, 'small')
    assert MADE == ['six==1.16.0', 'six==1.17.0']


@pytest.mark.parametrize('lost', ['complete', 'bin/python'])
def test_made_again_when_a_part_is_lost(project, lost):
    ensure_environment(project, 'small')
    (small(project) / lost).unlink()
    for _ in range(2):
        ensure_environment(project, 'small')
    assert len(MADE) == 2


def test_made_again_after_a_move(project):
    """Its scripts name the old place."""
    ensure_environment(project, 'small')
    moved = project.rename(project.parent / 'two')
    for _ in range(2):
        ensure_environment(moved, 'small')
    assert len(MADE) == 2


@pytest.mark.parametrize('linked', ['.venvs', '.venvs/small'])
def test_nothing_is_removed_through_a_link(project, linked):
    """Neither somebody's files nor another project's environment."""
    other = project.parent / 'other'
    (other / 'requirements').mkdir(parents=True)
    pins(other).write_text('six==1.16.0\n')
    ensure_environment(other, 'small')
    (small(other) / 'precious').touch()
    (project / linked).parent.mkdir(exist_ok=True)
    (project / linked).symlink_to(other / linked)
    before = sorted(other.rglob('*'))
    with pytest.raises(BuildError, match=f'^{linked} is a link to .*other'):
        ensure_environment(project, 'small')
    assert sorted(other.rglob('*')) == before and len(MADE) == 1


@pytest.mark.parametrize('name', ['other', '../other', '../../other/small',
                                  '../requirements/small', ''])
def test_a_name_is_no_path(project, name):
    """What a path leads to would be removed to make room."""
    place = project.parent / 'other' / 'small'
    place.mkdir(parents=True)
    place.with_suffix('.txt').touch()
    (place / 'precious').touch()
    with pytest.raises(BuildError, match='no environment .*one of small$'):
        ensure_environment(project, name)
    assert (place / 'precious').exists() and not MADE


def test_a_complete_one_may_lie_on_another_disk(project):
    ensure_environment(project, 'small')
    disk = project.parent / 'disk'
    (project / '.venvs').rename(disk)
    (project / '.venvs').symlink_to(disk)
    ensure_environment(project, 'small')
    assert len(MADE) == 1


def test_a_file_in_its_place_stays(project):
    (project / '.venvs').write_text('mine')
    with pytest.raises(BuildError, match='.venvs is not a folder'):
        ensure_environment(project, 'small')
    assert (project / '.venvs').read_text() == 'mine'


@pytest.mark.parametrize(('failure', 'raised', 'message'), [
    (OSError(errno.ENOSPC, 'No space left on device'), BuildError,
     'could not make .venvs/small: No space left'),
    (BuildError('pip failed'), BuildError, 'pip failed'),
    (KeyboardInterrupt(), KeyboardInterrupt, None)])
def test_of_a_failure_nothing_is_left(project, failure, raised, message):
    ensure_environment(project, 'small')
    pins(project).write_text('six==1.17.0\n')
    FAILS.append(failure)
    with pytest.raises(raised, match=message):
        ensure_environment(project, 'small')
    assert not small(project).exists()
    ensure_environment(project, 'small')
    assert len(MADE) == 3 and (small(project) / 'complete').is_file()


def test_one_that_is_half_removed_is_not_complete(project, monkeypatch):
    ensure_environment(project, 'small')
    text = pins(project).read_text()
    pins(project).write_text('six==1.17.0\n')

    def interrupted(folder, **_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment.shutil, 'rmtree', interrupted)
        with pytest.raises(KeyboardInterrupt):
            ensure_environment(project, 'small')
    pins(project).write_text(text)
    ensure_environment(project, 'small')
    assert len(MADE) == 2


def test_the_second_of_two_waits_and_finds_it_made(project, monkeypatch):
    waiting, flock = threading.Event(), fcntl.flock

    def watched(file, operation):
        if operation == fcntl.LOCK_EX:
            waiting.set()
        flock(file, operation)

    monkeypatch.setattr(environment.fcntl, 'flock', watched)
    env = environment._Environment(project, 'small')
    second = threading.Thread(target=ensure_environment,
                              args=(project, 'small'))
    with environment._lock(env) as lock:
        second.start()
        assert waiting.wait(10) and MADE == []
        environment._make(env, lock)
    second.join(10)
    assert len(MADE) == 1 and not second.is_alive()


def test_a_python_that_cannot_make_one(project, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(environment, 'PYTHONS', ((2, 6), (2, 8)))
        with pytest.raises(BuildError, match='need Python 2.6 to 2.7, this is '
                           f'{sys.version_info[0]}'):
            ensure_environment(project, 'small')
    monkeypatch.setattr(environment.importlib.util, 'find_spec',
                        lambda name: name != 'ensurepip')
    with pytest.raises(BuildError, match=r'no module ensurepip.*-venv'):
        ensure_environment(project, 'small')
    assert not (project / '.venvs').exists()


def test_a_program_that_fails_is_named(project, monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(environment, 'Installer', Installer)
    python = tmp_path / 'python'
    python.write_text('#!/bin/sh\necho no room >&2\nexit 3\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, '_base_executable', str(python))
    with pytest.raises(BuildError, match='could not make .venvs/small: venv '
                       'failed with exit status 3'):
        ensure_environment(project, 'small')
    assert capfd.readouterr().err == 'no room\n'
    assert not small(project).exists()


@pytest.fixture
def wheel(tmp_path):
    """A folder that is an index of one package."""
    folder = tmp_path / 'wheels'
    folder.mkdir()
    info = 'tiny-1.0.dist-info'
    with zipfile.ZipFile(folder / 'tiny-1.0-py3-none-any.whl', 'w') as file:
        file.writestr('tiny.py', 'A = 1\n')
        file.writestr(f'{info}/METADATA',
                      'Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n')
        file.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\n'
                      'Root-Is-Purelib: true\nTag: py3-none-any\n')
        file.writestr(f'{info}/RECORD', '')
    return folder


@pytest.mark.slow
def test_settings_of_the_user_send_packages_nowhere_else(
        tmp_path, wheel, monkeypatch):
    """Neither pip.conf nor variables; both still say where packages are."""
    root, elsewhere = tmp_path / 'a folder, é', tmp_path / 'elsewhere'
    (root / 'requirements').mkdir(parents=True)
    pins(root).write_text('# one\ntiny==1.0\n'
                          'missing==1 ; python_version < "3"\n')
    kinds = {'user': 'true', 'target': f'{elsewhere}/t',
             'prefix': f'{elsewhere}/p', 'root': f'{elsewhere}/r'}
    conf = tmp_path / 'pip.conf'
    conf.write_text(f'[global]\nno-index = true\nfind-links = {wheel}\n'
                    '[install]\n' + ''.join(
                        f'{key} = {value}\n' for key, value in kinds.items()))
    for name in [name for name in os.environ if name.startswith('PIP_')]:
        monkeypatch.delenv(name)
    monkeypatch.setenv('PIP_CONFIG_FILE', str(conf))
    for key, value in {**kinds, 'python': '/no/python', 'dry_run': '1'
                       }.items():
        monkeypatch.setenv(f'PIP_{key.upper()}', value)
    elsewhere.mkdir()
    (elsewhere / 'tiny.py').write_text('A = 2\n')
    for name in ('PYTHONPATH', 'PYTHONUSERBASE'):
        monkeypatch.setenv(name, str(elsewhere))
    before = sorted(elsewhere.rglob('*'))
    ensure_environment(root, 'small')
    found = subprocess.run([small(root) / 'bin' / 'python', '-I', '-c',
                            'import tiny; print(tiny.A)'],
                           capture_output=True, text=True, timeout=60)
    assert (found.stdout, found.stderr) == ('1\n', '')
    assert [*small(root).rglob('tiny.*.pyc')]  # it was compiled before
    assert sorted(elsewhere.rglob('*')) == before
    # What pip calls a success is looked at.
    conf.write_text(conf.read_text() + 'dry-run = true\n')
    pins(root).write_text('tiny==1.0 # again\n')
    with pytest.raises(BuildError, match='txt, but .venvs/small lacks tiny;'):
        ensure_environment(root, 'small')
    assert not small(root).exists()


def test_the_project_is_found_from_where_it_is(tmp_path):
    """Its own modules, wherever it lies and whatever it is called."""
    folder = tmp_path / 'ü ü' / '.venvs' / 'small'
    venv.create(folder, symlinks=True)
    Installer(folder, 0).add_project(tmp_path / 'ü ü')
    (tmp_path / 'ü ü' / 'here.py').write_text('A = 3\n')
    found = subprocess.run(
        [folder / 'bin' / 'python', '-I', '-c', 'import here; print(here.A)'],
        capture_output=True, text=True, timeout=60, env={'LC_ALL': 'C'})
    assert (found.stdout, found.stderr) == ('3\n', '')
