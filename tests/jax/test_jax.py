"""What only JAX has."""
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx
from jax import lax

from d2l import jax as d2l
from evidence.chapter import definitions
from tests.jax import adapter

RNG = np.random.default_rng(0)


@pytest.mark.slow
@pytest.mark.parametrize('per_update', [False, True])
def test_no_step_is_compiled_again_when_the_rate_changes(per_update):
    chapter, traced = definitions('jax'), []

    def loss(y_hat, y):
        traced.append(y_hat.shape)  # Python runs this only while tracing
        return chapter['loss'](y_hat, y)

    batches = [adapter.batch(RNG.random((n, 28, 28)), [3] * n)
               for n in (8, 8, 5)]
    net = chapter['make_net']()
    chapter['train'](net, batches, batches[:1], 4, loss,
                     chapter['make_trainer'](net, 0.1), chapter['device'],
                     d2l.CosineScheduler(4, 0.1, warmup_steps=2), per_update)
    assert traced == [(8, 10), (5, 10)]  # one for each size of batch


def test_optax_looks_the_rates_up_in_compiled_steps():
    schedule = d2l.CosineScheduler(4, 0.4, 0.1, warmup_steps=2)
    rates = jnp.asarray([schedule(t) for t in range(6)])
    trainer = optax.sgd(lambda t: rates[t])  # as d2l/schedulers.py says
    step, state = jax.jit(trainer.update), trainer.init(jnp.zeros(()))
    for expected in (0, 0.2, 0.4, 0.25, 0.1, 0.1):
        update, state = step(jnp.ones(()), state)
        assert float(update) == pytest.approx(-expected, rel=1e-6)
    with pytest.raises(ValueError, match='t must be a number, got t='):
        jax.jit(optax.sgd(schedule).update)(jnp.ones(()), state)


def test_accuracy_in_compiled_code():
    y_hat, y = jnp.eye(3, 2), jnp.asarray([0, 1, 1])
    count = jax.jit(d2l.accuracy)
    assert count(y_hat, y) == 2 and count(y_hat, y).shape == ()
    with pytest.raises(ValueError, match=r'got \(3, 2\) and \(3, 1\)'):
        count(y_hat, y[:, None])


def test_set_lr_says_so_if_it_cannot_set_the_rate():
    net = nnx.Linear(1, 1, rngs=nnx.Rngs(0))

    def trainer(transformation):
        return nnx.Optimizer(net, transformation, wrt=nnx.Param)

    schedule = optax.cosine_decay_schedule(0.5, 10)
    own = trainer(optax.inject_hyperparams(optax.sgd)(learning_rate=schedule))
    with pytest.raises(ValueError, match='a schedule of its own'):
        d2l.set_lr(own, 0.2)
    assert d2l.get_lr(own) == 0.5
    plain = trainer(optax.sgd(0.5))
    for function in (d2l.get_lr, lambda trainer: d2l.set_lr(trainer, 0.2)):
        with pytest.raises(ValueError, match='optax.inject_hyperparams'):
            function(plain)


@pytest.mark.parametrize(('made_with', 'kept'), [
    (1, jnp.float32), (1.0, jnp.float32), (jnp.bfloat16(1), jnp.bfloat16)])
def test_a_trainer_trains_at_the_rate_that_was_set(made_with, kept):
    net = nnx.Linear(1, 1, rngs=nnx.Rngs(0))
    trainer = nnx.Optimizer(net, optax.inject_hyperparams(optax.sgd)(
        learning_rate=made_with), wrt=nnx.Param)
    d2l.set_lr(trainer, 0.25)
    assert trainer.opt_state.hyperparams['learning_rate'][...].dtype == kept
    assert d2l.get_lr(trainer) == 0.25
    bias = float(net.bias[...][0])
    trainer.update(net, nnx.grad(lambda net: net.bias[...].sum())(net))
    assert bias - float(net.bias[...][0]) == 0.25


