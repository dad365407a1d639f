"""TensorFlow: the whole epoch one graph, batches gathered inside it."""
from collections.abc import Callable
from typing import Any

import tensorflow as tf


def make_epoch(chapter: dict[str, Any]) -> Callable[[], None]:
    """Return a function that trains for one epoch."""
    (X, y), _ = chapter['d2l'].fashion_mnist()
    X = tf.constant(X[..., None] / 255, tf.float32)
    y = tf.constant(y, tf.int32)
    net = chapter['make_net']()
    trainer = chapter['make_trainer'](net, 0.1)
    trainer.build(net.trainable_variables)

    def epoch() -> None:
        order = tf.random.shuffle(tf.range(len(y)))
        for start in tf.range(0, len(y), 256):
            i = order[start:start + 256]
            with tf.GradientTape() as tape:
                y_hat = net(tf.gather(X, i), training=True)
                value = chapter['loss'](tf.gather(y, i), y_hat)
            trainer.apply_gradients(zip(
                tape.gradient(value, net.trainable_variables),
                net.trainable_variables))
    compiled: Callable[[], None] = tf.function(epoch)
    return compiled
