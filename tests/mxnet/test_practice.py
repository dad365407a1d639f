"""What the page on practice says of MXNet and no cell shows."""
import pytest

from d2l import mxnet as d2l  # isort: skip

import mxnet
from mxnet import autograd, gluon
from mxnet import lr_scheduler as lrs


def weight_and_trainer(kind='sgd', contexts=None, **settings):
    weight = gluon.Parameter('weight', shape=1, init='ones')
    weight.initialize(ctx=contexts)
    return weight, gluon.Trainer([weight], kind, settings)


def update(weight, trainer):
    """Make an update with a gradient of 1; return the change."""
    contexts = weight.list_ctx()
    before = float(weight.data(contexts[0]).asnumpy()[0])
    with autograd.record():
        losses = [weight.data(context).sum() for context in contexts]
    for loss in losses:
        loss.backward()
    trainer.step(batch_size=len(contexts))
    return before - float(weight.data(contexts[0]).asnumpy()[0])


def cosine():
    return lrs.CosineScheduler(max_update=20, base_lr=0.3, final_lr=0.01)


def test_a_rate_beside_a_scheduler_is_refused():
    _, trainer = weight_and_trainer(lr_scheduler=cosine())
    with pytest.raises(UserWarning, match='LRScheduler'):
        trainer.set_learning_rate(0.1)
    with pytest.raises(ValueError, match='schedule of its own'):
        d2l.set_lr(trainer, 0.1)


def test_a_step_on_two_devices_counts_once():
    one, two = (weight_and_trainer(contexts=[mxnet.cpu(i) for i in range(n)],
                                   lr_scheduler=cosine()) for n in (1, 2))
    for _ in range(3):
        assert update(*one) == pytest.approx(update(*two), abs=1e-6)
    assert two[1].optimizer.num_update == 3


def test_states_hold_the_scheduler_pickled(tmp_path):
    class OnlyHere(lrs.LRScheduler):
        def __call__(self, count):
            return 0.1

    weight, trainer = weight_and_trainer(lr_scheduler=OnlyHere())
    update(weight, trainer)
    with pytest.raises(Exception, match='OnlyHere'):
        trainer.save_states(str(tmp_path / 'states'))

    def factor():
        return lrs.FactorScheduler(step=1, factor=0.5, base_lr=0.4)

    weight, trainer = weight_and_trainer(lr_scheduler=factor())
    assert [round(update(weight, trainer), 4) for _ in range(2)] == [.4, .2]
    trainer.save_states(str(tmp_path / 'states'))
    weight, trainer = weight_and_trainer(lr_scheduler=factor())
    trainer.load_states(str(tmp_path / 'states'))
    assert update(weight, trainer) == pytest.approx(0.1, abs=1e-6)


def test_there_is_no_decoupled_decay():
    assert not [name for name in dir(mxnet.optimizer)
                if 'adamw' in name.lower()]


def test_lr_mult_of_a_block():
    net = gluon.nn.Dense(1, in_units=1)
    net.collect_params().setattr('lr_mult', 0.1)
    assert {p.lr_mult for p in net.collect_params().values()} == {0.1}


def test_one_cycle_is_a_cosine_after_a_warmup():
    cycle = lrs.CosineScheduler(max_update=10, base_lr=0.3, warmup_steps=3,
                                warmup_begin_lr=0.012)
    rates = [cycle(count) for count in range(13)]
    assert rates[0] == 0.012 and max(rates) == rates[3] == 0.3
    assert rates[10:] == [0, 0, 0]
