"""The chapter's helpers for TensorFlow, with Keras 3:
`from d2l import tensorflow as d2l`.

Import this before TensorFlow itself: then its notes on how it was built, which
no log level stops, are not printed. Warnings are.
"""
import os
from collections.abc import Callable, Iterable
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
    check_predictions,
    check_rate,
    check_seed,
    refuse_schedule,
    whole_number,
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
    return f'/GPU:{whole_number("i", i, 0)}'


def num_gpus() -> int:
    """Return the number of GPUs that TensorFlow can use."""
    return len(tf.config.list_physical_devices('GPU'))


def try_gpu(i: int = 0) -> Device:
    """Return the name of GPU number i if it is there, else of the CPU."""
    return gpu(i) if whole_number('i', i, 0) < num_gpus() else cpu()


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


class TrainCallback(keras.callbacks.Callback):
    """Tells a TrainingLog what `fit` does, and evaluates after each epoch.

    Args:
        log: the TrainingLog.
        test_iter: batches to evaluate the model with.
        loss: the loss that the model is compiled with.
        device: name of where to evaluate.

    Attributes:
        finite: a metric to compile the model with. Keras calls callbacks once
            in `steps_per_execution` updates, and with this one the log knows
            which of them was the first whose loss was not finite.
    """

    def __init__(self, log: TrainingLog,
                 test_iter: Iterable[tuple[Array, Array]],
                 loss: Callable[[Array, Array], Array],
                 device: Device | None = None) -> None:
        super().__init__()
        self.log, self.test_iter, self.device = log, test_iter, device
        self.finite = _FiniteUpdates(loss)

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if batch == 0:  # by now, other callbacks have set the rate
            self.log.begin_epoch(get_lr(self.model.optimizer))

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        lr = get_lr(self.model.optimizer)
        self.log.check(int(self.finite.count), float(self.finite.loss), lr)
        # Keras counts on to the end of a stride, past the epoch's.
        self.log.progress(min(batch + 1, self.log.num_batches),
                          float(logs['loss']), float(logs['accuracy']), lr)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.log.end_epoch(evaluate_accuracy_gpu(self.model, self.test_iter,
                                                 self.device))


class _FiniteUpdates(keras.metrics.Metric):
    """How many updates, over all epochs, came before the first whose loss was
    not finite.

    Attributes:
        count: their number.
        loss: the loss that was not finite; until then, that of the last
            update.
    """

    def __init__(self, loss: Callable[[Array, Array], Array]) -> None:
        super().__init__(name='finite')
        self._loss_of = loss
        self.count = self.add_variable((), 'zeros', 'int32', name='count')
        self.loss = self.add_variable((), 'zeros', name='loss')

    def update_state(self, y: Array, y_hat: Array,
                     sample_weight: Any = None) -> None:
        loss = tf.reduce_mean(self._loss_of(y, y_hat))
        self.loss.assign(tf.where(tf.math.is_finite(self.loss), loss,
                                  self.loss))
        self.count.assign_add(tf.cast(tf.math.is_finite(self.loss), tf.int32))

    def reset_state(self) -> None:
        """Count on: `fit` calls this before every epoch."""

    def result(self) -> Any:
        return self.count
