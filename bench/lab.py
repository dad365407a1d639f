"""The schedule lab beside PyTorch: the same network, images and updates.

Both train on one thread, the lab under Node, an epoch of one and then an
epoch of the other. What counts there is processor time: where nothing else
runs, it is the reader's time, and where something does, it says more than
that. How much longer three networks at once take than one, as a page with
three schedules trains them, is told by the clock: it means something on an
idle machine only. An epoch has 6,000 training images in batches of 64, with
momentum, and an evaluation on 1,000 test images.
"""
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from builder.config import load_config
from builder.environment import environment_folder
from builder.lab.net.compile import compiled_network
from builder.lab.net.files import packed_images
from builder.lab.net.node import Network
from builder.lab.net.pack import updates_per_epoch
from builder.record.machine import ONE_THREAD, cores, processor

ROOT = Path(__file__).parents[1]
EPOCHS = 10
BATCH_SIZE, RATE, MOMENTUM = 64, 0.03, 0.9
AT_ONCE = 3  # schedules that a page can train


def main() -> int:
    """Print the table; return the exit status."""
    images = packed_images(load_config(ROOT / 'config.ini'))
    if not images:
        return 1  # it was said why
    print(f'lab: {cores()} cores of {processor()}, '
          f'load {os.getloadavg()[0]:.1f}')
    wasm = compiled_network()
    with ExitStack() as stack:
        networks = [stack.enter_context(Network(wasm, images))
                    for _ in range(AT_ONCE)]
        path = Path(stack.enter_context(tempfile.TemporaryDirectory()),
                    'images.npz')
        np.savez(path, gray=networks[0].gray, labels=networks[0].labels)
        _show(*_timed(networks[0], path))
        _show_at_once(_seconds(networks[:1]), _seconds(networks))
    return 0


def _timed(network: Network, path: Path) -> tuple[list[float], list[float]]:
    """Return the seconds of both's epochs; a first one warms up."""
    python = environment_folder(ROOT, 'pytorch') / 'bin' / 'python'
    ours: list[float] = []
    theirs: list[float] = []
    rates = np.full(updates_per_epoch(BATCH_SIZE), RATE)
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


def _seconds(networks: Sequence[Network]) -> float:
    """Return how long ten epochs of all these take, trained at once."""
    rates = np.full(EPOCHS * updates_per_epoch(BATCH_SIZE), RATE)

    def train(network: Network) -> None:
        network.train(rates, 1, MOMENTUM, BATCH_SIZE, EPOCHS)

    start = time.perf_counter()
    with ThreadPoolExecutor(len(networks)) as pool:
        for _ in pool.map(train, networks):
            pass
    return time.perf_counter() - start


def _show(ours: list[float], theirs: list[float]) -> None:
    for what, seconds in (('ten epochs of the lab', ours),
                          ("ten epochs of PyTorch's", theirs)):
        print(f'  {what:25} {sum(seconds):8.2f} s of processor time, '
              f'{EPOCHS * min(seconds):.2f} if all were the fastest')
    ratios = [a / b for a, b in zip(ours, theirs)]
    print(f'  lab / PyTorch             {statistics.median(ratios):8.2f} '
          'median of the pairs, one thread each')


def _show_at_once(one: float, three: float) -> None:
    print(f'  ten epochs, by the clock  {one:8.2f} s, {three:.2f} s of three '
          'networks at once')
    print(f'  three at once / one       {three / one:8.2f}')
