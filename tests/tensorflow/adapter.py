"""How TensorFlow takes the tests' weights and batches."""
from types import SimpleNamespace

import keras
import numpy as np
import tensorflow as tf

from tests import lenet
from tests.watch import Watch

SIGNATURE = (tf.TensorSpec((None, 28, 28, 1), tf.float32),
             tf.TensorSpec((None,), tf.int32))


def array(values):
    return tf.constant(values)


def to_numpy(x):
    return x.numpy()


def batch(X, y):
    return (tf.constant(np.asarray(X)[..., None], tf.float32),
            tf.constant(np.asarray(y), tf.int32))


def loader(batches):
    return tf.data.Dataset.from_generator(
        lambda: batches, output_signature=SIGNATURE).apply(
            tf.data.experimental.assert_cardinality(len(batches)))


def load(net, weights):
    net.set_weights(lenet.channels_last(weights))


def weights(net):
    return lenet.channels_first(net.get_weights())


def one_weight(chapter, lr):
    """Return a trainer of one weight, whose gradient is 1; a function that
    makes an update; and one that returns the weight."""
    weight = tf.Variable(0.0)
    trainer = chapter['make_trainer'](None, lr)

    def update():
        trainer.apply_gradients([(tf.constant(1.0), weight)])
    return trainer, update, lambda: float(weight)


def watched(num_batches):
    """Return names for a snippet, and the changes of its only weight, whose
    gradient is 1: after each update it is set to 0 again."""
    net = keras.Sequential([keras.layers.Input((1,)),
                            keras.layers.Dense(1, use_bias=False)])
    watch = Watch(num_batches, (tf.ones((1, 1)), tf.ones(1)),
                  lambda: net.set_weights([np.zeros((1, 1))]),
                  lambda: net.get_weights()[0].item())
    return {'net': net, 'train_iter': watch,
            'loss': lambda y, y_hat: tf.reduce_sum(y_hat)}, watch.changes


def pretend_gpus(monkeypatch, n):
    monkeypatch.setattr(tf.config, 'list_physical_devices',
                        lambda kind: [SimpleNamespace()] * n)
