"""python -m bench.demonstration: does the lab's demonstration hold?

Makes the runs of demonstration.toml with the lab's network under Node, at the
rates of the lab's own schedules, records them in demonstration.csv, and judges
them by the rule there. The same runs give the same numbers everywhere.
"""
import csv
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from builder.config import load_config
from builder.lab.net.compile import compiled_network
from builder.lab.net.files import packed_images
from builder.lab.net.node import Network
from builder.lab.net.pack import updates_per_epoch
from builder.lab.ui.scripts import ask

ROOT = Path(__file__).parents[1]
STUDY = Path(__file__).with_suffix('.toml')
RECORD = Path(__file__).with_suffix('.csv')
COLUMNS = 'seed', 'schedule', 'updates', 'test accuracy', 'fate'
Row = dict[str, str]


def load_study() -> dict[str, Any]:
    """Return what demonstration.toml says."""
    return tomllib.loads(STUDY.read_text('utf-8'))


def slots(study: dict[str, Any]) -> dict[str, Any]:
    """Return {schedule: the lab's setting} of the study."""
    settings = {'peak': study['peak'], 'end': study['epochs']}
    return {'constant': ask('slot', 'constant', settings),
            'cosine': ask('slot', 'cosine', settings),
            'warmup and cosine': ask('slot', 'cosine', {
                **settings, 'warmup': 'linear', 'length': study['warmup']})}


def rates(study: dict[str, Any]) -> dict[str, npt.NDArray[np.float64]]:
    """Return {schedule: the rate of each update} of the study."""
    run = {'epochs': study['epochs'], 'per': 'update',
           'updates': updates_per_epoch(study['batch_size'])}
    return {name: np.array(ask('rates', slot, run))
            for name, slot in slots(study).items()}


def runs(study: dict[str, Any], network: Network, seed: int) -> list[Row]:
    """Return the rows of a seed, one a schedule."""
    return [_row(seed, name, network.train(
        each, seed, study['momentum'], study['batch_size'], study['epochs']))
        for name, each in rates(study).items()]


def _row(seed: int, name: str, run: Any) -> Row:
    end, epochs = run['end'], run['epochs']
    fate = ('diverged' if end['diverged'] else 'dead' if end['dead']
            else 'alive')
    accuracy = f'{epochs[-1]["testAcc"]:.3f}' if epochs else ''
    return dict(zip(COLUMNS, (f'{seed}', name, f'{end["update"]}', accuracy,
                              fate), strict=True))


def deaths(rows: Sequence[Row]) -> dict[str, int]:
    """Return {schedule: how many of its runs did not live}."""
    found = dict.fromkeys((row['schedule'] for row in rows), 0)
    for row in rows:
        found[row['schedule']] += row['fate'] != 'alive'
    return found


def confirmed(study: dict[str, Any], rows: Sequence[Row]) -> bool:
    """Return what the study's rule says."""
    died, rule = deaths(rows), study['rule']
    return (died[rule['lives']] == 0
            and died[rule['dies']] >= rule['deaths'])


def recorded() -> list[Row]:
    """Return the rows of the record."""
    with RECORD.open(encoding='utf-8', newline='') as file:
        return [*csv.DictReader(file)]


def main() -> int:
    """Make the record, print the verdict; return the exit status."""
    study = load_study()
    images = packed_images(load_config(ROOT / 'config.ini'))
    if not images:
        return 1  # it was said why
    rows: list[Row] = []
    with Network(compiled_network(), images) as network:
        for seed in study['seeds']:
            rows += runs(study, network, seed)
            for row in rows[-3:]:
                print(*row.values(), sep=' | ', flush=True)
    with RECORD.open('w', encoding='utf-8', newline='') as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
    print(*(f'{name}: {n} of {len(study["seeds"])} died'
            for name, n in deaths(rows).items()), sep=', ')
    holds = confirmed(study, rows)
    print('confirmed' if holds else 'not confirmed')
    return 0 if holds else 1


if __name__ == '__main__':
    sys.exit(main())
