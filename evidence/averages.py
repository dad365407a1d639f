"""Networks with averages of another one's weights; PyTorch.

The averaging is PyTorch's own. A network without batch normalization needs
nothing else; one with it would have to see training images once more.
"""
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class Averages:
    """Averages along the path of a network that is being trained.

    Args:
        net: the network.
        trainer: what updates it.
        wanted: {name: {half_life, ends or kept: its value}}; see methods.py.
        num_batches: how many updates an epoch has.
    """

    def __init__(self, net: torch.nn.Module, trainer: torch.optim.Optimizer,
                 wanted: Mapping[str, Mapping[str, Any]], num_batches: int):
        self.net, self.trainer, self.wanted = net, trainer, wanted
        self.networks = {name: _network(net, settings, num_batches)
                         for name, settings in wanted.items()}
        trainer.register_step_post_hook(self._updated)

    def _updated(self, *_: Any) -> None:
        for name, settings in self.wanted.items():
            if 'half_life' in settings:
                self.networks[name].update_parameters(self.net)

    def end_epoch(self, epoch: int) -> dict[str, torch.nn.Module]:
        """Return {name: network} when so many epochs have ended. Of what has
        no average yet, it is the network itself."""
        found: dict[str, torch.nn.Module] = {}
        for name, settings in self.wanted.items():
            network = self.networks[name]
            if epoch in settings.get('ends', ()):
                network.update_parameters(self.net)
            if 'kept' in settings:
                self._copy_kept(network)
            elif not network.n_averaged:
                network = self.net
            found[name] = network
        return found

    def _copy_kept(self, network: torch.nn.Module) -> None:
        with torch.no_grad():
            for to, of in zip(network.parameters(), self.net.parameters()):
                to.copy_(self.trainer.state[of]['x'])


def _network(net: torch.nn.Module, settings: Mapping[str, Any],
             num_batches: int) -> torch.nn.Module:
    """Return a network that takes an average of net's weights."""
    if 'kept' in settings:
        return deepcopy(net)
    if 'ends' in settings:
        return AveragedModel(net)
    decay = 0.5 ** (1 / (settings['half_life'] * num_batches))
    return AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay))