@pytest.mark.parametrize(('shape', 'kernel', 'strides', 'padding'), [
    ((4, 28, 28, 1), (5, 5, 1, 6), (1, 1), 'SAME'),
    ((4, 14, 14, 6), (5, 5, 6, 16), (1, 1), 'VALID'),
    ((2, 9, 7, 3), (4, 3, 3, 2), (1, 1), 'SAME'),
    ((2, 9, 7, 3), (2, 5, 3, 2), (1, 1), [(0, 1), (2, 0)]),
    ((2, 9, 8, 3), (3, 3, 3, 2), (2, 2), 'SAME')])
def test_convolution_is_that_of_jax(shape, kernel, strides, padding):
    X, W = (jnp.asarray(RNG.standard_normal(s), jnp.float32)
            for s in (shape, kernel))
    numbers = lax.conv_dimension_numbers(shape, kernel,
                                         ('NHWC', 'HWIO', 'NHWC'))

    def total(convolve, X, W):
        out = convolve(X, W, strides, padding, dimension_numbers=numbers)
        return (jnp.sin(out)).sum(), out

    found, expected = (jax.value_and_grad(
        lambda X, W, f=f: total(f, X, W), (0, 1), has_aux=True)(X, W)
        for f in (d2l.conv_general_dilated, lax.conv_general_dilated))
    assert found[0][1].shape == expected[0][1].shape
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected)):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)


def test_grouped_and_dilated_convolutions_are_left_to_jax():
    X = jnp.asarray(RNG.standard_normal((2, 9, 9, 4)), jnp.float32)
    for options in ({'feature_group_count': 2, 'kernel_size': (3, 3)},
                    {'kernel_dilation': 2, 'kernel_size': (3, 3)}):
        nets = [nnx.Conv(4, 6, conv_general_dilated=f, rngs=nnx.Rngs(0),
                         **options)
                for f in (d2l.conv_general_dilated, lax.conv_general_dilated)]
        np.testing.assert_allclose(nets[0](X), nets[1](X), rtol=1e-5)


@pytest.mark.parametrize(('shape', 'kernel', 'options'), [
    ((2, 3, 9, 7), (4, 3, 3, 3), {'dimension_numbers': None}),
    ((4, 9, 7, 3), (3, 3, 3, 4), {'batch_group_count': 2}),
    ((2, 9, 7, 3), (3, 3, 3, 4), {'precision': 'highest'})])
def test_other_options_are_left_to_jax(shape, kernel, options):
    X, W = (jnp.asarray(RNG.standard_normal(s), jnp.float32)
            for s in (shape, kernel))
    numbers = lax.conv_dimension_numbers(shape, kernel,
                                         ('NHWC', 'HWIO', 'NHWC'))
    options = {'dimension_numbers': numbers, **options}
    found, expected = (convolve(X, W, (1, 1), 'SAME', **options) for convolve
                       in (d2l.conv_general_dilated, lax.conv_general_dilated))
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_the_layer_of_the_chapter_takes_the_fast_path(monkeypatch):
    def slow(*_, **__):
        raise AssertionError('XLA\'s convolution was called')
    monkeypatch.setattr('d2l.jax_layers.lax.conv_general_dilated', slow)
    net = definitions('jax')['make_net']()
    assert net(jnp.zeros((1, 28, 28, 1))).shape == (1, 10)


@pytest.mark.parametrize('shape', [(3, 8, 6, 2), (3, 9, 7, 2)])
def test_pooling_is_that_of_flax_ties_included(shape):
    X = jnp.asarray(RNG.integers(0, 3, shape), jnp.float32)

    def pool(X):
        return nnx.max_pool(X, (2, 2), strides=(2, 2))

    grads = [jax.grad(lambda X, p=p: (jnp.arange(1., p(X).size + 1)
                                      * p(X).ravel()).sum())(X)
             for p in (d2l.max_pool, pool)]
    assert (d2l.max_pool(X) == pool(X)).all()
    assert (grads[0] == grads[1]).all()
