"""Means, fractions and tests; the computing is SciPy's.

Intervals are of 95 %, tests two-sided unless they say otherwise.
"""
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from evidence import Unproven


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
    half = float(stats.t.ppf(0.975, n - 1) * stats.sem(values))
    return Interval(mean, mean - half, mean + half, n)


def fraction_interval(count: int, n: int) -> Interval:
    """Return a fraction with Wilson's 95 % score interval."""
    found = stats.binomtest(count, n).proportion_ci(0.95, 'wilson')
    return Interval(count / n, float(found.low), float(found.high), n)


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
    share = sum((a > b) + (a == b) / 2 for a, b in pairs) / n
    z = float(stats.norm.ppf(0.975))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(
        share * (1 - share) / n + (z / (2 * n)) ** 2)
    return Interval(share, min(share, max(0.0, middle - half)),
                    max(share, min(1.0, middle + half)), n)


def difference_of_fractions(first: tuple[int, int],
                            second: tuple[int, int]) -> float:
    """Return the p-value of Fisher's exact test on (count, n) and (count,
    n)."""
    table = [[count, n - count] for count, n in (first, second)]
    return float(stats.fisher_exact(table).pvalue)


def mean_p(values: Sequence[float], margin: float = 0.0) -> float:
    """Return the p-value of Student's test that the mean is `margin`; below
    0.05 where the margin lies outside of mean_interval. Values that are all
    the same, or rounded from such, leave no doubt."""
    if max(values) - min(values) < 1e-9:
        return float(abs(values[0] - margin) < 1e-9)
    return float(stats.ttest_1samp(values, margin).pvalue)


def half_p(count: int, n: int) -> float:
    """Return the p-value of the score test that a fraction is one half;
    below 0.05 where a half lies outside of fraction_interval."""
    z = (count - n / 2) / math.sqrt(n / 4)
    return 2 * float(stats.norm.sf(abs(z)))


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
    t = float(stats.t.ppf(0.975, n - 2))
    k = 1 + 2 * (1 - r * r) * t * t / (n - 2)
    reach = math.sqrt(k * k - 1)
    sums, differences = np.add(first, second), np.subtract(first, second)
    p = float(stats.pearsonr(sums, differences).pvalue)
    return Interval(ratio, ratio * (k - reach), ratio * (k + reach), n), p


def rank_correlation(x: Sequence[float], y: Sequence[float]
                     ) -> tuple[float, float]:
    """Return Spearman's rank correlation and the p-value of Student's
    approximation to its test."""
    found = stats.spearmanr(x, y)
    return float(found.statistic), float(found.pvalue)


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
