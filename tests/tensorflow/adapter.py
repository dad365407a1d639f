"""How TensorFlow takes the tests' weights and batches."""
from types import SimpleNamespace

import numpy as np
import tensorflow as tf

from tests import lenet

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


def pretend_gpus(monkeypatch, n):
    monkeypatch.setattr(tf.config, 'list_physical_devices',
                        lambda kind: [SimpleNamespace()] * n)
