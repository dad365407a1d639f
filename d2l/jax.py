"""The chapter's helpers for JAX, with Flax NNX and Optax:
`from d2l import jax as d2l`."""
import random

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from d2l import common
from d2l.common import *
from d2l.jax_layers import conv_general_dilated, max_pool

__all__ = [*common.__all__, 'accuracy', 'arange', 'conv_general_dilated',
           'cpu', 'evaluate_accuracy_gpu', 'get_lr', 'gpu',
           'load_data_fashion_mnist', 'max_pool', 'num_gpus', 'set_lr',
           'set_seed', 'try_all_gpus', 'try_gpu']


def cpu():
    """Return the CPU."""
    return jax.devices('cpu')[0]


def gpu(i=0):
    """Return GPU number i; without such a GPU, JAX raises an error."""
    return jax.devices('gpu')[i]


def num_gpus():
    """Return the number of GPUs that JAX can use."""
    return sum(device.platform == 'gpu' for device in jax.devices())


def try_gpu(i=0):
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n):
    """Return the array 0, 1, ..., n - 1."""
    return jnp.arange(n)


def set_seed(seed):
    """Seed Python and NumPy.

    JAX has no seed of its own: who needs random numbers passes a key. The
    chapter draws its keys from NumPy. On the CPU a run then repeats bit for
    bit on the same machine, with the same number of threads.
    """
    random.seed(seed)
    np.random.seed(seed)


def load_data_fashion_mnist(batch_size, resize=None):
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 28, 28, 1) float32 in [0, 1], or
    (batch, resize, resize, 1), and y: (batch,) int32 in 0 ... 9.
    """
    def to_float(X, y):
        X = X[..., None].astype(np.float32) / 255
        return jnp.asarray(X), jnp.asarray(y, jnp.int32)

    train, test = fashion_mnist(resize)
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat, y):
    """Return how many rows of y_hat, (batch, classes), are largest at y.

    The number is an array without axes, so that jitted code can count.
    """
    return (y_hat.argmax(axis=1) == y).sum()


def evaluate_accuracy_gpu(net, data_iter, device=None):
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: an nnx.Module; it is left in evaluation mode.
        data_iter: yields X, y.
        device: where to compute; without, where net's parameters are.
    """
    net.eval()
    metric = Accumulator(2)  # correct, examples
    for X, y in data_iter:
        X, y = jax.device_put((X, y), device)
        metric.add(_num_correct(net, X, y), len(y))
    return metric[0] / metric[1]


@nnx.jit
def _num_correct(net, X, y):
    return accuracy(net(X), y)


def get_lr(trainer):
    """Return the learning rate of an nnx.Optimizer, a float32.

    Its transformation must come from optax.inject_hyperparams, which makes
    the rate a part of the optimizer's state.
    """
    return float(trainer.opt_state.hyperparams['learning_rate'][...])


def set_lr(trainer, lr):
    """Set the learning rate of an nnx.Optimizer (see get_lr).

    Compiled steps take the state as an argument: none is compiled anew.
    """
    rate = trainer.opt_state.hyperparams['learning_rate']
    rate[...] = jnp.asarray(lr, rate[...].dtype)
