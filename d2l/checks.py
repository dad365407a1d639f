"""What a caller passes, checked alike for all frameworks, and without any.

Numbers come back as Python's own. NumPy's scalars and the frameworks' tensors
without axes are numbers too, but what is kept of them is their value: their
types would overflow, round or be pickled where nobody expects it.
"""
import math
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

SEEDS = 2**32  # NumPy takes seeds below this
FLOAT32_MAX = 3.4028234663852886e38  # TensorFlow and JAX keep rates in float32


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


def check_rate(lr: object) -> float:
    """Return a learning rate, a finite number >= 0, as a float.

    Raises:
        ValueError: if it is anything else; a bool, None or text is no rate.
    """
    rate = float(one_number('lr', lr))
    if not 0 <= rate <= FLOAT32_MAX:
        raise ValueError(f'lr must be a finite number >= 0, got lr={lr!r}')
    return rate


def check_seed(seed: object) -> int:
    """Return a seed, a whole number from 0 to 2**32 - 1, as an int."""
    return whole_number('seed', seed, 0, SEEDS - 1)


def check_predictions(y_hat: Any, y: Any) -> None:
    """Raise ValueError unless y_hat is (batch, classes) and y is (batch,).

    Only shapes are looked at; code that is being compiled knows no more.
    """
    scores, labels = (tuple(getattr(array, 'shape', ()))
                      for array in (y_hat, y))
    if len(scores) != 2 or labels != scores[:1]:
        raise ValueError('y_hat must be (batch, classes) and y (batch,), '
                         f'got {scores} and {labels}')


def refuse_schedule(found: Any) -> None:
    """Raise ValueError if a trainer was found to have its own schedule."""
    if found:
        raise ValueError('the trainer sets its rate by a schedule of its own; '
                         'make it with a number')
