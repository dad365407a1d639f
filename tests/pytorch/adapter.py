"""How PyTorch takes the tests' weights and batches."""
import numpy as np
import torch
from torch import nn

from tests.watch import Watch


def array(values):
    return torch.tensor(values)


def to_numpy(x):
    return x.numpy()


def batch(X, y):
    return (torch.tensor(X, dtype=torch.float32).unsqueeze(1),
            torch.tensor(np.asarray(y), dtype=torch.int64))


def loader(batches):
    return batches


def load(net, weights):
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), weights, strict=True):
            parameter.copy_(torch.tensor(value))


def weights(net):
    return [p.detach().numpy().copy() for p in net.parameters()]


def one_weight(chapter, lr):
    """Return a trainer of one weight, whose gradient is 1; a function that
    makes an update; and one that returns the weight."""
    net = nn.Linear(1, 1, bias=False)
    trainer = chapter['make_trainer'](net, lr)

    def update():
        net.weight.grad = torch.ones_like(net.weight)
        trainer.step()
    return trainer, update, net.weight.item


def watched(num_batches):
    """Return names for a snippet, and the changes of its only weight, whose
    gradient is 1: after each update it is set to 0 again."""
    net = nn.Linear(1, 1, bias=False, dtype=torch.float64)
    batch = torch.ones(1, 1, dtype=torch.float64), torch.ones(1)
    watch = Watch(num_batches, batch, lambda: load(net, [[[0.0]]]),
                  net.weight.item)
    return {'net': net, 'train_iter': watch,
            'loss': lambda y_hat, y: y_hat.sum()}, watch.changes


def pretend_gpus(monkeypatch, n):
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: n)
