"""d2l's helpers, which do the same in every framework."""
import random
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest


def test_import_needs_neither_pandas_nor_torchvision(tab):
    module = 'torch' if tab == 'pytorch' else tab
    code = ('import sys; sys.modules["pandas"] = None; '
            f'sys.modules["torchvision"] = None; from d2l import {module}')
    subprocess.run([sys.executable, '-c', code], check=True)


def test_arange(d2l):
    assert [float(i) for i in d2l.arange(3)] == [0, 1, 2]


def test_devices_fall_back_to_the_cpu(d2l, adapter, monkeypatch):
    adapter.pretend_gpus(monkeypatch, 0)
    assert d2l.num_gpus() == 0
    assert d2l.try_gpu() == d2l.try_gpu(1) == d2l.cpu()
    assert d2l.try_all_gpus() == [d2l.cpu()]
    adapter.pretend_gpus(monkeypatch, 2)
    assert d2l.num_gpus() == 2
    assert d2l.try_all_gpus() == [d2l.gpu(0), d2l.gpu(1)]
    assert d2l.try_gpu(1) == d2l.gpu(1) != d2l.gpu(0)
    assert d2l.try_gpu(2) == d2l.cpu() != d2l.gpu(0)
    assert d2l.gpu(np.int64(1)) == d2l.try_gpu(np.int64(1)) == d2l.gpu(1)


@pytest.mark.parametrize('number', [1.5, -1, True, None, '0'])
def test_what_is_no_number_of_a_gpu(d2l, adapter, monkeypatch, number):
    adapter.pretend_gpus(monkeypatch, 2)
    for function in (d2l.gpu, d2l.try_gpu):
        with pytest.raises(ValueError, match=re.escape(f'got i={number!r}')):
            function(number)


@pytest.mark.parametrize('seed', [3, np.int64(3), 0, 2**32 - 1])
def test_a_seed_decides_every_draw(d2l, chapter, adapter, seed):
    def draws(seed):
        d2l.set_seed(seed)
        net = chapter['make_net']()
        net(adapter.batch(np.zeros((1, 28, 28)), [0])[0])
        return [random.random(), np.random.random(),
                float(adapter.weights(net)[0].sum())]
    assert draws(seed) == draws(int(seed))
    assert all(a != b for a, b in zip(draws(seed), draws(7)))


@pytest.mark.parametrize('seed', [-1, 2**32, 1.5, True, None, '3',
                                  np.float64(3.5)])
def test_what_is_no_seed(d2l, seed):
    before = random.getstate(), np.random.get_state()[2]
    with pytest.raises(ValueError, match=re.escape(f'got seed={seed!r}')):
        d2l.set_seed(seed)
    assert (random.getstate(), np.random.get_state()[2]) == before


def test_loaders_yield_scaled_images_and_classes(d2l, adapter):
    train_iter, test_iter = d2l.load_data_fashion_mnist(256)
    assert (len(train_iter), len(test_iter)) == (235, 40)
    X, y = next(iter(test_iter))
    raw, labels = d2l.fashion_mnist()[1]
    expected, classes = adapter.batch(raw[:256] / 255, labels[:256])
    assert X.dtype == expected.dtype and y.dtype == classes.dtype
    assert tuple(X.shape) == tuple(expected.shape)
    np.testing.assert_allclose(adapter.to_numpy(X),
                               adapter.to_numpy(expected), rtol=1e-6)
    assert adapter.to_numpy(y).tolist() == labels[:256].tolist()


def test_every_pass_has_its_own_order_and_all_examples(d2l, adapter,
                                                         monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '1000')
    train_iter, _ = d2l.load_data_fashion_mnist(256)
    passes = []
    for _ in range(2):
        X, y = zip(*train_iter)
        X, y = ([adapter.to_numpy(a) for a in arrays] for arrays in (X, y))
        X = np.concatenate([x.reshape(len(x), -1) for x in X])
        passes.append((X.sum(axis=1), np.concatenate(y)))
        assert [len(batch) for batch in y] == [256, 256, 256, 232]
    (one, y1), (two, _) = passes
    assert sorted(one) == sorted(two) and (one != two).any()
    (raw, labels), _ = d2l.fashion_mnist()
    brightness = (raw / 255).reshape(1000, -1).sum(axis=1)
    order = np.argsort(brightness)
    np.testing.assert_allclose(np.sort(one), brightness[order], rtol=1e-5)
    # Images of nearly the same brightness may change places.
    assert (y1[np.argsort(one)] == labels[order]).mean() > 0.95
    # Examples are shuffled, not batches: neighbours in the file part.
    place = {x: n for n, x in enumerate(sorted(one))}
    first = np.asarray([place[x] for x in one[:256]])
    second = np.asarray([place[x] for x in two[:256]])
    assert len({*first} & {*second}) < 128


