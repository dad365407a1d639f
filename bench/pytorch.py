"""PyTorch: tensors made once, its own shuffling, no statistics."""
from collections.abc import Callable
from typing import Any

import torch


def make_epoch(chapter: dict[str, Any]) -> Callable[[], None]:
    """Return a function that trains for one epoch."""
    (X, y), _ = chapter['d2l'].fashion_mnist()
    X = torch.tensor(X).float().unsqueeze(1) / 255
    y = torch.tensor(y).long()
    net = chapter['make_net']()
    trainer = chapter['make_trainer'](net, 0.1)

    def epoch() -> None:
        for i in torch.randperm(len(y)).split(256):
            trainer.zero_grad()
            chapter['loss'](net(X[i]), y[i]).backward()
            trainer.step()
    return epoch
