"""The chapter's helpers for PyTorch: `from d2l import torch as d2l`."""
import random

import numpy as np
import torch

from d2l import common
from d2l.common import *

__all__ = [*common.__all__, 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']


def cpu():
    """Return the CPU."""
    return torch.device('cpu')


def gpu(i=0):
    """Return GPU number i, whether it is there or not."""
    return torch.device('cuda', i)


def num_gpus():
    """Return the number of GPUs that PyTorch can use."""
    return torch.cuda.device_count()


def try_gpu(i=0):
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n):
    """Return the tensor 0, 1, ..., n - 1."""
    return torch.arange(n)


def set_seed(seed):
    """Seed Python, NumPy and PyTorch.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. On a GPU cuDNN is told to use deterministic
    algorithms; other kernels may still differ in the last bit.
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def load_data_fashion_mnist(batch_size, resize=None):
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 1, 28, 28) float32 in [0, 1], or
    (batch, 1, resize, resize), and y: (batch,) int64 in 0 ... 9.
    """
    def to_float(X, y):
        return X.float().unsqueeze(1) / 255, y.long()

    train, test = ([torch.tensor(array) for array in split]
                   for split in fashion_mnist(resize))
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat, y):
    """Return how many rows of y_hat, (batch, classes), are largest at y."""
    return float((y_hat.argmax(dim=1) == y).sum())


@torch.no_grad()
def evaluate_accuracy_gpu(net, data_iter, device=None):
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a module; it is left in evaluation mode.
        data_iter: yields X, y.
        device: where to compute; without, where net's parameters are.
    """
    net.eval()
    if device is None:
        device = next(net.parameters()).device
    metric = Accumulator(2)  # correct, examples
    for X, y in data_iter:
        X, y = X.to(device), y.to(device)
        metric.add(accuracy(net(X), y), len(y))
    return metric[0] / metric[1]


def get_lr(trainer):
    """Return the learning rate of a torch.optim.Optimizer's first group."""
    return trainer.param_groups[0]['lr']


def set_lr(trainer, lr):
    """Set the learning rate of a torch.optim.Optimizer, in every group."""
    for group in trainer.param_groups:
        group['lr'] = lr
