"""What a recorded notebook is: nbformat 4.5, and what its run noted.

Read strictly, so that a file that a merge, an editor or a disk has damaged is
named with what is wrong with it, before anything rests on it.
"""
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pydantic_core
from nbformat import NotebookNode, from_dict
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
)

from builder.errors import BuildError

Noted = TypeVar('Noted', bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra='forbid', frozen=True,
                              allow_inf_nan=False)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f'control characters in {text!r}')
    return text


def _day(text: str) -> str:
    datetime.date.fromisoformat(text)
    return text


def _known(number: object) -> object:
    if number != 1:
        raise ValueError('recorded by another version of this builder, '
                         'record it anew')
    return number


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200),
                   AfterValidator(_printable)]
Checksum = Annotated[str, StringConstraints(pattern=r'^(?:[0-9a-f]{64})?$')]
Day = Annotated[str, StringConstraints(pattern=r'^\d{4}-\d\d-\d\d$'),
                AfterValidator(_day)]


class Data(_Strict):
    """The data that a run loaded; counts are of examples.

    Other fields may say more of it.
    """
    model_config = ConfigDict(extra='allow')
    name: Phrase
    train: Annotated[int, Field(ge=0)]
    test: Annotated[int, Field(ge=0)]
    limited: bool = False
    __pydantic_extra__: dict[str, Phrase | bool | int | float]


class NoData(_Strict):
    """What a run notes that loads no data: {}."""

    def __bool__(self) -> bool:
        return False


class Machine(_Strict):
    """What a run is made with, and on."""
    python: Phrase
    packages: dict[Phrase, Phrase]
    processor: Phrase
    cores: Annotated[int, Field(ge=1)]


class About(Machine):
    """What a run noted: what it rests on, where and when it was made.

    code, definitions, reads and outputs are checksums, as
    builder/record/basis.py makes them; seconds is how long the run took, date
    the local day of its end. The first recordings have modules in place of
    definitions; they are read, and stale.
    """
    format: Annotated[Literal[1], BeforeValidator(_known)] = 1
    code: Checksum
    definitions: dict[Phrase, Checksum] | None = None
    modules: dict[Phrase, Checksum] | None = None
    reads: dict[Phrase, Checksum]
    outputs: Checksum
    device: Phrase
    data: Data | NoData
    seconds: Annotated[float, Field(ge=0)]
    date: Day


def _forms(data: dict[str, JsonValue]) -> dict[str, JsonValue]:
    for form, content in data.items():
        lines = content if isinstance(content, list) else [content]
        if not form.endswith('json') and not all(
                isinstance(line, str) for line in lines):
            raise ValueError(f'{form} that is not text')
    return data


Text = str | list[str]  # on disk, often as a list of lines
Forms = Annotated[dict[str, JsonValue], AfterValidator(_forms)]
Free = dict[str, Any]
CellId = Annotated[str, StringConstraints(pattern=r'^[a-zA-Z0-9_-]{1,64}$')]
Count = int | None


class _Stream(_Strict):
    output_type: Literal['stream']
    name: Literal['stdout', 'stderr']
    text: Text


class _Display(_Strict):
    output_type: Literal['display_data']
    data: Forms
    metadata: Free


class _Result(_Strict):
    output_type: Literal['execute_result']
    data: Forms
    metadata: Free
    execution_count: Count


class _Error(_Strict):
    output_type: Literal['error']
    ename: str
    evalue: str
    traceback: list[str]


class _Code(_Strict):
    cell_type: Literal['code']
    id: CellId
    metadata: Free
    source: Text
    execution_count: Count
    outputs: list[Annotated[_Stream | _Display | _Result | _Error,
                            Field(discriminator='output_type')]]


class _Prose(_Strict):
    cell_type: Literal['markdown', 'raw']
    id: CellId
    metadata: Free
    source: Text
    attachments: Free = {}


class _Metadata(_Strict):
    model_config = ConfigDict(extra='allow')
    recording: About | None = None


class _Notebook(_Strict):
    nbformat: Literal[4]
    nbformat_minor: Literal[5]
    metadata: _Metadata
    cells: list[Annotated[_Code | _Prose, Field(discriminator='cell_type')]]


def read_notebook(path: Path, shown: str) -> tuple[NotebookNode,
                                                   About | None]:
    """Return (the notebook at `path`, what its run noted, if it was run).

    Args:
        path: the file.
        shown: how messages call it.

    Raises:
        BuildError: with all that is wrong with it.
    """
    try:
        return parse_notebook(path.read_bytes())
    except ValidationError as error:
        raise BuildError(f'{shown}: not a recorded notebook: '
                         f'{complaints(error)}') from None
    except OSError as error:
        raise BuildError(f'{shown}: {error.strerror}') from None
    except ValueError as error:
        raise BuildError(f'{shown}: not a notebook: {error}') from None


def parse_notebook(content: bytes) -> tuple[NotebookNode, About | None]:
    """Return (the notebook in `content`, what its run noted, if it was run).

    Raises:
        ValueError: if it is none.
    """
    text = content.decode('utf-8-sig')
    raw = pydantic_core.from_json(text, allow_inf_nan=False)
    checked = _Notebook.model_validate(raw)
    ids = [cell.id for cell in checked.cells]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise ValueError(f'cell {twice[0]} stands twice in it')
    for cell in raw['cells']:
        _join(cell, 'source')
        for output in cell.get('outputs', ()):
            _join(output, 'text')
            for form in output.get('data', ()):
                _join(output['data'], form)
    return from_dict(raw), checked.metadata.recording


def _join(place: dict[str, Any], key: str) -> None:
    """Make one string of a list of lines; JSON forms are left alone."""
    if isinstance(place.get(key), list) and not key.endswith('json'):
        place[key] = ''.join(place[key])


def check_noted(kind: type[Noted], noted: Mapping[str, object]) -> Noted:
    """Return what a run notes as About, or as a part of it.

    Raises:
        BuildError: if it cannot be recorded.
    """
    try:
        return kind.model_validate(noted)
    except ValidationError as error:
        raise BuildError('this run cannot be recorded: '
                         f'{complaints(error)}') from None


def complaints(error: ValidationError) -> str:
    """Return what is wrong, as 'metadata.recording.date: Field required'."""
    return '; '.join(
        '.'.join(map(str, found['loc'])) + f': {found["msg"]}'
        for found in error.errors(include_url=False)[:5])
