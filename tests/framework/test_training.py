"""The chapter's training loop beside training: when it asks, what it draws,
what it says."""
import re

import numpy as np
import pytest

pytestmark = pytest.mark.slow  # they train, if only a little


class Canvas:
    """Takes an Animator's place and keeps the points."""

    def __init__(self):
        self.points = []

    def add(self, x, y):
        self.points.append((x, y))


@pytest.fixture
def run(chapter, adapter, d2l, monkeypatch):
    """Return a function that trains on `num_batches` small batches an epoch
    and returns the history and the points drawn."""
    def run(num_batches, num_epochs, lr=0.01, scheduler=None,
            per_update=False):
        canvas = Canvas()
        monkeypatch.setitem(chapter, 'make_animator', lambda _: canvas)
        rng = np.random.default_rng(0)
        batches = [adapter.batch(rng.random((4, 28, 28)), [0, 1, 2, 3])
                   for _ in range(num_batches)]
        d2l.set_seed(0)
        net = chapter['make_net']()
        history = chapter['train'](
            net, adapter.loader(batches), adapter.loader(batches[:2]),
            num_epochs, chapter['loss'], chapter['make_trainer'](net, lr),
            chapter['device'], scheduler, per_update)
        return history, canvas.points
    return run


@pytest.mark.parametrize(('per_update', 'expected'), [
    (False, [0, 1]), (True, [0, 0, 1 / 3, 2 / 3, 1, 1, 4 / 3, 5 / 3])])
def test_when_a_schedule_is_asked(run, per_update, expected):
    """Nothing but the time is given to it; the epoch comes as an int."""
    asked = []

    def schedule(t, name='mine'):
        asked.append((t, name))
        return 2 + int(t)  # an int is a rate

    history, _ = run(3, 2, 0.5, schedule, per_update)
    assert [t for t, _ in asked] == pytest.approx(expected)
    assert {name for _, name in asked} == {'mine'}
    assert isinstance(asked[0][0], int)
    assert history['lr'] == [2.0, 3.0]


@pytest.mark.parametrize('rate', [float('nan'), -0.1, None, '0.1'])
def test_what_a_schedule_must_not_say(run, rate):
    with pytest.raises(ValueError, match=f'got lr={rate!r}'):
        run(2, 2, 0.01, lambda t: 0.01 if t == 0 else rate)


@pytest.mark.parametrize('per_update', [False, True])
@pytest.mark.parametrize(('num_batches', 'drawn'), [
    (3, [1, 2, 3]), (10, [2, 4, 6, 8, 10]), (11, [2, 4, 6, 8, 10, 11])])
def test_what_is_drawn(run, num_batches, drawn, per_update):
    rates = [0.25, 0.125]
    history, points = run(num_batches, 2, 0.5, lambda t: rates[int(t)],
                          per_update)
    expected = []
    for epoch in (0, 1):
        expected += [(epoch, 'lr')]
        expected += [(epoch + n / num_batches, 'loss, acc, lr')
                     for n in drawn]
        expected += [(epoch + 1, 'test acc')]
    assert [x for x, _ in points] == pytest.approx([x for x, _ in expected])
    names = 'loss', 'acc', 'test acc', 'lr'
    assert [', '.join(name for name, value in zip(names, y)
                      if value is not None) for _, y in points] == [
        kind for _, kind in expected]
    assert [y[3] for _, y in points if y[3] is not None] == [
        rate for rate in rates for _ in range(1 + len(drawn))]
    of_epoch = len(drawn) + 2
    for epoch in (0, 1):
        *_, (_, last), (_, end) = points[:(epoch + 1) * of_epoch]
        assert (history['train loss'][epoch], history['train acc'][epoch],
                history['test acc'][epoch]) == (last[0], last[1], end[2])


@pytest.mark.parametrize('per_update', [False, True])
def test_a_loss_that_is_not_finite_is_said_once(run, capsys, per_update):
    """Update 20, the first of the second epoch, throws the weights away."""
    history, _ = run(20, 3, 0.01, lambda t: 1e30 if t >= 1 else 0.01,
                     per_update)
    first, *others = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r'loss is (nan|inf) at update 21 \(epoch 1\), '
                        r'rate 1e\+30', first)
    assert len(others) == 1 and others[0].startswith('train loss nan, ')
    assert np.isfinite(history['train loss']).tolist() == [True, False, False]


def test_a_run_that_lives_says_only_how_it_ends(run, capsys):
    history, _ = run(2, 2)
    loss, train_acc, test_acc = (
        history[key][-1] for key in ('train loss', 'train acc', 'test acc'))
    assert capsys.readouterr().out == (
        f'train loss {loss:.3f}, train acc {train_acc:.3f}, '
        f'test acc {test_acc:.3f}\n')
