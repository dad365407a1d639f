"""JAX: pure functions, the optimizer's state donated, nothing waited for."""
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx


def make_epoch(chapter: dict[str, Any]) -> Callable[[], None]:
    """Return a function that trains for one epoch."""
    (X, y), _ = chapter['d2l'].fashion_mnist()
    X, y = jnp.asarray(X[..., None] / 255, jnp.float32), jnp.asarray(y, int)
    graph, weights = nnx.split(chapter['make_net']())

    @functools.partial(jax.jit, donate_argnums=0)
    def step(weights: Any, i: Any, lr: float) -> Any:
        def objective(weights: Any) -> Any:
            return chapter['loss'](nnx.merge(graph, weights)(X[i]), y[i])
        return jax.tree.map(lambda w, g: w - lr * g, weights,
                            jax.grad(objective)(weights))

    def epoch() -> None:
        nonlocal weights
        order = np.random.permutation(len(y))
        for start in range(0, len(y), 256):
            weights = step(weights, order[start:start + 256], 0.1)
        jax.block_until_ready(weights)
    return epoch
