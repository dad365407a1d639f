"""Numbers as text: in full, and short, as a sentence shows them."""
from collections.abc import Callable

from evidence.statistics import Interval, fraction_interval


def signed(number: float, decimals: int = 2) -> str:
    """Return a number with its sign, a true minus."""
    return f'{number:+.{decimals}f}'.replace('-', '−')


def fraction(count: int, n: int, what: str) -> str:
    """Return a fraction and its interval as text."""
    found = fraction_interval(count, n)
    return (f'{count} of {n} {what} (95 % interval {100 * found.low:.0f} to '
            f'{100 * found.high:.0f} %)')


def short_p(p: float) -> str:
    """Return a p-value as a sentence shows it."""
    if p < 0.001:
        return 'p < .001'
    digits = f'{p:.2f}' if p >= 0.0995 else f'{p:.1g}'
    return f'p = {digits.removeprefix("0")}'


def short_mean(found: Interval,
               decided: Callable[[float, float], bool]) -> str:
    """Return a mean and how far its interval reaches, with as few decimals
    as still decide what the interval decides.

    Args:
        found: a symmetric interval.
        decided: whether all between two numbers is as a claim asserts.
    """
    asserted = decided(found.low, found.high)
    for decimals in (1, 2, 3):
        value = round(found.value, decimals)
        half = round(found.high - found.value, decimals)
        if half and asserted is decided(round(value - half, decimals),
                                        round(value + half, decimals)):
            break
    return f'{signed(value, decimals)} ± {half:.{decimals}f}'
