"""The chapter's network in NumPy, with its own backward pass: the oracle that
every framework is compared with. In double precision, without their code.

Weights are a list W, b, W, b, ...: two convolutions, (filters, channels, 5,
5), and three dense layers, (outputs, inputs). That is how PyTorch and MXNet
keep them; `channels_last` turns them round for TensorFlow and JAX.
"""
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

SHAPES = ((6, 1, 5, 5), (16, 6, 5, 5), (120, 400), (84, 120), (10, 84))


def xavier(seed):
    """Return weights from the Xavier-uniform distribution, zero biases."""
    rng = np.random.default_rng(seed)
    weights = []
    for shape in SHAPES:
        field = np.prod(shape[2:], dtype=int)
        bound = np.sqrt(6 / ((shape[0] + shape[1]) * field))
        weights += [rng.uniform(-bound, bound, shape), np.zeros(shape[0])]
    return weights


def channels_last(weights):
    """Return weights for images (batch, height, width, channels).

    Kernels become (5, 5, channels, filters), dense weights (inputs, outputs).
    The first dense layer's inputs are the flattened 16 channels of 5 x 5
    pixels; with channels last, they come in another order.
    """
    turned = [W.transpose(2, 3, 1, 0) if W.ndim == 4 else W.T
              for W in weights]
    turned[4] = turned[4].reshape(16, 5, 5, 120).transpose(
        1, 2, 0, 3).reshape(400, 120)
    return turned


def channels_first(weights):
    """Return what `channels_last` made these weights of."""
    weights = list(weights)
    weights[4] = weights[4].reshape(5, 5, 16, 120).transpose(
        2, 0, 1, 3).reshape(400, 120)
    return [W.transpose(3, 2, 0, 1) if W.ndim == 4 else W.T for W in weights]


def logits(weights, X):
    """Return the network's outputs, (batch, 10), for X: (batch, 28, 28)."""
    return _forward(weights, X)[-1]


def loss_and_gradients(weights, X, y):
    """Return the mean cross-entropy and its gradients, one a weight."""
    pad, c1, m1, p1, c2, m2, p2, h3, h4, out = _forward(weights, X)
    shifted = out - out.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    loss = -log_p[n, y].mean()
    d = np.exp(log_p)
    d[n, y] -= 1
    d /= len(y)
    gradients = [d.T @ h4, d.sum(0)]
    d = d @ weights[8] * (h4 > 0)
    gradients = [d.T @ h3, d.sum(0), *gradients]
    d = d @ weights[6] * (h3 > 0)
    gradients = [d.T @ p2.reshape(len(y), -1), d.sum(0), *gradients]
    d = (d @ weights[4]).reshape(p2.shape)
    d = _unpool(d, m2) * (c2 > 0)
    gradients = [_kernel_gradient(p1, d), d.sum((0, 2, 3)), *gradients]
    d = np.pad(d, ((0, 0), (0, 0), (4, 4), (4, 4)))
    d = _convolve(d, weights[2][:, :, ::-1, ::-1].transpose(1, 0, 2, 3))
    d = _unpool(d, m1) * (c1 > 0)
    return loss, [_kernel_gradient(pad, d), d.sum((0, 2, 3)), *gradients]


def train(weights, batches, rates):
    """Return the loss before each step of gradient descent, and the weights
    after the last; `rates` has the rate of each step."""
    losses = []
    for (X, y), rate in zip(batches, rates, strict=True):
        loss, gradients = loss_and_gradients(weights, X, y)
        weights = [w - rate * g for w, g in zip(weights, gradients)]
        losses.append(loss)
    return losses, weights


def smooth_batches(weights, rates, X, y, batch_size, margin=2e-6):
    """Return a batch for each step of `train`, examples in their order, but
    without those that come within `margin` of a kink.

    Where a ReLU's input is almost 0, or a window's two largest values almost
    equal, single precision may fall on the other side and give another
    gradient. A batch of 256 has over a million such places, so that in 20
    steps it happens to somebody. The margin is a fraction of the numbers that
    were added up.
    """
    batches, start = [], 0
    for rate in rates:
        chosen = []
        while len(chosen) < batch_size:
            stop = start + batch_size
            near = _distance_to_kinks(weights, X[start:stop]) < margin
            chosen += [n for n in range(start, stop) if not near[n - start]]
            start = stop
        start = chosen[batch_size - 1] + 1
        batch = X[chosen[:batch_size]], y[chosen[:batch_size]]
        batches.append(batch)
        weights = train(weights, [batch], [rate])[1]
    return batches


def _distance_to_kinks(weights, X):
    W1, b1, W2, b2, W3, b3, W4, b4, _, _ = weights
    pad, c1, _, p1, c2, _, p2, h3, _, _ = _forward(weights, X)
    flat = p2.reshape(len(X), -1)

    def convolution(x, W, b):
        return _convolve(x, W) + b[:, None, None]

    def dense(x, W, b):
        return x @ W.T + b

    nearest = np.full(len(X), np.inf)
    for layer, outputs, x, W, b in (
            (convolution, c1, pad, W1, b1), (convolution, c2, p1, W2, b2),
            (dense, None, flat, W3, b3), (dense, None, h3, W4, b4)):
        # The size of what is added up; where it is 0, so is the sum.
        size = np.maximum(layer(abs(x), abs(W), abs(b)), 1e-300)
        distances = [abs(layer(x, W, b)) / size]
        if outputs is not None:
            gap = np.diff(np.sort(_windows(outputs), axis=-1))[..., -1]
            distances.append(gap / _pool(size)[0])
        for d in distances:
            # Exact ties, as in an image's background, stay exact.
            d = np.where(d == 0, np.inf, d).reshape(len(X), -1)
            nearest = np.minimum(nearest, d.min(axis=1))
    return nearest


def _forward(weights, X):
    W1, b1, W2, b2, W3, b3, W4, b4, W5, b5 = weights
    pad = np.pad(X[:, None], ((0, 0), (0, 0), (2, 2), (2, 2)))
    c1 = np.maximum(_convolve(pad, W1) + b1[:, None, None], 0)
    p1, m1 = _pool(c1)
    c2 = np.maximum(_convolve(p1, W2) + b2[:, None, None], 0)
    p2, m2 = _pool(c2)
    h3 = np.maximum(p2.reshape(len(X), -1) @ W3.T + b3, 0)
    h4 = np.maximum(h3 @ W4.T + b4, 0)
    return pad, c1, m1, p1, c2, m2, p2, h3, h4, h4 @ W5.T + b5


def _convolve(X, W):
    windows = sliding_window_view(X, W.shape[2:], axis=(2, 3))
    return np.tensordot(windows, W, ((1, 4, 5), (1, 2, 3))).transpose(
        0, 3, 1, 2)


def _kernel_gradient(X, d):
    windows = sliding_window_view(X, (5, 5), axis=(2, 3))
    return np.tensordot(d, windows, ((0, 2, 3), (0, 2, 3)))


def _pool(X):
    """Return the maxima of 2 x 2 windows, and which of the four they are."""
    four = _windows(X)
    return four.max(-1), four.argmax(-1)


def _windows(X):
    b, c, h, w = X.shape
    return X.reshape(b, c, h // 2, 2, w // 2, 2).transpose(
        0, 1, 2, 4, 3, 5).reshape(b, c, h // 2, w // 2, 4)


def _unpool(d, which):
    b, c, h, w = d.shape
    four = d[..., None] * (np.arange(4) == which[..., None])
    return four.reshape(b, c, h, w, 2, 2).transpose(
        0, 1, 2, 4, 3, 5).reshape(b, c, 2 * h, 2 * w)
