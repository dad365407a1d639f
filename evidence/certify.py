"""python -m evidence.certify TAB --before COMMIT: certify a change of code.

For a change that must leave every number as it was. Makes the runs of
sample.toml with the code of COMMIT and with today's, each in a process of its
own, and compares them to the last bit. If they are the same, a certificate
in evidence/certificates connects the two, and recorded runs made with the old
code count again. Commit it. If they differ, it says where and writes nothing.

Runs in the tab's environment; both trees run in that one.
"""
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.record import command, machine
from builder.record.certificates import write_certificate
from builder.record.checksums import check_versions, checksum
from builder.record.machine import now
from builder.record.trees import Tree, two_trees
from evidence import EvidenceError, driver
from evidence.chapter import CONFIG, ROOT
from evidence.fingerprint import fingerprint, reached_in

SAMPLE = Path(__file__).with_name('sample.toml')
CELLS = '''
import json, sys
from builder.config import load_config
from evidence.chapter import definition_cells
modules = load_config('config.ini').tabs[sys.argv[1]].modules
print(json.dumps({'modules': modules, 'cells': definition_cells(sys.argv[1])}))
'''
Result = dict[str, Any]


class Entry(BaseModel):
    """A run of the sample; see sample.toml."""
    model_config = ConfigDict(extra='forbid', frozen=True)

    rate: Annotated[float, Field(gt=0)]
    seed: Annotated[int, Field(ge=0)]
    epochs: Annotated[int, Field(ge=1)]
    warmup: Annotated[float, Field(ge=0)] = 0


def load_sample(path: Path = SAMPLE) -> list[dict[str, Any]]:
    """Return the runs of the sample.

    Raises:
        EvidenceError: if the file is malformed.
    """
    try:
        entries = tomllib.loads(path.read_text('utf-8'))['run']
        return [Entry.model_validate(entry).model_dump() for entry in entries]
    except (OSError, KeyError, TypeError, ValueError) as error:
        message = (str(error.errors()[0]['loc'][0]) + ': '
                   + error.errors()[0]['msg']
                   if isinstance(error, ValidationError) else repr(error))
        raise EvidenceError(f'{path.name}: {message}') from None


def certify(tab: str, before: str, folder: Path = ROOT) -> Iterator[str]:
    """Certify the runs of a tab, if its code has changed; yield what is done.

    Args:
        tab: the framework's tab.
        before: the commit whose code they were made with.
        folder: the project's folder.

    Raises:
        BuildError: if the sample's runs differ or one fails, a limit is set,
            or today's state is not committed; then nothing is written.
    """
    _refuse_limits()
    sample = load_sample(folder / 'evidence' / SAMPLE.name)
    with two_trees(folder, before) as (old, new):
        codes = [code_in(tree, tab) for tree in (old, new)]
        if codes[0] == codes[1]:
            yield f'{tab}: runs rest on the same code; nothing to do'
            return
        about = _about(tab)
        made = []
        for tree in (old, new):
            yield f'{tab}: {len(sample)} runs as in {tree.commit[:12]}'
            made.append(made_with(tree, tab, sample))
    _refuse_difference(tab, *made)
    path = write_certificate(folder, {
        'what': 'runs', 'tab': tab, 'old': codes[0], 'new': codes[1],
        'before': old.commit, 'after': new.commit, 'sample': sample,
        'results': checksum(made[0]), 'date': now(), **about})
    yield f'{path.relative_to(folder)}: written; commit it'


def _refuse_limits() -> None:
    for name in CONFIG.limits:
        if os.environ.get(name):
            raise EvidenceError(f'{name} is set: the sample needs all data; '
                                'unset it')


def _about(tab: str) -> dict[str, Any]:
    """Return the versions that are installed here, which must be the pinned
    ones, and the processor."""
    pins = fingerprint(tab)[1]
    about = machine.about(pins)
    return {'packages': check_versions(tab, pins, about['packages']),
            'python': about['python'], 'processor': about['processor']}


def code_in(tree: Tree, tab: str) -> str:
    """Return what runs made with the code in `tree` have as their code: of
    the cells that the tree itself finds, by the rules of today."""
    found = json.loads(_python(tree, CELLS, tab))
    return checksum(reached_in(tree.folder, **found).checksums)


def _python(tree: Tree, source: str, tab: str, *arguments: str) -> str:
    """Return what a program prints that runs in a tree, for a tab."""
    run = subprocess.run(
        [sys.executable, '-c', source, tab, *arguments], cwd=tree.folder,
        env={**os.environ, **tree.variables()}, text=True,
        capture_output=True)
    if run.returncode:
        last = run.stderr.strip().splitlines()[-1:]
        raise EvidenceError(f'{tab}, as in {tree.commit[:12]}: '
                            f'{" ".join(last)}')
    return run.stdout


def made_with(tree: Tree, tab: str,
              sample: Sequence[dict[str, Any]]) -> list[Result]:
    """Return the results of the sample's runs with the code in `tree`.

    Raises:
        EvidenceError: if it fails, or other code than that was used.
    """
    source = Path(driver.__file__).read_text('utf-8')
    with tempfile.TemporaryDirectory() as place:
        target = Path(place, 'results.json')
        _python(tree, source, tab, json.dumps(sample), str(target))
        found = json.loads(target.read_text())
    if {*found['origins']} != {str(tree.folder.resolve())}:
        raise EvidenceError(f'{tab}: code of {found["origins"]} was used, '
                            f'expected that of {tree.folder}')
    results: list[Result] = found['results']
    return results


def _refuse_difference(tab: str, before: Sequence[Result],
                       after: Sequence[Result]) -> None:
    if difference := first_difference(before, after):
        raise EvidenceError(f'{tab}: {difference}; no certificate')


def first_difference(before: Sequence[Result],
                     after: Sequence[Result]) -> str:
    """Return where two lists of results differ first, '' if nowhere."""
    for n, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if old.keys() != new.keys():
            return (f'run {n} of the sample notes {", ".join(new)}, before '
                    f'{", ".join(old)}')
        for key in old:
            if old[key] == new[key]:
                continue
            if key == 'weights':
                return f'run {n} of the sample ends with other weights'
            if len(old[key]) != len(new[key]):
                return f'run {n} of the sample has other epochs'
            epoch = next(i for i, pair in enumerate(zip(old[key], new[key]))
                         if pair[0] != pair[1])
            values = [float.fromhex(values[key][epoch])
                      for values in (old, new)]
            return (f'run {n} of the sample has another {key} in epoch '
                    f'{epoch}: {values[1]!r}, before {values[0]!r}')
    return ''


def main(arguments: Sequence[str] | None = None) -> int:
    """Certify; return the exit status."""
    return command.run('python -m evidence.certify', __doc__, certify,
                       CONFIG.tabs, arguments)


if __name__ == '__main__':
    sys.exit(main())
