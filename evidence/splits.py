"""Which images a run trains on, and which it is evaluated on.

test         all training images, evaluated on the test images.
validation   nine of ten training images, evaluated on the tenth: the last of
             every class, in the order of the files, so that each class keeps
             its share. No test image takes part.

Both are read by the chapter's own function, so that a framework's batches are
made as the chapter makes them.
"""
import functools
import hashlib
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from d2l.data import describe, fashion_mnist
from evidence import EvidenceError
from evidence.record import Split

Images = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # X, y
Indices = NDArray[np.int64]
SHARE = 10  # one of so many training images validates


def held_out(labels: NDArray[np.uint8], share: int = SHARE) -> Indices:
    """Return the indices of the last of every `share` examples of each class,
    counted from the end of the files, in order."""
    chosen = [of_class[len(of_class) - len(of_class) // share:]
              for of_class in _classes(labels)]
    return np.sort(np.concatenate(chosen))


def first_of_each(labels: NDArray[np.uint8], n: int) -> Indices:
    """Return the indices of the first n examples of each class, in order."""
    return np.sort(np.concatenate(
        [of_class[:n] for of_class in _classes(labels)]))


def _classes(labels: NDArray[np.uint8]) -> list[Indices]:
    return [np.flatnonzero(labels == label) for label in np.unique(labels)]


def arrays(split: Split) -> tuple[Images, Images]:
    """Return the images and labels to train on, and those to evaluate on."""
    (X, y), test = fashion_mnist()
    if split == 'test':
        return (X, y), test
    out = held_out(y)
    kept = np.setdiff1d(np.arange(len(y)), out)
    return (X[kept], y[kept]), (X[out], y[out])


def about(split: Split) -> dict[str, Any]:
    """Return what a record notes of the data of a split."""
    data: dict[str, Any] = describe()
    if split == 'test':
        return data
    out = held_out(fashion_mnist()[0][1])
    del data['test']
    return {**data, 'train': data['train'] - len(out),
            'validation': len(out), 'indices': indices_checksum(out)}


def indices_checksum(indices: Indices) -> str:
    """Return the SHA-256 of indices as little-endian 64-bit integers."""
    return hashlib.sha256(indices.astype('<i8').tobytes()).hexdigest()


def iterators(d2l: ModuleType, batch_size: int, split: Split) -> Any:
    """Return train_iter and test_iter of a split, as the module `d2l` makes
    them.

    Raises:
        EvidenceError: if that module does not ask for its images by the name
            fashion_mnist.
    """
    asked = mock.Mock(side_effect=functools.partial(_substitute, split))
    with mock.patch.object(d2l, 'fashion_mnist', asked):
        made = d2l.load_data_fashion_mnist(batch_size)
    if asked.call_count != 1:
        raise EvidenceError(f'{d2l.__name__}.load_data_fashion_mnist takes '
                            'its images from elsewhere than fashion_mnist')
    return made


def _substitute(split: Split, resize: int | None = None
                ) -> tuple[Images, Images]:
    if resize is not None:
        raise EvidenceError(f'images of a split keep their size, got {resize}')
    return arrays(split)
