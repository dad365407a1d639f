"""TrainingLog, told by hand what a loop would tell it."""
import math

import pytest

from d2l.training_log import TrainingLog


class Canvas:
    """Keeps the points that an Animator would draw."""

    def __init__(self):
        self.points = []

    def add(self, x, y):
        self.points.append((x, *y))


def test_one_epoch():
    log = TrainingLog(canvas := Canvas(), 2)
    log.begin_epoch(0.5)
    log.update(loss=8.0, correct=1, examples=4, lr=0.5)
    log.update(loss=1.0, correct=2, examples=2, lr=0.25)
    log.end_epoch(0.75)
    assert log.history == {'lr': [0.5], 'train loss': [1.5],
                           'train acc': [0.5], 'test acc': [0.75]}
    assert canvas.points == [
        (0, None, None, None, 0.5), (0.5, 2.0, 0.25, None, 0.5),
        (1.0, 1.5, 0.5, None, 0.25), (1, None, None, 0.75, None)]
    assert str(log) == 'train loss 1.500, train acc 0.500, test acc 0.750'


def test_each_epoch_has_its_own_means():
    log = TrainingLog(Canvas(), 1)
    for loss in (3.0, 1.0):
        log.begin_epoch(0.1)
        log.update(loss, 1, 1, 0.1)
        log.end_epoch(1.0)
    assert log.history['train loss'] == [3.0, 1.0]


@pytest.mark.parametrize(('num_batches', 'drawn'), [
    (4, [1, 2, 3, 4]), (13, [2, 4, 6, 8, 10, 12, 13]),
    (235, [47, 94, 141, 188, 235])])
def test_about_five_points_an_epoch_and_its_end(num_batches, drawn):
    log = TrainingLog(canvas := Canvas(), num_batches)
    log.begin_epoch(0.1)
    for _ in range(num_batches):
        log.update(1.0, 1, 1, 0.1)
    assert [x for x, *_ in canvas.points[1:]] == [
        n / num_batches for n in drawn]


def test_the_means_are_whole_where_fewer_batches_came_than_promised():
    log = TrainingLog(Canvas(), 100)
    log.begin_epoch(0.1)
    for loss in range(21):  # one more than was drawn
        log.update(loss, 1, 1, 0.1)
    log.end_epoch(0.5)
    assert log.history['train loss'] == [10.0]


@pytest.mark.parametrize('value', [math.nan, math.inf, -math.inf])
def test_the_first_loss_that_is_not_finite(capsys, value):
    log = TrainingLog(Canvas(), 2)
    for losses in ((1.0, 2.0), (3.0, value), (math.nan, 1.0)):
        log.begin_epoch(0.1)
        for loss in losses:
            log.update(loss, 1, 4, 0.125)
        log.end_epoch(0.1)
    assert capsys.readouterr().out == (
        f'loss is {value} at update 3 (epoch 1), rate 0.125\n')
    assert math.isnan(log.history['train loss'][2])  # and it went on


def test_nothing_to_tell_of():
    assert str(TrainingLog(Canvas(), 1)) == 'no epoch has ended'
    with pytest.raises(ValueError, match='got num_batches=0'):
        TrainingLog(Canvas(), 0)
