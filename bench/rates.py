"""python -m bench.rates [N]: how often tests of claims err, by simulation.

For every test that a claim may rest on: how often it decides where nothing is
to be decided (at most 5 % promised, 2.5 % in the direction that a claim
names), and how often it finds an effect of the size and with the seeds that a
study was planned for (its power). N data sets are drawn for each, from fixed
seeds, so that two calls print the same. Needs SciPy: it runs in the book's
environment.
"""
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from evidence.accuracies import beyond
from evidence.statistics import (
    difference_of_fractions,
    half_p,
    rank_correlation,
    sign_flip,
    variance_ratio,
)

ALPHA = 0.05
HALF = ALPHA / 2  # in the direction that a claim names
TRIES = 2000
Draw = Callable[[np.random.Generator], bool]


@dataclass(frozen=True)
class Case:
    """A test on data of a known kind.

    Attributes:
        name: what is tested, on which data.
        promised: the rate of decisions that theory gives; None if it gives
            none in a closed form.
        at_most: whether the rate may be lower: the promise is a bound.
        decides: draws data and returns whether the test decides.
    """
    name: str
    promised: float | None
    at_most: bool
    decides: Draw


def rate(case: Case, tries: int = TRIES, seed: int = 0) -> float:
    """Return how often a test decides."""
    random = np.random.default_rng(seed)
    return sum(case.decides(random) for _ in range(tries)) / tries


def paired_t(n: int, effect: float, margin: float = 0.0) -> Draw:
    """Claims that a mean lies above a margin; the effect is in standard
    deviations of the differences, as is the margin."""
    def decides(random: np.random.Generator) -> bool:
        values = list(random.normal(effect, 1, n))
        return beyond(values, margin, 'more_than') < ALPHA
    return decides


def t_power(n: int, effect: float, margin: float = 0.0) -> float:
    """Return the power of that test in one direction, by the noncentral t
    distribution."""
    shift = (effect - margin) * math.sqrt(n)
    return float(stats.nct.sf(stats.t.ppf(1 - HALF, n - 1), n - 1,
                              shift))


def within(n: int, mean: float, margin: float) -> Draw:
    """Claims that a mean differs by less than a margin: two such tests."""
    def decides(random: np.random.Generator) -> bool:
        values = list(random.normal(mean, 1, n))
        return max(beyond(values, margin, 'less_than'),
                   beyond(values, -margin, 'more_than')) < ALPHA
    return decides


def flips(seeds: int, first: Sequence[float],
          second: Sequence[float]) -> Draw:
    """Claims that seeds live at more peaks with the first kind of runs; the
    chances of living are given for every peak."""
    def decides(random: np.random.Generator) -> bool:
        sums = (random.random((seeds, len(first))) < first).sum(1) - (
            random.random((seeds, len(second))) < second).sum(1)
        return sums.sum() > 0 and sign_flip([*map(int, sums)]) < ALPHA
    return decides


def variances(n: int, ratio: float, rho: float) -> Draw:
    """Claims that the first of two correlated samples varies less."""
    covariance = rho * math.sqrt(ratio)

    def decides(random: np.random.Generator) -> bool:
        pairs = random.multivariate_normal(
            (0, 0), ((ratio, covariance), (covariance, 1)), n)
        return variance_ratio(*map(list, pairs.T))[0].high < 1
    return decides


def correlated(n: int, rho: float) -> Draw:
    """Claims that one thing falls with another."""
    def decides(random: np.random.Generator) -> bool:
        pairs = random.multivariate_normal((0, 0), ((1, rho), (rho, 1)), n)
        found, p = rank_correlation(*map(list, pairs.T))
        return found < 0 and p < ALPHA
    return decides


def fisher(n: int, first: float, second: float) -> Draw:
    """Claims that more of the first n runs live."""
    def decides(random: np.random.Generator) -> bool:
        a, b = (int(random.binomial(n, p)) for p in (first, second))
        return a > b and difference_of_fractions((a, n), (b, n)) < ALPHA
    return decides


def most(n: int, share: float) -> Draw:
    """Claims that more than one half are early."""
    def decides(random: np.random.Generator) -> bool:
        count = int(random.binomial(n, share))
        return 2 * count > n and half_p(count, n) < ALPHA
    return decides


def most_rate(n: int, share: float) -> float:
    """Return how often that test decides, by the binomial distribution."""
    z = stats.norm.ppf(1 - HALF)
    fewest = math.floor(n / 2 + z * math.sqrt(n) / 2) + 1
    return float(stats.binom.sf(fewest - 1, n, share))


