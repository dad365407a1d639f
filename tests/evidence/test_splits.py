"""Which images a run sees: by labels made up, nothing is loaded."""
import hashlib
from types import ModuleType

import numpy as np
import pytest

from evidence import EvidenceError, splits

# Ten classes in turn, forty of each, but the first class has eight more.
LABELS = np.array([*range(10)] * 40 + [0] * 8, np.uint8)
X = np.arange(len(LABELS)).astype(np.uint8)
TEST = (np.zeros(5, np.uint8), np.zeros(5, np.uint8))


@pytest.fixture
def made_up(monkeypatch):
    monkeypatch.setattr(splits, 'fashion_mnist', lambda: ((X, LABELS), TEST))
    monkeypatch.setattr(splits, 'describe', lambda: {
        'name': 'a', 'train': len(LABELS), 'test': 5, 'limited': False})


def test_the_last_tenth_of_every_class_is_held_out():
    expected = [*range(360, 400), *range(404, 408)]
    expected = [n for n in expected if LABELS[n] != 0 or n >= 404]
    assert [*splits.held_out(LABELS)] == expected
    counts = np.bincount(LABELS[splits.held_out(LABELS)])
    assert [*counts] == [4] * 10


def test_the_first_of_each_class():
    assert [*splits.first_of_each(LABELS, 2)] == [*range(20)]


def test_nothing_validates_that_trains_and_nothing_is_lost(made_up):
    (trained, labels), (kept, others) = splits.arrays('validation')
    assert len(trained) == len(labels) == 368 and len(others) == 40
    both = np.sort(np.concatenate([trained, kept]))
    assert (both == np.sort(X)).all()
    assert not {*splits.held_out(LABELS)} & {*np.setdiff1d(
        np.arange(408), splits.held_out(LABELS))}
    assert splits.arrays('test')[1] is TEST


def test_a_record_says_which_images_validated(made_up):
    indices = b''.join(int(n).to_bytes(8, 'little')
                       for n in splits.held_out(LABELS))
    assert splits.about('validation') == {
        'name': 'a', 'train': 368, 'validation': 40, 'limited': False,
        'indices': hashlib.sha256(indices).hexdigest()}
    assert splits.about('test')['test'] == 5


def module(source):
    made = ModuleType('made_up')
    exec(source, vars(made))
    return made


def test_the_chapters_own_function_makes_the_batches(made_up):
    own = module('def fashion_mnist(resize=None): raise KeyError\n'
                 'def load_data_fashion_mnist(size):\n'
                 '    return size, fashion_mnist(None)\n')
    before = own.fashion_mnist
    size, ((trained, _), (kept, _)) = splits.iterators(own, 7, 'validation')
    assert (size, len(trained), len(kept)) == (7, 368, 40)
    assert own.fashion_mnist is before


@pytest.mark.parametrize(('body', 'message'), [
    ('return 1, 2', 'takes its images from elsewhere'),
    ('return fashion_mnist(32), 2', 'keep their size, got 32')])
def test_a_module_that_takes_its_images_elsewhere(made_up, body, message):
    own = module('def fashion_mnist(resize=None): pass\n'
                 f'def load_data_fashion_mnist(size):\n    {body}\n')
    with pytest.raises(EvidenceError, match=message):
        splits.iterators(own, 7, 'validation')
