"""The chapter's helpers for TensorFlow, with Keras 3:
`from d2l import tensorflow as d2l`.

Import this before TensorFlow itself: then its notes on how it was built, which
no log level stops, are not printed. Warnings are.
"""
import os

import numpy as np

from d2l.quiet import without_notes

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '1')
with without_notes(('I0000 ', 'WARNING: All log messages before absl')):
    import keras
    import tensorflow as tf

from d2l import common
from d2l.common import *

__all__ = [*common.__all__, 'TrainCallback', 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']


def cpu():
    """Return the name of the CPU, for tf.device."""
    return '/CPU:0'


def gpu(i=0):
    """Return the name of GPU number i, whether it is there or not."""
    return f'/GPU:{i}'


def num_gpus():
    """Return the number of GPUs that TensorFlow can use."""
    return len(tf.config.list_physical_devices('GPU'))


def try_gpu(i=0):
    """Return the name of GPU number i if it is there, else of the CPU."""
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    """Return the names of all GPUs, or [the CPU's] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n):
    """Return the tensor 0, 1, ..., n - 1."""
    return tf.range(n)


def set_seed(seed):
    """Seed Python, NumPy and TensorFlow.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. On a GPU some kernels may differ in the last bit,
    unless tf.config.experimental.enable_op_determinism() was called.
    """
    keras.utils.set_random_seed(seed)


def load_data_fashion_mnist(batch_size, resize=None):
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    They are tf.data.Datasets. Each pass yields X: (batch, 28, 28, 1) float32
    in [0, 1], or (batch, resize, resize, 1), and y: (batch,) int32 in 0 ... 9.
    """
    def dataset(split, shuffle):
        with tf.device(cpu()):
            images, labels = (tf.constant(array) for array in split)

        def gather(i):
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


def accuracy(y_hat, y):
    """Return how many rows of y_hat, (batch, classes), are largest at y."""
    y_hat = tf.argmax(y_hat, axis=1, output_type=y.dtype)
    return float(tf.reduce_sum(tf.cast(y_hat == y, tf.int32)))


def evaluate_accuracy_gpu(net, data_iter, device=None):
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a Keras model.
        data_iter: yields X, y.
        device: name of where to compute; without, TensorFlow chooses.
    """
    metric = Accumulator(2)  # correct, examples
    with tf.device(device):
        for X, y in data_iter:
            metric.add(accuracy(net(X, training=False), y), len(y))
    return metric[0] / metric[1]


def get_lr(trainer):
    """Return the learning rate of a Keras optimizer, a float32."""
    return float(trainer.learning_rate)


def set_lr(trainer, lr):
    """Set the learning rate of a Keras optimizer.

    It is a variable named learning_rate; assigning to `trainer.lr`, the name
    that it had before Keras 3, changes nothing and says nothing.
    """
    trainer.learning_rate.assign(lr)


class TrainCallback(keras.callbacks.Callback):
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

    def __init__(self, test_iter, animator, device=None):
        super().__init__()
        self.test_iter, self.animator = test_iter, animator
        self.device = device
        self.history = {'lr': [], 'train loss': [], 'train acc': [],
                        'test acc': []}

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if batch == 0:
            lr = get_lr(self.model.optimizer)
            self.history['lr'].append(lr)
            self.animator.add(self.epoch, (None, None, None, lr))

    def on_train_batch_end(self, batch, logs=None):
        num_batches = self.params['steps']
        if (batch + 1) % max(1, num_batches // 5) == 0:
            self.animator.add(self.epoch + (batch + 1) / num_batches,
                              (logs['loss'], logs['accuracy'], None,
                               get_lr(self.model.optimizer)))

    def on_epoch_end(self, epoch, logs=None):
        test_acc = evaluate_accuracy_gpu(self.model, self.test_iter,
                                         self.device)
        self.animator.add(epoch + 1, (None, None, test_acc, None))
        for key, value in (('train loss', logs['loss']),
                           ('train acc', logs['accuracy']),
                           ('test acc', test_acc)):
            self.history[key].append(float(value))
