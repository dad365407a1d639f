"""What Keras has of the page on schedules after 2018, by hand."""
import keras
import numpy as np
import pytest


class Watching(keras.callbacks.Callback):
    """Keeps the weight after each update, and the loss at each epoch's
    end."""
    def __init__(self):
        super().__init__()
        self.path, self.losses = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.path.append(weight(self.model))

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs['val_loss'])


def weight(net):
    return float(np.ravel(net.get_weights()[0])[0])


def test_an_exponential_average_is_swapped_in():
    """For evaluation at the end of each epoch, and at the end for good."""
    net = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(
        1, use_bias=False, kernel_initializer='ones')])
    net.compile(keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.75),
                'mse')
    watching, swap = Watching(), keras.callbacks.SwapEMAWeights(
        swap_on_epoch=True)
    inputs = np.ones((8, 1), 'float32')
    net.fit(inputs, 3 * inputs, 2, epochs=3, verbose=0, shuffle=False,
            validation_data=(inputs, 3 * inputs),
            callbacks=[watching, swap])
    averages = watching.path[:1]  # Keras begins after the first update
    for point in watching.path[1:]:
        averages.append(0.75 * averages[-1] + 0.25 * point)
    at_ends = averages[3::4]
    assert watching.losses == pytest.approx([(3 - w) ** 2 for w in at_ends])
    assert weight(net) == pytest.approx(at_ends[-1])
    assert watching.path[-1] - at_ends[-1] > 0.05


def test_names():
    assert issubclass(keras.optimizers.ScheduleFreeAdamW,
                      keras.optimizers.Optimizer)
