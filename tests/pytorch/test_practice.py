"""What the page on practice says of PyTorch and no cell shows."""
import itertools
import warnings

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler as lrs

from d2l import torch as d2l


def trainer_of(lr=0.4, groups=1):
    weights = [nn.Parameter(torch.zeros(1)) for _ in range(groups)]
    for weight in weights:
        weight.grad = torch.ones(1)
    return torch.optim.SGD([{'params': [weight]} for weight in weights], lr=lr)


def rates_of(trainer, scheduler, updates):
    rates = []
    for _ in range(updates):
        rates.append(d2l.get_lr(trainer))
        trainer.step()
        scheduler.step()
    return rates


def test_get_lr_warns_and_get_last_lr_is_the_next():
    trainer = trainer_of()
    scheduler = lrs.ExponentialLR(trainer, gamma=0.5)
    trainer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.2] == [d2l.get_lr(trainer)]
    with pytest.warns(UserWarning, match='get_last_lr'):
        scheduler.get_lr()


def test_what_built_ins_lack():
    with pytest.raises(ValueError):
        lrs.LinearLR(trainer_of(), start_factor=0.0)
    trainer = trainer_of()
    rates = rates_of(trainer, lrs.ExponentialLR(trainer, gamma=0.1), 9)
    assert rates[-1] < 1e-8
    trainer = trainer_of()
    assert rates_of(trainer, lrs.PolynomialLR(trainer, 3), 5)[-1] == 0


@pytest.mark.parametrize('total, calls', [(10, 10), (10, 11)])
def test_one_cycle_may_be_stepped_as_often_as_it_is_long(total, calls):
    trainer = trainer_of()
    scheduler = lrs.OneCycleLR(trainer, 0.3, total_steps=total,
                               cycle_momentum=False)
    rates = rates_of(trainer, scheduler, min(calls, total))
    assert d2l.get_lr(trainer) > 100 * rates[-1]  # has risen again
    if calls > total:
        with pytest.raises(ValueError, match='Tried to step 11 times'):
            rates_of(trainer, scheduler, 1)


def test_restarts_jump():
    trainer = trainer_of(lr=0.3)
    rates = rates_of(trainer, lrs.CosineAnnealingWarmRestarts(
        trainer, T_0=10), 11)
    assert rates[9] < 0.02 and rates[10] == 0.3


def test_a_plateau_is_not_one_of_a_sequence():
    trainer = trainer_of()
    ramp, plateau = lrs.LinearLR(trainer), lrs.ReduceLROnPlateau(trainer)
    with pytest.raises(ValueError, match='does not support'):
        lrs.SequentialLR(trainer, [ramp, plateau], [5])


def test_a_plateau_told_of_the_ramp_cuts_it():
    trainer = trainer_of()
    ramp = lrs.LinearLR(trainer, start_factor=0.25, total_iters=6)
    plateau = lrs.ReduceLROnPlateau(trainer, factor=0.5, patience=2)
    for _ in range(6):
        trainer.step()
        ramp.step()
        plateau.step(1.0)
    assert d2l.get_lr(trainer) == pytest.approx(0.2)  # half of its peak


def test_better_is_relative():
    for reports, cut in (([1000.0, 999.95], True), ([1000.0, 999.8], False)):
        trainer = trainer_of()
        plateau = lrs.ReduceLROnPlateau(trainer, factor=0.5, patience=0)
        for report in reports:
            plateau.step(report)
        assert (d2l.get_lr(trainer) == 0.2) == cut


def test_set_lr_gives_all_groups_one_rate():
    trainer = trainer_of(groups=2)
    trainer.param_groups[0]['lr'] = 0.04
    d2l.set_lr(trainer, 0.1)
    assert [group['lr'] for group in trainer.param_groups] == [0.1, 0.1]


def test_a_nested_sequence_warns_of_an_order_that_is_right():
    def chain(trainer, nested):
        ramp = lrs.LinearLR(trainer, start_factor=0.25, total_iters=3)
        hold = lrs.ConstantLR(trainer, factor=1.0, total_iters=1)
        if not nested:
            return lrs.SequentialLR(trainer, [ramp, hold], [3])
        return lrs.SequentialLR(trainer, [lrs.SequentialLR(
            trainer, [ramp, hold], [3])], [])

    flat, nested = trainer_of(), trainer_of()
    rates = rates_of(flat, chain(flat, nested=False), 5)
    with pytest.warns(UserWarning, match='before `optimizer.step'):
        scheduler = chain(nested, nested=True)
    assert rates_of(nested, scheduler, 4) == [*rates[:2], *rates[3:]]


def test_last_epoch_wants_an_optimizer_that_knows():
    with pytest.raises(KeyError, match='initial_lr'):
        lrs.ExponentialLR(trainer_of(), 0.9, last_epoch=7)


@pytest.mark.parametrize('scheduler_first', [True, False])
def test_both_states_may_be_loaded_in_either_order(scheduler_first):
    def start():
        trainer = trainer_of()
        return trainer, lrs.SequentialLR(
            trainer, [lrs.LinearLR(trainer, 0.1, total_iters=5),
                      lrs.CosineAnnealingLR(trainer, 15)], [5])
    pair = start()
    rates_of(*pair, 8)
    states = [part.state_dict() for part in pair]
    again = start()
    parts = [*zip(again, states)]
    for part, state in parts[::-1] if scheduler_first else parts:
        part.load_state_dict(state)
    assert rates_of(*again, 9) == rates_of(*pair, 9)


def test_steps_first_then_schedules_is_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        trainer = trainer_of()
        rates = rates_of(trainer, lrs.ExponentialLR(trainer, gamma=0.5), 4)
    assert all(a == 2 * b for a, b in itertools.pairwise(rates))
