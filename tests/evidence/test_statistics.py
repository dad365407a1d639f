"""Statistics against closed forms and simulation."""
import math

import numpy as np
import pytest

from evidence import EvidenceError
from evidence.statistics import (
    difference_of_fractions,
    fraction_interval,
    mean_interval,
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


def test_fisher_by_counting_tables():
    """10 of 10 against 4 of 10: all tables with these sums, by chance."""
    def chance(k):
        return math.comb(10, k) * math.comb(10, 14 - k) / math.comb(20, 14)

    expected = sum(chance(k) for k in range(4, 11)
                   if chance(k) <= chance(10) * (1 + 1e-9))
    assert difference_of_fractions((10, 10), (4, 10)) == pytest.approx(
        expected, rel=1e-9)
