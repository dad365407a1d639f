"""Trainers besides the chapter's: momentum, AdamW, schedule-free; PyTorch."""
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch


def make_trainer(net: torch.nn.Module, settings: Mapping[str, Any],
                 lr: float,
                 momentum: float | Callable[[float], float] = 0.0,
                 num_batches: int = 1) -> torch.optim.Optimizer:
    """Return a trainer of the weights of net.

    Args:
        net: the network.
        settings: its kind, and for AdamW its weight_decay.
        lr: its first rate.
        momentum: a number, or a function of time, asked before each update.
        num_batches: how many updates are one unit of that time.
    """
    parameters = net.parameters()
    if settings['kind'] == 'AdamW':
        return torch.optim.AdamW(parameters, lr=lr,
                                 weight_decay=settings['weight_decay'])
    if not callable(momentum):
        kinds = {'SGD': torch.optim.SGD, 'schedule-free SGD': ScheduleFreeSGD}
        return kinds[settings['kind']](parameters, lr=lr, momentum=momentum)
    trainer = torch.optim.SGD(parameters, lr=lr, momentum=momentum(0))
    _follow(trainer, momentum, num_batches)
    return trainer


def _follow(trainer: torch.optim.Optimizer, momentum: Callable[[float], float],
            num_batches: int) -> None:
    """Let a trainer's momentum be a function of time."""
    updates = 0

    def ask(*_: Any) -> None:
        nonlocal updates
        for group in trainer.param_groups:
            group['momentum'] = momentum(updates / num_batches)
        updates += 1

    trainer.register_step_pre_hook(ask)


class ScheduleFreeSGD(torch.optim.Optimizer):
    """Gradient descent on z, with gradients at y, between z and its average x.

    With y = (1 - beta) z + beta x in the network, an update is
    z <- z - lr * gradient(y) and x <- (1 - c) x + c z, where c is the square
    of the largest rate so far, divided by the sum of these squares. What was
    learned is x, and whoever evaluates must put it into the network.

    Source: Defazio et al. (2024), algorithm 1, without weight decay.
    """

    def __init__(self, params: Iterable[torch.nn.Parameter], lr: float,
                 momentum: float):
        super().__init__(params, {'lr': lr, 'beta': momentum, 'largest': 0.0,
                                  'total': 0.0})

    @torch.no_grad()
    def step(self) -> None:
        """Make an update."""
        for group in self.param_groups:
            group['largest'] = max(group['largest'], group['lr'])
            weight = group['largest'] ** 2
            group['total'] += weight
            c = weight / group['total'] if weight else 0.0
            for y in group['params']:
                state = self.state[y]
                if not state:
                    state['z'], state['x'] = y.clone(), y.clone()
                state['z'].sub_(y.grad, alpha=group['lr'])
                state['x'].lerp_(state['z'], c)
                y.copy_(state['z'].lerp(state['x'], group['beta']))
