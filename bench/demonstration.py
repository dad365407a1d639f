"""python -m bench.demonstration: does the lab's demonstration hold?

Makes the runs of demonstration.toml with the lab's network under Node, and
judges them by the rule there. The same runs give the same numbers everywhere.
"""
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from builder.config import load_config
from builder.lab.net.compile import compiled_network
from builder.lab.net.files import packed_images
from builder.lab.net.node import Network
from d2l.schedulers import CosineScheduler

ROOT = Path(__file__).parents[1]
STUDY = Path(__file__).with_suffix('.toml')


def schedules(study: dict[str, Any], per_epoch: int
              ) -> dict[str, Callable[[float], float]]:
    """Return {name: schedule} of the study, functions of the update."""
    peak, end = study['peak'], study['epochs'] * per_epoch
    return {'constant': lambda t: peak,
            'cosine': CosineScheduler(end, peak),
            'warmup and cosine': CosineScheduler(
                end, peak, warmup_steps=study['warmup'] * per_epoch)}


def runs(study: dict[str, Any], network: Network) -> dict[str, list[Any]]:
    """Return {schedule: [what each seed's run told]}, printing a row each."""
    per_epoch = -(-6000 // study['batch_size'])
    every = schedules(study, per_epoch)
    found: dict[str, list[Any]] = {name: [] for name in every}
    print('seed', *every, sep=' | ')
    for seed in study['seeds']:
        for name, schedule in every.items():
            rates = np.array([schedule(t) for t in range(
                study['epochs'] * per_epoch)], float)
            found[name].append(network.train(
                rates, seed, study['momentum'], study['batch_size'],
                study['epochs']))
        print(seed, *(_result(found[name][-1]) for name in every),
              sep=' | ', flush=True)
    return found


def _result(run: Any) -> str:
    if run['end']['diverged']:
        return f'diverged at update {run["end"]["update"]}'
    dead = ', dead' if run['end']['dead'] else ''
    return f'{run["epochs"][-1]["testAcc"]:.3f}{dead}'


def confirmed(study: dict[str, Any], found: dict[str, list[Any]]) -> bool:
    """Return what the study's rule says, printing how many died."""
    deaths = {name: sum(run['end']['dead'] for run in of_kind)
              for name, of_kind in found.items()}
    print('deaths', *(f'{n} of {len(study["seeds"])}'
                      for n in deaths.values()), sep=' | ')
    rule = study['rule']
    return (deaths[rule['lives']] == 0
            and deaths[rule['dies']] >= rule['deaths'])


def main() -> int:
    """Print the table and the verdict; return the exit status."""
    study = tomllib.loads(STUDY.read_text('utf-8'))
    images = packed_images(load_config(ROOT / 'config.ini'))
    if not images:
        return 1  # it was said why
    with Network(compiled_network(), images) as network:
        holds = confirmed(study, runs(study, network))
    print('confirmed' if holds else 'not confirmed')
    return 0 if holds else 1


if __name__ == '__main__':
    sys.exit(main())
