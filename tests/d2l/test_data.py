"""Data faults, with small IDX files made here; no network, no real data."""
import gzip
import hashlib
import multiprocessing
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest

from d2l import data, fetch

LABELS = {'train': [0, 1, 1, 2, 0, 1, 3, 2] + list(range(10)),
          't10k': [3, 2, 1, 0]}


def idx(array):
    header = struct.pack(f'>I{array.ndim}I', 0x800 + array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def payloads(monkeypatch):
    """Small files in the place of the real ones, with their checksums."""
    files = {}
    for split, labels in LABELS.items():
        images = np.arange(len(labels) * 784).reshape(-1, 28, 28) % 251
        files[f'{split}-images-idx3-ubyte'] = idx(images)
        files[f'{split}-labels-idx1-ubyte'] = idx(np.array(labels))
    for name, payload in files.items():
        monkeypatch.setitem(fetch.FILES, name,
                            hashlib.sha256(payload).hexdigest())
    return files


@pytest.fixture
def places(tmp_path, monkeypatch, payloads):
    """Folders of this test for the cache, Debian's package and $D2L_DATA;
    mirrors that cannot be reached; no apt-get."""
    found = {name: tmp_path / name for name in ('cache', 'debian', 'own')}
    monkeypatch.setattr(fetch, '_cache_folder', lambda: found['cache'])
    monkeypatch.setattr(fetch, 'DEBIAN_FOLDER', found['debian'])
    monkeypatch.setattr(fetch, 'MIRRORS', ('https://localhost:1/gone',))
    monkeypatch.setattr(fetch.shutil, 'which', lambda name: None)
    for variable in ('D2L_DATA', 'D2L_TRAIN_LIMIT', 'D2L_TEST_LIMIT'):
        monkeypatch.delenv(variable, raising=False)
    data._arrays.cache_clear()
    yield found
    data._arrays.cache_clear()


def fill(folder, payloads, suffix='.gz'):
    folder.mkdir(exist_ok=True)
    for name, payload in payloads.items():
        content = gzip.compress(payload) if suffix else payload
        (folder / f'{name}{suffix}').write_bytes(content)


@pytest.mark.parametrize('suffix', ['.gz', ''])
def test_own_folder(places, payloads, monkeypatch, suffix):
    fill(places['own'], payloads, suffix)
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    (X, y), (X_test, y_test) = data.fashion_mnist()
    assert X.shape == (18, 28, 28) and X.dtype == np.uint8
    assert X[0, 0, 5] == 5 and X[1, 0, 0] == 784 % 251
    assert y.tolist() == LABELS['train']
    assert X_test.shape == (4, 28, 28) and y_test.tolist() == LABELS['t10k']


def test_own_folder_before_cache_before_debian(places, payloads):
    fill(places['debian'], payloads)
    fill(places['cache'], payloads)
    fill(places['own'], payloads)
    order = []

    def remember(files, tried, folder, **_):
        order.append(folder.name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, '_collect', remember)
        patch.setenv('D2L_DATA', str(places['own']))
        with pytest.raises(fetch.DataError):
            fetch.find_or_fetch()
    assert order[:3] == ['own', 'cache', 'debian']


def test_nothing_anywhere_names_every_place_and_a_way_out(places, monkeypatch):
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    with pytest.raises(fetch.DataError) as raised:
        data.fashion_mnist()
    text = str(raised.value)
    for place in (*map(str, places.values()), 'https://localhost:1/gone',
                  'no apt-get', 'set D2L_DATA', 'dataset-fashion-mnist'):
        assert place in text


@pytest.mark.parametrize('damage', [
    lambda raw: raw[:100], lambda raw: raw[:60] + b'\0\0' + raw[62:],
    lambda raw: gzip.compress(b'something else'), lambda raw: b'',
    lambda raw: b'<html>not found</html>'],
    ids=['truncated', 'corrupted', 'wrong', 'empty', 'a page'])
def test_bad_file_in_the_cache_is_removed_and_the_next_source_used(
        places, payloads, damage):
    fill(places['cache'], payloads)
    fill(places['debian'], payloads)
    bad = places['cache'] / 'train-images-idx3-ubyte.gz'
    bad.write_bytes(damage(bad.read_bytes()))
    with pytest.warns(UserWarning, match='is not used'):
        (X, _), _ = data.fashion_mnist()
    assert X[0, 0, 5] == 5
    assert not bad.exists()


def test_bad_file_of_the_user_is_refused_and_kept(places, payloads,
                                                  monkeypatch):
    fill(places['own'], payloads)
    fill(places['debian'], payloads)
    bad = places['own'] / 't10k-labels-idx1-ubyte.gz'
    bad.write_bytes(gzip.compress(b'other labels'))
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    with pytest.warns(UserWarning, match='SHA-256'):
        _, (_, y) = data.fashion_mnist()
    assert y.tolist() == LABELS['t10k']
    assert bad.exists()


def mirror_of(payloads, calls=None):
    def fetch_files(folder, names, tried):
        if calls is not None:
            calls.append(names)
        for name in names:
            (folder / f'{name}.gz').write_bytes(gzip.compress(payloads[name]))
    return lambda url: fetch_files


def test_fetched_files_are_cached(places, payloads, monkeypatch):
    calls = []
    monkeypatch.setattr(fetch, '_mirror', mirror_of(payloads, calls))
    fetch.find_or_fetch()
    fetch.find_or_fetch()
    assert len(calls) == 1 and len(calls[0]) == 4
    assert len(list(places['cache'].iterdir())) == 4


def test_only_what_is_missing_is_fetched(places, payloads, monkeypatch):
    fill(places['cache'], payloads)
    (places['cache'] / 'train-labels-idx1-ubyte.gz').unlink()
    calls = []
    monkeypatch.setattr(fetch, '_mirror', mirror_of(payloads, calls))
    fetch.find_or_fetch()
    assert calls == [['train-labels-idx1-ubyte']]


def test_a_mirror_that_serves_something_else(places, payloads, monkeypatch):
    wrong = dict.fromkeys(payloads, b'a page of advertisements')
    monkeypatch.setattr(fetch, '_mirror', mirror_of(wrong))
    with (warnings.catch_warnings(record=True) as caught,
          pytest.raises(fetch.DataError, match='SHA-256')):
        warnings.simplefilter('always')
        fetch.find_or_fetch()
    assert len(caught) == 4
    assert not places['cache'].exists()


def test_cache_that_cannot_be_written(places, payloads, monkeypatch):
    # A file where the folder should be; root may write to read-only folders.
    places['cache'].write_text('')
    monkeypatch.setattr(fetch, '_mirror', mirror_of(payloads))
    with pytest.warns(UserWarning, match='cannot keep .* XDG_CACHE_HOME'):
        files = fetch.find_or_fetch()
    assert files == payloads


def test_interrupted_download_leaves_nothing(places, payloads, monkeypatch):
    def interrupted(folder, names, tried):
        (folder / f'{names[0]}.gz').write_bytes(b'half')
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, '_mirror', lambda url: interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch.find_or_fetch()
    assert not places['cache'].exists()


def test_interrupted_while_storing_leaves_nothing(places, payloads,
                                                  monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, '_mirror', mirror_of(payloads))
    monkeypatch.setattr(fetch.os, 'replace', interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch.find_or_fetch()
    assert list(places['cache'].iterdir()) == []


def _fetch_again(source, target, barrier):
    barrier.wait()
    for path in sorted(Path(source).iterdir()):
        fetch._store(path, Path(target) / path.name)


def test_two_processes_at_once(places, payloads):
    fill(places['own'], payloads)
    context = multiprocessing.get_context('spawn')
    barrier = context.Barrier(2)
    processes = [context.Process(target=_fetch_again, args=(
        places['own'], places['cache'], barrier)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    stored = {path.name: gzip.decompress(path.read_bytes())
              for path in places['cache'].iterdir()}
    assert stored == {f'{name}.gz': payload
                      for name, payload in payloads.items()}


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
