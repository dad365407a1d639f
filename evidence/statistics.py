"""Means, fractions and tests; the computing is SciPy's.

Intervals are of 95 %, tests two-sided unless they say otherwise.
"""
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from evidence import EvidenceError


@dataclass(frozen=True)
class Interval:
    """A mean or a fraction with its 95 % interval, and n, of how many."""
    value: float
    low: float
    high: float
    n: int


def mean_interval(values: Sequence[float]) -> Interval:
    """Return the mean of a normal sample with Student's 95 % interval.

    Raises:
        EvidenceError: if there are fewer than three values.
    """
    n = len(values)
    if n < 3:
        raise EvidenceError(f'an interval needs three runs, got {n}')
    mean = sum(values) / n
    half = float(stats.t.ppf(0.975, n - 1) * stats.sem(values))
    return Interval(mean, mean - half, mean + half, n)


def fraction_interval(count: int, n: int) -> Interval:
    """Return a fraction with Wilson's 95 % score interval."""
    found = stats.binomtest(count, n).proportion_ci(0.95, 'wilson')
    return Interval(count / n, float(found.low), float(found.high), n)


def difference_of_fractions(first: tuple[int, int],
                            second: tuple[int, int]) -> float:
    """Return the p-value of Fisher's exact test on (count, n) and (count,
    n)."""
    table = [[count, n - count] for count, n in (first, second)]
    return float(stats.fisher_exact(table).pvalue)
