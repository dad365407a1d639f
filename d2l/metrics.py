"""Counting what a training loop sees."""
import time
from typing import SupportsFloat

from d2l.checks import whole_number


class Accumulator:
    """Sums over `n` quantities.

    Raises:
        ValueError: if n is no integer >= 0.

    >>> metric = Accumulator(2)
    >>> metric.add(3.0, 1)
    >>> metric.add(1.5, 1)
    >>> metric[0] / metric[1]
    2.25
    """

    def __init__(self, n: int) -> None:
        self.data = [0.0] * whole_number('n', n, 0)

    def add(self, *args: SupportsFloat) -> None:
        """Add one number (or array of one element) to each sum."""
        if len(args) != len(self.data):
            raise ValueError(f'expected {len(self.data)} numbers, '
                             f'got {len(args)}')
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def reset(self) -> None:
        """Set all sums to 0."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i: int) -> float:
        return self.data[i]


def fraction_correct(correct: float, examples: float) -> float:
    """Return correct / examples.

    Raises:
        ValueError: if there were no examples.
    """
    if not examples:
        raise ValueError('data_iter yields no examples; if it is a generator, '
                         'it can be used once only')
    return correct / examples


class Timer:
    """Wall-clock times, in seconds; it runs from its creation."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        """Start the watch anew."""
        self._begin = time.perf_counter()

    def stop(self) -> float:
        """Record the seconds since start and return them."""
        self.times.append(time.perf_counter() - self._begin)
        return self.times[-1]

    def sum(self) -> float:
        """Return the sum of the recorded seconds."""
        return sum(self.times)

    def avg(self) -> float:
        """Return the mean of the recorded seconds.

        Raises:
            ValueError: if there are none, since `stop` was never called.
        """
        if not self.times:
            raise ValueError('no times are recorded: call stop() first')
        return self.sum() / len(self.times)