# Fractions of the first round alive after ten epochs at peaks of 0.5, 0.6, 0.7
# and 0.8, with a ramp and without; 0.7, which was not run there, is the mean
# of its neighbours.
RAMP, NO_RAMP = (0.8, 0.4, 0.4, 0.4), (0.5, 0.3, 0.15, 0.0)


def part(share: float) -> tuple[float, ...]:
    """Return the fractions with a ramp if it did a share of what it did."""
    return tuple(b + share * (a - b) for a, b in zip(RAMP, NO_RAMP))


def cases() -> list[Case]:
    """Return all of them: for each test its error and then its power."""
    return [*of_means(), *of_survival(), *of_spread(), *of_order(),
            *of_counts()]


def of_means() -> list[Case]:
    """Return the tests of what a mean is, or is not."""
    return [
        Case('paired t, no effect, n = 20', HALF, False, paired_t(20, 0)),
        Case('paired t, at its margin, n = 10', HALF, False,
             paired_t(10, 0.5, 0.5)),
        Case('paired t, 0.7 sd, n = 20', t_power(20, 0.7), False,
             paired_t(20, 0.7)),
        Case('paired t, 0.5 sd, n = 36', t_power(36, 0.5), False,
             paired_t(36, 0.5)),
        Case('within, at its margin, n = 20', HALF, True, within(20, 1, 1)),
        Case('within, no effect, margin 1 sd, n = 20',
             2 * t_power(20, 0, -1) - 1, False, within(20, 0, 1))]


def of_survival() -> list[Case]:
    """Return the tests of whether seeds live at more peaks; the power is what
    the study of survival says of itself."""
    return [
        Case('sign-flip, no effect, 30 seeds', HALF, True,
             flips(30, NO_RAMP, NO_RAMP)),
        Case('sign-flip, the effect seen, 30 seeds', 0.99, False,
             flips(30, part(1), NO_RAMP)),
        Case('sign-flip, 3/4 of it', 0.89, False,
             flips(30, part(3 / 4), NO_RAMP)),
        Case('sign-flip, 1/2 of it', 0.56, False,
             flips(30, part(1 / 2), NO_RAMP))]


def of_spread() -> list[Case]:
    """Return the tests of whether results vary less."""
    return [
        Case('variances, equal, n = 36', HALF, False, variances(36, 1, 0.3)),
        Case('variances, 0.3 times, n = 36', None, False,
             variances(36, 0.3, 0.3))]


def of_order() -> list[Case]:
    """Return the tests of whether one thing falls with another."""
    return [
        Case('rank correlation, none, n = 36', HALF, False,
             correlated(36, 0)),
        Case('rank correlation, -0.5, n = 36', None, False,
             correlated(36, -0.5))]


def of_counts() -> list[Case]:
    """Return the tests of how many runs live, and when they die."""
    return [
        Case("Fisher's test, equal, 80 runs", HALF, True,
             fisher(80, 0.6, 0.6)),
        Case("Fisher's test, 0.73 against 0.58, 80 runs", None, False,
             fisher(80, 0.73, 0.58)),
        Case('most deaths, one half, n = 34', most_rate(34, 0.5), False,
             most(34, 0.5)),
        Case('most deaths, 0.8, n = 34', most_rate(34, 0.8), False,
             most(34, 0.8))]


def is_broken(case: Case, found: float, tries: int) -> bool:
    """Return whether a rate is off its promise by more than four standard
    errors, and what rounding the promise to percents may do."""
    if case.promised is None:
        return False
    off = found - case.promised
    error = math.sqrt(max(case.promised * (1 - case.promised), 1 / tries)
                      / tries)
    return bool((off if case.at_most else abs(off)) > 4 * error + 0.005)


def main(arguments: Sequence[str]) -> int:
    """Print the table; return 1 if a promise is broken by more than four
    standard errors."""
    tries = int(arguments[0]) if arguments else TRIES
    broken = 0
    print(f'{"rates of decisions, percent":45} promised  measured')
    for case in cases():
        found = rate(case, tries)
        wrong = is_broken(case, found, tries)
        text = '' if case.promised is None else (
            '≤ ' * case.at_most + f'{100 * case.promised:.1f}')
        print(f'{case.name:45} {text:>8}  {100 * found:8.1f}'
              + '  broken' * wrong)
        broken += wrong
    return min(broken, 1)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
