"""How files that people write are read: strictly, and all faults at once.

A value has the type that is asked for and no other: 3 is no list, true no
number, "30" no count. A key that nobody asked for is a fault.
"""
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from evidence import EvidenceError, FileError
from evidence.chapter import ROOT

STRICT = ConfigDict(strict=True, extra='forbid', frozen=True,
                    allow_inf_nan=False)
Location = Sequence[int | str]
T = TypeVar('T')


class Strict(BaseModel):
    """A table of a file: these keys, of these types, and no others."""
    model_config = STRICT


def _different(values: tuple[T, ...]) -> tuple[T, ...]:
    twice = next((value for n, value in enumerate(values)
                  if value in values[:n]), None)
    if twice is not None:
        raise ValueError(f'{twice!r} stands there twice')
    return values


# TOML has lists; strict is about what stands in them. Nothing twice.
Words = Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...],
                  Field(strict=False), AfterValidator(_different)]
Seeds = Annotated[tuple[Annotated[int, Field(ge=0, lt=2**32)], ...],
                  Field(strict=False), AfterValidator(_different)]
Rate = Annotated[float, Field(gt=0, le=1000)]
Rates = Annotated[tuple[Rate, ...], Field(strict=False, min_length=1),
                  AfterValidator(_different)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Epochs = Annotated[int, Field(ge=1, le=10_000)]


def shown(path: Path) -> str:
    """Return how messages name a file: from the project's folder on."""
    path = path.absolute()
    return (path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT)
            else path.name)


def read_text(path: Path) -> str:
    """Return the text of a file, with or without a byte order mark.

    Raises:
        EvidenceError: if it cannot be read, or is not UTF-8, with the line.
    """
    try:
        content = path.read_bytes()
        return content.decode('utf-8-sig')
    except OSError as error:
        raise EvidenceError(f'{shown(path)}: {error.strerror}') from None
    except UnicodeDecodeError as error:
        line = content.count(b'\n', 0, error.start) + 1
        raise FileError(shown(path), [(line, 'not UTF-8')]) from None


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return the tables of a TOML file, and its text.

    Raises:
        EvidenceError: if it cannot be read or is not TOML, with the line if
            it is known, else the last.
    """
    text = read_text(path).replace('\r\n', '\n')
    try:
        return tomllib.loads(text), text
    except (ValueError, RecursionError) as error:  # also of huge numbers
        found = re.search(r'at line (\d+)', str(error))
        line = int(found[1]) if found else text.count('\n') + 1
        raise FileError(shown(path), [(line, str(error))]) from None


def faults(error: ValidationError) -> list[tuple[Location, str]]:
    """Return where each fault is, and what is wrong with which value."""
    found: list[tuple[Location, str]] = []
    for fault in error.errors(include_url=False):
        message = fault['msg'].removeprefix('Value error, ')
        if fault['type'] not in ('missing', 'value_error'):
            value = repr(fault['input'])
            message += f', got {value[:60]}{"…" * (len(value) > 60)}'
        found.append((fault['loc'], message))
    return found


def toml_error(path: Path, text: str,
               found: Iterable[tuple[Location, str]]) -> FileError:
    """Return the error that names these faults at their lines."""
    return FileError(shown(path), sorted(
        (line_of(text, where), ': '.join([*map(str, where), message]))
        for where, message in found))


def line_of(text: str, where: Location) -> int:
    """Return the number of the line at which a key of a TOML text stands;
    that of the table around it, if it has no line of its own."""
    lines, found = text.split('\n'), 1
    for key in map(str, where):
        name = rf'["\']?{re.escape(key)}["\']?'
        pattern = re.compile(rf'\s*(\[+(.+\.)?{name}\]|{name}\s*=)')
        later = (n for n, line in enumerate(lines, 1)
                 if n >= found and pattern.match(line))
        found = next(later, found)
    return found
