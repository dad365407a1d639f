"""Numbers that a caller passes, as plain Python numbers.

NumPy's scalars and the frameworks' tensors without axes are numbers too. What
is kept of them is their value: their types would overflow, round or be pickled
where nobody expects it.
"""
import math
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any


def one_number(name: str, value: object) -> float:
    """Return a number as a plain one: an int stays, all else is a float.

    Args:
        name: of the argument, for the message.
        value: anything with __float__ that is one number: Python's, NumPy's
            or a framework's, but no truth value, text or array with axes.

    Raises:
        ValueError: if it is not one number, or is nan or too large.
    """
    number = math.nan
    try:
        number = float(value) if _has_one(value) else number  # type: ignore
        known = not math.isnan(number)  # what TensorFlow traces has no value
    except (TypeError, ValueError, OverflowError):
        known = False
    if not known:
        raise ValueError(f'{name} must be a number, got {name}={value!r}')
    return value if type(value) is int else number


def finite_number(name: str, value: object) -> float:
    """Return a number as one_number does; not an infinite one."""
    number = one_number(name, value)
    if math.isinf(number):
        raise ValueError(f'{name} must be finite, got {name}={value!r}')
    return number


def whole_number(name: str, value: object, low: int,
                 high: float = math.inf) -> int:
    """Return a whole number, low <= value <= high, as an int.

    Raises:
        ValueError: if it is none, or outside these bounds.
    """
    number = one_number(name, value)
    if not (low <= number <= high and number % 1 == 0):
        bounds = f'of at least {low}' if high == math.inf else (
            f'from {low} to {high}')
        raise ValueError(f'{name} must be a whole number {bounds}, got '
                         f'{name}={value!r}')
    return int(number)


def _has_one(value: object) -> bool:
    """Whether a value is of a type, and of a shape, for one number."""
    if hasattr(value, 'dtype'):  # of NumPy or a framework
        axes = tuple(getattr(value, 'shape', ()))
        return not axes and bool(re.search('int|float', str(value.dtype)))
    return hasattr(value, '__float__') and not isinstance(value, bool)


def store_plain(instance: Any) -> None:
    """Replace, in a dataclass, numbers by plain ones and lists by tuples.

    Args:
        instance: of a dataclass, frozen or not; what its fields are is read
            from their annotations, float and Sequence[float].

    Raises:
        ValueError: if one of them is no finite number, or no list of such.
    """
    for field in fields(instance):
        name, value = field.name, getattr(instance, field.name)
        if field.type is float:
            object.__setattr__(instance, name, finite_number(name, value))
        elif field.type == Sequence[float]:
            object.__setattr__(instance, name, _finite_numbers(name, value))


def _finite_numbers(name: str, values: Any) -> tuple[float, ...]:
    listed = values.tolist() if hasattr(values, 'tolist') else values
    if not isinstance(listed, Sequence) or isinstance(listed, (str, bytes)):
        raise ValueError(f'{name} must be a list of numbers, got '
                         f'{name}={values!r}')
    return tuple(finite_number(name, number) for number in listed)
