"""Schedule labs: a fence `lab` with options, each `name = value` on a line.

    schedules = constant, warmup cosine     up to three
    peak = 0.15                             the peak rate of all of them
    epochs = 10
    momentum = 0.9

The room builder/lab makes the lab; its scripts know the same schedules.
"""
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

SCHEDULES = ('constant', 'square root', 'factor', 'multi factor',
             'polynomial', 'cosine', 'linear to zero', 'stable then decay',
             'one cycle', 'warm restarts')
# Of each number: the smallest, the largest, its type.
NUMBERS = {'peak': (0.01, 1, float), 'epochs': (2, 30, int),
           'momentum': (0, 0.95, float)}
MOST = 3  # schedules

Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Lab:
    """A lab at body[start:end]: what it shows at first."""
    start: int
    end: int
    line: int
    schedules: tuple[str, ...] = ('constant', 'warmup cosine')
    peak: float = 0.1
    epochs: int = 10
    momentum: float = 0.9


def read_lab(fence: Token, start: int, end: int, error: Tell,
             line: int) -> Lab:
    """Return the lab that a fence at body[start:end], in this line, asks for;
    `error` is told (line, message) of an option that there is not."""
    options: dict[str, Any] = {}
    for n, name, text in _entries(fence.content, line + 1, error):
        if name in options:
            error(n, f'{name} stands there twice')
        elif name == 'schedules':
            options[name] = _schedules(n, text, error)
        elif name in NUMBERS:
            options[name] = _number(n, name, text, error)
        else:
            error(n, f'unknown option {name!r}, expected schedules, '
                  + ', '.join(NUMBERS))
    given = {name: value for name, value in options.items()
             if value is not None}
    return Lab(start, end, line, **given)


def _entries(content: str, line: int, error: Tell,
             ) -> Iterator[tuple[int, str, str]]:
    """Yield (line, name, value) of each option."""
    for n, text in enumerate(content.split('\n'), line):
        name, sign, value = text.partition('=')
        if sign:
            yield n, name.strip(), value.strip()
        elif text.strip():
            error(n, f'{text.strip()!r}, expected NAME = VALUE')


def _schedules(line: int, text: str, error: Tell) -> tuple[str, ...] | None:
    names = [name.strip() for name in text.split(',') if name.strip()]
    for name in names:
        if name.removeprefix('warmup ') not in SCHEDULES:
            error(line, f'unknown schedule {name!r}, expected one of '
                  f'{", ".join(SCHEDULES)}, perhaps with warmup before it')
            return None
    if not 1 <= len(names) <= MOST:
        error(line, f'{len(names)} schedules, expected 1 to {MOST}')
        return None
    return tuple(names)


def _number(line: int, name: str, text: str, error: Tell) -> Any:
    low, high, kind = NUMBERS[name]
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not low <= value <= high:
        whole = 'a whole number' if kind is int else 'a number'
        error(line, f'{name} = {text}, expected {whole} from {low} to {high}')
        return None
    return value
