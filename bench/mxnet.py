"""MXNet: arrays made once, memory laid out once, nothing waited for."""
from collections.abc import Callable
from typing import Any

import mxnet
import numpy
from mxnet import autograd


def make_epoch(chapter: dict[str, Any]) -> Callable[[], None]:
    """Return a function that trains for one epoch."""
    (X, y), _ = chapter['d2l'].fashion_mnist()
    X = mxnet.np.array(X[:, None] / 255, dtype='float32')
    y = mxnet.np.array(y, dtype='int32')
    net, loss = chapter['make_net'](), chapter['loss']
    for block in (net, loss):
        block.hybridize(static_alloc=True, static_shape=True)
    trainer = chapter['make_trainer'](net, 0.1)

    def epoch() -> None:
        order = mxnet.np.array(numpy.random.permutation(len(y)),
                               dtype='int32')
        for start in range(0, len(y), 256):
            i = order[start:start + 256]
            with autograd.record():
                value = loss(net(mxnet.np.take(X, i, axis=0)), y[i])
            value.backward()
            trainer.step(len(i))
        mxnet.npx.waitall()
    return epoch
