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
        stale: how many records are of other code or versions, or of a part
            of the data.
    """
    runs: dict
    stale: int


def runs_path(tab, folder=FOLDER / 'runs'):
    """Return the path of a tab's file of runs."""
    return folder / f'{tab}.jsonl'


def load_records(path, rests_on, device='cpu'):
    """Return the Records in a file; one that is not there holds none.

    Args:
        path: the file.
        rests_on: today's fingerprint.fingerprint.
        device: the kind of device whose runs are wanted.

    Raises:
        EvidenceError: if a line is no record, with its number.
    """
    code, packages = rests_on
    found = Records({}, 0)
    text = path.read_text('utf-8') if path.is_file() else ''
    whole, end, _ = text.rpartition('\n')  # half a line is no record
    for n, line in enumerate(whole.split('\n') if end else (), 1):
        try:
            record = json.loads(line)
            key = (record['schedule'], record['seed'], record['epochs'],
                   record['rates'])
            made_with = record['code'], record['packages']
            limited = record['data']['limited']
            kind = record['device']
        except (ValueError, KeyError, TypeError) as error:
            raise EvidenceError(f'{path.name}:{n}: not a record of a run '
                                f'({error!r})') from None
        if kind != device:
            continue
        if made_with != (code, packages) or limited:
            found.stale += 1
        elif key in found.runs:
            raise EvidenceError(f'{path.name}:{n}: the run {key[0]!r}, seed '
                                f'{key[1]}, stands here twice; delete one of '
                                'the lines')
        else:
            found.runs[key] = record
    return found


class Writer:
    """Appends records to a file that nobody else may write meanwhile.

    A record is in the file whole, or it is not there. What an earlier writer
    left of half a line is `removed` first.

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
        content = self.file.read()
        whole = content.rfind(b'\n') + 1
        self.removed = content[whole:]
        self.file.truncate(whole)

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
