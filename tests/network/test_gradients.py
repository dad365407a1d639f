"""The lab's network against NumPy's, in double precision."""
import numpy as np
import pytest

from tests import lenet

# Rows and columns of W1, b1, W2, ..., and the columns there is room for.
LAYOUT = ((25, 6, 8), (1, 6, 8), (150, 16, 16), (1, 16, 16),
          (400, 120, 120), (1, 120, 120), (120, 84, 88), (1, 84, 88),
          (84, 10, 16), (1, 10, 16))
NAMES = ('W1', 'b1', 'W2', 'b2', 'W3', 'b3', 'W4', 'b4', 'W5', 'b5')


def laid_out(weights):
    """Return the oracle's weights as the lab's network keeps them."""
    parts = []
    for values, (rows, columns, room) in zip(
            lenet.channels_last(weights), LAYOUT, strict=True):
        padded = np.zeros((rows, room), np.float32)
        padded[:, :columns] = values.reshape(rows, columns)
        parts.append(padded.ravel())
    return np.concatenate(parts)


def taken_apart(flat):
    """Return the oracle's form of what the lab's network keeps; what is
    padded must be zero."""
    found, at = [], 0
    for (rows, columns, room), shape in zip(LAYOUT, SHAPES, strict=True):
        part = flat[at:at + rows * room].reshape(rows, room)
        assert not part[:, columns:].any()
        found.append(part[:, :columns].reshape(shape).astype(float))
        at += rows * room
    assert at == len(flat)
    return lenet.channels_first(found)


SHAPES = [w.shape for w in lenet.channels_last(lenet.xavier(0))]


def in_single_precision(weights):
    return [w.astype(np.float32).astype(float) for w in weights]


@pytest.mark.parametrize('rows', [
    64, 48, 1, 7, pytest.param(256, marks=pytest.mark.slow)])
def test_gradients_of_every_layer(network, rows):
    X, y = network.gray / 15, network.labels.astype(int)
    weights = in_single_precision(lenet.xavier(rows))
    # Biases that are not zero show whether they are where they belong.
    rng = np.random.default_rng(rows)
    weights = in_single_precision(
        [w if w.ndim > 1 else rng.normal(0, 0.05, w.shape) for w in weights])
    order = rng.permutation(len(y))
    (batch, _), = lenet.smooth_batches(weights, [0.0], X[order], y[order],
                                       rows)
    place = {x.tobytes(): n for n, x in enumerate(X)}
    places = [place[x.tobytes()] for x in batch]
    network.write('parameters', laid_out(weights))
    network.write('order', np.resize(places, len(y)).astype(np.int32))
    found = network.differentiate(0, rows)
    loss, expected = lenet.loss_and_gradients(weights, X[places], y[places])
    assert found['loss'] / rows == pytest.approx(loss, rel=1e-6)
    right = lenet.logits(weights, X[places]).argmax(1) == y[places]
    assert found['correct'] == right.sum()
    errors = {name: abs(g - e).max() / abs(e).max() for name, g, e in zip(
        NAMES, taken_apart(found['gradients']), expected, strict=True)}
    print(f'{rows} rows:', {n: f'{e:.1e}' for n, e in errors.items()})
    assert max(errors.values()) < 1e-5