def test_the_seed_gives_the_order_that_numpy_gives(d2l, adapter, monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '600')
    train_iter, _ = d2l.load_data_fashion_mnist(256)
    (_, labels), _ = d2l.fashion_mnist()
    d2l.set_seed(7)
    found = np.concatenate([adapter.to_numpy(y) for _, y in train_iter])
    np.random.seed(7)
    assert found.tolist() == labels[np.random.permutation(600)].tolist()


def test_resize(d2l, monkeypatch):
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '20')
    train_iter, _ = d2l.load_data_fashion_mnist(10, resize=14)
    X, _ = next(iter(train_iter))
    assert sorted(X.shape) == [1, 10, 14, 14]


def test_accuracy_counts(d2l, adapter):
    _, y = adapter.batch(np.zeros((3, 28, 28)), [1, 0, 0])
    y_hat = adapter.array([[.1, .9], [.8, .2], [.3, .7]])
    assert d2l.accuracy(y_hat, y) == 2
    column = adapter.array([[0], [1], [0]])
    for shapes, arguments in (
            ('(3, 2) and (3, 1)', (y_hat, column)),
            ('(3, 2) and (2,)', (y_hat, y[:2])),
            ('(3,) and (3,)', (y, y)),
            ('(3, 2) and ()', (y_hat, [1, 0, 0]))):
        with pytest.raises(ValueError, match=re.escape(f'got {shapes}')):
            d2l.accuracy(*arguments)


def test_accuracy_over_no_examples(d2l, chapter, adapter):
    net = chapter['make_net']()
    X, y = adapter.batch(np.zeros((3, 28, 28)), [1, 0, 0])
    net(X)  # some frameworks make weights when needed
    once = iter([(X, y)])
    assert 0 <= d2l.evaluate_accuracy_gpu(net, once, d2l.cpu()) <= 1
    for nothing in ([], once):
        with pytest.raises(ValueError, match='yields no examples'):
            d2l.evaluate_accuracy_gpu(net, nothing, d2l.cpu())


def test_set_lr_sets_the_rate_that_is_applied(d2l, chapter, adapter):
    """From the change of a weight, not from what an object reports."""
    trainer, update, value = adapter.one_weight(chapter, 0.5)
    assert d2l.get_lr(trainer) == pytest.approx(0.5)
    expected = value()
    for lr in (0.5, 0.25, 0.001, 2.0):
        d2l.set_lr(trainer, lr)
        assert d2l.get_lr(trainer) == pytest.approx(lr)
        update()
        expected -= lr
        assert value() == pytest.approx(expected, abs=1e-6)


def test_every_number_is_a_rate(d2l, chapter, adapter):
    trainer = adapter.one_weight(chapter, 0.5)[0]
    for lr in (0.25, 0, 1, np.int64(2), np.float32(0.25), np.float64(0.25),
               np.array(0.25), Decimal('0.25'), Fraction(1, 4),
               adapter.array(0.25), 1e30):
        d2l.set_lr(trainer, lr)
        found = d2l.get_lr(trainer)
        assert type(found) is float
        assert found == pytest.approx(float(lr), rel=1e-6)


@pytest.mark.parametrize('lr', [
    -0.1, float('nan'), float('inf'), -float('inf'), 1e39, 10**400, None,
    '0.1', b'1', True, np.bool_(True), 1j, np.complex64(1), [0.1],
    np.array([0.1]), np.float32('nan')], ids=repr)
def test_what_is_no_rate(d2l, chapter, adapter, lr):
    trainer = adapter.one_weight(chapter, 0.5)[0]
    with pytest.raises(ValueError, match=re.escape(f'got lr={lr!r}')):
        d2l.set_lr(trainer, lr)
    assert d2l.get_lr(trainer) == 0.5
