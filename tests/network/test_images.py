"""What the lab trains on, packed and unpacked."""
import gzip
import sys
import textwrap

import numpy as np
import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.lab.net import compile as compiler
from builder.lab.net import files, pack
from builder.lab.net.node import Network
from d2l.data import fashion_mnist

from .conftest import ROOT


@pytest.fixture(scope='module')
def chosen():
    """The chosen examples, by the rule: 600 and 100 a class, in order."""
    parts = []
    for (X, y), most in zip(fashion_mnist(), (600, 100), strict=True):
        seen = dict.fromkeys(range(10), 0)
        for x, label in zip(X, y.tolist()):
            seen[label] += 1
            if seen[label] <= most:
                parts.append((x, label))
    return (np.array([x for x, _ in parts]),
            np.array([label for _, label in parts]))


def test_the_network_sees_what_was_chosen(network, chosen):
    X, y = chosen
    assert len(X) == 7000
    np.testing.assert_array_equal(network.labels, y)
    # The nearest of 16 grays; 17 = 255 / 15.
    assert abs(network.gray * 17.0 - X).max() <= 8.5


def test_noise_comes_back(wasm):
    """Every difference and every neighbourhood occurs in noise."""
    rng = np.random.default_rng(0)
    splits = [(rng.integers(0, 256, (n, 28, 28)).astype(np.uint8),
               np.arange(n) % 10) for n in (pack.TRAIN, pack.TEST)]
    packed = pack.pack(lambda: (splits[0], splits[1]))
    with Network(wasm, packed) as network:
        gray = np.concatenate([X for X, _ in splits])
        np.testing.assert_array_equal(network.gray, np.rint(gray / 17))
        np.testing.assert_array_equal(network.labels, np.arange(7000) % 10)


def test_too_few_of_a_class():
    X, y = np.zeros((6000, 28, 28), np.uint8), np.arange(6000) % 10
    with pytest.raises(ValueError, match='the lab needs 600 images of class '
                       '0, there are 599 among 5999'):
        pack.pack(lambda: ((X[1:], y[1:]), (X, y)))


def test_sizes(wasm, packed):
    """What a reader loads, as a server sends it."""
    made = files.lab_files(load_config(ROOT / 'config.ini'))
    sizes = {name: len(gzip.compress(content, mtime=0))
             for name, content in made.items()}
    print(sizes, f'images {len(packed)}, wasm {len(wasm)}, gzipped '
          f'{len(gzip.compress(wasm, mtime=0))}')
    assert len(packed) < 1.2e6
    assert sizes['train.js'] < 4000
    assert sizes['network.js'] < 16_000


def test_images_that_cannot_be_had(write_config, capsys):
    """The page says so, and is built all the same."""
    config = write_config('''
        def images():
            raise RuntimeError('no network here')
    ''')
    made = files.lab_files(config)
    assert sorted(made) == ['network.js', 'train.js']
    assert b'images: false' in made['train.js']
    assert capsys.readouterr().out == (
        'the schedule lab is built without images: no network here\n')


@pytest.mark.parametrize(('body', 'said'), [
    ('return 1 / 0', 'small_images.py:3: ZeroDivisionError'),
    ('return 1', "TypeError: 'int' object is not iterable"),
    ('return [(np.zeros((9, 28, 28), np.uint8), np.zeros(9))] * 2',
     'ValueError: the lab needs 600 images of class 0, there are 9 among 9'),
])
def test_a_function_that_gives_no_images(write_config, body, said):
    config = write_config('import numpy as np\n'
                          f'def images():\n    {body}\n')
    with pytest.raises(BuildError) as raised:
        files.packed_images(config)
    message = str(raised.value)
    assert message.startswith('config.ini: [lab] images = small_images:images')
    assert said in message


def test_images_are_those_of_today(write_config):
    """Whatever the function returned before, under the same name."""
    config = write_config('''
        import numpy as np
        gray = [0, 255]
        def images():
            value = gray.pop()
            return [(np.full((n, 28, 28), value, np.uint8), np.arange(n) % 10)
                    for n in (6000, 1000)]
    ''')
    first, second = (gzip.decompress(files.packed_images(config))
                     for _ in range(2))
    assert first[0] >> 4 == 15 and second[0] >> 4 == 0


@pytest.fixture
def write_config(tmp_path, monkeypatch):
    """Return a function that writes a module with the function `images`, and
    returns the config of a book that names it."""
    def write_config(text):
        (tmp_path / 'small_images.py').write_text(textwrap.dedent(text))
        (tmp_path / 'index.md').write_text('# Title\n')
        (tmp_path / 'config.ini').write_text(
            '[book]\ntitle = A\nroot = index.md\ntabs = pytorch\n'
            '[lab]\nimages = small_images:images\n')
        monkeypatch.delitem(sys.modules, 'small_images',
                            raising=False)
        return load_config(tmp_path / 'config.ini')
    return write_config


def test_a_network_is_kept_where_its_compiler_is(wasm, monkeypatch):
    """So that what removes built pages leaves it, whatever the book."""
    monkeypatch.setattr(compiler, '_compile', None)
    assert compiler.compiled_network() == wasm
    assert compiler.CACHE.is_relative_to(sys.prefix)


@pytest.mark.slow
def test_what_does_not_compile_is_shown(tmp_path, monkeypatch):
    (tmp_path / 'index.ts').write_text('export const a: i32 = "b";')
    monkeypatch.setattr(compiler, 'SOURCES', tmp_path)
    with pytest.raises(BuildError, match='(?s)does not compile:.*index.ts'):
        compiler.compiled_network(tmp_path / 'cache')
    assert not (tmp_path / 'cache').exists()
