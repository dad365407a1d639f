"""The chapter's own training loop against a network in NumPy."""
import functools

import numpy as np
import pytest

from tests import lenet

pytestmark = pytest.mark.slow


class InTurn:
    """Batches in their given order, `per_epoch` of them in each pass."""

    def __init__(self, batches, per_epoch):
        self.batches, self.per_epoch = iter(batches), per_epoch

    def __len__(self):
        return self.per_epoch

    def __iter__(self):
        for _ in range(self.per_epoch):
            yield next(self.batches)


BATCH, STEPS = 128, 20


@pytest.fixture(scope='module')
def batches_for(d2l):
    """Return a function from the rates of 20 steps to 20 minibatches, in an
    order drawn here: X in [0, 1], y."""
    (X, y), _ = d2l.fashion_mnist()
    order = np.random.default_rng(0).permutation(len(y))[:2 * BATCH * STEPS]
    X, y = X[order] / 255, y[order].astype(int)

    @functools.cache
    def batches_for(*rates):
        return lenet.smooth_batches(lenet.xavier(5), rates, X, y, BATCH)
    return batches_for


@pytest.fixture
def run(chapter, adapter):
    """Return a function that trains the chapter's network on given batches
    and returns its history and its network."""
    def run(batches, lr, per_epoch, scheduler=None, per_update=False):
        net = chapter['make_net']()
        adapter.load(net, lenet.xavier(5))
        trainer = chapter['make_trainer'](net, lr)
        given = [adapter.batch(X, y) for X, y in batches]
        history = chapter['train'](
            net, adapter.loader(InTurn(given, per_epoch)),
            adapter.loader(given[:1]), STEPS // per_epoch, chapter['loss'],
            trainer, chapter['device'], scheduler, per_update)
        return history, net
    return run


def test_twenty_steps(run, adapter, batches_for):
    rates = [0.03] * STEPS
    batches = batches_for(*rates)
    history, net = run(batches, 0.03, per_epoch=1)
    losses, weights = lenet.train(lenet.xavier(5), batches, rates)
    differences = np.abs(np.subtract(history['train loss'], losses))
    print(f'largest difference of 20 losses: {differences.max():.1e}')
    assert differences.max() < 1e-5
    assert losses[-1] < losses[0] - 0.03
    for found, expected in zip(adapter.weights(net), weights, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_accuracies(run, batches_for, d2l, adapter):
    batches = batches_for(*[0.03] * STEPS)
    history, net = run(batches, 0.03, per_epoch=STEPS)
    weights, correct = lenet.xavier(5), 0
    for X, y in batches:
        correct += (lenet.logits(weights, X).argmax(1) == y).sum()
        weights = lenet.train(weights, [(X, y)], [0.03])[1]
    # A near tie may fall otherwise in single precision: one in 2,560.
    assert history['train acc'] == [pytest.approx(correct / 2560, abs=5e-4)]
    X, y = batches[0]
    right = (lenet.logits(weights, X).argmax(1) == y).sum() / BATCH
    assert history['test acc'] == [pytest.approx(right, abs=0.008)]
    given = adapter.loader([adapter.batch(X, y)])
    assert d2l.evaluate_accuracy_gpu(net, given) == history['test acc'][0]


@pytest.mark.parametrize('per_update', [False, True])
def test_the_rate_is_asked_then_set_before_the_update(run, batches_for, d2l,
                                                      per_update):
    """The trainer comes with a rate that no schedule asks for, and the rates
    differ so much that one epoch, or one update, late would show."""
    schedule = d2l.CosineScheduler(4, 0.04, 0.004, warmup_steps=2,
                                   warmup_begin_lr=0.01)
    rates = [schedule(epoch + i / 4 * per_update) for epoch in range(5)
             for i in range(4)]
    batches = batches_for(*rates)
    history, _ = run(batches, 0.5, 4, schedule, per_update)
    losses, _ = lenet.train(lenet.xavier(5), batches, rates)
    expected = np.reshape(losses, (5, 4)).mean(axis=1)
    late, _ = lenet.train(lenet.xavier(5), batches, [0.5, *rates[:-1]])
    late = np.reshape(late, (5, 4)).mean(axis=1)
    assert np.abs(late - expected).max() > 1e-3
    assert history['train loss'] == pytest.approx(expected, abs=1e-5)
    assert history['lr'] == pytest.approx(
        [schedule(epoch) for epoch in range(5)], abs=1e-7)
    assert [len(values) for values in history.values()] == [5] * 4


def test_weights_start_from_xavier_and_zero(chapter, adapter, d2l):
    d2l.set_seed(0)
    net = chapter['make_net']()
    X = np.zeros((1, 28, 28))
    net(adapter.batch(X, [0])[0])  # some frameworks make weights when needed
    found = adapter.weights(net)
    for W, b, expected in zip(found[::2], found[1::2], lenet.xavier(0)[::2]):
        assert W.shape == expected.shape and not b.any()
        field = np.prod(W.shape[2:], dtype=int)
        bound = np.sqrt(6 / ((W.shape[0] + W.shape[1]) * field))
        assert 0.9 * bound < np.abs(W).max() <= bound * (1 + 1e-6)
        # The variance of a uniform distribution on [-bound, bound].
        assert W.var() == pytest.approx(bound**2 / 3, rel=0.35)


def test_a_seeded_run_repeats_bit_for_bit(chapter, adapter, d2l, monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '1100')
    monkeypatch.setenv('D2L_TEST_LIMIT', '300')
    train_iter, test_iter = d2l.load_data_fashion_mnist(256)
    runs = []
    for seed in (3, 3, 4):
        d2l.set_seed(seed)
        net = chapter['make_net']()
        history = chapter['train'](
            net, train_iter, test_iter, 3, chapter['loss'],
            chapter['make_trainer'](net, 0.1), chapter['device'],
            d2l.SquareRootScheduler(0.1), True)
        runs.append((history, adapter.weights(net)))
    (first, one), (second, two), (other, _) = runs
    assert first == second and first != other
    assert all((a == b).all() for a, b in zip(one, two, strict=True))
