"""The schedule lab beside PyTorch: the same network, images and updates.

Both train on one thread, the lab under Node, an epoch of one and then an
epoch of the other. What counts is processor time: where nothing else runs, it
is the reader's time, and where something does, it says more than that. An
epoch has 6,000 training images in batches of 64, with momentum, and an
evaluation on 1,000 test images.
"""
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from builder.config import load_config
from builder.environment import environment_folder
from builder.lab.net.compile import compiled_network
from builder.lab.net.files import packed_images
from builder.lab.net.node import Network
from builder.record.machine import ONE_THREAD, cores, processor

ROOT = Path(__file__).parents[1]
EPOCHS = 10
BATCH_SIZE, RATE, MOMENTUM = 64, 0.03, 0.9


def main() -> int:
    """Print the table; return the exit status."""
    images = packed_images(load_config(ROOT / 'config.ini'))
    if not images:
        return 1  # it was said why
    print(f'lab: {cores()} cores of {processor()}, '
          f'load {os.getloadavg()[0]:.1f}')
    with (Network(compiled_network(), images) as network,
          tempfile.TemporaryDirectory() as folder):
        path = Path(folder, 'images.npz')
        np.savez(path, gray=network.gray, labels=network.labels)
        _show(*_timed(network, path))
    return 0


def _timed(network: Network, path: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of both's epochs; a first one warms up."""
    python = environment_folder(ROOT, 'pytorch') / 'bin' / 'python'
    ours: list[float] = []
    theirs: list[float] = []
    rates = np.full(-(-6000 // BATCH_SIZE), RATE)
    network('begin', 1)
    with subprocess.Popen(
            [python, '-m', 'bench.lab_torch', path], cwd=ROOT, text=True,
            env={**os.environ, **ONE_THREAD}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE) as torch:
        assert torch.stdin and torch.stdout
        for _ in range(1 + EPOCHS):
            ours.append(network.epoch(rates, MOMENTUM, BATCH_SIZE)['seconds'])
            torch.stdin.write('\n')
            torch.stdin.flush()
            theirs.append(float(torch.stdout.readline()))
        torch.stdin.close()
    return ours[1:], theirs[1:]


def _show(ours: list[float], theirs: list[float]) -> None:
    for what, seconds in (('ten epochs of the lab', ours),
                          ("ten epochs of PyTorch's", theirs)):
        print(f'  {what:25} {sum(seconds):8.2f} s of processor time, '
              f'{EPOCHS * min(seconds):.2f} if all were the fastest')
    ratios = [a / b for a, b in zip(ours, theirs)]
    print(f'  lab / PyTorch             {statistics.median(ratios):8.2f} '
          'median of the pairs, one thread each')
