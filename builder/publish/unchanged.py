"""Whether all that the pages depend on is as it was when they were built.

To load a book, judge its claims and hold its recordings against its modules
takes longer than to read every file of the project once. So a build notes the
checksum of them all, taken before it began, with what it said and what it
made; if both are still the same, there is nothing to do.
"""
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from builder.publish.editions import KINDS
from builder.publish.folders import folder_checksum
from builder.publish.sphinx_build import programs
from builder.record.checksums import bytes_checksum
from builder.writing import replace_file

MOST = 200_000_000  # bytes; a folder with more is not read for this


class Built(NamedTuple):
    """What a build left: the first page, and what it said."""
    page: Path
    said: list[str]


def project_checksum(config: Path, out: Path, without: str = '') -> str:
    """Return the checksum of all that a build of the project may read: its
    files, its editions and slides, the programs; '' if that is too much.

    Args:
        config: the project's config.ini, in its folder.
        out: its build folder, of which only editions and slides count.
        without: what this build leaves out.
    """
    root = config.parent
    total, size = hashlib.sha256(repr((programs(), config.name,
                                       without)).encode()), 0
    for path in [*_files(root, out), *(path for name in (*KINDS, 'slides')
                                       for path in _files(out / name, out))]:
        size += path.stat().st_size
        if size > MOST:
            return ''
        name = os.path.relpath(path, root)
        content = bytes_checksum(path.read_bytes())
        total.update(f'{content} {name}\n'.encode())
    return total.hexdigest()


def _files(folder: Path, out: Path) -> Iterator[Path]:
    """Yield the files in a folder, in order; hidden ones are tools' own."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith('.')
            and name != '__pycache__' and Path(place, name) != out)
        for name in sorted(names):
            path = Path(place, name)
            if not name.startswith('.') and path.is_file():
                yield path


def built(out: Path, project: str) -> Built | None:
    """Return what the last build left, if it was made of the project with
    this checksum and is whole."""
    try:
        note = json.loads((out / 'html.json').read_bytes())
        index, said = out / 'html' / note['index'], [*map(str, note['said'])]
        same = (project and note['project'] == project
                and note['made'] == folder_checksum(out / 'html'))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Built(index, said) if same and index.is_file() else None


def note_built(out: Path, project: str, left: Built) -> None:
    """Note what a build of the project with this checksum left."""
    site = out / 'html'
    replace_file(out / 'html.json', json.dumps({
        'project': project, 'made': folder_checksum(site), 'said': left.said,
        'index': left.page.relative_to(site).as_posix()}).encode())
