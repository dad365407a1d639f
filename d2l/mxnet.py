"""The chapter's helpers for MXNet: `from d2l import mxnet as d2l`.

Import this before MXNet itself. MXNet 1.9.1, its last release, uses six names
that NumPy 1.24 removed. Here they stand again for the types of Python that
they always were, so that MXNet imports with NumPy 1.23 to 1.26.
"""
import random
from collections.abc import Iterable
from typing import SupportsFloat, TypeAlias

import numpy
import numpy.typing

vars(numpy).update({kind.__name__: kind for kind in (
    bool, complex, float, int, object, str)})

import mxnet

from d2l import common
from d2l.checks import (
    check_predictions,
    check_rate,
    check_seed,
    refuse_schedule,
    whole_number,
)
from d2l.common import *
from d2l.metrics import fraction_correct

__all__ = [*common.__all__, 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']

Array: TypeAlias = mxnet.np.ndarray
Device: TypeAlias = mxnet.context.Context
Network: TypeAlias = mxnet.gluon.Block
Trainer: TypeAlias = mxnet.gluon.Trainer
_Bytes: TypeAlias = numpy.typing.NDArray[numpy.uint8]


def cpu() -> Device:
    """Return the CPU."""
    return mxnet.cpu()


def gpu(i: int = 0) -> Device:
    """Return GPU number i, whether it is there or not.

    Raises:
        ValueError: if i is no integer >= 0; try_gpu does the same.
    """
    return mxnet.gpu(whole_number('i', i, 0))


def num_gpus() -> int:
    """Return the number of GPUs that MXNet can use."""
    return int(mxnet.context.num_gpus())


def try_gpu(i: int = 0) -> Device:
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if whole_number('i', i, 0) < num_gpus() else cpu()


def try_all_gpus() -> list[Device]:
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n: int) -> Array:
    """Return the array 0, 1, ..., n - 1."""
    return mxnet.np.arange(n)


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and MXNet.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. MXNet promises no such thing on a GPU.

    Raises:
        ValueError: if seed is no integer in 0 ... 2**32 - 1.
    """
    seed = check_seed(seed)
    random.seed(seed)
    numpy.random.seed(seed)
    mxnet.random.seed(seed)


def load_data_fashion_mnist(batch_size: int, resize: int | None = None
                            ) -> tuple[Batches, Batches]:
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 1, 28, 28) float32 in [0, 1], or
    (batch, 1, resize, resize), and y: (batch,) int32 in 0 ... 9.
    """
    def to_float(X: _Bytes, y: _Bytes) -> tuple[Array, Array]:
        scaled = X[:, None].astype(numpy.float32) / 255
        return mxnet.np.array(scaled), mxnet.np.array(y, dtype='int32')

    train, test = fashion_mnist(resize)
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat: Array, y: Array) -> float:
    """Return how many rows of y_hat are largest at y.

    Args:
        y_hat: scores, (batch, classes).
        y: classes, (batch,), integers.

    Raises:
        ValueError: if these are not the shapes.
    """
    check_predictions(y_hat, y)
    return float((y_hat.argmax(axis=1).astype(y.dtype) == y).sum())


def evaluate_accuracy_gpu(net: Network,
                          data_iter: Iterable[tuple[Array, Array]],
                          device: Device | None = None) -> float:
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a gluon block.
        data_iter: yields X, (batch, ...), and y, (batch,).
        device: where to compute; without, where net's parameters are.

    Raises:
        ValueError: if data_iter yields nothing.
    """
    if device is None:
        device = next(iter(net.collect_params().values())).list_ctx()[0]
    metric = Accumulator(2)  # correct, examples
    for X, y in data_iter:
        X, y = X.as_in_ctx(device), y.as_in_ctx(device)
        metric.add(accuracy(net(X), y), len(y))
    return fraction_correct(metric[0], metric[1])


def get_lr(trainer: Trainer) -> float:
    """Return the learning rate of a gluon.Trainer."""
    return float(trainer.learning_rate)


def set_lr(trainer: Trainer, lr: SupportsFloat) -> None:
    """Set the learning rate of a gluon.Trainer.

    Args:
        trainer: the trainer, made without an lr_scheduler.
        lr: a finite number >= 0; it is kept as a plain number.

    Raises:
        ValueError: if it is anything else, or the trainer has a schedule of
            its own.
    """
    refuse_schedule(trainer.optimizer.lr_scheduler)
    trainer.set_learning_rate(check_rate(lr))
