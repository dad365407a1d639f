"""Statistics against closed forms and simulation."""
import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from evidence import EvidenceError
from evidence.statistics import (
    difference_of_fractions,
    fraction_interval,
    half_p,
    holm,
    improvement,
    mean_interval,
    mean_p,
    rank_correlation,
    sign_flip,
    variance_ratio,
)


def test_student_interval():
    """Tables give 2.776 for four degrees of freedom."""
    found = mean_interval([1, 2, 3, 4, 5])
    half = 2.776445 * math.sqrt(2.5 / 5)
    assert found.value == 3 and found.n == 5
    assert found.low == pytest.approx(3 - half, abs=1e-5)
    assert found.high == pytest.approx(3 + half, abs=1e-5)
    with pytest.raises(EvidenceError, match='needs three runs, got 2'):
        mean_interval([1, 2])


@pytest.mark.slow
@pytest.mark.parametrize('n', [3, 10])
def test_its_coverage_by_simulation(n):
    """The standard error of 4,000 tries at 95 % is 0.35 %."""
    random = np.random.default_rng(0)
    tries = [mean_interval(list(random.normal(1, 2, n))) for _ in range(4000)]
    covered = np.mean([t.low < 1 < t.high for t in tries])
    assert abs(covered - 0.95) < 4 * 0.0035


def test_wilson_interval():
    """The roots of (p - x)^2 = z^2 x (1 - x) / n."""
    z = 1.959964
    for count, n in ((0, 10), (7, 10), (10, 10)):
        found, p = fraction_interval(count, n), count / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(
            p * (1 - p) / n + z * z / (4 * n * n))
        assert found.value == p and found.n == n
        assert found.low == pytest.approx(middle - half, abs=1e-6)
        assert found.high == pytest.approx(middle + half, abs=1e-6)


@pytest.mark.parametrize(('pairs', 'share'), [
    ([(2, 1)] * 9 + [(1, 2)], 0.9), ([(1, 1)] * 4, 0.5),
    ([(2, 1), (1, 1), (0, 1)], 0.5), ([(3, 1)] * 10, 1), ([(1, 3)] * 5, 0)])
def test_the_probability_of_improvement(pairs, share):
    """The share of pairs, equal ones half; the interval ends where a share
    differs from it by 1.96 standard errors of its own."""
    found, n = improvement(pairs), len(pairs)
    assert found.value == pytest.approx(share) and found.n == n
    for end in (found.low, found.high):
        assert 0 <= end <= 1
        if 1e-6 < end < 1 - 1e-6:
            assert abs(end - share) == pytest.approx(
                1.959964 * math.sqrt(end * (1 - end) / n), rel=1e-5)
    assert found.low <= share <= found.high
    other = improvement([(b, a) for a, b in pairs])
    assert other.value == pytest.approx(1 - share)
    assert other.low == pytest.approx(1 - found.high)


def test_it_is_wilsons_interval_without_equal_pairs():
    for count in range(21):
        pairs = [(1, 0)] * count + [(0, 1)] * (20 - count)
        known = stats.binomtest(count, 20).proportion_ci(0.95, 'wilson')
        for found in (improvement(pairs), fraction_interval(count, 20)):
            assert (found.value, found.low, found.high) == pytest.approx(
                (count / 20, known.low, known.high), abs=1e-12)


@pytest.mark.slow
def test_the_coverage_of_an_improvement_by_simulation():
    """Of 2,000 tries with 20 pairs; Wilson's interval covers 95 % on average
    over all probabilities."""
    random = np.random.default_rng(3)
    covered = []
    for _ in range(2000):
        shift = random.normal()
        chance = (1 + math.erf(shift / 2)) / 2
        a, b = random.normal(size=(2, 20))
        found = improvement([*zip(a + shift, b)])
        covered.append(found.low <= chance <= found.high)
    assert abs(np.mean(covered) - 0.95) < 4 * 0.0049


def test_fisher_by_counting_tables():
    """10 of 10 against 4 of 10: all tables with these sums, by chance."""
    def chance(k):
        return math.comb(10, k) * math.comb(10, 14 - k) / math.comb(20, 14)

    expected = sum(chance(k) for k in range(4, 11)
                   if chance(k) <= chance(10) * (1 + 1e-9))
    assert difference_of_fractions((10, 10), (4, 10)) == pytest.approx(
        expected, rel=1e-9)


def test_fisher_as_scipy_has_it():
    for n, m in ((1, 3), (5, 5), (20, 7)):
        for a, b in itertools.product(range(n + 1), range(m + 1)):
            assert difference_of_fractions((a, n), (b, m)) == pytest.approx(
                stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue)


def test_student_as_scipy_has_it():
    random = np.random.default_rng(4)
    for n in (3, 5, 40):
        x, y = random.normal(0.3, size=(2, n))
        found, known = mean_interval(x), stats.ttest_1samp(x, 0.1)
        ends = known.confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx([*ends])
        assert mean_p(x, 0.1) == pytest.approx(known.pvalue)
        assert variance_ratio(x, y)[1] == pytest.approx(
            stats.pearsonr(x + y, x - y).pvalue)


