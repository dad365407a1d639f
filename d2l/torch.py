"""The chapter's helpers for PyTorch: `from d2l import torch as d2l`."""
import random
from collections.abc import Iterable
from typing import SupportsFloat, TypeAlias

import numpy as np
import torch

from d2l import common
from d2l.checks import (
    check_predictions,
    check_rate,
    check_seed,
    whole_number,
)
from d2l.common import *
from d2l.metrics import fraction_correct

__all__ = [*common.__all__, 'accuracy', 'arange', 'cpu',
           'evaluate_accuracy_gpu', 'get_lr', 'gpu', 'load_data_fashion_mnist',
           'num_gpus', 'set_lr', 'set_seed', 'try_all_gpus', 'try_gpu']

Array: TypeAlias = torch.Tensor
Device: TypeAlias = torch.device
Network: TypeAlias = torch.nn.Module
Trainer: TypeAlias = torch.optim.Optimizer


def cpu() -> Device:
    """Return the CPU."""
    return torch.device('cpu')


def gpu(i: int = 0) -> Device:
    """Return GPU number i, whether it is there or not.

    Raises:
        ValueError: if i is no integer >= 0; try_gpu does the same.
    """
    return torch.device('cuda', whole_number('i', i, 0))


def num_gpus() -> int:
    """Return the number of GPUs that PyTorch can use."""
    return int(torch.cuda.device_count())


def try_gpu(i: int = 0) -> Device:
    """Return GPU number i if it is there, else the CPU."""
    return gpu(i) if whole_number('i', i, 0) < num_gpus() else cpu()


def try_all_gpus() -> list[Device]:
    """Return all GPUs, or [the CPU] if there is none."""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def arange(n: int) -> Array:
    """Return the tensor 0, 1, ..., n - 1."""
    return torch.arange(n)


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and PyTorch.

    On the CPU a run then repeats bit for bit on the same machine, with the
    same number of threads. On a GPU cuDNN is told to use deterministic
    algorithms; other kernels may still differ in the last bit.

    Raises:
        ValueError: if seed is no integer in 0 ... 2**32 - 1.
    """
    seed = check_seed(seed)
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


def load_data_fashion_mnist(batch_size: int, resize: int | None = None
                            ) -> tuple[Batches, Batches]:
    """Return train_iter (shuffled) and test_iter over Fashion-MNIST.

    Each pass yields X: (batch, 1, 28, 28) float32 in [0, 1], or
    (batch, 1, resize, resize), and y: (batch,) int64 in 0 ... 9.
    """
    def to_float(X: Array, y: Array) -> tuple[Array, Array]:
        return X.float().unsqueeze(1) / 255, y.long()

    train, test = ([torch.tensor(array) for array in split]
                   for split in fashion_mnist(resize))
    return (Batches(train, batch_size, shuffle=True, transform=to_float),
            Batches(test, batch_size, transform=to_float))


def accuracy(y_hat: Array, y: Array) -> float:
    """Return how many rows of y_hat are largest at y.

    Args:
        y_hat: scores, (batch, classes).
        y: classes, (batch,), integers.

    Raises:
        ValueError: if these are not the shapes.
    """
    check_predictions(y_hat, y)
    return float((y_hat.argmax(dim=1) == y).sum())


def evaluate_accuracy_gpu(net: Network,
                          data_iter: Iterable[tuple[Array, Array]],
                          device: Device | None = None) -> float:
    """Return the fraction of examples that net classifies correctly.

    Args:
        net: a module; it is left in evaluation mode.
        data_iter: yields X, (batch, ...), and y, (batch,).
        device: where to compute; without, where net's parameters are.

    Raises:
        ValueError: if data_iter yields nothing.
    """
    net.eval()
    if device is None:
        device = next(net.parameters()).device
    metric = Accumulator(2)  # correct, examples
    with torch.no_grad():
        for X, y in data_iter:
            X, y = X.to(device), y.to(device)
            metric.add(accuracy(net(X), y), len(y))
    return fraction_correct(metric[0], metric[1])


def get_lr(trainer: Trainer) -> float:
    """Return the learning rate of a torch.optim.Optimizer's first group."""
    return float(trainer.param_groups[0]['lr'])


def set_lr(trainer: Trainer, lr: SupportsFloat) -> None:
    """Set the learning rate of a torch.optim.Optimizer, in every group.

    Args:
        trainer: the optimizer; where its rate is a tensor, that is filled.
        lr: a finite number >= 0; it is kept as a plain number.

    Raises:
        ValueError: if it is anything else.
    """
    lr = check_rate(lr)
    for group in trainer.param_groups:
        if isinstance(group['lr'], torch.Tensor):
            group['lr'].fill_(lr)  # compiled steps hold on to it
        else:
            group['lr'] = lr
