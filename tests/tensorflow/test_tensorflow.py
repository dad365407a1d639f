"""What only TensorFlow has."""
import subprocess
import sys

import keras
import pytest

from d2l import tensorflow as d2l


def test_importing_it_says_nothing():
    found = subprocess.run(
        [sys.executable, '-c', 'from d2l import tensorflow as d2l; '
         'd2l.arange(3)'], check=True, text=True, capture_output=True)
    assert (found.stdout, found.stderr) == ('', '')


def test_the_old_name_of_the_rate_does_nothing_and_set_lr_does():
    """What the chapter says of Keras 3, and why set_lr is there."""
    trainer = keras.optimizers.SGD(learning_rate=0.5)
    trainer.lr = 0.1
    assert d2l.get_lr(trainer) == pytest.approx(0.5)
    d2l.set_lr(trainer, 0.1)
    assert d2l.get_lr(trainer) == pytest.approx(0.1)


def test_set_lr_says_so_if_a_schedule_is_installed():
    trainer = keras.optimizers.SGD(
        keras.optimizers.schedules.CosineDecay(0.5, 10))
    with pytest.raises(ValueError, match='a schedule of its own'):
        d2l.set_lr(trainer, 0.2)
    assert d2l.get_lr(trainer) == 0.5


@pytest.mark.parametrize('dtype', ['uint8', 'int32', 'int64'])
def test_accuracy_takes_labels_of_any_integer_type(dtype):
    y = keras.ops.array([1, 0, 0], dtype)
    assert d2l.accuracy(keras.ops.eye(3, 2), y) == 1


def test_the_callback_keeps_what_fit_saw():
    class Canvas:
        """Collects the points that an Animator would draw."""

        def __init__(self):
            self.points = []

        def add(self, x, y):
            self.points.append((x, y))

    net = keras.Sequential([keras.layers.Input((28, 28, 1)),
                            keras.layers.Flatten(), keras.layers.Dense(10)])
    net.compile(keras.optimizers.SGD(0.01), metrics=['accuracy'],
                loss=keras.losses.SparseCategoricalCrossentropy(True))
    X, y = keras.ops.ones((64, 28, 28, 1)), keras.ops.zeros(64, 'int32')
    log = d2l.TrainingLog(canvas := Canvas(), 8)
    watch = d2l.TrainCallback(log, [(X, y)], net.loss, d2l.cpu())
    said = net.fit(X, y, batch_size=8, epochs=2, verbose=0,
                   callbacks=[keras.callbacks.LearningRateScheduler(
                       d2l.SquareRootScheduler(0.01)), watch]).history
    assert log.history['lr'] == pytest.approx([0.01, 0.01 / 2 ** 0.5])
    assert log.history['train loss'] == pytest.approx(said['loss'])
    assert log.history['train acc'] == pytest.approx(said['accuracy'])
    assert log.history['test acc'] == [1.0, 1.0]
    drawn = [x for x, (loss, _, _, _) in canvas.points if loss is not None]
    assert drawn == [n / 8 for n in range(1, 17)]
    assert [x for x, (*_, test, _) in canvas.points if test is not None] == [
        1, 2]
