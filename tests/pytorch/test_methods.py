"""Trainers, averages and branches of the evidence, against NumPy, PyTorch's
own schedulers, and runs that never branched."""
import numpy as np
import pytest
import torch
from torch import nn

from d2l.modern import OneCycleScheduler, WSDScheduler
from evidence import training
from evidence.averages import Averages
from evidence.branching import grow
from evidence.optimizers import ScheduleFreeSGD, make_trainer
from evidence.plan import Run
from evidence.record import validated

CURVATURE = torch.tensor([3.0, 0.5, 1.0])
START = [1.0, -2.0, 0.5]


class Quadratic(nn.Module):
    """Half the squares of three weights, each with its curvature."""
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(START))

    def forward(self):
        return (CURVATURE * self.w ** 2).sum() / 2


def descend(net, trainer):
    trainer.zero_grad()
    net().backward()
    trainer.step()


def test_schedule_free_by_its_recursion():
    """z by the gradient at y, x the mean of z weighted by squared rates."""
    net, beta, curvature = Quadratic(), 0.9, CURVATURE.numpy()
    trainer = ScheduleFreeSGD(net.parameters(), 0.1, beta)
    x = z = np.array(START)
    weights = 0.0
    for n in range(40):
        rate = 0.3 * min(n / 5, 1) if n < 30 else 0.05
        trainer.param_groups[0]['lr'] = rate
        y = (1 - beta) * z + beta * x
        if n:
            assert net.w.detach().numpy() == pytest.approx(y, abs=1e-6)
        z = z - rate * curvature * y
        weight = (0.3 * min(n / 5, 1)) ** 2  # of the largest rate so far
        weights += weight
        x = x + (weight / weights if weights else 0) * (z - x)
        descend(net, trainer)
    state = trainer.state[net.w]
    assert state['x'].numpy() == pytest.approx(x, abs=1e-6)
    assert state['z'].numpy() == pytest.approx(z, abs=1e-6)
    assert np.abs(x).max() < 0.5 < np.abs(START).max()


def test_with_constant_rates_x_is_the_plain_mean_of_z():
    net = Quadratic()
    trainer = ScheduleFreeSGD(net.parameters(), 0.2, 0.0)  # y is z
    seen = []
    for _ in range(9):
        descend(net, trainer)
        seen.append(net.w.detach().clone())
    assert trainer.state[net.w]['x'].numpy() == pytest.approx(
        torch.stack(seen).mean(0).numpy(), abs=1e-6)


@pytest.mark.parametrize(('settings', 'momentum', 'own'), [
    ({'kind': 'SGD'}, 0.9, lambda w: torch.optim.SGD(w, 0.1, momentum=0.9)),
    ({'kind': 'AdamW', 'weight_decay': 0.3}, 0.0,
     lambda w: torch.optim.AdamW(w, 0.1, weight_decay=0.3))])
def test_trainers_are_pytorchs(settings, momentum, own):
    nets = Quadratic(), Quadratic()
    trainers = (make_trainer(nets[0], settings, 0.1, momentum),
                own(nets[1].parameters()))
    for _ in range(20):
        for net, trainer in zip(nets, trainers):
            descend(net, trainer)
    assert torch.equal(nets[0].w, nets[1].w)


def test_a_momentum_is_asked_for_before_every_update():
    """As PyTorch's OneCycleLR cycles it, 10 epochs of 4 updates. Its last
    update is the end; ours would come one update later."""
    rates = OneCycleScheduler(39 / 4, 0.2, 0.008, 0.2 / 250000, 10.7 / 4)
    momenta = OneCycleScheduler(39 / 4, 0.85, 0.95, 0.95, 10.7 / 4)
    ours, theirs = Quadratic(), Quadratic()
    trainer = make_trainer(ours, {'kind': 'SGD'}, 0.008, momenta, 4)
    own = torch.optim.SGD(theirs.parameters(), 0.1)
    cycle = torch.optim.lr_scheduler.OneCycleLR(own, 0.2, total_steps=40,
                                                pct_start=11.7 / 40)
    for n in range(40):
        trainer.param_groups[0]['lr'] = rates(n / 4)
        assert own.param_groups[0]['lr'] == pytest.approx(rates(n / 4),
                                                          abs=1e-9)
        before = own.param_groups[0]['momentum']
        descend(ours, trainer)
        descend(theirs, own)
        assert trainer.param_groups[0]['momentum'] == pytest.approx(before)
        if n < 39:
            cycle.step()
    assert ours.w.detach().numpy() == pytest.approx(
        theirs.w.detach().numpy(), abs=1e-5)


def test_averages_by_hand():
    net = Quadratic()
    trainer = torch.optim.SGD(net.parameters(), 0.2)
    averages = Averages(net, trainer, {
        'ema': {'half_life': 0.5}, 'swa': {'ends': (2, 4)}}, num_batches=4)
    path, ends, ema = [], {}, None
    for epoch in range(1, 5):
        for _ in range(4):
            descend(net, trainer)
            path.append(net.w.detach().numpy().copy())
            ema = path[0] if ema is None else (  # 2 updates halve a weight
                np.sqrt(0.5) * ema + (1 - np.sqrt(0.5)) * path[-1])
        found = averages.end_epoch(epoch)
        assert found['ema'].module.w.detach().numpy() == pytest.approx(
            ema, abs=1e-6)
        ends[epoch] = found['swa']
    assert ends[1] is net
    assert ends[4].module.w.detach().numpy() == pytest.approx(
        (path[7] + path[15]) / 2, abs=1e-6)


