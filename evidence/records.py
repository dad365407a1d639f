"""The files of runs: one JSON object a line, in the order of completion."""
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from evidence import EvidenceError, FileError
from evidence.fingerprint import accepted
from evidence.record import Key, Record, is_whole, key_of, parse, validated
from evidence.schema import faults, shown

RUNS = Path(__file__).parent / 'runs'
BOM = b'\xef\xbb\xbf'


@dataclass
class Records:
    """What a file of runs holds.

    Attributes:
        runs: the records of today's code and versions, by Run.key().
        stale: how many records are of other code or versions, or of a part
            of the data.
    """
    runs: dict[Key, Record] = field(default_factory=dict)
    stale: int = 0


def runs_path(tab: str, study: str = '', folder: Path = RUNS) -> Path:
    """Return the path of a tab's file of runs.

    Args:
        tab: the framework's tab.
        study: the study's name; '' for the first, whose runs the chapter's
            own cells read.
        folder: where such files are.
    """
    return folder / study / f'{tab}.jsonl'


def load_records(path: Path, rests_on: tuple[str, Mapping[str, str]],
                 device: str = 'cpu') -> Records:
    """Return the Records in a file; one that is not there holds none.

    Args:
        path: the file.
        rests_on: today's fingerprint.fingerprint.
        device: the kind of device whose runs are wanted.

    Raises:
        EvidenceError: if a line is no record or stands there twice; it names
            every such line.
    """
    codes, packages = accepted(rests_on), rests_on[1]
    found, (records, wrong) = Records(), _parsed(path)
    for n, record in records:
        key = key_of(record)
        if record['device'] != device:
            continue
        if record['code'] not in codes or (
                record['packages'] != packages or record['data']['limited']):
            found.stale += 1
        elif key in found.runs:
            wrong.append((n, f'the run {key.schedule!r}, seed {key.seed}, '
                             'stands here twice; delete one of the lines'))
        else:
            found.runs[key] = record
    if wrong:
        raise FileError(shown(path), sorted(wrong))
    return found


def _parsed(path: Path) -> tuple[list[tuple[int, Record]],
                                 list[tuple[int, str]]]:
    """Return the records with the numbers of their lines, and what is wrong
    with the lines that are none."""
    records: list[tuple[int, Record]] = []
    wrong: list[tuple[int, str]] = []
    for n, line in _lines(path):
        try:
            records.append((n, validated(parse(line.decode()))))
        except ValidationError as error:
            wrong += [(n, ': '.join(filter(None, (
                '.'.join(map(str, where)), message))))
                for where, message in faults(error)]
        except ValueError as error:
            wrong.append((n, f'not a record of a run ({error})'))
    return records, wrong


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the number and bytes of each whole line."""
    try:
        content = path.read_bytes().removeprefix(BOM)
    except FileNotFoundError:
        return
    except OSError as error:
        raise EvidenceError(f'{shown(path)}: {error.strerror}') from None
    *whole, last = content.split(b'\n')
    if is_whole(last):
        whole.append(last)
    yield from enumerate(whole, 1)


class Writer:
    """Appends records to a file that nobody else may write meanwhile.

    A record is in the file whole, or it is not there. What an earlier writer
    left of half a line is `removed` first; a whole one gets its newline.

    Raises:
        EvidenceError: if another process writes to the file, or nobody can.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file = open(path, 'ab+', buffering=0)  # noqa: SIM115
        except OSError as error:
            raise self._error(error) from None
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.removed = self._mend()
        except BlockingIOError:
            self.file.close()
            raise EvidenceError(f'{path.name} is being written by another '
                                'process') from None
        except OSError as error:
            self.file.close()
            raise self._error(error) from None

    def _mend(self) -> bytes:
        """End the last line, or remove what there is of it; return that."""
        self.file.seek(0)
        content = self.file.read()
        whole = content.rfind(b'\n') + 1
        if is_whole(content[whole:]):
            self._write(b'\n')
            return b''
        self.file.truncate(whole)
        return content[whole:]

    def _error(self, error: OSError) -> EvidenceError:
        return EvidenceError(f'{shown(self.path)} cannot be written: '
                             f'{error.strerror}')

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None,
                 error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        self.file.close()

    def append(self, record: Record) -> None:
        """Append one record, and see to it that it reaches the disk.

        Raises:
            EvidenceError: if it does not; then nothing of it stays.
        """
        line = json.dumps(validated(record), ensure_ascii=False,
                          allow_nan=False)
        end = os.fstat(self.file.fileno()).st_size
        try:
            self._write(line.encode() + b'\n')
        except OSError as error:
            self.file.truncate(end)
            raise self._error(error) from None

    def _write(self, content: bytes) -> None:
        while content:
            content = content[self.file.write(content) or 0:]
        os.fsync(self.file.fileno())
