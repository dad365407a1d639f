"""How JAX takes the tests' weights and batches."""
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from tests import lenet
from tests.watch import Watch


def array(values):
    return jnp.asarray(values)


def to_numpy(x):
    return np.asarray(x)


def batch(X, y):
    return (jnp.asarray(np.asarray(X)[..., None], jnp.float32),
            jnp.asarray(y, jnp.int32))


def loader(batches):
    return batches


def _parameters(net):
    """Return kernel, bias, kernel, bias, ... of the net's layers."""
    layers = [layer for layer in net.layers if hasattr(layer, 'kernel')]
    return [p for layer in layers for p in (layer.kernel, layer.bias)]


def load(net, weights):
    for parameter, value in zip(_parameters(net),
                                lenet.channels_last(weights), strict=True):
        parameter[...] = jnp.asarray(value, jnp.float32)


def weights(net):
    return lenet.channels_first([np.asarray(p[...])
                                 for p in _parameters(net)])


def one_weight(chapter, lr):
    """Return a trainer of one weight, whose gradient is 1; a function that
    makes an update; and one that returns the weight."""
    net = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))
    trainer = chapter['make_trainer'](net, lr)

    def update():
        trainer.update(net, jax.tree.map(jnp.ones_like, nnx.state(net)))
    return trainer, update, lambda: float(net.kernel[0, 0])


def watched(num_batches):
    """Return names for a snippet, and the changes of its only weight, whose
    gradient is 1: after each update it is set to 0 again."""
    net = nnx.Linear(1, 1, use_bias=False, rngs=nnx.Rngs(0))

    def reset():
        net.kernel[...] = jnp.zeros((1, 1))

    watch = Watch(num_batches, (jnp.ones((1, 1)), jnp.ones(1)), reset,
                  lambda: float(net.kernel[0, 0]))
    return {'net': net, 'train_iter': watch,
            'loss': lambda y_hat, y: y_hat.sum()}, watch.changes


def pretend_gpus(monkeypatch, n):
    cpu = jax.devices('cpu')
    gpus = [SimpleNamespace(platform='gpu', id=i) for i in range(n)]
    monkeypatch.setattr(jax, 'devices', lambda kind=None: {
        'cpu': cpu, 'gpu': gpus, None: gpus or cpu}[kind])
