"""Fashion-MNIST as NumPy arrays, and minibatches of arrays.

The data set (Xiao et al., 2017) has 60,000 training and 10,000 test images of
28 x 28 gray values in ten classes. `d2l.fetch` says where it comes from.

D2L_TRAIN_LIMIT and D2L_TEST_LIMIT cut the sets to that many examples, the
first of every class, so that tests can run each notebook unchanged.
"""
import functools
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from d2l.checks import whole_number
from d2l.fetch import FILES, DataError, find_or_fetch

Array = npt.NDArray[np.uint8]
Split = tuple[Array, Array]  # X, y

LABELS = ('t-shirt', 'trouser', 'pullover', 'dress', 'coat',
          'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot')
# All images of this height and width take 70,000 * 256 * 256 bytes, 4.6 GB.
LARGEST = 256


def fashion_mnist(resize: int | None = None) -> tuple[Split, Split]:
    """Return (X_train, y_train), (X_test, y_test) as uint8 arrays.

    Args:
        resize: the new height and width in pixels, from 1 to 256; None keeps
            28.

    Returns:
        X: (examples, 28, 28), gray values 0 to 255; y: (examples,), classes
        0 to 9 in the order of LABELS.

    Raises:
        DataError: if no source has the files; it names every place tried.
        ValueError: if a limit is not a number of examples, resize no such
            number of pixels, or D2L_DATA no absolute path.
    """
    size = None if resize is None else whole_number('resize', resize, 1,
                                                    LARGEST)
    train, test = (_limited(split, os.environ.get(variable), variable)
                   for split, variable in zip(_arrays(), _LIMITS))
    if size:
        train, test = ((_resized(X, size), y) for X, y in (train, test))
    return train, test


def fashion_mnist_labels(indices: Iterable[Any]) -> list[str]:
    """Return the names of the classes with these indices, (n,), 0 to 9.

    Raises:
        ValueError: if there is no class of such an index.
    """
    return [LABELS[whole_number('index', i, 0, len(LABELS) - 1)]
            for i in indices]


def describe() -> dict[str, Any]:
    """Return what a recording notes of the data that `fashion_mnist` gives."""
    (_, y_train), (_, y_test) = fashion_mnist()
    return {'name': 'Fashion-MNIST', 'train': len(y_train),
            'test': len(y_test),
            'limited': any(os.environ.get(v) for v in _LIMITS),
            'sha256': hashlib.sha256(''.join(FILES.values()).encode())
                             .hexdigest()}


class Batches:
    """Minibatches of arrays that are held in memory.

    Iterating yields one tuple a minibatch, the last one smaller if need be.
    With shuffle every pass has a new order of the examples, drawn from NumPy's
    global generator: the same seed gives the same order in every framework.

    Args:
        arrays: anything that NumPy indices select from, (examples, ...) each.
        batch_size: examples in a minibatch.
        shuffle: whether to draw a new order for each pass.
        transform: applied to the arrays of a minibatch; returns the tuple to
            yield.

    Raises:
        ValueError: if batch_size is no whole number of at least 1, or the
            arrays are not all of the same length.
    """

    def __init__(self, arrays: Iterable[Any], batch_size: int,
                 shuffle: bool = False,
                 transform: Callable[..., tuple[Any, ...]] | None = None
                 ) -> None:
        self.batch_size = whole_number('batch_size', batch_size, 1)
        self.arrays, self.shuffle = tuple(arrays), shuffle
        lengths = [len(array) for array in self.arrays]
        if len({*lengths}) != 1:
            raise ValueError('arrays must be of one length, got lengths '
                             f'{lengths}')
        self.num_examples = lengths[0]
        self.transform = transform or (lambda *arrays: arrays)

    def __len__(self) -> int:
        return -(-self.num_examples // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        n = self.num_examples
        order = np.random.permutation(n) if self.shuffle else np.arange(n)
        for start in range(0, n, self.batch_size):
            chosen = order[start:start + self.batch_size]
            yield self.transform(*(array[chosen] for array in self.arrays))


_LIMITS = ('D2L_TRAIN_LIMIT', 'D2L_TEST_LIMIT')


def _limited(split: Split, limit: str | None, variable: str) -> Split:
    """Return the first examples of each class, `limit` in all, in order."""
    X, y = split
    if not limit:
        return X, y
    if not limit.isdecimal() or not 0 < int(limit) <= len(y):
        raise ValueError(f'{variable} must be a number of examples from 1 to '
                         f'{len(y)}, got {variable}={limit!r}')
    rank = np.empty(len(y), int)  # how many of its class came before it
    for label in range(len(LABELS)):
        of_class = np.flatnonzero(y == label)
        rank[of_class] = np.arange(len(of_class))
    chosen = np.sort(np.lexsort((y, rank))[:int(limit)])
    return X[chosen], y[chosen]


def _resized(X: Array, size: int) -> Array:
    from PIL import Image
    resized = np.empty((len(X), size, size), np.uint8)  # held but once
    for x, target in zip(X, resized):
        target[:] = np.asarray(Image.fromarray(x).resize((size, size)))
    return resized


@functools.lru_cache(maxsize=1)
def _arrays() -> tuple[Split, ...]:
    files = find_or_fetch()
    return tuple((_idx(files[f'{split}-images-idx3-ubyte'], 3),
                  _idx(files[f'{split}-labels-idx1-ubyte'], 1))
                 for split in ('train', 't10k'))


def _idx(payload: bytes, ndim: int) -> Array:
    """Return the uint8 array in an IDX file of `ndim` dimensions."""
    header = np.frombuffer(payload, '>i4', 1 + ndim)
    return np.frombuffer(payload, np.uint8, offset=4 + 4 * ndim).reshape(
        header[1:])


if __name__ == '__main__':
    try:
        about = describe()
    except (DataError, ValueError) as error:
        sys.exit(f'{error}')
    print(f'{about["name"]}: {about["train"]:,} training and '
          f'{about["test"]:,} test examples, verified')
