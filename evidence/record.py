"""The record of one run: what stands in it, and in which units.

Accuracies are fractions; there is one value an epoch, unless the run was
stopped. Runs of the first study have the day they were made; later ones have
their study, its state and moments in UTC.
"""
import datetime
import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NamedTuple, NotRequired

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    with_config,
)
from typing_extensions import TypedDict

from builder.record.checksums import checksum
from evidence.schema import STRICT, Epochs, Text

ALIVE = 0.2  # more than this fraction of the training images is alive
Split = Literal['test', 'validation']
DAY = r'\d{4}-\d\d-\d\d'


def _of_calendar(text: str) -> str:
    datetime.datetime.fromisoformat(text)
    return text


Day = Annotated[str, StringConstraints(pattern=f'^{DAY}$'),
                AfterValidator(_of_calendar)]
Moment = Annotated[str, StringConstraints(
    pattern=rf'^{DAY}T\d\d:\d\d:\d\dZ$'), AfterValidator(_of_calendar)]
Checksum = Annotated[str, StringConstraints(pattern='^[0-9a-f]{64}$')]
Commit = Annotated[str, StringConstraints(pattern='^[0-9a-f]{40}$')]
Count = Annotated[int, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]


@with_config(STRICT)
class Data(TypedDict):
    """Which data a run was made with: how many images, which files."""
    name: Text
    train: Count
    test: NotRequired[Count]
    validation: NotRequired[Count]
    limited: bool
    sha256: Checksum
    indices: NotRequired[Checksum]


@with_config(STRICT)
class ActiveUnits(TypedDict):
    """How many units of a layer are positive for some image of a set."""
    epoch: Epochs
    layer: Count
    active: Count
    units: Count
    fraction: Fraction
    images: Count


# Another network of a run: an average has accuracies on images that were not
# trained on, one an epoch; a branch has all curves, of its own epochs.
Also = TypedDict('Also', {
    'lr': NotRequired[list[Annotated[float, Field(ge=0)]]],
    'train loss': NotRequired[list[float | None]],
    'train acc': NotRequired[list[Fraction]],
    'test acc': NotRequired[list[Fraction]],
    'validation acc': NotRequired[list[Fraction]]})
with_config(STRICT)(Also)
Record = TypedDict('Record', {
    'schedule': Text, 'seed': Count, 'epochs': Epochs, 'rates': Checksum,
    'lr': list[Annotated[float, Field(ge=0)]],
    'train loss': list[float | None],
    'train acc': list[Fraction],
    'test acc': NotRequired[list[Fraction]],
    'validation acc': NotRequired[list[Fraction]],
    'seconds': Annotated[float, Field(ge=0)],
    'date': NotRequired[Day],
    'start': NotRequired[Moment], 'end': NotRequired[Moment],
    'code': Checksum, 'python': Text, 'packages': dict[str, Text],
    'processor': str, 'cores': Annotated[int, Field(ge=1)],
    'data': Data, 'device': Text,
    'study': NotRequired[Text], 'study sha256': NotRequired[Checksum],
    'commit': NotRequired[Commit], 'split': NotRequired[Split],
    'stopped': NotRequired[Epochs],
    'active units': NotRequired[ActiveUnits],
    # What else decides its numbers, and its averages and branches: methods.py
    'method': NotRequired[dict[str, Any]],
    'also': NotRequired[dict[Text, Also]]})
with_config(STRICT)(Record)
CURVES = ('lr', 'train loss', 'train acc', 'test acc', 'validation acc')
# What later records have, all of it, in the place of a date.
LATER = ('start', 'end', 'study', 'study sha256', 'commit', 'split')


class Key(NamedTuple):
    """What tells a run from others of the same code."""
    schedule: str
    seed: int
    epochs: int
    rates: str
    split: Split = 'test'
    method: str = ''  # checksum of what else decides


def method_checksum(method: Mapping[str, Any]) -> str:
    """Return what stands for a method in a Key; '' for none."""
    return checksum(method) if method else ''


def key_of(record: Record) -> Key:
    """Return the Key of the run that a record is of."""
    return Key(record['schedule'], record['seed'], record['epochs'],
               record['rates'], record.get('split', 'test'),
               method_checksum(record.get('method', {})))


def comparable(records: Iterable[Record]) -> bool:
    """Return whether runs were trained and evaluated on the same images; a
    file's records are of the same code and versions anyway."""
    first, *others = [(record['data'], record.get('split', 'test'))
                      for record in records]
    return all(other == first for other in others)


def evaluated(split: Split) -> Literal['test acc', 'validation acc']:
    """Return what the accuracy on the images that were not trained on is
    called."""
    return 'test acc' if split == 'test' else 'validation acc'


def _consistent(record: Record) -> Record:
    split = record.get('split', 'test')
    made = [key for key in ('date', *LATER) if key in record]
    if made not in (['date'], list(LATER)):
        raise ValueError('expected either a date or all of '
                         f'{", ".join(LATER)}, got {", ".join(made)}')
    if [key for key in CURVES[3:] if key in record] != [evaluated(split)]:
        raise ValueError(f'a run of the split {split!r} must have '
                         f'{evaluated(split)!r} and no other')
    length = record.get('stopped', record['epochs'])
    for key in CURVES:
        values: Any = record.get(key)
        if values is not None and len(values) != length:
            raise ValueError(f'{key} has {len(values)} values for {length} '
                             'epochs')
    for name, curves in record.get('also', {}).items():
        others = [key for key in curves if key in CURVES[3:]]
        if others != [evaluated(split)] or not all(curves.values()):
            raise ValueError(f'{name!r} must have {evaluated(split)!r} and '
                             'no other, and no empty curves')
    if 'stopped' in record and not (
            length < record['epochs'] and record['train acc'][-1] <= ALIVE):
        raise ValueError(f'stopped after {length} of {record["epochs"]} '
                         'epochs, expected a dead run that had more to come')
    if 'end' in record and record['end'] < record['start']:
        raise ValueError(f'it ended at {record["end"]}, before its start')
    return record


_RECORD: TypeAdapter[Record] = TypeAdapter(
    Annotated[Record, AfterValidator(_consistent)])


def validated(value: object) -> Record:
    """Return `value` if it is a record.

    Raises:
        pydantic.ValidationError: if it is not.
    """
    return _RECORD.validate_python(value)


def parse(line: str) -> object:
    """Return what a line of JSON holds, each key once, numbers finite.

    Raises:
        ValueError: if it is no such JSON.
    """
    try:
        return json.loads(line, object_pairs_hook=_once,
                          parse_constant=_finite)
    except RecursionError:
        raise ValueError('nested too deeply') from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f'{twice!r} stands there twice')
    return found


def _finite(text: str) -> float:
    raise ValueError(f'{text} is not JSON')


def is_whole(line: bytes) -> bool:
    """Return whether a line without a newline is a whole one: a writer that
    was interrupted leaves no closing brace, or none that fits."""
    try:
        return bool(re.match(rb'\s*\{', line)) and bool(
            json.loads(line.decode()))
    except (ValueError, RecursionError):
        return False
