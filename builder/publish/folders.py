"""The build folder: one build at a time, and results that change at once.

Results are made aside and take their places whole, so that whoever looks sees
the old ones or the new ones. Nothing is written or removed through a link.
"""
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from builder import writing
from builder.errors import BuildError
from builder.record.checksums import bytes_checksum


def locked(out: Path, name: str) -> AbstractContextManager[None]:
    """Return a context in which no one else builds `name` in the folder `out`;
    whoever does so now is waited for."""
    path = out / f'{name}.lock'
    refuse_link(out)
    refuse_link(path)
    return writing.locked(path, f'building {name}', wait=True)


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


def replace_folder(place: Path, fill: Callable[[Path], object]) -> None:
    """Put a folder that `fill` makes, at the path it is given, in the place of
    another, unless that is the same.

    A build that ends in between leaves what was there, at `place` or, for the
    moment between two renames, beside it as `place`.old.
    """
    new, old = (place.with_name(f'{place.name}.{word}')
                for word in ('new', 'old'))
    refuse_link(place)
    remove(new)
    fill(new)
    if place.exists() and same_folders(place, new):
        remove(new)
    else:
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


def folder_checksum(folder: Path) -> str:
    """Return the SHA-256 of all names and contents in a folder."""
    total = hashlib.sha256()
    for name in _names(folder):
        content = bytes_checksum((folder / name).read_bytes())
        total.update(f'{content} {name}\n'.encode())
    return total.hexdigest()


def same_folders(one: Path, other: Path) -> bool:
    """Return whether two folders have the same files; it looks no further
    than the first that differs."""
    names = _names(one)
    return names == _names(other) and all(
        (one / name).read_bytes() == (other / name).read_bytes()
        for name in names)


def _names(folder: Path) -> list[str]:
    """Return the names of all files in a folder, in order."""
    return sorted(os.path.relpath(path, folder).replace(os.sep, '/')
                  for place, _, names in os.walk(folder)
                  for path in (os.path.join(place, name) for name in names)
                  if os.path.isfile(path))
