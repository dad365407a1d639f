"""What only PyTorch has."""
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
