"""Two layers that JAX computes slowly on a CPU, written as faster ones.

Both give what the layers of JAX and Flax give, up to rounding. On any other
device, or with arguments that they do not know, they are those layers.
"""
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax import lax


def conv_general_dilated(lhs: jax.Array, rhs: jax.Array,
                         window_strides: Sequence[int],
                         padding: str | Sequence[tuple[int, int]],
                         **options: Any) -> jax.Array:
    """Return the convolution of lhs with rhs, as jax.lax's function does.

    Made to be nnx.Conv's argument of the same name. A convolution moves its
    window over rows and columns. Here the movement over columns is a banded
    matrix: all outputs of a row are the product of the rows that the window
    covers, laid side by side, with one matrix that holds the kernel at every
    place. It multiplies with many zeros, and still a matrix product of this
    size takes a half to a fifth of the time of XLA's convolution on a CPU.

    Args:
        lhs: (batch, height, width, channels).
        rhs: (kernel height, kernel width, channels, filters).
        window_strides, padding, options: those of lax.conv_general_dilated;
            dimension_numbers must say NHWC and HWIO, as nnx.Conv's do.

    Returns:
        (batch, new height, new width, filters).
    """
    plain = (rhs.ndim == 4 and set(window_strides) == {1}
             and options.get('dimension_numbers') == _NHWC
             and all(value in _PLAIN.get(name, (None,))
                     for name, value in options.items()))
    if jax.default_backend() != 'cpu' or not plain:
        return lax.conv_general_dilated(lhs, rhs, window_strides, padding,
                                        **options)
    kh, kw, channels, filters = rhs.shape
    if isinstance(padding, str):
        padding = lax.padtype_to_pads(lhs.shape[1:3], (kh, kw), (1, 1),
                                      padding)
    lhs = jnp.pad(lhs, ((0, 0), *padding, (0, 0)))
    batch, height, width, _ = lhs.shape
    new_height, new_width = height - kh + 1, width - kw + 1
    rows = lhs.reshape(batch, height, width * channels)
    rows = jnp.concatenate([rows[:, i:i + new_height] for i in range(kh)], -1)
    band = _band(rhs, width, new_width)
    out = rows.reshape(batch * new_height, -1) @ band
    return out.reshape(batch, new_height, new_width, filters)


def max_pool(X: jax.Array) -> jax.Array:
    """Return the maxima of 2 x 2 windows, (batch, height/2, width/2, ...).

    As nnx.max_pool(X, (2, 2), strides=(2, 2)): where a window has its maximum
    twice, the first gets the gradient.

    Args:
        X: (batch, height, width, ...); an odd row or column is left out.
    """
    if jax.default_backend() != 'cpu':
        return nnx.max_pool(X, (2, 2), strides=(2, 2))
    height, width = (size // 2 * 2 for size in X.shape[1:3])
    a, b, c, d = (X[:, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1))
    return _larger(_larger(a, b), _larger(c, d))


def _larger(first: jax.Array, second: jax.Array) -> jax.Array:
    return jnp.where(second > first, second, first)


_NHWC = lax.ConvDimensionNumbers((0, 3, 1, 2), (3, 2, 0, 1), (0, 3, 1, 2))
# The values of options that the banded matrix allows; of any other, None.
_PLAIN = {'lhs_dilation': (None, (1, 1)), 'rhs_dilation': (None, (1, 1)),
          'dimension_numbers': (_NHWC,), 'feature_group_count': (1,),
          'batch_group_count': (1,)}


def _band(kernel: jax.Array, width: int, new_width: int) -> jax.Array:
    """Return the matrix (kernel height * width * channels, new_width *
    filters) that moves the kernel over the columns."""
    kh, kw, channels, filters = kernel.shape
    # Column x of the image meets column x - new_x of the kernel, if any.
    column = np.arange(width)[:, None] - np.arange(new_width)
    band = kernel[:, np.clip(column, 0, kw - 1)]
    inside = (column >= 0) & (column < kw)
    band = jnp.where(inside[:, :, None, None], band, 0)
    return band.transpose(0, 1, 3, 2, 4).reshape(
        kh * width * channels, new_width * filters)
