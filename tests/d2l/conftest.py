"""A small data set, and places for it that are this test's own."""
import gzip
import hashlib
import struct

import numpy as np
import pytest

from d2l import data, fetch, sources

LABELS = {'train': [0, 1, 1, 2, 0, 1, 3, 2] + list(range(10)),
          't10k': [3, 2, 1, 0]}


def idx(array):
    header = struct.pack(f'>I{array.ndim}I', 0x800 + array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def fill(folder, payloads, suffix='.gz'):
    folder.mkdir(exist_ok=True)
    for name, payload in payloads.items():
        content = gzip.compress(payload) if suffix else payload
        (folder / f'{name}{suffix}').write_bytes(content)


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
        monkeypatch.setitem(fetch.SIZES, name, len(payload))
    return files


@pytest.fixture
def places(tmp_path, monkeypatch, payloads):
    """Folders of this test for the cache, Debian's package and $D2L_DATA;
    mirrors that cannot be reached; no apt-get."""
    found = {name: tmp_path / name for name in ('cache', 'debian', 'own')}
    monkeypatch.setattr(fetch, '_cache_folder', lambda: found['cache'])
    monkeypatch.setattr(fetch, 'DEBIAN_FOLDER', found['debian'])
    monkeypatch.setattr(fetch, 'MIRRORS', ('http://localhost:1/gone',))
    monkeypatch.setattr(sources.shutil, 'which', lambda name: None)
    for variable in ('D2L_DATA', 'D2L_TRAIN_LIMIT', 'D2L_TEST_LIMIT'):
        monkeypatch.delenv(variable, raising=False)
    data._arrays.cache_clear()
    yield found
    data._arrays.cache_clear()
