"""d2l's helpers, which do the same in every framework."""
import subprocess
import sys

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
