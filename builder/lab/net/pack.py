"""The lab's images: a part of a data set, made small.

Of every class, the first 600 training images and the first 100 test images,
in the order of the data set. Their 256 gray values become 16, the nearest
ones: 0 is black, 15 white. A pixel is kept as its difference, modulo 16, from
what its neighbours let one expect: the median of left, above, and left +
above - corner, as in lossless JPEG. Two pixels, one above the other, share a
byte, the upper one in its upper half. All images' bytes, (7000, 14, 28), then
all labels, (7000,), are compressed as a gzip file.
"""
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.uint8]
Split = tuple[Array, Array]  # X: (examples, 28, 28), y: (examples,)
CLASSES, TRAIN, TEST = 10, 6000, 1000


def updates_per_epoch(batch_size: int) -> int:
    """Return how many minibatches the training images make; the last one may
    be smaller."""
    return -(-TRAIN // batch_size)


def pack(source: Callable[[], tuple[Split, Split]]) -> bytes:
    """Return the packed images of what `source` returns: training and test
    examples, with gray values 0 to 255 and labels 0 to 9.

    Raises:
        ValueError: if it has too few of a class.
    """
    parts = [_first_of_each(split, count)
             for split, count in zip(source(), (TRAIN, TEST), strict=True)]
    X, y = (np.concatenate(both) for both in zip(*parts))
    gray = ((X.astype(np.int16) * 15 + 127) // 255).astype(np.uint8)
    return _gzip(_pairs(_differences(gray)).tobytes() + y.tobytes())


def _first_of_each(split: Split, count: int) -> Split:
    """Return the first examples of each class, `count` in all."""
    X, y = split
    each = count // CLASSES
    chosen: list[int] = []
    for label in range(CLASSES):
        found = np.flatnonzero(y == label)[:each]
        if len(found) < each:
            raise ValueError(f'the lab needs {each} images of class {label}, '
                             f'there are {len(found)} among {len(y)}')
        chosen += found.tolist()
    chosen.sort()
    return X[chosen], y[chosen].astype(np.uint8)


def _differences(gray: Array) -> Array:
    """Return each pixel minus what is expected of it, modulo 16."""
    framed = np.pad(gray.astype(np.int8), ((0, 0), (1, 0), (1, 0)))
    left, above = framed[:, 1:, :-1], framed[:, :-1, 1:]
    plane = left + above - framed[:, :-1, :-1]
    expected = np.clip(plane, np.minimum(left, above),
                       np.maximum(left, above))
    found: Array = ((gray - expected) % 16).astype(np.uint8)
    return found


def _pairs(pixels: Array) -> Array:
    upper, lower = pixels[:, ::2], pixels[:, 1::2]
    return (16 * upper + lower).astype(np.uint8)


def _gzip(content: bytes) -> bytes:
    """Compress, with the strategy that suits differences best; the two levels
    above 7 take four times as long for less than a hundredth."""
    stream = zlib.compressobj(7, zlib.DEFLATED, 31, 9, zlib.Z_FILTERED)
    return stream.compress(content) + stream.flush()
