"""The script for a folder of images, on two processes and a small folder."""
import importlib.util
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
        (root / split / '.DS_Store').write_bytes(b'of a Mac')
        (root / split / 'red' / '.DS_Store').write_bytes(b'of a Mac')
        (root / split / 'red' / '._0.png').write_bytes(b'of a Mac')
        (root / split / 'red' / 'Thumbs.db').write_bytes(b'of Windows')
        (root / split / 'README').write_text('Red and green.')
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
    nets = [torch.load(path, weights_only=True)['net']
            for path in (whole, parts)]
    for name, values in nets[0].items():
        torch.testing.assert_close(nets[1][name], values)


@pytest.fixture(scope='module')
def script():
    spec = importlib.util.spec_from_file_location('train_images', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_no_image_is_passed_over(script, folder):
    classes = script.find_classes(folder)
    assert classes == ['green', 'red']
    files = script.find_images(folder / 'val', classes)
    assert [(path.name, y) for path, y in files] == [
        (f'{i}.png', y) for y in (0, 1) for i in range(7)]


@pytest.mark.parametrize(('made', 'reason'), [
    ([], 'missing in one of them: all'),
    (['train/a/1.png'], 'missing in one of them: a'),
    (['train/a/1.png', 'val/a/1.png', 'val/b/1.png'],
     'missing in one of them: b'),
    (['train/.a/1.png', 'val/.a/1.png'], 'missing in one of them: all'),
    (['train/a/1.png', 'val/a/1.txt'], 'val/a holds no images'),
    (['train/a/.1.png', 'val/a/1.png'], 'train/a holds no images')])
def test_folders_without_images(script, tmp_path, made, reason):
    for path in made:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    with pytest.raises(SystemExit) as raised:
        classes = script.find_classes(tmp_path)
        for split in ('train', 'val'):
            script.find_images(tmp_path / split, classes)
    assert reason in str(raised.value) and str(tmp_path) in str(raised.value)


@pytest.mark.parametrize('damage', [
    lambda raw: b'', lambda raw: raw[:len(raw) // 2], lambda raw: b'no image',
    lambda raw: raw[:20] + b'\xff' * 40 + raw[60:]],
    ids=['empty', 'truncated', 'a text', 'corrupted'])
def test_an_image_that_cannot_be_read_is_named(script, folder, tmp_path,
                                               damage):
    path = tmp_path / 'bad.png'
    path.write_bytes(damage((folder / 'train' / 'red' / '0.png').read_bytes()))
    data = script.ImageFolder([(path, 0)], 32, augment=True)
    with pytest.raises(RuntimeError, match='bad.png cannot be read: '):
        data[0]


def test_an_image_of_one_pixel(script, tmp_path):
    Image.new('L', (1, 1), 255).save(tmp_path / 'dot.png')
    data = script.ImageFolder([(tmp_path / 'dot.png', 3)], 32, augment=True)
    X, y = data[0]
    assert X.shape == (3, 32, 32) and (X == 1).all() and y == 3


SETTINGS = {'epochs': 5, 'batch_size': 8, 'size': 32, 'lr': 0.05,
            'warmup': 1.0, 'width': 8, 'classes': ['green', 'red']}


def state(**changes):
    return {'net': {'w': torch.zeros(2)}, 'trainer': {}, 'done': 2,
            'settings': {**SETTINGS, **changes}}


def test_a_checkpoint(script, tmp_path):
    path = tmp_path / 'x.pt'
    assert script.load(path, SETTINGS, 'cpu') is None
    script.save(path, state())
    found = script.load(path, SETTINGS, 'cpu')
    assert found['done'] == 2 and found['net']['w'].tolist() == [0, 0]
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(('changes', 'reason'), [
    ({'epochs': 3}, '--epochs 3, not 5'), ({'lr': 0.1}, '--lr 0.1, not 0.05'),
    ({'warmup': 0.0}, '--warmup 0.0, not 1.0'),
    ({'batch_size': 16}, '--batch-size 16, not 8'),
    ({'width': 16}, '--width 16, not 8'),
    ({'classes': ['green', 'blue']}, 'other classes')])
def test_a_checkpoint_of_another_run_is_refused(script, tmp_path, changes,
                                                reason):
    script.save(tmp_path / 'x.pt', state(**changes))
    with pytest.raises(SystemExit, match=reason):
        script.load(tmp_path / 'x.pt', SETTINGS, 'cpu')


class Harmful:
    """Does something when it is loaded."""

    def __reduce__(self):
        return os.mkdir, ('harm',)


@pytest.mark.parametrize('content', [
    b'', b'no checkpoint', {'settings': Harmful()}, {}, [1], 3,
    {**state(), 'settings': None}, {'settings': SETTINGS}],
    ids=['empty', 'a text', 'harmful', 'a dict', 'a list', 'a number',
         'no settings', 'no net'])
def test_what_is_no_checkpoint_is_refused(script, tmp_path, monkeypatch,
                                          content):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / 'x.pt'
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(SystemExit, match='x.pt is no checkpoint'):
        script.load(path, SETTINGS, 'cpu')
    assert [*tmp_path.iterdir()] == [path]


def test_a_save_that_fails_keeps_the_last_checkpoint(script, tmp_path,
                                                     monkeypatch):
    def full(state, file):
        file.write(b'half')
        raise OSError(28, 'No space left on device')

    path = tmp_path / 'x.pt'
    script.save(path, state())
    before = path.read_bytes()
    monkeypatch.setattr(script.torch, 'save', full)
    with pytest.raises(OSError, match='No space'):
        script.save(path, state(epochs=9))
    monkeypatch.undo()
    assert path.read_bytes() == before
    script.save(path, state())
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(('options', 'reason'), [
    (['--epochs', '0'], 'max_update=0'), (['--lr', 'nan'], 'base_lr=nan'),
    (['--warmup', '-1'], 'warmup_steps=-1'), (['--warmup', '90'], '=90'),
    (['--batch-size', '1'], '--batch-size must be'),
    (['--width', '0'], '--width at least 1'),
    (['--checkpoint', '.'], '--checkpoint . cannot be written'),
    (['--checkpoint', 'nowhere/x.pt'], 'nowhere/x.pt cannot be written')])
def test_bad_options(script, tmp_path, monkeypatch, capsys, options, reason):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['train_images.py', 'x', *options])
    monkeypatch.setenv('LOCAL_RANK', '0')
    monkeypatch.setenv('WORLD_SIZE', '2')
    with pytest.raises(SystemExit) as raised:
        script.parse_options()
    assert raised.value.code == 2 and reason in capsys.readouterr().err


def test_it_says_who_starts_it(script, monkeypatch, capsys):
    monkeypatch.setattr(sys, 'argv', ['train_images.py', 'x'])
    monkeypatch.delenv('LOCAL_RANK', raising=False)
    with pytest.raises(SystemExit):
        script.parse_options()
    assert 'start it by torchrun' in capsys.readouterr().err