@pytest.mark.parametrize('most', [3, 1000])
def test_ranks_as_scipy_has_them(most):
    """Of numbers with many ties, and with few."""
    for seed in range(10):
        x, y = np.random.default_rng(seed).integers(most, size=(2, 25))
        known = stats.spearmanr(x, y)
        assert rank_correlation(x, y) == pytest.approx(
            (known.statistic, known.pvalue))
    assert rank_correlation([1, 2, 5], [3, 4, 9]) == (pytest.approx(1), 0)


def test_a_build_does_not_import_all_of_it():
    """It would take longer than to judge the claims."""
    subprocess.run([sys.executable, '-c', 'import sys\n'
                    'import evidence.statistics\n'
                    'sys.exit("scipy.stats" in sys.modules)'], check=True)


def test_an_interval_and_its_test_agree():
    """A margin just inside is no rejection at 5 %, one just outside is."""
    values = [1.0, 1.4, 0.7, 1.1, 2.0]
    found = mean_interval(values)
    for edge, inside in ((found.low, 1), (found.high, -1)):
        assert mean_p(values, edge + inside * 1e-6) > 0.05
        assert mean_p(values, edge - inside * 1e-6) < 0.05


@pytest.mark.parametrize('n', [5, 8, 20, 36])
def test_wilsons_interval_and_the_score_test_agree(n):
    for count in range(n + 1):
        found = fraction_interval(count, n)
        outside = not found.low <= 0.5 <= found.high
        assert (half_p(count, n) < 0.05) is outside


@pytest.mark.parametrize('sums', [
    [1, 2, 3, 4], [2, -1, 0, 3, 3, 1, -1, 2], [0, 0, 0], [1] * 10,
    [-3, -3, 1, 0, 2, -4, -1, -2, 0, -1, 1]])
def test_sign_flip_by_trying_all_signs(sums):
    tries = [abs(sum(a * b for a, b in zip(signs, sums)))
             for signs in itertools.product((-1, 1), repeat=len(sums))]
    far = sum(total >= abs(sum(sums)) for total in tries)
    assert sign_flip(sums) == far / len(tries)


def test_sign_flip_of_many_seeds():
    """All thirty of one sign: two of 2 ** 30 ways are as far out."""
    assert sign_flip([2] * 30) == 2 / 2**30


def test_a_ratio_of_variances_of_pairs():
    """The ratio of the sums of squares; and its test is at 5 % where one is
    at the edge of its interval, which scales with the first sample."""
    random = np.random.default_rng(1)
    common = random.normal(size=20)
    x = common + random.normal(size=20)
    y = common + 2 * random.normal(size=20)
    found, p = variance_ratio(x, y)
    assert found.value == pytest.approx(
        sum((x - x.mean())**2) / sum((y - y.mean())**2))
    assert found.low < found.value < found.high and found.n == 20
    assert (p < 0.05) is not found.low < 1 < found.high
    for edge in (found.low, found.high):
        assert variance_ratio(x / math.sqrt(edge), y)[1] == pytest.approx(
            0.05, abs=1e-9)
    with pytest.raises(EvidenceError, match='needs three pairs, got 2'):
        variance_ratio([1, 2], [1, 3])


@pytest.mark.slow
def test_its_coverage_for_pairs_by_simulation():
    """Of 2,000 tries at 95 % the standard error is 0.49 %."""
    random = np.random.default_rng(2)
    covered = []
    for _ in range(2000):
        x, y, common = random.normal(size=(3, 12))
        found, _ = variance_ratio(common + x, 2 * common + y)
        covered.append(found.low < 2 / 5 < found.high)
    assert abs(np.mean(covered) - 0.95) < 4 * 0.0049


def test_a_correlation_of_ranks():
    """1 - 6 sum d^2 / (n (n^2 - 1)); Student's t of n - 2 degrees."""
    x, y = [1, 2, 3, 4, 5, 6], [6, 40, 3, 5, 1, 2]
    ranks = [5, 6, 3, 4, 1, 2]
    squares = sum((a - b)**2 for a, b in zip(range(1, 7), ranks))
    rho = 1 - 6 * squares / (6 * 35)
    found, p = rank_correlation(x, y)
    assert found == pytest.approx(rho)
    t = abs(rho) * math.sqrt(4 / (1 - rho**2))
    tail = 1 / 2 - t * (6 + t * t) / (2 * (4 + t * t)**1.5)
    assert p == pytest.approx(2 * tail)


def test_holms_correction():
    """By hand: 0.01 * 4, 0.02 * 3, 0.04 * 2, and no smaller than before."""
    assert holm([0.04, 0.01, 0.05, 0.02]) == pytest.approx(
        [0.08, 0.04, 0.08, 0.06])
    assert holm([0.9, 0.8]) == [1, 1] and holm([]) == []
