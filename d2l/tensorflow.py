"""The chapter's helpers for TensorFlow, with Keras 3:
`from d2l import tensorflow as d2l`.

Import this before TensorFlow itself: then its notes on how it was built, which
no log level stops, are not printed. Warnings are.
"""
import os
from collections.abc import Iterable
from typing import Any, SupportsFloat, TypeAlias

import numpy as np
import numpy.typing as npt

from d2l.quiet import without_notes

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '1')
with without_notes(('I0000 ', 'WARNING: All log messages before absl')):
    import keras
    import tensorflow as tf

from d2l import common
from d2l.checks import (
    check_integer,
    check_predictions,
    check_rate,
    check_seed,
    refuse_schedule,
)
from d2l.common import *
from d2l.metrics import fraction_correct

__all__ = [*common.__all__, 'TrainCallback', 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']

Array: TypeAlias = tf.Tensor
Device: TypeAlias = str
Network: TypeAlias = keras.Model
Trainer: TypeAlias = keras.optimizers.Optimizer
_Bytes: TypeAlias = npt.NDArray[np.uint8]


def cpu() -> Device:
    """Return the name of the CPU, for tf.device."""
    return '/CPU:0'


def gpu(i: int = 0) -> Device:
    """Return the name of GPU number i, whether it is there or not.

    Raises:
        ValueError: if i is no integer >= 0; try_gpu does the same.
    """
    return f'/GPU:{check_integer("i", i)}'


def num_gpus() -> int:
    """Return the number of GPUs that TensorFlow can use."""
    return len(tf.config.list_physical_devices('GPU'))


def try_gpu(i: int = 0) -> Device:
    """Return the name of GPU number i if it is there, else of the CPU."""
    return gpu(i) if check_integer('i', i) < num_gpus() else cpu()


def try_all_gpus() -> list[Device]:
    """Return the names of all GPUs, or [the CPU's] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n: int) -> Array:
    """Return the tensor 0, 1, ..., n - 1."""
    return tf.range(n)


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. On a GPU some kernels may differ in the last bit,
    unless tf.config.experimental.enable_op_determinism() was called.

    Raises:
        ValueError: if seed is no integer in 0 ... 2**32 - 1.
    """
    keras.utils.set_random_seed(check_seed(seed))


def load_data_fashion_mnist(batch_size: int, resize: int | None = None
                            ) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    They are tf.data.Datasets. Each pass yields X: (batch, 28, 28, 1) float32
    in [0, 1], or (batch, resize, resize, 1), and y: (batch,) int32 in 0 ... 9.
    """
    def dataset(split: tuple[_Bytes, _Bytes],
                shuffle: bool) -> tf.data.Dataset:
        with tf.device(cpu()):
            images, labels = (tf.constant(array) for array in split)

        def gather(i: Array) -> tuple[Array, Array]:
            X = tf.cast(tf.gather(images, i), tf.float32) / 255
            return X[..., None], tf.cast(tf.gather(labels, i), tf.int32)

        # Only the order passes through Python, the images do not.
        order = Batches([np.arange(len(split[0]))], batch_size, shuffle,
                        transform=lambda i: i)
        return tf.data.Dataset.from_generator(
            lambda: order, output_signature=tf.TensorSpec((None,), tf.int64)
        ).apply(tf.data.experimental.assert_cardinality(len(order))
        ).map(gather).prefetch(2)

    train, test = fashion_mnist(resize)
    return dataset(train, True), dataset(test, False)


def accuracy(y_hat: Array, y: Array) -> float:
    """Return how many rows of y_hat are largest at y.

    Args:
        y_hat: scores, (batch, classes).
        y: classes, (batch,), integers.

    Raises:
        ValueError: if these are not the shapes.
    """
    check_predictions(y_hat, y)
    y_hat = tf.cast(tf.argmax(y_hat, axis=1), y.dtype)
    return float(tf.reduce_sum(tf.cast(y_hat == y, tf.int32)))


def evaluate_accuracy_gpu(net: Network,
                          data_iter: Iterable[tuple[Array, Array]],
                          device: Device | None = None) -> float:
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a Keras model.
        data_iter: yields X, (batch, ...), and y, (batch,).
        device: name of where to compute; without, TensorFlow chooses.

    Raises:
        ValueError: if data_iter yields nothing.
    """
    metric = Accumulator(2)  # correct, examples
    with tf.device(device):
        for X, y in data_iter:
            metric.add(accuracy(net(X, training=False), y), len(y))
    return fraction_correct(metric[0], metric[1])


def get_lr(trainer: Trainer) -> float:
    """Return the learning rate of a Keras optimizer, a float32."""
    return float(trainer.learning_rate)


def set_lr(trainer: Trainer, lr: SupportsFloat) -> None:
    """Set the learning rate of a Keras optimizer.

    It is a variable named learning_rate; assigning to `trainer.lr`, the name
    that it had before Keras 3, changes nothing and says nothing.

    Args:
        trainer: the optimizer, made with a number for a rate.
        lr: a finite number >= 0; it is kept as a plain number.

    Raises:
        ValueError: if it is anything else, or the trainer has a schedule of
            its own.
    """
    refuse_schedule(not hasattr(trainer.learning_rate, 'assign'))
    trainer.learning_rate.assign(check_rate(lr))


class TrainCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """What a training loop of one's own would do besides training.

    It draws the curves about five times an epoch, evaluates the model after
    each epoch, and keeps the history.

    Args:
        test_iter: batches to evaluate the model with.
        animator: an Animator of four curves: training loss, training
            accuracy, test accuracy, rate.
        device: name of where to evaluate.

    Attributes:
        history: a dict of lists, one number an epoch: 'lr', the rate of its
            first update; 'train loss' and 'train acc', the means over it;
            'test acc', the accuracy after it.
    """

    def __init__(self, test_iter: Iterable[tuple[Array, Array]],
                 animator: Any, device: Device | None = None) -> None:
        super().__init__()
        self.test_iter, self.animator = test_iter, animator
        self.device = device
        self.history: dict[str, list[float]] = {
            'lr': [], 'train loss': [], 'train acc': [], 'test acc': []}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if batch == 0:
            lr = get_lr(self.model.optimizer)
            self.history['lr'].append(lr)
            self.animator.add(self.epoch, (None, None, None, lr))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        num_batches = self.params['steps']
        if (batch + 1) % max(1, num_batches // 5) == 0:
            self.animator.add(self.epoch + (batch + 1) / num_batches,
                              (logs['loss'], logs['accuracy'], None,
                               get_lr(self.model.optimizer)))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        test_acc = evaluate_accuracy_gpu(self.model, self.test_iter,
                                         self.device)
        self.animator.add(epoch + 1, (None, None, test_acc, None))
        for key, value in (('train loss', logs['loss']),
                           ('train acc', logs['accuracy']),
                           ('test acc', test_acc)):
            self.history[key].append(float(value))
