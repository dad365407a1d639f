"""How MXNet takes the tests' weights and batches."""
from d2l import mxnet as d2l  # isort: skip

import mxnet
import numpy as np
from mxnet.gluon import nn


def array(values):
    return mxnet.np.array(values, dtype='float32')


def to_numpy(x):
    return x.asnumpy()


def batch(X, y):
    return (array(np.asarray(X)[:, None]),
            mxnet.np.array(y, dtype='int32'))


def loader(batches):
    return batches


def load(net, weights):
    net(array(np.zeros((1, 1, 28, 28))))  # makes the parameters
    for parameter, value in zip(net.collect_params().values(), weights,
                                strict=True):
        parameter.set_data(array(value))


def weights(net):
    return [p.data().asnumpy() for p in net.collect_params().values()]


def one_weight(chapter, lr):
    """Return a trainer of one weight, whose gradient is 1; a function that
    makes an update; and one that returns the weight."""
    net = nn.Dense(1, use_bias=False, in_units=1)
    net.initialize()
    trainer = chapter['make_trainer'](net, lr)

    def update():
        with mxnet.autograd.record():
            y = net(array([[1.0]]))
        y.backward()
        trainer.step(1)
    return trainer, update, lambda: float(net.weight.data()[0, 0])


def pretend_gpus(monkeypatch, n):
    monkeypatch.setattr(d2l.mxnet.context, 'num_gpus', lambda: n)
