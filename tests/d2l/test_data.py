"""The data set as arrays, from small files; no network, no real data."""
import numpy as np
import pytest

from d2l import data
from tests.d2l.conftest import LABELS, fill


def test_arrays(places, payloads):
    fill(places['debian'], payloads)
    (X, y), (X_test, y_test) = data.fashion_mnist()
    assert X.shape == (18, 28, 28) and X.dtype == np.uint8
    assert X[0, 0, 5] == 5 and X[1, 0, 0] == 784 % 251
    assert y.tolist() == LABELS['train']
    assert X_test.shape == (4, 28, 28) and y_test.tolist() == LABELS['t10k']


def test_limits_are_balanced_and_deterministic(places, payloads, monkeypatch):
    fill(places['debian'], payloads)
    monkeypatch.setenv('D2L_TRAIN_LIMIT', '11')
    (X, y), (X_test, _) = data.fashion_mnist()
    # The first of each class (ten examples), then a second of the lowest one.
    kept = [0, 1, 3, 4, 6, 12, 13, 14, 15, 16, 17]
    assert y.tolist() == [LABELS['train'][i] for i in kept]
    assert X[:, 0, 0].tolist() == [i * 784 % 251 for i in kept]
    assert len(X_test) == 4
    assert data.describe()['limited'] is True


@pytest.mark.parametrize('limit', ['0', '-5', 'many', '19', '2.5'])
def test_bad_limits(places, payloads, monkeypatch, limit):
    fill(places['debian'], payloads)
    monkeypatch.setenv('D2L_TRAIN_LIMIT', limit)
    with pytest.raises(ValueError, match=f"D2L_TRAIN_LIMIT='{limit}'"):
        data.fashion_mnist()


def test_describe_the_whole(places, payloads):
    fill(places['debian'], payloads)
    about = data.describe()
    assert (about['train'], about['test'], about['limited']) == (18, 4, False)


def test_resize(places, payloads):
    fill(places['debian'], payloads)
    (X, _), _ = data.fashion_mnist(resize=14)
    assert X.shape == (18, 14, 14)


@pytest.mark.parametrize('size', [0, -1, 1.5, 257, 10**6, '14', True])
def test_sizes_that_are_none(places, payloads, size):
    fill(places['debian'], payloads)
    with pytest.raises(ValueError) as raised:
        data.fashion_mnist(resize=size)
    assert 'resize must be a' in str(raised.value)
    assert f'got resize={size!r}' in str(raised.value)


@pytest.mark.parametrize('size', [1, 256, np.int64(14)])
def test_sizes_at_the_bounds(places, payloads, size):
    fill(places['debian'], payloads)
    _, (X, _) = data.fashion_mnist(resize=size)
    assert X.shape == (4, size, size) and X.dtype == np.uint8


def test_batches_shuffle_examples_not_batches():
    numbers = np.arange(10)
    batches = data.Batches((numbers, -numbers), 4, shuffle=True)
    np.random.seed(1)
    first = list(batches)
    assert len(batches) == 3 and [len(a) for a, _ in first] == [4, 4, 2]
    seen = np.concatenate([a for a, _ in first])
    assert sorted(seen) == list(range(10))
    assert any(max(a) - min(a) > 3 for a, _ in first)
    assert all((a == -b).all() for a, b in first)
    assert not (np.concatenate([a for a, _ in batches]) == seen).all()
    np.random.seed(1)
    assert (np.concatenate([a for a, _ in batches]) == seen).all()


def test_batches_in_order_and_transformed():
    batches = data.Batches((np.arange(5),), 2, transform=lambda a: (a * 10,))
    assert [a.tolist() for a, in batches] == [[0, 10], [20, 30], [40]]


@pytest.mark.parametrize('size', [0, -1, 2.5, '4', None, float('nan'), True])
def test_batches_of_no_size(size):
    with pytest.raises(ValueError) as raised:
        data.Batches((np.arange(5),), size)
    assert f'got batch_size={size!r}' in str(raised.value)


def test_batch_size_of_numpy():
    batches = data.Batches((np.arange(5),), np.int64(2))
    assert len(batches) == 3 and type(len(batches)) is int


@pytest.mark.parametrize(('arrays', 'lengths'), [
    ((np.arange(5), np.arange(4)), '5, 4'), ((), ''),
    ((np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(2)), '2, 3, 2')])
def test_batches_of_arrays_that_do_not_fit(arrays, lengths):
    with pytest.raises(ValueError) as raised:
        data.Batches(arrays, 2)
    assert str(raised.value).endswith(f'got lengths [{lengths}]')


def test_batches_of_nothing():
    assert list(data.Batches((np.arange(0), np.arange(0)), 2)) == []


@pytest.mark.parametrize('index', [-1, 10, 2.5, '3', None, float('nan')])
def test_no_label(index):
    with pytest.raises(ValueError) as raised:
        data.fashion_mnist_labels([0, index])
    assert f'got index={index!r}' in str(raised.value)


def test_labels():
    assert data.fashion_mnist_labels(np.array([0, 9])) == ['t-shirt',
                                                           'ankle boot']
