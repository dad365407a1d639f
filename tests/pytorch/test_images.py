"""The script for a folder of images, on two processes and a small folder."""
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / 'examples' / 'train_images.py'


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Red and green images of different shapes, with noise."""
    root, random = tmp_path_factory.mktemp('images'), np.random.default_rng(0)
    for split, number in (('train', 60), ('val', 7)):
        for channel, name in enumerate(('red', 'green')):
            path = root / split / name
            path.mkdir(parents=True)
            for i in range(number):
                pixels = random.integers(0, 128, (40 + i % 9, 50, 3), np.uint8)
                pixels[..., channel] += 120
                Image.fromarray(pixels).save(path / f'{i}.png')
    return root


def command(folder, checkpoint, epochs):
    return [sys.executable, '-m', 'torch.distributed.run', '--standalone',
            '--nproc-per-node', '2', SCRIPT, folder, '--checkpoint',
            checkpoint, '--epochs', str(epochs), '--batch-size', '8',
            '--size', '32', '--width', '8', '--workers', '0', '--lr', '0.05',
            '--warmup', '1']


ONE_THREAD = {**os.environ, 'OMP_NUM_THREADS': '1'}


def train(folder, checkpoint, epochs):
    """Return (epoch, rate, accuracy) of each epoch trained."""
    run = subprocess.run(command(folder, checkpoint, epochs), text=True,
                         capture_output=True, timeout=300, env=ONE_THREAD)
    assert run.returncode == 0, run.stderr
    found = re.findall(r'epoch (\d): lr ([\d.]+), .* val acc ([\d.]+)',
                       run.stdout)
    return [(int(epoch), float(lr), float(acc)) for epoch, lr, acc in found]


def train_and_stop(folder, checkpoint, epochs):
    """Train until two epochs are done; then all processes are ended."""
    with subprocess.Popen(
            command(folder, checkpoint, epochs), env=ONE_THREAD, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for line in process.stdout:
            if line.startswith('epoch 1:'):
                process.terminate()  # torchrun ends its processes


def test_it_learns_and_goes_on_where_it_was_stopped(folder, tmp_path):
    whole, parts = tmp_path / 'whole.pt', tmp_path / 'parts.pt'
    seen = train(folder, whole, 5)
    assert [epoch for epoch, *_ in seen] == [0, 1, 2, 3, 4]
    # 15 updates an epoch. The last rates: 14/15 of a ramp, then half a cosine
    # over four epochs, one update before each ends.
    angles = [math.pi * (n - 1 / 15) / 8 for n in (1, 2, 3, 4)]
    assert [lr for _, lr, _ in seen] == pytest.approx(
        [0.05 * 14 / 15, *(0.05 * math.cos(angle) ** 2
                           for angle in angles)], abs=6e-5)
    assert seen[-1][2] > 0.9
    assert train(folder, whole, 5) == []  # nothing is left to do

    train_and_stop(folder, parts, 5)
    resumed = train(folder, parts, 5)
    assert resumed and resumed == seen[-len(resumed):]
    nets = [torch.load(path)['net'] for path in (whole, parts)]
    for name, values in nets[0].items():
        torch.testing.assert_close(nets[1][name], values)
