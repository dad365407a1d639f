"""What the page on practice says of Keras and no cell shows."""
import itertools

import keras
import pytest
import tensorflow as tf
from keras.optimizers import schedules

from d2l import tensorflow as d2l


def halving():
    return schedules.ExponentialDecay(0.4, decay_steps=1, decay_rate=0.5)


def small_net(lr):
    net = keras.Sequential([keras.layers.Input((1,)),
                            keras.layers.Dense(1, use_bias=False)])
    net.compile(keras.optimizers.SGD(lr), loss='mse')
    return net


def fit(net, **settings):
    net.fit(tf.ones((1, 1)), tf.ones((1, 1)), verbose=0, **settings)


@pytest.mark.slow
def test_a_rate_beside_a_schedule_is_refused():
    with pytest.raises(TypeError, match='LearningRateSchedule'):
        keras.optimizers.SGD(halving()).learning_rate = 0.1
    for callback in (
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.1),
            keras.callbacks.ReduceLROnPlateau('loss', patience=0,
                                              min_delta=1e9)):
        with pytest.raises(TypeError, match='LearningRateSchedule'):
            fit(small_net(halving()), epochs=3, callbacks=[callback])


@pytest.mark.slow
def test_what_saves_the_count(tmp_path):
    net = small_net(halving())
    fit(net, epochs=3)
    net.save(tmp_path / 'net.keras')
    net.save_weights(tmp_path / 'net.weights.h5')
    loaded, filled, given = (keras.models.load_model(tmp_path / 'net.keras'),
                             small_net(halving()), small_net(halving()))
    filled.load_weights(tmp_path / 'net.weights.h5')
    given.set_weights(net.get_weights())
    assert [d2l.get_lr(model.optimizer) for model in (
        loaded, filled, given)] == pytest.approx([0.05, 0.05, 0.4])


@pytest.mark.slow
def test_backup_and_restore_goes_on(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2 and self.model.optimizer.iterations == 2:
                raise KeyboardInterrupt

    asked = []
    callbacks = [keras.callbacks.BackupAndRestore(tmp_path), Stop(),
                 keras.callbacks.LambdaCallback(
                     on_epoch_begin=lambda epoch, logs: asked.append(epoch))]
    with pytest.raises(KeyboardInterrupt):
        fit(small_net(halving()), epochs=4, callbacks=callbacks)
    net = small_net(halving())
    fit(net, epochs=4, callbacks=[callbacks[0], callbacks[2]])
    assert asked == [0, 1, 2, 3]
    assert int(net.optimizer.iterations) == 4


@pytest.mark.slow
def test_the_epoch_begins_at_zero_again():
    asked = []
    net, callback = small_net(0.1), keras.callbacks.LearningRateScheduler(
        lambda epoch: asked.append(epoch) or 0.1)
    for settings in ({'epochs': 2}, {'epochs': 2},
                     {'initial_epoch': 2, 'epochs': 4}):
        fit(net, callbacks=[callback], **settings)
    assert asked == [0, 1, 0, 1, 2, 3]


@pytest.mark.slow
@pytest.mark.parametrize('reports, cut', [([1000.0, 999.95], False),
                                          ([1000.0, 999.99995], True)])
def test_better_is_absolute(reports, cut):
    net = small_net(0.4)
    callback = keras.callbacks.ReduceLROnPlateau('loss', patience=1,
                                                 factor=0.5)
    callback.set_model(net)
    callback.on_train_begin()
    for epoch, report in enumerate(reports):
        callback.on_epoch_end(epoch, {'loss': report})
    assert (d2l.get_lr(net.optimizer) < 0.3) == cut


def test_the_documentation_promises_updates():
    """It does so, and the page shows that it is not so."""
    words = ' '.join(keras.optimizers.SGD.__doc__.split())
    assert 'Learning rate schedules will look at "real" iterations' in words


@pytest.mark.parametrize('kind', ['SGD', 'Adam', 'RMSprop', 'AdamW'])
def test_every_optimizer_decays_apart_from_the_gradient(kind):
    weight = keras.Variable(1.0)
    trainer = getattr(keras.optimizers, kind)(0.1, weight_decay=0.1)
    trainer.apply([tf.constant(0.0)], [weight])
    assert float(weight.value) == pytest.approx(0.99)


def test_several_optimizers_have_no_one_rate():
    trainer = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(
        keras.optimizers.SGD(0.1)))
    with pytest.raises(AttributeError):
        d2l.get_lr(trainer)


def test_a_schedule_can_be_asked_about_any_count():
    for schedule in (schedules.CosineDecay(0.3, 10),
                     schedules.PolynomialDecay(0.3, 10)):
        rates = [float(schedule(t)) for t in range(13)]
        assert all(a >= b for a, b in itertools.pairwise(rates))
        assert rates[10] == rates[12]
