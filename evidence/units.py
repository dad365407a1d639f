"""How many units of the first layer are active.

A unit is a channel of the first convolution. It is active if it is positive
behind its ReLU somewhere in some image of a fixed set: the first hundred
training images of every class. One that is not gets no gradient from them.
"""
import functools
from typing import Any

from d2l.data import LABELS, fashion_mnist
from evidence import EvidenceError
from evidence.record import ActiveUnits
from evidence.splits import first_of_each
from evidence.studies import MEASURED_IN

PER_CLASS = 100
TABS = MEASURED_IN['active units']


def active_units(tab: str, net: Any, epoch: int) -> ActiveUnits:
    """Return the active units of a network's first layer.

    Args:
        tab: the framework's tab.
        net: a torch.nn.Sequential whose first two layers are a convolution
            and a ReLU; it is not changed.
        epoch: how many epochs it was trained for, for the record.

    Raises:
        EvidenceError: in a tab that has no such measurement.
    """
    if tab not in TABS:
        raise EvidenceError(f'{tab}: active units are counted with '
                            f'{", ".join(TABS)} only')
    import torch
    device = next(net.parameters()).device
    with torch.no_grad():
        active = (net[:2](_images().to(device)) > 0).any(3).any(2).any(0)
    count, units = int(active.sum()), len(active)
    return {'epoch': epoch, 'layer': 1, 'active': count, 'units': units,
            'fraction': round(count / units, 7), 'images': len(_images())}


@functools.cache
def _images() -> Any:
    import torch
    (X, y), _ = fashion_mnist()
    chosen = first_of_each(y, min(PER_CLASS, len(y) // len(LABELS)))
    return torch.tensor(X[chosen]).float().unsqueeze(1) / 255
