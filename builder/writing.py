"""Files that are replaced in one step or not at all, and locks.

A reader sees the old file or the new one, whatever ends the writer; nothing
is left beside it after an error or Ctrl-C.
"""
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from builder.errors import BuildError


def replace_file(path: Path, content: bytes) -> None:
    """Make `content` the file at `path`, readable for all.

    Raises:
        BuildError: if the disk is full or the folder cannot be written to;
            the old file stays.
    """
    with _beside(path, content) as part:
        os.chmod(part, 0o644)
        os.replace(part, path)


def check_writable(path: Path, size: int) -> None:
    """Return if a file of `size` bytes could be written to `path` now.

    Raises:
        BuildError: if not.
    """
    with _beside(path, bytes(size)) as part:
        os.unlink(part)


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[str]:
    """Give a new file on the disk, in the folder of `path`, with `content`;
    it is gone afterwards, unless it was moved."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, suffix='.part',
                                        prefix=f'.{path.stem[:40]}-')
        with open(handle, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield part
    except OSError as error:
        raise BuildError(f'{os.path.relpath(path)}: cannot be written '
                         f'({error.strerror})') from None
    finally:
        if part:
            with suppress(FileNotFoundError):
                os.unlink(part)


@contextmanager
def locked(path: Path, doing: str, wait: bool = False) -> Iterator[None]:
    """Hold the lock file at `path`; it ends with this process at the latest.

    Args:
        path: the file; it stays, and holds the number of its last holder.
        doing: what one does with it, for the message, as 'recording jax'.
        wait: whether to wait, and say so, while another process holds it.

    Raises:
        BuildError: if another process holds it, with that one's number, and
            we do not wait; or if the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, 'a+', encoding='utf-8')  # noqa: SIM115
    except OSError as error:
        raise BuildError(f'{os.path.relpath(path)}: cannot be written '
                         f'({error.strerror})') from None
    with file:
        _take(file, doing, wait)
        file.truncate(0)
        file.write(f'{os.getpid()}\n')
        file.flush()
        yield


def _take(file: TextIO, doing: str, wait: bool) -> None:
    """Lock an open file, or say who holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        busy = f'process {file.read().strip() or "?"} is {doing} already'
        if not wait:
            raise BuildError(f'{busy}; wait until it is done, or stop '
                             'it') from None
        print(f'{busy}; waiting until it is done', flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
