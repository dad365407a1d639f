"""Which values are numbers; test_schedules_properties has tensors."""
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from d2l.checks import finite_number, one_number, whole_number


class Length:
    """A number of somebody's own."""

    def __float__(self):
        return 2.5


@pytest.mark.parametrize(('value', 'expected', 'kind'), [
    (3, 3, int), (-2.5, -2.5, float), (math.inf, math.inf, float),
    (Fraction(1, 2), 0.5, float), (Decimal('0.25'), 0.25, float),
    (Length(), 2.5, float), (np.int8(127), 127, float),
    (np.float32(0.5), 0.5, float), (np.array(7), 7, float)])
def test_numbers(value, expected, kind):
    found = one_number('n', value)
    assert found == expected and type(found) is kind


@pytest.mark.parametrize('value', [
    '3', b'3', True, np.True_, None, math.nan, np.float32('nan'), 1j,
    np.complex64(1), np.str_('3'), np.timedelta64(3), np.datetime64('2026'),
    np.array([3]), np.array([3, 4]), [3], {3}, 10**400, float, object()],
    ids=repr)
def test_no_numbers(value):
    with pytest.raises(ValueError) as raised:
        one_number('n', value)
    assert str(raised.value) == f'n must be a number, got n={value!r}'


def test_infinite():
    with pytest.raises(ValueError, match='finite, got n=-inf'):
        finite_number('n', -math.inf)


@pytest.mark.parametrize('value', [0, 11, 2.5, math.inf, True, '3', math.nan])
def test_no_whole_numbers_from_1_to_10(value):
    with pytest.raises(ValueError) as raised:
        whole_number('n', value, 1, 10)
    assert f'got n={value!r}' in str(raised.value)


@pytest.mark.parametrize('value', [1, 10, 3.0, np.int64(7)])
def test_whole_numbers_from_1_to_10(value):
    found = whole_number('n', value, 1, 10)
    assert found == value and type(found) is int
    assert whole_number('n', 10**9, 1) == 10**9
