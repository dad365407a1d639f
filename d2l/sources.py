"""Where files may come from: a folder, a mirror, a package of Debian's.

A source is an iterator over what it has of the files that are wanted, each
read only when it is asked for. What it lacks, or cannot give within its limit
of time, it says in the place of the content.
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from d2l.download import DownloadError, download

SECONDS = 300  # for the whole of a mirror, or of Debian's package


class Found(NamedTuple):
    """A file of a source, or why there is none.

    Attributes:
        place: a path or an address.
        name: which of the wanted files it is, '' if the source has none.
        content: as it is there, gzipped or not, and unverified; or None.
        problem: why there is no content.
    """
    place: str
    name: str
    content: bytes | None = None
    problem: str = ''


def in_folder(folder: Path, wanted: Mapping[str, int],
              called: str = '') -> Iterator[Found]:
    """Yield the files in a folder, with or without the ending .gz.

    Args:
        folder: it need not be there.
        wanted: names, and how many bytes are read of each at most.
        called: how to call the folder; without, by its path.
    """
    for name, most in wanted.items():
        for path in (folder / f'{name}.gz', folder / name):
            place = f'{called or folder}/{path.name}'
            try:
                with open(path, 'rb') as file:
                    yield Found(place, name, file.read(most))
                break
            except (FileNotFoundError, NotADirectoryError):
                pass
            except OSError as error:
                yield Found(place, name, problem=str(error.strerror))
                break
        else:
            yield Found(f'{called or folder}/{name}.gz', name,
                        problem='not there')


def from_mirror(url: str, wanted: Mapping[str, int]) -> Iterator[Found]:
    """Yield the files of an address, names followed by .gz.

    It ends at the first problem: a mirror that lacks one is down, or gone.
    """
    ends = time.monotonic() + SECONDS
    for name, most in wanted.items():
        place = f'{url}/{name}.gz'
        try:
            content = download(place, most, max(0, ends - time.monotonic()),
                               progress=True)
        except DownloadError as error:
            yield Found(place, name, problem=str(error))
            return
        yield Found(place, name, content)


def from_debian(package: str, wanted: Mapping[str, int]) -> Iterator[Found]:
    """Yield the files of one of Debian's packages.

    It needs neither root nor apt-get update: it keeps package lists of its
    own.
    """
    called = f"Debian's package {package}"
    if not (shutil.which('apt-get') and shutil.which('dpkg-deb')):
        yield Found(called, '',
                    problem='no apt-get and dpkg-deb on this machine')
        return
    print(f'Fetching {called} ...', file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix='d2l-') as name:
        folder = Path(name)
        try:
            _unpack(package, folder)
        except (OSError, subprocess.SubprocessError) as error:
            yield Found(called, '', problem=_reason(error))
            return
        inside = {path.parent for path in folder.rglob('*-ubyte*')}
        if not inside:
            yield Found(called, '', problem='it has no such files')
        for inner in inside:
            yield from in_folder(inner, wanted, called)


def _unpack(package: str, folder: Path) -> None:
    """Fetch a package of Debian's and unpack it below `folder`."""
    for part in ('lists/partial', 'cache/archives/partial', 'tree'):
        (folder / part).mkdir(parents=True)
    apt = ['apt-get', '-q', '-o', f'Dir::State::lists={folder}/lists',
           '-o', f'Dir::Cache={folder}/cache', '-o', 'APT::Sandbox::User=']
    ends = time.monotonic() + SECONDS
    _call([*apt, 'update'], folder, ends)
    _call([*apt, 'download', package], folder, ends)
    for deb in folder.glob('*.deb'):
        _call(['dpkg-deb', '-x', deb.name, 'tree'], folder, ends)


def _call(command: Sequence[str], folder: Path, ends: float) -> None:
    """Run a command; end it, and all that it started, when time is over."""
    with subprocess.Popen(command, cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            said, _ = process.communicate(
                timeout=max(0, ends - time.monotonic()))
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said)


def _reason(error: OSError | subprocess.SubprocessError) -> str:
    """Return, in a line, why a package could not be had."""
    if isinstance(error, subprocess.TimeoutExpired):
        return 'not done in time'
    if isinstance(error, subprocess.CalledProcessError):
        last = error.stdout.strip().splitlines()[-1:]
        return f'{" ".join(error.cmd)}: {" ".join(last)}'
    return str(error)
