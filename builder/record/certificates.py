"""Certificates: that other code gave the same numbers, bit for bit.

A change of code that decides numbers makes what rests on it stale, even if it
only says the same in other words. A certificate connects the old code's
checksum with the new one's: a sample, chosen before, was run with both trees,
on one machine, and gave the same to the last bit. What rests on the old code
then counts as made with the new one, never the other way round.

What a certificate proves, and what not. It proves that somebody ran the
command that writes it, and that this sample repeats; not that every run or
cell would, nor on other machines or versions. Its checksum over itself finds
a slip of the hand, not a forger, who can run this file; whoever doubts a
certificate checks out its two commits and runs the command again.
"""
import functools
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)

from builder.errors import BuildError
from builder.record.checksums import checksum
from builder.writing import replace_file

FOLDER = Path('evidence', 'certificates')
Sha256 = Annotated[str, StringConstraints(pattern='^[0-9a-f]{64}$')]
Commit = Annotated[str, StringConstraints(pattern='^[0-9a-f]{40}$')]


class Certificate(BaseModel):
    """One step from old code to new.

    Attributes:
        what: whether runs or a recording may take it.
        tab: the framework's tab.
        old: the checksum of the code before.
        new: that of the code after.
        before: the commit that has the old code.
        after: the commit that has the new code.
        sample: what was run; of a recording, under 'cells', the checksums of
            its code cells.
        results: a checksum of all that it gave, the same with both.
        packages: the versions that it ran with.
        python: the version of Python.
        processor: what it ran on.
        date: when, in UTC.
        checksum: over all the rest.
    """
    model_config = ConfigDict(extra='forbid', frozen=True, strict=True)

    what: Literal['runs', 'recording']
    tab: str
    old: Sha256
    new: Sha256
    before: Commit
    after: Commit
    sample: Any
    results: Sha256
    packages: dict[str, str]
    python: str
    processor: str
    date: str
    checksum: str = ''

    @model_validator(mode='after')
    def _has_cells(self) -> Self:
        cells = self.sample.get('cells') if isinstance(
            self.sample, dict) else None
        if self.what == 'recording' and not (isinstance(cells, list) and all(
                isinstance(cell, str) for cell in cells)):
            raise ValueError('sample: expected the checksums of its cells')
        return self

    def computed(self) -> str:
        """Return the checksum that it must have."""
        return checksum(self.model_dump(exclude={'checksum'}))


def load_certificates(folder: Path) -> list[Certificate]:
    """Return the certificates of the project in `folder`.

    Raises:
        BuildError: if one is malformed, or was changed after it was written.
    """
    return [_load(path) for path in sorted((folder / FOLDER).glob('*.json'))]


def _load(path: Path) -> Certificate:
    name = (FOLDER / path.name).as_posix()
    try:
        found = Certificate.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BuildError(f'{name}: {error.strerror}') from None
    except ValidationError as error:
        wrong = '; '.join(': '.join([*map(str, fault['loc']), fault['msg']])
                          for fault in error.errors(include_url=False)[:5])
        raise BuildError(f'{name}: no certificate: {wrong}') from None
    if found.checksum != found.computed():
        raise BuildError(f'{name} was changed after it was written; delete '
                         'it, or make it again')
    return found


def write_certificate(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write a certificate with these attributes; return its path."""
    found = Certificate(**facts)
    whole = found.model_copy(update={'checksum': found.computed()})
    name = f'{found.what}-{found.tab}-{found.old[:8]}-{found.new[:8]}.json'
    path = folder / FOLDER / name
    replace_file(path, f'{whole.model_dump_json(indent=1)}\n'.encode())
    return path


def earlier(folder: Path, what: str, code: str,
            packages: Mapping[str, str]) -> list[str]:
    """Return `code` and all earlier code with the same results, by one
    certificate or several in a row, the latest first.

    Args:
        folder: the project's folder.
        what: 'runs' or 'recording'.
        code: the checksum of today's code.
        packages: the versions of today; certificates of others do not count.
    """
    steps = [step for step in load_certificates(folder)
             if step.what == what and step.packages == packages]
    found = [code]
    for known in found:  # grows meanwhile
        found += [step.old for step in steps
                  if step.new == known and step.old not in found
                  and in_history(folder, (step.before, step.after))]
    return found


def certified_cells(folder: Path, packages: Mapping[str, str],
                    codes: Iterable[str]) -> set[str]:
    """Return the checksums of the code cells, before and after, of all
    certificates for recordings that lead to one of `codes`."""
    return {cells for step in load_certificates(folder)
            if step.what == 'recording' and step.new in codes
            and step.packages == packages
            for cells in step.sample['cells']}


def in_history(folder: Path, commits: Iterable[str]) -> bool:
    """Return whether commits belong to the history of the project; True if
    there is no history to ask."""
    return not _has_history(folder) or all(
        _is_ancestor(folder, commit) for commit in commits)


@functools.lru_cache
def _has_history(folder: Path) -> bool:
    """Return whether the folder is a repository with all of its history."""
    try:
        found = subprocess.run(
            ['git', 'rev-parse', '--show-toplevel', '--is-shallow-repository'],
            cwd=folder, capture_output=True, text=True)
    except OSError:
        return False
    top, _, shallow = found.stdout.strip().partition('\n')
    return (found.returncode == 0 and shallow == 'false'
            and Path(top).resolve() == folder.resolve())


@functools.lru_cache
def _is_ancestor(folder: Path, commit: str) -> bool:
    return subprocess.run(
        ['git', 'merge-base', '--is-ancestor', commit, 'HEAD'],
        cwd=folder, capture_output=True).returncode == 0
