"""Arguments that one framework refuses and another misreads: checked here,
alike for all, without any framework.

A number comes back as Python's own, so that no caller's type gets into what a
framework keeps and saves. Anything else raises ValueError with its value.
"""
import math
import operator
from numbers import Real
from typing import Any

SEEDS = 2**32  # NumPy takes seeds below this
FLOAT32_MAX = 3.4028234663852886e38  # TensorFlow and JAX keep rates in float32


def check_rate(lr: Any) -> float:
    """Return a learning rate as a float.

    Args:
        lr: a finite number >= 0, of Python, of NumPy, or a framework's array
            without axes.

    Raises:
        ValueError: if it is anything else; a bool, None or text is no rate.
    """
    try:
        value = float(lr) if _is_real(lr) else math.nan
    except (TypeError, OverflowError):
        value = math.nan
    if not 0 <= value <= FLOAT32_MAX:
        raise ValueError(f'lr must be a finite number >= 0, got lr={lr!r}')
    return value


def check_integer(name: str, value: Any, stop: float = math.inf) -> int:
    """Return `value`, the argument called `name`, as an int.

    Raises:
        ValueError: if it is no integer in 0 ... stop - 1; a bool is none.
    """
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not 0 <= number < stop:
        below = '' if stop == math.inf else f' and < {stop}'
        raise ValueError(f'{name} must be an integer >= 0{below}, '
                         f'got {name}={value!r}')
    return number


def check_seed(seed: Any) -> int:
    """Return a seed, an integer in 0 ... 2**32 - 1, as an int."""
    return check_integer('seed', seed, SEEDS)


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


def _is_real(value: Any) -> bool:
    """Return whether this is a real number, or an array of one, no axes."""
    if not hasattr(value, 'shape'):
        return isinstance(value, Real) and not isinstance(value, bool)
    return len(value.shape) == 0 and any(
        kind in str(value.dtype) for kind in ('int', 'float'))