def test_the_kept_average_is_what_the_trainer_keeps():
    net = Quadratic()
    trainer = ScheduleFreeSGD(net.parameters(), 0.2, 0.9)
    averages = Averages(net, trainer, {'x': {'kept': True}}, 4)
    for _ in range(8):
        descend(net, trainer)
    found = averages.end_epoch(2)['x']
    assert torch.equal(found.w, trainer.state[net.w]['x'])
    assert not torch.equal(found.w, net.w)


def test_branches_leave_the_run_as_it_was():
    """With momentum and noise: a branch is a run that never had a trunk."""
    def path(epochs, rate, branches=()):
        np.random.seed(1)
        torch.manual_seed(1)
        net = Quadratic()
        trainer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)

        def train(begin, end, rates):
            seen = []
            for epoch in range(begin, end):
                trainer.param_groups[0]['lr'] = rates(epoch)
                trainer.zero_grad()
                (net() + net.w.sum() * np.random.rand()
                 + (net.w * torch.rand(3)).sum()).backward()
                trainer.step()
                seen.append(net.w.tolist())
            return {'w': seen}
        return grow(net, trainer, train, rate, epochs, branches)

    def decayed(t):
        return 0.05 if t >= 3 else 0.1

    plain, none = path(6, lambda t: 0.1)
    alone, _ = path(5, decayed)
    whole, grown = path(6, lambda t: 0.1, [
        ('a', 3, 2, decayed), ('b', 6, 1, decayed), ('c', 3, 2, decayed)])
    assert whole == plain and none == {}
    assert grown['a']['w'] == alone['w'][3:] == grown['c']['w']
    assert len(grown['b']['w']) == 1


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '1000')
    monkeypatch.setenv('D2L_TEST_LIMIT', '300')
    for name, value in training.ONE_THREAD.items():
        monkeypatch.setenv(name, value)

    def forget():
        training.load_chapter.cache_clear()
        training.images.cache_clear()

    forget()
    yield
    forget()


STAMP = {'study': 'small', 'study sha256': 64 * 'a', 'commit': 40 * 'b'}


def trained(method, settings=None, epochs=3, split='test'):
    run = Run('a', 3, epochs, settings or {'constant': 0.1}, split,
              method=method)
    record = training.train('pytorch', run)
    assert validated({**record, **STAMP})
    assert record.get('method', {}) == method
    return record


@pytest.mark.slow
def test_averages_change_nothing_of_the_run(small):
    plain = trained({})
    both = trained({'averages': {'ema': {'half_life': 1.0},
                                 'swa': {'ends': [3]}}})
    assert both['test acc'] == plain['test acc']
    assert both['train loss'] == plain['train loss']
    assert both['also']['swa'] == {'test acc': plain['test acc']}
    assert both['also']['ema']['test acc'] != plain['test acc']


@pytest.mark.slow
def test_a_branch_is_the_run_that_was_planned_for_it(small):
    whole = trained({}, {'scheduler': 'WSDScheduler', 'max_update': 4,
                         'decay_steps': 2, 'base_lr': 0.1,
                         'per_update': True}, 4)
    stable = trained({'branches': {'line': {'at': 2, 'over': 2,
                                            'shape': 'linear'}}},
                     {'constant': 0.1, 'per_update': True}, 3)
    line = stable['also']['line']
    for key in ('train loss', 'train acc', 'test acc'):
        assert line[key] == pytest.approx(whole[key][2:], abs=2e-6)
        assert stable[key][:2] == whole[key][:2]
    rates = WSDScheduler(4, 2, 0.1)
    assert line['lr'] == pytest.approx([rates(2), rates(3)])
    assert len(stable['lr']) == 3


@pytest.mark.slow
def test_a_larger_batch_makes_fewer_updates(small, monkeypatch):
    trained({'batch size': 500}, epochs=1, split='validation')
    train_iter, kept, _ = training.images('pytorch', 'validation', 500)
    assert [len(y) for _, y in train_iter] == [500, 400]
    assert sum(len(y) for _, y in kept) == 100


@pytest.mark.slow
def test_a_run_with_another_trainer(small):
    cycle = {'scheduler': 'OneCycleScheduler', 'max_update': 3,
             'base_lr': 0.85, 'begin_lr': 0.95, 'final_lr': 0.95}
    found = [trained({'optimizer': settings}, {'constant': 0.02})
             for settings in ({'kind': 'SGD', 'momentum': 0.9},
                              {'kind': 'SGD', 'momentum': cycle},
                              {'kind': 'AdamW', 'weight_decay': 0.1})]
    assert len({tuple(record['train loss']) for record in found}) == 3
    free = trained({'optimizer': {'kind': 'schedule-free SGD',
                                  'momentum': 0.9},
                    'averages': {'x': {'kept': True}}})
    assert free['also']['x']['test acc'] != free['test acc']
