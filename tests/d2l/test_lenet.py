"""The oracle itself: its gradients against finite differences."""
import numpy as np
import pytest

from tests import lenet

RNG = np.random.default_rng(1)
X, Y = RNG.random((6, 28, 28)), RNG.integers(0, 10, 6)
WEIGHTS = [w + 0.05 * RNG.standard_normal(w.shape) for w in lenet.xavier(0)]


def test_shapes():
    assert lenet.logits(WEIGHTS, X).shape == (6, 10)
    loss, gradients = lenet.loss_and_gradients(WEIGHTS, X, Y)
    assert [g.shape for g in gradients] == [w.shape for w in WEIGHTS]
    assert 1 < loss < 10


@pytest.mark.parametrize('k', range(10))
def test_gradients_by_finite_differences(k):
    _, gradients = lenet.loss_and_gradients(WEIGHTS, X, Y)
    assert np.abs(gradients[k]).max() > 1e-3
    for _ in range(3):
        direction = RNG.standard_normal(WEIGHTS[k].shape)
        ends = []
        for step in (1e-6, -1e-6):
            moved = list(WEIGHTS)
            moved[k] = WEIGHTS[k] + step * direction
            ends.append(lenet.loss_and_gradients(moved, X, Y)[0])
        slope = (ends[0] - ends[1]) / 2e-6
        assert slope == pytest.approx((gradients[k] * direction).sum(),
                                      rel=1e-5, abs=1e-8)


def test_convolution_and_pooling_by_hand():
    image = np.arange(36.).reshape(1, 1, 6, 6)
    kernel = np.zeros((1, 1, 5, 5))
    kernel[0, 0, 1, 3] = 2  # what stands one down and three to the right
    assert lenet._convolve(image, kernel).tolist() == [[[[18, 20], [30, 32]]]]
    top, which = lenet._pool(image)
    assert top[0, 0, 0].tolist() == [7, 9, 11] and (which == 3).all()


def test_channels_last_is_a_rearrangement():
    turned = lenet.channels_last(WEIGHTS)
    assert [w.shape for w in turned] == [
        (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (400, 120), (120,),
        (120, 84), (84,), (84, 10), (10,)]
    # Channel 3, row 1, column 2 of the pooled image.
    assert (turned[4][(1 * 5 + 2) * 16 + 3]
            == WEIGHTS[4][:, 3 * 25 + 1 * 5 + 2]).all()
    assert all((a == b).all() for a, b in zip(lenet.channels_first(turned),
                                              WEIGHTS, strict=True))
