"""What only PyTorch has."""
import io

import numpy as np
import torch
from torch import nn
from torch.optim import SGD

from d2l import torch as d2l


def test_set_lr_reaches_every_group():
    groups = [{'params': [nn.Parameter(torch.zeros(1))]} for _ in range(2)]
    trainer = SGD(groups, lr=0.5)
    d2l.set_lr(trainer, 0.25)
    assert d2l.get_lr(trainer) == 0.25
    for group in trainer.param_groups:
        group['params'][0].grad = torch.ones(1)
    trainer.step()
    assert [g['params'][0].item() for g in groups] == [-0.25, -0.25]


def test_saved_state_holds_numbers_of_python():
    trainer = SGD([nn.Parameter(torch.zeros(1))], lr=0.5)
    d2l.set_lr(trainer, np.float64(0.25))
    file = io.BytesIO()
    torch.save(trainer.state_dict(), file)
    file.seek(0)
    state = torch.load(file, weights_only=True)
    assert type(state['param_groups'][0]['lr']) is float


def test_a_rate_in_a_tensor_stays_in_it():
    """Compiled steps would not see another one."""
    lr = torch.tensor(0.5)
    trainer = SGD([nn.Parameter(torch.zeros(1))], lr=lr)
    d2l.set_lr(trainer, 0.25)
    assert trainer.param_groups[0]['lr'] is lr and lr.item() == 0.25
    assert type(d2l.get_lr(trainer)) is float


def test_evaluation_is_in_its_mode_and_without_gradients():
    class Net(nn.Module):
        """Says the class is the first pixel; wrongly if in training mode."""

        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, X):
            assert not self.training and not torch.is_grad_enabled()
            return nn.functional.one_hot(X.long(), 3) * self.scale

    batches = [(torch.tensor([0., 1, 2]), torch.tensor([0, 1, 0])),
               (torch.tensor([2.]), torch.tensor([2]))]
    assert d2l.evaluate_accuracy_gpu(Net(), batches) == 3 / 4
    assert d2l.evaluate_accuracy_gpu(Net(), batches, d2l.cpu()) == 3 / 4
