"""Means, fractions and tests; the distributions are SciPy's.

Intervals are of 95 %, tests two-sided unless they say otherwise. The formulas
stand here, though scipy.stats has them too: every build judges claims, and to
import that much for them would cost it more than the judging.
"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from evidence import Unproven

Vector = npt.NDArray[np.float64]


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
        Unproven: if there are fewer than three values.
    """
    n = len(values)
    if n < 3:
        raise Unproven(f'an interval needs three runs, got {n}')
    mean = sum(values) / n
    half = float(special.stdtrit(n - 1, 0.975)) * _standard_error(values)
    return Interval(mean, mean - half, mean + half, n)


def fraction_interval(count: int, n: int) -> Interval:
    """Return a fraction with Wilson's 95 % score interval."""
    return _wilson(count / n, n)


def _wilson(share: float, n: int) -> Interval:
    z = float(special.ndtri(0.975))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(
        share * (1 - share) / n + (z / (2 * n)) ** 2)
    return Interval(share, min(share, max(0.0, middle - half)),
                    max(share, min(1.0, middle + half)), n)


def _standard_error(values: Sequence[float]) -> float:
    """Return that of the mean."""
    return float(np.std(values, ddof=1)) / math.sqrt(len(values))


def _student_p(t: float, freedom: int) -> float:
    """Return the p-value of Student's test with so many degrees of
    freedom."""
    return 2 * float(special.stdtr(freedom, -abs(t)))


def improvement(pairs: Sequence[tuple[float, float]]) -> Interval:
    """Return the probability of improvement: how likely the first is above
    the second with a new seed, equal ones counted half, and Wilson's 95 %
    score interval.

    Args:
        pairs: results of two methods with the same seed, one pair at least.

    Source: Bouthillier et al. (2021), Accounting for Variance in Machine
    Learning Benchmarks; Agarwal et al. (2021), whose probability of
    improvement counts equal results half, too.
    """
    n = len(pairs)
    return _wilson(sum((a > b) + (a == b) / 2 for a, b in pairs) / n, n)


def difference_of_fractions(first: tuple[int, int],
                            second: tuple[int, int]) -> float:
    """Return the p-value of Fisher's exact test on (count, n) and (count,
    n): of all tables with these sums, those that are no more likely."""
    (count, n), (other, m) = first, second
    both = count + other
    ways = {k: math.comb(n, k) * math.comb(m, both - k)
            for k in range(max(0, both - m), min(n, both) + 1)}
    return sum(way for way in ways.values()
               if way <= ways[count]) / math.comb(n + m, both)


def mean_p(values: Sequence[float], margin: float = 0.0) -> float:
    """Return the p-value of Student's test that the mean is `margin`; below
    0.05 where the margin lies outside of mean_interval. Values that are all
    the same, or rounded from such, leave no doubt."""
    if max(values) - min(values) < 1e-9:
        return float(abs(values[0] - margin) < 1e-9)
    n = len(values)
    return _student_p((sum(values) / n - margin) / _standard_error(values),
                      n - 1)


def half_p(count: int, n: int) -> float:
    """Return the p-value of the score test that a fraction is one half;
    below 0.05 where a half lies outside of fraction_interval."""
    z = (count - n / 2) / math.sqrt(n / 4)
    return 2 * float(special.ndtr(-abs(z)))


def sign_flip(sums: Sequence[int]) -> float:
    """Return the p-value of the exact sign-flip test: of all ways to give
    these whole numbers signs, in how many their sum is as far from zero."""
    chances = {0: 1}
    for size in map(abs, sums):
        flipped: dict[int, int] = {}
        for total, count in chances.items():
            for sign in (-1, 1):
                key = total + sign * size
                flipped[key] = flipped.get(key, 0) + count
        chances = flipped
    far = sum(count for total, count in chances.items()
              if abs(total) >= abs(sum(sums)))
    return float(far / 2 ** len(sums))


def variance_ratio(first: Sequence[float], second: Sequence[float]
                   ) -> tuple[Interval, float]:
    """Return the ratio of the variances of paired normal samples with its
    95 % interval, and the p-value of the test that it is one.

    The variances are equal exactly if sums and differences of the pairs are
    uncorrelated.

    Raises:
        Unproven: if there are fewer than three pairs.

    Source: Pitman (1939) and Morgan (1939), Biometrika 31.
    """
    n = len(first)
    if n < 3:
        raise Unproven(f'a ratio of variances needs three pairs, got {n}')
    ratio = float(np.var(first) / np.var(second))
    r = float(np.corrcoef(first, second)[0, 1])
    t = float(special.stdtrit(n - 2, 0.975))
    k = 1 + 2 * (1 - r * r) * t * t / (n - 2)
    reach = math.sqrt(k * k - 1)
    sums, differences = np.add(first, second), np.subtract(first, second)
    p = _correlation(sums, differences)[1]
    return Interval(ratio, ratio * (k - reach), ratio * (k + reach), n), p


def _correlation(x: Vector, y: Vector) -> tuple[float, float]:
    """Return Pearson's correlation and the p-value of Student's test."""
    r, freedom = float(np.corrcoef(x, y)[0, 1]), np.size(x) - 2
    if abs(r) >= 1:
        return r, 0.0
    return r, _student_p(r * math.sqrt(freedom / (1 - r * r)), freedom)


def rank_correlation(x: Sequence[float], y: Sequence[float]
                     ) -> tuple[float, float]:
    """Return Spearman's rank correlation and the p-value of Student's
    approximation to its test."""
    return _correlation(_ranks(x), _ranks(y))


def _ranks(values: Sequence[float]) -> Vector:
    """Return the rank of each value, from 1 on; equal ones share theirs."""
    every = np.asarray(values)
    smaller, equal = (np.sum(found, axis=1) for found in (
        every[:, None] > every, every[:, None] == every))
    ranks: Vector = smaller + (equal + 1) / 2
    return ranks


def holm(values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number: the family's chance of any
    false rejection at 5 % is at most that.

    Source: Holm (1979), Scandinavian Journal of Statistics 6.
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    adjusted, largest = [0.0] * len(values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[i]))
        adjusted[i] = largest
    return adjusted
