"""The recorded runs that a lab shows beside the reader's own.

config.ini names a function of the book that returns them.
"""
import json
from typing import Annotated

from pydantic import (
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)
from typing_extensions import TypedDict

from builder.config import Config
from builder.errors import BuildError
from builder.source.functions import called, load_function

STRICT = ConfigDict(strict=True, extra='forbid')
Fraction = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@with_config(STRICT)
class Group(TypedDict):
    """Runs of one schedule: its name, the rate at the beginning of each
    epoch, test accuracies by seed and epoch, and whether a run died."""
    name: str
    rates: list[Rate]
    runs: Annotated[list[list[Fraction]], Field(min_length=1)]
    died: bool


@with_config(STRICT)
class Recorded(TypedDict):
    """Groups of runs, and a sentence on how they were made."""
    note: str
    groups: list[Group]


_RECORDED: TypeAdapter[Recorded] = TypeAdapter(Recorded)


def recorded_script(config: Config) -> bytes:
    """Return the script that brings the recorded runs.

    Raises:
        BuildError: if the function fails, or returns something else.
    """
    found: Recorded = {'note': '', 'groups': []}
    if config.lab_runs:
        found = _recorded(config, f'{config.file}: [lab] runs = '
                          f'{config.lab_runs}')
    data = json.dumps(found, separators=(',', ':'))
    return f'(globalThis.ScheduleLab ??= {{}}).recorded = {data};\n'.encode()


def _recorded(config: Config, where: str) -> Recorded:
    value = called(config, where,
                   load_function(config, where, config.lab_runs))
    try:
        found = _RECORDED.validate_python(value)
    except ValidationError as error:
        fault = error.errors()[0]
        place = '.'.join(map(str, fault['loc']))
        raise BuildError(f'{where}: of what it returned, {place}: '
                         f'{fault["msg"]}') from None
    for group in found['groups']:
        lengths = {len(group['rates']), *map(len, group['runs'])}
        if len(lengths) != 1:
            raise BuildError(f'{where}: {group["name"]!r} has runs or rates of'
                             f' {sorted(lengths)} epochs, expected one length')
    return found
