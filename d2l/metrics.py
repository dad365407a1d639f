"""Counting what a training loop sees."""
import time


class Accumulator:
    """Sums over `n` quantities.

    >>> metric = Accumulator(2)
    >>> metric.add(3.0, 1)
    >>> metric.add(1.5, 1)
    >>> metric[0] / metric[1]
    2.25
    """

    def __init__(self, n):
        self.data = [0.0] * n

    def add(self, *args):
        """Add one number (or array of one element) to each sum."""
        if len(args) != len(self.data):
            raise ValueError(f'expected {len(self.data)} numbers, '
                             f'got {len(args)}')
        self.data = [a + float(b) for a, b in zip(self.data, args)]

    def reset(self):
        """Set all sums to 0."""
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i):
        return self.data[i]


class Timer:
    """Wall-clock times, in seconds; it runs from its creation."""

    def __init__(self):
        self.times = []
        self.start()

    def start(self):
        """Start the watch anew."""
        self._begin = time.perf_counter()

    def stop(self):
        """Record the seconds since start and return them."""
        self.times.append(time.perf_counter() - self._begin)
        return self.times[-1]

    def sum(self):
        """Return the sum of the recorded seconds."""
        return sum(self.times)

    def avg(self):
        """Return the mean of the recorded seconds."""
        return sum(self.times) / len(self.times)
