"""Make the runs of a sample with the project in the current folder.

certify.py hands the text of this file to Python, once for each of two trees,
so it uses only what every tree has: evidence.chapter.definitions and the
names that the chapter has given its functions since its first run.
"""
import hashlib
import json
import sys
from pathlib import Path
from typing import Any


class Nothing:
    """Takes an Animator's place: whatever is asked of it does nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **options: None


def results(tab: str, sample: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the history and the final weights of every run, to the last
    bit: numbers in hexadecimal."""
    from evidence.chapter import definitions
    names = definitions(tab)
    names['make_animator'] = lambda *args, **options: Nothing()
    return [_run(names, entry) for entry in sample]


def _run(names: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    warmup = entry.get('warmup', 0)

    def schedule(t: float) -> float:
        return float(entry['rate'] * (min(t / warmup, 1) if warmup else 1))

    names['d2l'].set_seed(entry['seed'])
    net = names['make_net']()
    trainer = names['make_trainer'](net, schedule(0))
    history = names['train'](
        net, names['train_iter'], names['test_iter'], entry['epochs'],
        names['loss'], trainer, names['device'], schedule, bool(warmup))
    return {**{key: [float(value).hex() for value in values]
               for key, values in history.items()}, 'weights': _digest(net)}


def _digest(net: Any) -> str:
    digest = hashlib.sha256()
    for array in _weights(net):
        digest.update(f'{array.dtype} {array.shape}'.encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _weights(net: Any) -> list[Any]:
    """Return a network's weights as NumPy arrays, whatever the framework."""
    if hasattr(net, 'state_dict'):  # PyTorch
        return [value.cpu().numpy() for value in net.state_dict().values()]
    if hasattr(net, 'collect_params'):  # MXNet
        return [value.data().asnumpy()
                for value in net.collect_params().values()]
    if hasattr(net, 'get_weights'):  # Keras
        return list(net.get_weights())
    import jax
    import numpy as np
    from flax import nnx
    return [np.asarray(leaf) for leaf in jax.tree.leaves(
        nnx.state(net, nnx.Param))]


def main(tab: str, sample: str, target: str) -> None:
    """Write the results, and from where the packages came, to `target`."""
    made = results(tab, json.loads(sample))
    import d2l
    import evidence
    origins = [str(Path(str(module.__file__)).resolve().parents[1])
               for module in (d2l, evidence)]
    Path(target).write_text(json.dumps({'results': made,
                                        'origins': origins}))


if __name__ == '__main__':
    main(*sys.argv[1:])
