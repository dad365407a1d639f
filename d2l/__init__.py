"""The helpers that the chapter's notebooks share.

Importing `d2l` loads no framework: a notebook says `from d2l import torch as
d2l` (or mxnet, tensorflow, jax) and gets the same names with each.
"""
import warnings
from importlib import metadata

__version__ = '0.1.0'


def _warn_of_namesake() -> None:
    """Warn if the distribution `d2l`, which owns the same folder, is there."""
    try:
        other = metadata.distribution('d2l')
    except metadata.PackageNotFoundError:
        return
    warnings.warn(
        f'the package d2l {other.version} in {other.locate_file("")} is '
        f'somebody else\'s and writes into the same folder as d2l-lr-'
        f'scheduling: run `pip uninstall d2l`, then install '
        f'd2l-lr-scheduling again', ImportWarning, stacklevel=3)


_warn_of_namesake()
