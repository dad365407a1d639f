"""The files of runs: one JSON object a line, in the order of completion."""
import fcntl
import json
import os
from dataclasses import dataclass

from evidence import EvidenceError
from evidence.plan import FOLDER


@dataclass
class Records:
    """What a file of runs holds.

    Attributes:
        runs: the records of today's code and versions, by Run.key().
        stale: how many records are of other code or versions.
        cut: what stands after the last whole line, such as half a record.
    """
    runs: dict
    stale: int
    cut: str


def runs_path(tab, folder=FOLDER / 'runs'):
    """Return the path of a tab's file of runs."""
    return folder / f'{tab}.jsonl'


def load_records(path, rests_on, device='cpu'):
    """Return the Records in a file; one that is not there holds none.

    Args:
        path: the file.
        rests_on: today's plan.fingerprint.
        device: the kind of device whose runs are wanted.

    Raises:
        EvidenceError: if a line is no record, with its number.
    """
    code, packages = rests_on
    found = Records({}, 0, '')
    text = path.read_text('utf-8') if path.is_file() else ''
    whole, end, found.cut = text.rpartition('\n')
    for n, line in enumerate(whole.split('\n') if end else (), 1):
        try:
            record = json.loads(line)
            key = (record['schedule'], record['seed'], record['epochs'],
                   record['rates'])
            made_with = record['code'], record['packages']
            kind = record['device']
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f'{path.name}:{n}: not a record of a run '
                                f'({error!r})') from None
        if kind != device:
            continue
        if made_with != (code, packages):
            found.stale += 1
        elif key in found.runs:
            raise EvidenceError(f'{path.name}:{n}: the run {key[0]!r}, seed '
                                f'{key[1]}, stands here twice')
        else:
            found.runs[key] = record
    return found


class Writer:
    """Appends records to a file that nobody else may write meanwhile.

    A record is in the file whole, or it is not there. What an earlier writer
    left of half a line is removed first.

    Raises:
        EvidenceError: if another process writes to the file.
    """

    def __init__(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, 'ab+')  # noqa: SIM115, closed by __exit__
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.close()
            raise EvidenceError(f'{path.name} is being written by another '
                                'process') from None
        self.file.seek(0)
        self.file.truncate(self.file.read().rfind(b'\n') + 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def append(self, record):
        """Append one record, and see to it that it reaches the disk."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False)
        self.file.write(line.encode() + b'\n')
        self.file.flush()
        os.fsync(self.file.fileno())
