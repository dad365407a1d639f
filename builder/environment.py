"""Virtual environments, one for the book and one for each tab.

.venvs/NAME is made from requirements/NAME.txt, exact versions all. It counts
as complete only when a mark in it holds the checksum of what it was made from
and where, so an interrupted, outdated or moved one is made anew. Nothing
outside the project's folder is written or removed. Standard library only:
this runs with the Python that the user has.
"""
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.config import Tab
from builder.errors import BuildError
from builder.install import Installer

PYTHONS = ((3, 11), (3, 14))  # the pins hold from the first, before the last


def environment_folder(root: str | Path, name: str) -> Path:
    """Return where the environment `name` of the project at `root` is."""
    return Path(root) / '.venvs' / name


def obstacle(tab: Tab) -> str:
    """Return why the Tab cannot be installed with this Python, or ''."""
    this = f'{sys.version_info[0]}.{sys.version_info[1]}'
    if not tab.pythons or this in tab.pythons:
        return ''
    return (f'{tab.title} can be installed on Python '
            f'{" or ".join(tab.pythons)} only, this is '
            f'{sys.version.split()[0]}; try make PYTHON=python'
            f'{tab.pythons[-1]}')


def ensure_environment(root: str | Path, name: str) -> None:
    """Make .venvs/`name` unless it is there, and say how long it took.

    Raises:
        BuildError: if this Python is outside the range of the pins or cannot
            make environments, .venvs or the environment is a link, or an
            installer fails; what was made of it is gone then.
    """
    env = _Environment(Path(root).resolve(), name)
    known = sorted(path.stem for path in (env.root / 'requirements').glob(
        '*.txt'))
    if name not in known:  # nor is it a path to somewhere else
        raise BuildError(f'no environment {name!r}, expected one of '
                         f'{", ".join(known)}')
    try:
        if env.is_complete():
            return
        _check_python()
        env.check_place()
        with _lock(env) as lock:
            if not env.is_complete():  # another process may have made it
                _make(env, lock)
    except OSError as error:
        raise BuildError(f'could not make .venvs/{name}: '
                         f'{error.strerror or error}') from None


@dataclass(frozen=True)
class _Environment:
    """An environment of the project at `root`, made or not."""
    root: Path
    name: str

    @property
    def folder(self) -> Path:
        return environment_folder(self.root, self.name)

    @property
    def requirements(self) -> Path:
        return self.root / 'requirements' / f'{self.name}.txt'

    @property
    def node(self) -> Path | None:
        """Where package.json is, if this environment has Node's packages."""
        book = self.root / 'builder' / 'publish' / 'katex'
        return book if self.name == 'book' else None

    def made_from(self) -> str:
        """Return a checksum; line ends, which Git may change, do not count."""
        locks = sorted(self.node.glob('package*.json')) if self.node else []
        parts = [path.read_bytes().replace(b'\r\n', b'\n')
                 for path in (self.requirements, *locks)]
        here = os.fsencode(self.folder)  # its scripts name it
        return hashlib.sha256(b'\0'.join(
            [*parts, sys.version.encode(), here])).hexdigest()

    def is_complete(self) -> bool:
        """Return whether it is there, whole and of today."""
        mark = self.folder / 'complete'
        return ((self.folder / 'bin' / 'python').exists() and mark.is_file()
                and mark.read_bytes() == self.made_from().encode())

    def check_place(self) -> None:
        """Refuse links: what is behind them may be somebody else's."""
        for path in (self.folder.parent, self.folder):
            shown = path.relative_to(self.root)
            if path.is_symlink():
                raise BuildError(
                    f'{shown} is a link to {os.readlink(path)}, and .venvs/'
                    f'{self.name} has to be made anew: remove the link, or '
                    'work in the folder that it leads to')
            if path.exists() and not path.is_dir():
                raise BuildError(f'{shown} is not a folder; remove it')

    def remove(self) -> None:
        """Remove it; from the first moment on it is not complete."""
        (self.folder / 'complete').unlink(missing_ok=True)
        if self.folder.exists():
            shutil.rmtree(self.folder)


@contextlib.contextmanager
def _lock(env: _Environment) -> Iterator[int]:
    """Wait until no other process makes the environment.

    The programs that are run for it inherit the lock: one that outlives us
    still holds it.
    """
    env.folder.parent.mkdir(exist_ok=True)
    with open(env.folder.parent / f'.{env.name}.lock', 'a') as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f'environment {env.name}: another process is making it, '
                  'waiting ...', flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _make(env: _Environment, lock: int) -> None:
    print(f'environment {env.name}: installing into .venvs/{env.name} ...',
          flush=True)
    start = time.perf_counter()
    env.remove()
    try:
        installer = Installer(env.folder, lock)
        installer.make_venv()
        installer.install(env.requirements)
        if env.node:
            installer.install_katex(env.node)
        elif 'ipykernel' in env.requirements.read_text('utf-8'):
            installer.add_project(env.root)
            installer.add_kernel()
        (env.folder / 'complete').write_text(env.made_from())
    except BaseException:
        shutil.rmtree(env.folder, ignore_errors=True)
        raise
    print(f'environment {env.name}: {time.perf_counter() - start:.0f} s')


def _check_python() -> None:
    if not PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        raise BuildError(
            'the pinned environments need Python '
            f'{PYTHONS[0][0]}.{PYTHONS[0][1]} to '
            f'{PYTHONS[1][0]}.{PYTHONS[1][1] - 1}, this is '
            f'{sys.version.split()[0]}; try make PYTHON=python3.12')
    lacking = [name for name in ('venv', 'ensurepip')
               if not importlib.util.find_spec(name)]
    if lacking:
        version = f'{sys.version_info[0]}.{sys.version_info[1]}'
        raise BuildError(
            f'this Python has no module {lacking[0]}, which makes '
            f'environments; Debian has it in the package python{version}-venv')
