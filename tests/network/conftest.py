"""What the tests of the lab's network share."""
import math
from pathlib import Path

import numpy as np
import pytest

from builder.config import load_config
from builder.lab.net.compile import compiled_network
from builder.lab.net.files import packed_images
from builder.lab.net.node import COUNTS, Network

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='session')
def wasm():
    return compiled_network()


@pytest.fixture(scope='session')
def packed():
    images = packed_images(load_config(ROOT / 'config.ini'))
    assert images, 'these tests need the data set; see README.md'
    return images


@pytest.fixture(scope='session')
def network(wasm, packed):
    """The lab's network under Node."""
    with Network(wasm, packed) as network:
        yield network


@pytest.fixture
def rates():
    """Return a function from epochs to the rates of all their updates."""
    return lambda epochs, rate, batch_size=64: np.full(
        epochs * math.ceil(COUNTS['train'] / batch_size), float(rate))
