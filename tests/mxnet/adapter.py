"""How MXNet takes the tests' weights and batches."""
from d2l import mxnet as d2l  # isort: skip

import mxnet
import numpy as np
from mxnet.gluon import nn

from tests.watch import Watch


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


def watched(num_batches):
    """Return names for a snippet, and the changes of its only weight, whose
    gradient is 1: after each update it is set to 0 again."""
    mxnet.npx.set_np()  # as the chapter does
    net = nn.Dense(1, use_bias=False, in_units=1)
    net.initialize()
    watch = Watch(num_batches, (array([[1.0]]), array([1.0])),
                  lambda: net.weight.set_data(array([[0.0]])),
                  lambda: float(net.weight.data()[0, 0]))
    return {'net': net, 'train_iter': watch,
            'loss': lambda y_hat, y: y_hat}, watch.changes


def pretend_gpus(monkeypatch, n):
    monkeypatch.setattr(d2l.mxnet.context, 'num_gpus', lambda: n)
