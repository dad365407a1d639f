"""d2l.torch against PyTorch itself."""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD
from torch.optim import lr_scheduler as builtin

from d2l import torch as d2l


def test_import_needs_neither_pandas_nor_torchvision():
    code = ('import sys; sys.modules["pandas"] = None; '
            'sys.modules["torchvision"] = None; from d2l import torch')
    subprocess.run([sys.executable, '-c', code], check=True)


def test_devices_fall_back_to_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 0)
    assert d2l.num_gpus() == 0
    assert d2l.try_gpu() == d2l.cpu() == torch.device('cpu')
    assert d2l.try_all_gpus() == [torch.device('cpu')]
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    assert d2l.try_gpu(1) == d2l.gpu(1) == torch.device('cuda:1')
    assert d2l.try_gpu(2) == torch.device('cpu')
    assert len(d2l.try_all_gpus()) == 2


def test_loaders_yield_scaled_images_and_classes():
    train_iter, test_iter = d2l.load_data_fashion_mnist(256)
    X, y = next(iter(test_iter))
    assert X.shape == (256, 1, 28, 28) and X.dtype == torch.float32
    assert y.shape == (256,) and y.dtype == torch.int64
    assert X.min() == 0 and X.max() == 1
    raw, labels = d2l.fashion_mnist()[1]
    np.testing.assert_allclose(X[:, 0].numpy(), raw[:256] / 255, rtol=1e-6)
    assert y.tolist() == labels[:256].tolist()
    d2l.set_seed(0)
    assert [y.tolist() for _, y in test_iter][0] == y.tolist()
    first, second = (next(iter(train_iter))[1].tolist() for _ in range(2))
    assert first != second


def test_same_seed_same_numbers():
    train_iter, _ = d2l.load_data_fashion_mnist(64)
    seen = []
    for _ in range(2):
        d2l.set_seed(3)
        seen.append((torch.rand(2).tolist(), np.random.rand(),
                     next(iter(train_iter))[1].tolist()))
    assert seen[0] == seen[1]


def test_accuracy_counts():
    y_hat = torch.tensor([[.1, .9], [.8, .2], [.3, .7]])
    assert d2l.accuracy(y_hat, torch.tensor([1, 0, 0])) == 2


def test_evaluate_accuracy_gpu():
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


def test_set_lr_reaches_every_group():
    groups = [{'params': [nn.Parameter(torch.zeros(1))]} for _ in range(2)]
    trainer = SGD(groups, lr=0.5)
    d2l.set_lr(trainer, 0.25)
    assert d2l.get_lr(trainer) == 0.25
    for group in trainer.param_groups:
        group['params'][0].grad = torch.ones(1)
    trainer.step()
    assert [g['params'][0].item() for g in groups] == [-0.25, -0.25]


def test_arange():
    assert d2l.arange(3).tolist() == [0, 1, 2]


def applied(attach, epochs=31):
    """Return the rates that SGD applies, read off a weight's changes."""
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.ones_like(weight)
    trainer = SGD([weight], lr=1.0)
    step = attach(trainer)
    rates = []
    for epoch in range(epochs):
        before = weight.item()
        step(epoch)
        rates.append(before - weight.item())
    return rates


def ours(schedule):
    def attach(trainer):
        def step(epoch):
            d2l.set_lr(trainer, schedule(epoch))
            trainer.step()
        return step
    return attach


def theirs(base_lr, make):
    def attach(trainer):
        d2l.set_lr(trainer, base_lr)
        trainer.param_groups[0].pop('initial_lr', None)
        scheduler = make(trainer)

        def step(epoch):
            trainer.step()
            scheduler.step()
        return step
    return attach


def cosine_then_constant(trainer, T, final, base):
    return [builtin.CosineAnnealingLR(trainer, T, final),
            builtin.ConstantLR(trainer, final / base, 10**9)]


PAIRS = {
    'square root': (d2l.SquareRootScheduler(0.3), theirs(
        1.0, lambda o: builtin.LambdaLR(o, d2l.SquareRootScheduler(0.3)))),
    'factor': (d2l.FactorScheduler(0.9, 0, 0.3), theirs(
        0.3, lambda o: builtin.ExponentialLR(o, 0.9))),
    'multi factor': (d2l.MultiFactorScheduler([15, 30], 0.5, 0.3), theirs(
        0.3, lambda o: builtin.MultiStepLR(o, [15, 30], 0.5))),
    'polynomial': (d2l.PolyScheduler(30, 0.3, 2, 0), theirs(
        0.3, lambda o: builtin.PolynomialLR(o, 30, 2))),
    'cosine': (d2l.CosineScheduler(20, 0.3, 0.01), theirs(
        0.3, lambda o: builtin.SequentialLR(
            o, cosine_then_constant(o, 20, 0.01, 0.3), [20]))),
    'warmup': (d2l.CosineScheduler(20, 0.3, 0.01, warmup_steps=5), theirs(
        0.3, lambda o: builtin.SequentialLR(
            o, [builtin.LinearLR(o, 1e-8, 1, 5),
                *cosine_then_constant(o, 15, 0.01, 0.3)], [5, 20]))),
}


@pytest.mark.filterwarnings('ignore:.*scheduler.*:UserWarning')
@pytest.mark.parametrize('name', PAIRS)
def test_rates_applied_equal_those_of_pytorch(name):
    schedule, built_in = PAIRS[name]
    mine, reference = applied(ours(schedule)), applied(built_in)
    assert mine == pytest.approx(reference, abs=1e-6)
    assert max(mine) > min(mine)


def test_the_chapters_loop_asks_then_sets_before_the_first_update():
    """The chapter's own `train`, on a weight that shows its rates."""
    notebook = json.loads((Path(__file__).parents[2] / 'notebooks' / 'pytorch'
                           / 'lr-scheduler.ipynb').read_text('utf-8'))
    source, = (''.join(cell['source']) for cell in notebook['cells']
               if ''.join(cell['source']).startswith('def train('))
    chapter = {'d2l': d2l, 'torch': torch}
    exec(source, chapter)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.zeros((), dtype=torch.float64))

        def forward(self, X):
            seen.append(self.w.item())
            return torch.stack([self.w, -self.w]).expand(len(X), 2)

    batches = [(torch.zeros(2, 1), torch.tensor([0, 1]))] * 4
    schedule = d2l.CosineScheduler(5, 0.3, 0.01, warmup_steps=2)
    for per_update in (False, True):
        net, seen = Net(), []
        trainer = SGD(net.parameters(), lr=99.0)
        history = chapter['train'](
            net, batches, batches[:1], 6, lambda y_hat, _: y_hat[0, 0],
            trainer, d2l.cpu(), schedule, per_update)
        # Five forward passes an epoch: four updates, one evaluation.
        seen.append(net.w.item())
        updates = [seen[i] - seen[i + 1] for i in range(30) if i % 5 < 4]
        times = [epoch + i / 4 * per_update
                 for epoch in range(6) for i in range(4)]
        assert updates == pytest.approx([schedule(t) for t in times])
        assert history['lr'] == [schedule(epoch) for epoch in range(6)]
        assert [len(values) for values in history.values()] == [6] * 4
