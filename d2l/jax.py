"""The chapter's helpers for JAX, with Flax NNX and Optax:
`from d2l import jax as d2l`."""
import random
from collections.abc import Iterable
from typing import Any, SupportsFloat, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from flax import nnx

from d2l import common
from d2l.checks import (
    check_predictions,
    check_rate,
    check_seed,
    refuse_schedule,
    whole_number,
)
from d2l.common import *
from d2l.jax_layers import conv_general_dilated, max_pool
from d2l.metrics import fraction_correct

__all__ = [*common.__all__, 'accuracy', 'arange', 'conv_general_dilated',
           'cpu', 'evaluate_accuracy_gpu', 'get_lr', 'gpu',
           'load_data_fashion_mnist', 'max_pool', 'num_gpus', 'set_lr',
           'set_seed', 'try_all_gpus', 'try_gpu']

Array: TypeAlias = jax.Array
Device: TypeAlias = jax.Device
Network: TypeAlias = nnx.Module
Trainer: TypeAlias = nnx.Optimizer
_Bytes: TypeAlias = npt.NDArray[np.uint8]


def cpu() -> Device:
    """Return the CPU."""
    return jax.devices('cpu')[0]


def gpu(i: int = 0) -> Device:
    """Return GPU number i; without any GPU, JAX raises a RuntimeError.

    Raises:
        ValueError: if i is no integer >= 0; try_gpu does the same.
        IndexError: if there are GPUs, but fewer.
    """
    return jax.devices('gpu')[whole_number('i', i, 0)]


def num_gpus() -> int:
    """Return the number of GPUs that JAX can use."""
    return sum(device.platform == 'gpu' for device in jax.devices())


def try_gpu(i: int = 0) -> Device:
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if whole_number('i', i, 0) < num_gpus() else cpu()


def try_all_gpus() -> list[Device]:
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n: int) -> Array:
    """Return the array 0, 1, ..., n - 1."""
    return jnp.arange(n)


def set_seed(seed: int) -> None:
    """Seed Python and NumPy.

    JAX has no seed of its own: who needs random numbers passes a key. The
    chapter draws its keys from NumPy. On the CPU a run then repeats bit for
    bit on the same machine, with the same number of threads.

    Raises:
        ValueError: if seed is no integer in 0 ... 2**32 - 1.
    """
    seed = check_seed(seed)
    random.seed(seed)
    np.random.seed(seed)


def load_data_fashion_mnist(batch_size: int, resize: int | None = None
                            ) -> tuple[Batches, Batches]:
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 28, 28, 1) float32 in [0, 1], or
    (batch, resize, resize, 1), and y: (batch,) int32 in 0 ... 9.
    """
    def to_float(X: _Bytes, y: _Bytes) -> tuple[Array, Array]:
        scaled = X[..., None].astype(np.float32) / 255
        return jnp.asarray(scaled), jnp.asarray(y, jnp.int32)

    train, test = fashion_mnist(resize)
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat: Array, y: Array) -> Array:
    """Return how many rows of y_hat are largest at y.

    The number is an array without axes, so that jitted code can count.

    Args:
        y_hat: scores, (batch, classes).
        y: classes, (batch,), integers.

    Raises:
        ValueError: if these are not the shapes.
    """
    check_predictions(y_hat, y)
    return (y_hat.argmax(axis=1) == y).sum()


def evaluate_accuracy_gpu(net: Network,
                          data_iter: Iterable[tuple[Array, Array]],
                          device: Device | None = None) -> float:
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: an nnx.Module; it is left in evaluation mode.
        data_iter: yields X, (batch, ...), and y, (batch,).
        device: where to compute; without, where net's parameters are.

    Raises:
        ValueError: if data_iter yields nothing.
    """
    net.eval()
    metric = Accumulator(2)  # correct, examples
    for X, y in data_iter:
        X, y = jax.device_put((X, y), device)
        metric.add(_num_correct(net, X, y), len(y))
    return fraction_correct(metric[0], metric[1])


def _correct(net: Network, X: Array, y: Array) -> Array:
    return accuracy(net(X), y)


_num_correct = nnx.jit(_correct)


def get_lr(trainer: Trainer) -> float:
    """Return the learning rate of an nnx.Optimizer, a float32.

    Its transformation must come from optax.inject_hyperparams, which makes
    the rate a part of the optimizer's state.

    Raises:
        ValueError: if it does not.
    """
    return float(_state(trainer).hyperparams['learning_rate'][...])


def set_lr(trainer: Trainer, lr: SupportsFloat) -> None:
    """Set the learning rate of an nnx.Optimizer (see get_lr).

    Compiled steps take the state as an argument: none is compiled anew.

    Args:
        trainer: the optimizer, made with a number for a rate.
        lr: a finite number >= 0; outside compiled code, it is a number.

    Raises:
        ValueError: if it is anything else, or the trainer has a schedule of
            its own.
    """
    refuse_schedule('learning_rate' in _state(trainer).hyperparams_states)
    rate = trainer.opt_state.hyperparams['learning_rate']
    # A trainer made with an int keeps one; a rate is a float all the same.
    dtype = jnp.result_type(rate[...].dtype, 1.0)
    rate.set_value(jnp.asarray(check_rate(lr), dtype))


def _state(trainer: Trainer) -> Any:
    """Return the state that optax.inject_hyperparams keeps."""
    if 'learning_rate' not in getattr(trainer.opt_state, 'hyperparams', ()):
        raise ValueError('the trainer has no rate in its state: make it with '
                         'optax.inject_hyperparams(...)(learning_rate=...)')
    return trainer.opt_state
