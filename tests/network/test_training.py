"""Whole runs of the lab's network: they repeat, and say how they end."""
import hashlib
import math

import numpy as np
import pytest

from builder.lab.net.node import Network

pytestmark = pytest.mark.slow


class Generator:
    """The documented generator, written anew: xorshift128, whose state a
    linear congruential generator fills."""

    def __init__(self, seed):
        self.state = []
        for _ in range(4):
            seed = (seed * 1664525 + 1013904223) % 2**32
            self.state.append(seed)
        for _ in range(32):
            self()

    def __call__(self):
        x, *rest = self.state
        x ^= x << 11 & 0xFFFFFFFF
        x ^= x >> 8
        self.state = [*rest, rest[-1] ^ rest[-1] >> 19 ^ x]
        return self.state[-1]


# Rows, columns, and the columns there is room for; inputs plus outputs.
KERNELS = ((25, 6, 8, 25 + 150), (150, 16, 16, 150 + 400),
           (400, 120, 120, 400 + 120), (120, 84, 88, 120 + 84),
           (84, 10, 16, 84 + 10))


@pytest.mark.parametrize('seed', [0, 2**32 - 1])
def test_the_first_weights(network, seed):
    """Xavier-uniform by the documented generator; biases are zero."""
    network('begin', seed)
    found, at, random = network.read('parameters'), 0, Generator(seed)
    for rows, columns, room, fans in KERNELS:
        bound = math.sqrt(6 / fans)
        W = found[at:at + rows * room].reshape(rows, room)
        drawn = [(random() >> 8) / 2**23 - 1 for _ in range(rows * columns)]
        expected = np.array(drawn).reshape(rows, columns) * bound
        np.testing.assert_array_equal(W[:, :columns],
                                      expected.astype(np.float32))
        assert not W[:, columns:].any()
        at += rows * room
        assert not found[at:at + room].any()
        at += room
    assert at == len(found)


def test_a_run_repeats_bit_for_bit(network, wasm, packed, rates):
    """After other runs in the same process, and in a new one."""
    settings = rates(2, 0.03, 100), 7, 0.9, 100, 2
    first = network.train(*settings)
    weights = network.read('parameters').tobytes()
    network.train(rates(1, 0.1), 8, 0.5, 64, 1)
    again = network.train(*settings)
    assert network.read('parameters').tobytes() == weights
    with Network(wasm, packed) as other:
        third = other.train(*settings)
        assert other.read('parameters').tobytes() == weights
    for run in (first, again, third):
        for epoch in run['epochs']:
            del epoch['seconds']
    assert first == again == third
    print(hashlib.sha256(weights).hexdigest()[:16])
    other_seed = network.train(*settings[:1], 8, *settings[2:])
    assert other_seed['epochs'][0]['loss'] != first['epochs'][0]['loss']


@pytest.mark.parametrize('momentum', [0.0, 0.9])
def test_momentum_and_an_odd_last_batch(network, momentum):
    """v = momentum v + g and w = w - rate v, at a new rate each time, with
    gradients taken at the weights before each update."""
    network('begin', 5)
    network.write('order', np.arange(7000, dtype=np.int32))
    weights = network.read('parameters').astype(float)
    velocity = np.zeros_like(weights)
    for n, (rows, rate) in enumerate([(64, 0.05), (64, 0.01), (48, 0.1),
                                      (1, 0.02)]):
        gradients = network.differentiate(64 * n, rows)['gradients']
        assert network('update', [64 * n, rows, rate, momentum])
        velocity = momentum * velocity + gradients
        weights -= rate * velocity
        np.testing.assert_allclose(network.read('parameters'), weights,
                                   rtol=1e-5, atol=1e-6)


def test_every_image_once_an_epoch(network, rates):
    network.train(rates(1, 0.01), 1, 0.0, 64, 1)
    order = np.frombuffer(network.read('order').tobytes(), np.int32)
    assert sorted(order[:6000]) == list(range(6000))
    assert (order[:6000] != np.arange(6000)).mean() > 0.99
    assert [*order[6000:]] == list(range(6000, 7000))


def test_a_rate_of_zero_leaves_the_network_alone(network, rates):
    run = network.train(rates(1, 0.0), 2, 0.9, 64, 1)
    weights = network.read('parameters')
    network('begin', 2)
    np.testing.assert_array_equal(weights, network.read('parameters'))
    assert run['end'] == {'dead': True, 'diverged': False, 'update': 94}


def test_the_accuracies_are_those_of_the_images(network, rates):
    """Test accuracy: of the weights at the end, on the last 1,000 images."""
    run = network.train(rates(1, 0.03), 3, 0.9, 64, 1)
    found = network.differentiate(6000, 256)
    parts = [network.differentiate(6000 + n, min(256, 1000 - n))['correct']
             for n in range(256, 1000, 256)]
    assert run['epochs'][0]['testAcc'] == (found['correct'] + sum(parts)
                                           ) / 1000
    assert run['epochs'][0]['testAcc'] > 0.6


@pytest.mark.parametrize('after', [0, 17, 94])
def test_a_diverging_run_ends_where_it_does(network, rates, after):
    """The update after which weights are not finite, counted from 1."""
    every = rates(2, 0.01)
    every[after:] = 1e38
    run = network.train(every, 1, 0.0, 64, 2)
    assert run['end']['diverged'] and run['end']['dead']
    assert after < run['end']['update'] <= after + 3
    assert len(run['epochs']) == after // 94
    assert not np.isfinite(network.read('parameters')).all()
