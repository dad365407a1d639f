"""The chapter's helpers for MXNet: `from d2l import mxnet as d2l`.

Import this before MXNet itself. MXNet 1.9.1, its last release, uses six names
that NumPy 1.24 removed. Here they stand again for the types of Python that
they always were, so that MXNet imports with NumPy 1.23 to 1.26.
"""
import random

import numpy

vars(numpy).update({kind.__name__: kind for kind in (
    bool, complex, float, int, object, str)})

import mxnet

from d2l import common
from d2l.common import *

__all__ = [*common.__all__, 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']


def cpu():
    """Return the CPU."""
    return mxnet.cpu()


def gpu(i=0):
    """Return GPU number i, whether it is there or not."""
    return mxnet.gpu(i)


def num_gpus():
    """Return the number of GPUs that MXNet can use."""
    return mxnet.context.num_gpus()


def try_gpu(i=0):
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n):
    """Return the array 0, 1, ..., n - 1."""
    return mxnet.np.arange(n)


def set_seed(seed):
    """Seed Python, NumPy and MXNet.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. MXNet promises no such thing on a GPU.
    """
    random.seed(seed)
    numpy.random.seed(seed)
    mxnet.random.seed(seed)


def load_data_fashion_mnist(batch_size, resize=None):
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 1, 28, 28) float32 in [0, 1], or
    (batch, 1, resize, resize), and y: (batch,) int32 in 0 ... 9.
    """
    def to_float(X, y):
        X = X[:, None].astype(numpy.float32) / 255
        return mxnet.np.array(X), mxnet.np.array(y, dtype='int32')

    train, test = fashion_mnist(resize)
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat, y):
    """Return how many rows of y_hat, (batch, classes), are largest at y."""
    return float((y_hat.argmax(axis=1).astype(y.dtype) == y).sum())


def evaluate_accuracy_gpu(net, data_iter, device=None):
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a gluon block.
        data_iter: yields X, y.
        device: where to compute; without, where net's parameters are.
    """
    if device is None:
        device = next(iter(net.collect_params().values())).list_ctx()[0]
    metric = Accumulator(2)  # correct, examples
    for X, y in data_iter:
        X, y = X.as_in_ctx(device), y.as_in_ctx(device)
        metric.add(accuracy(net(X), y), len(y))
    return metric[0] / metric[1]


def get_lr(trainer):
    """Return the learning rate of a gluon.Trainer."""
    return trainer.learning_rate


def set_lr(trainer, lr):
    """Set the learning rate of a gluon.Trainer.

    Raises:
        UserWarning: if the trainer has a scheduler of its own.
    """
    trainer.set_learning_rate(lr)
