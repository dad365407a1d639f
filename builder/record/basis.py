"""What a recording rests on, and why it holds no more.

Its metadata holds checksums of its code cells, of the definitions that they
reach in the book's modules (see builder.record.reach), of the files that they
read, of its outputs, and the versions of the packages.
"""
from collections.abc import Iterator, Sequence
from typing import Any

from nbformat import NotebookNode

from builder.config import Config
from builder.record.checksums import checksum, file_checksum, pinned
from builder.record.reach import Reach, reach


def reached(config: Config, tab: str, sources: Sequence[str]) -> Reach:
    """Return what code cells reach in the modules that config.ini lists."""
    return reach(config.folder, config.tabs[tab].modules, sources)


def fingerprint(config: Config, tab: str,
                sources: Sequence[str]) -> dict[str, Any]:
    """Return what decides a recording's numbers, as far as files tell."""
    reads = {name: file_checksum(config.folder / name)
             for name in config.reads}
    return {'code': checksum(sources),
            'definitions': reached(config, tab, sources).checksums,
            'reads': reads, 'packages': pinned(config, tab)}


def outputs_checksum(cells: Sequence[NotebookNode]) -> str:
    """Return the checksum of all outputs of these code cells."""
    return checksum([cell.outputs for cell in cells])


def problems_of(config: Config, tab: str, about: dict[str, Any],
                sources: Sequence[str], recorded: Sequence[NotebookNode]
                ) -> Iterator[str]:
    """Yield why a recording is stale."""
    code = checksum(sources)
    if about.get('code') != code:
        yield 'its code cells are not those of the source'
    elif checksum([cell.source for cell in recorded]) != code:
        yield 'its code cells were changed after the run'
    yield from _changed_definitions(
        about.get('definitions'), reached(config, tab, sources),
        about.get('code') == code)
    read = about.get('reads', {})
    for name in sorted({*read, *config.reads}):
        now = file_checksum(config.folder / name)
        if read.get(name) != (now if name in config.reads else None):
            yield f'{name} has changed since'
    for name, version in pinned(config, tab).items():
        used = about.get('packages', {}).get(name, 'nothing').split('+')[0]
        if used != version:
            yield f'it ran with {name} {used}, pinned is {version}'
    if about.get('outputs') != outputs_checksum(recorded):
        yield 'its outputs were changed after the run'
    if about.get('data', {}).get('limited'):
        yield 'it ran on a part of the data'


def _changed_definitions(then: dict[str, str] | None, now: Reach,
                         same_cells: bool) -> Iterator[str]:
    """Yield which definitions are not what they were.

    Args:
        then: the recording's checksums, None if it has none.
        now: what today's cells reach.
        same_cells: whether the cells are the same.
    """
    if then is None:
        yield 'it does not say which definitions it rests on'
        return
    changed = [name for name in now.checksums
               if name in then and then[name] != now.checksums[name]]
    yield from changes(now, changed)
    if same_cells and not changed:  # else that is why these differ
        yield from changes(now, [name for name in now.checksums
                                 if name not in then])
        for name in sorted({*then} - {*now.checksums}):
            yield f'{name} is no longer what its cells use'


def changes(now: Reach, names: Sequence[str]) -> Iterator[str]:
    """Yield, file by file, that these definitions have changed."""
    by_place: dict[str, list[str]] = {}
    for name in names:
        if name.startswith('import '):
            yield f'what {name} does has changed since'
        else:
            by_place.setdefault(now.places[name], []).append(name)
    for place, found in sorted(by_place.items()):
        have = 'has' if len(found) == 1 else 'have'
        yield f'{place}: {", ".join(sorted(found))} {have} changed since'
