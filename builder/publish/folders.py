"""The build folder: one build at a time, and results that change at once.

Results are made aside and take their places whole, so that whoever looks sees
the old ones or the new ones. Nothing is written or removed through a link.
"""
import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from builder.errors import BuildError


@contextlib.contextmanager
def locked(out: Path, name: str) -> Iterator[None]:
    """Hold the lock `name` of the build folder `out`, once it is free.

    The system frees the lock of a process that ends, however it ends.
    """
    refuse_link(out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f'{name}.lock'
    refuse_link(path)
    with open(path, 'a') as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f'waiting for another build, which holds {path}',
                  flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def refuse_link(path: Path) -> None:
    """Raise BuildError if what we would write or remove is a link."""
    if path.is_symlink():
        raise BuildError(f'{path}: a link, expected something of our own; '
                         'nothing was written or removed through it')


def refuse_links(folder: Path) -> None:
    """Raise BuildError if a folder of ours is a link, or has one in it."""
    refuse_link(folder)
    for path in folder.rglob('*'):
        refuse_link(path)


def remove(folder: Path) -> None:
    """Remove a folder, if there is one."""
    refuse_link(folder)
    if folder.exists():
        shutil.rmtree(folder)


def replace_folder(place: Path, made: Path) -> None:
    """Put a copy of the folder `made` in the place of another.

    A build that ends in between leaves what was there, at `place` or, for the
    moment between two renames, beside it as `place`.old.
    """
    new, old = (place.with_name(f'{place.name}.{word}')
                for word in ('new', 'old'))
    refuse_link(place)
    remove(new)
    shutil.copytree(made, new)
    if place.exists():
        remove(old)
        os.rename(place, old)
    os.rename(new, place)
    remove(old)


def restore_folder(place: Path) -> None:
    """Put back what `replace_folder` was about to replace when it ended."""
    old = place.with_name(f'{place.name}.old')
    if old.is_dir() and not place.exists():
        os.rename(old, place)


def write_file(path: Path, content: bytes) -> None:
    """Write a file in one step, under a name of its own until then."""
    refuse_link(path.parent)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f'{path.name}.')
    try:
        with os.fdopen(handle, 'wb') as file:
            file.write(content)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, '' if there is none."""
    if not path.is_file():
        return ''
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder_checksum(folder: Path) -> str:
    """Return the SHA-256 of all names and contents in a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob('*')):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            total.update(f'{file_checksum(path)} {name}\n'.encode())
    return total.hexdigest()
