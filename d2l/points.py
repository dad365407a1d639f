"""What a plot is given, as curves of numbers."""
from collections.abc import Sequence
from typing import Any

import numpy as np

Points = Any  # (n,): a list, or an array of NumPy or a framework
Curve = tuple[list[float], list[float]]  # abscissas and ordinates


def curves(X: Points | Sequence[Points],
           Y: Points | Sequence[Points] | None) -> list[Curve]:
    """Return the curves of what `plot` takes as X and Y.

    Raises:
        ValueError: if X or Y is empty, or they do not fit together.
    """
    if Y is None:
        X, Y = [range(len(y)) for y in _several(X)], X
    X, Y = _several(X), _several(Y)
    X = X * len(Y) if len(X) == 1 else X
    if len(X) != len(Y) or any(len(x) != len(y) for x, y in zip(X, Y)):
        raise ValueError('X and Y must have as many curves and points, got '
                         f'{[len(x) for x in X]} and {[len(y) for y in Y]}')
    return [(numbers(x), numbers(y)) for x, y in zip(X, Y)]


def numbers(values: Points) -> list[float]:
    """Return numbers, or tensors of one, as floats."""
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        raise ValueError(f'expected numbers, got {values!r}') from None


def _several(values: Points | Sequence[Points]) -> list[Points]:
    """Return a list of curves, whether given one or several."""
    try:
        several = np.ndim(values[0]) > 0
    except (TypeError, LookupError):
        raise ValueError('expected the points of a curve, or a list of '
                         f'curves, got {values!r}') from None
    return list(values) if several else [values]
