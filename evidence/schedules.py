"""The schedules that studies name, as functions of time.

The names are those of d2l.schedulers and d2l.modern; whatever is added there
is known here.
"""
import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from d2l import modern, schedulers
from evidence import EvidenceError

Schedule = Callable[[float], float]
Settings = Mapping[str, Any]
PEAK = 'peak'  # what stands for a rate that tuning chooses
PART = re.compile(rf'{PEAK} / ([1-9]\d*)')  # and for a part of it
# What an entry says besides its function of time.
BESIDES = ('per_update', 'epochs', 'batch_size', 'optimizer', 'peaks')
# Each of them a callable class.
KNOWN: dict[str, Callable[..., Any]] = {
    name: kind for module in (schedulers, modern)
    for name, kind in vars(module).items()
    if dataclasses.is_dataclass(kind) and isinstance(kind, type)}


def make_schedule(name: str, settings: Settings) -> Schedule:
    """Return the function of time that an entry of a study describes.

    Args:
        name: what the entry is called.
        settings: a `scheduler` and its arguments, or a `constant` rate, with
            a linear `warmup` before it if there is one.

    Raises:
        EvidenceError: if there is no such schedule, or it refuses its
            arguments.
    """
    arguments = {k: v for k, v in settings.items() if k not in BESIDES}
    warmup = arguments.pop('warmup', 0)
    kind = arguments.pop('scheduler', None)
    if kind is None and 'constant' not in arguments:
        raise EvidenceError(f'{name!r} has neither a scheduler nor a constant '
                            'rate')
    if kind is None:
        kind = 'FactorScheduler'
        arguments['base_lr'] = arguments.pop('constant')
    if not isinstance(kind, str) or kind not in KNOWN:
        raise EvidenceError(f'{name!r} has an unknown scheduler {kind!r}, '
                            f'expected one of {", ".join(sorted(KNOWN))}')
    try:
        schedule = KNOWN[kind](**arguments)
        schedule(0)
        return schedulers.WarmupScheduler(schedule, warmup)
    except (TypeError, ValueError) as error:
        raise EvidenceError(f'{name!r}: {error}, got {arguments}') from None


def at_peak(settings: Settings, peak: float) -> dict[str, Any]:
    """Return settings with a rate in the place of PEAK, and parts of it in
    the place of 'peak / 10'."""
    return {key: _at(value, peak) for key, value in settings.items()}


def _at(value: Any, peak: float) -> Any:
    if value == PEAK:
        return peak
    part = PART.fullmatch(value) if isinstance(value, str) else None
    return peak / int(part[1]) if part else value
