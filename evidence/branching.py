"""A run and its branches: what leaves it begins where it stands; PyTorch.

A branch has the weights, the state of the trainer and the random numbers of
the run at that moment, so it is what a run of its own with these rates would
be. When it is done, the run goes on as if there had been none.
"""
import copy
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import torch

Curves = dict[str, list[float]]
# Trains from one epoch to another, at these rates, and returns its curves.
Train = Callable[[int, int, Callable[[float], float]], Curves]
# name, epoch at which it leaves, epochs that it lasts, rates of a whole run
Branch = tuple[str, int, int, Callable[[float], float]]


def grow(net: torch.nn.Module, trainer: torch.optim.Optimizer, train: Train,
         schedule: Callable[[float], float], epochs: int,
         branches: Sequence[Branch]) -> tuple[Curves, dict[str, Curves]]:
    """Train, and train every branch; return the curves of the run, and of the
    epochs that each branch has for itself."""
    curves: Curves = {}
    grown: dict[str, Curves] = {}
    stops = sorted({at for _, at, _, _ in branches if at < epochs} | {epochs})
    for begin, stop in zip([0, *stops], stops):
        for key, values in train(begin, stop, schedule).items():
            curves.setdefault(key, []).extend(values)
        here = _state(net, trainer)
        for name, at, over, rates in branches:
            if at == stop:
                grown[name] = train(at, at + over, rates)
                _restore(net, trainer, here)
    return curves, grown


def _state(net: torch.nn.Module, trainer: torch.optim.Optimizer
           ) -> tuple[Any, ...]:
    return (*copy.deepcopy((net.state_dict(), trainer.state_dict())),
            *_numbers())


def _numbers() -> Iterable[Any]:
    return random.getstate(), np.random.get_state(), torch.get_rng_state()


def _restore(net: torch.nn.Module, trainer: torch.optim.Optimizer,
             state: tuple[Any, ...]) -> None:
    weights, inner, plain, numpy, numbers = copy.deepcopy(state)
    net.load_state_dict(weights)
    trainer.load_state_dict(inner)
    random.setstate(plain)
    np.random.set_state(numpy)
    torch.set_rng_state(numbers)
