"""The recorded runs that the schedule lab shows beside the reader's own: all
of PyTorch's first study, by schedule."""
import re
from typing import Any

from evidence.outcomes import died
from evidence.record import Record
from evidence.report import runs

TAB = 'pytorch'
NOTE = ('Recorded runs were made with PyTorch on all 60,000 images, in '
        'minibatches of 256 and without momentum.')


def recorded() -> dict[str, Any]:
    """Return {'note': a sentence, 'groups': the runs of each schedule}.

    Raises:
        EvidenceError: if the file of runs is malformed.
    """
    groups: dict[tuple[str, int], list[Record]] = {}
    for record in runs(TAB, '').values():
        groups.setdefault((record['schedule'], record['epochs']), []).append(
            record)
    return {'note': NOTE, 'groups': [
        _group(_title(*key), records) for key, records in sorted(
            groups.items())]}


def _group(name: str, records: list[Record]) -> dict[str, Any]:
    return {'name': name, 'rates': records[0]['lr'],
            'runs': [[round(accuracy, 3) for accuracy in record['test acc']]
                     for record in records],
            'died': any(died(record) is not None for record in records)}


def _title(name: str, epochs: int) -> str:
    """Return what readers call the schedule of runs."""
    found = re.fullmatch(r'survival (\S+) warmup (\d+)', name)
    if not found:
        return name
    warmup = f' after {found[2]} epochs of warmup' if found[2] != '0' else ''
    return f'constant {found[1]}{warmup}, {epochs} epochs'
