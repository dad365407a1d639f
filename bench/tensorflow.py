"""TensorFlow: the whole epoch one graph, batches gathered inside it."""
import tensorflow as tf


def make_epoch(chapter):
    """Return a function that trains for one epoch."""
    (X, y), _ = chapter['d2l'].fashion_mnist()
    X = tf.constant(X[..., None] / 255, tf.float32)
    y = tf.constant(y, tf.int32)
    net = chapter['make_net']()
    trainer = chapter['make_trainer'](net, 0.1)
    trainer.build(net.trainable_variables)

    @tf.function
    def epoch():
        order = tf.random.shuffle(tf.range(len(y)))
        for start in tf.range(0, len(y), 256):
            i = order[start:start + 256]
            with tf.GradientTape() as tape:
                y_hat = net(tf.gather(X, i), training=True)
                value = chapter['loss'](tf.gather(y, i), y_hat)
            trainer.apply_gradients(zip(
                tape.gradient(value, net.trainable_variables),
                net.trainable_variables))
    return epoch
