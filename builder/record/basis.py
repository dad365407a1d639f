"""What a recording rests on, and why it holds no more.

Its metadata holds checksums of its code cells, of the definitions that they
reach in the book's modules (see builder.record.reach), of the files that they
read, of its outputs, and the versions of the packages.
"""
from collections.abc import Iterator, Sequence
from typing import Any

from nbformat import NotebookNode

from builder.config import Config
from builder.record.certificates import certified_cells, earlier
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


def rests_on(code: str, definitions: dict[str, str]) -> str:
    """Return the checksum of cells and definitions that certificates name."""
    return checksum([code, definitions])


def outputs_checksum(cells: Sequence[NotebookNode]) -> str:
    """Return the checksum of all outputs of these code cells."""
    return checksum([cell.outputs for cell in cells])


def problems_of(config: Config, tab: str, about: dict[str, Any],
                sources: Sequence[str], recorded: Sequence[NotebookNode]
                ) -> tuple[list[str], bool]:
    """Return why a recording is stale, and whether it holds by a certificate:
    cells or definitions are not those of the run, but show the same."""
    code, now = checksum(sources), reached(config, tab, sources)
    then = about.get('code'), about.get('definitions')
    same = then == (code, now.checksums)
    cells = set() if same else _certified_cells(config, tab, about, code, now)
    certified = bool(cells)
    problems = [*_changed_cells(then[0], code, recorded, cells)]
    if not certified:
        problems += _changed_definitions(then[1], now, then[0] == code)
    problems += _changed_surroundings(config, tab, about, recorded)
    return problems, certified


def _changed_cells(then: str | None, code: str,
                   recorded: Sequence[NotebookNode], certified: set[str]
                   ) -> Iterator[str]:
    """Yield why the recorded cells are not what was run, or not today's."""
    if then != code and not certified:
        yield 'its code cells are not those of the source'
    elif checksum([cell.source for cell in recorded]) not in (
            certified | {code}):
        yield 'its code cells were changed after the run'


def _changed_surroundings(config: Config, tab: str, about: dict[str, Any],
                          recorded: Sequence[NotebookNode]) -> Iterator[str]:
    """Yield which files, versions, outputs or data are not as they were."""
    read = about.get('reads', {})
    for name in sorted({*read, *config.reads}):
        content = file_checksum(config.folder / name)
        if read.get(name) != (content if name in config.reads else None):
            yield f'{name} has changed since'
    for name, version in pinned(config, tab).items():
        used = about.get('packages', {}).get(name, 'nothing').split('+')[0]
        if used != version:
            yield f'it ran with {name} {used}, pinned is {version}'
    if about.get('outputs') != outputs_checksum(recorded):
        yield 'its outputs were changed after the run'
    if about.get('data', {}).get('limited'):
        yield 'it ran on a part of the data'


def _certified_cells(config: Config, tab: str, about: dict[str, Any],
                     code: str, now: Reach) -> set[str]:
    """Return the checksums of all cells of which certificates say that they
    show what the recording does; empty if today's are not among them."""
    then, packages = about.get('definitions'), pinned(config, tab)
    codes = earlier(config.folder, 'recording',
                    rests_on(code, now.checksums), packages)
    if then is None or rests_on(about.get('code', ''), then) not in codes:
        return set()
    return certified_cells(config.folder, packages, codes)


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
