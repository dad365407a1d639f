"""Train a ResNet-18 on a folder of images, by a cosine after a warmup.

    torchrun --standalone --nproc-per-node gpu examples/train_images.py FOLDER

FOLDER holds train/<class>/<image> and val/<class>/<image>, as ImageNet does
once it is unpacked. Every process trains on its share of each batch. After
each epoch the state goes to --checkpoint; a run that finds one goes on from
it, if it was made with the same options. Without GPUs, give a number of
processes instead of `gpu`.
"""
import argparse
import gc
import os
import pickle
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from PIL import Image, ImageOps
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler
from tqdm import tqdm

from d2l import torch as d2l

# Options that decide what is trained; a checkpoint remembers them.
SETTINGS = {'epochs': 90, 'batch_size': 256, 'size': 224, 'lr': 0.1,
            'warmup': 5.0, 'width': 64}
Files = list[tuple[Path, int]]  # images and their classes


def find_classes(folder: Path) -> list[str]:
    """Return the names of the classes in a folder of images, sorted."""
    train, val = ({path.name for path in (folder / split).glob('[!.]*')
                   if path.is_dir()} for split in ('train', 'val'))
    if not train or train != val:
        lacking = ', '.join(sorted(train ^ val)[:5]) or 'all'
        sys.exit(f'{folder} must have the same classes in train and in val; '
                 f'missing in one of them: {lacking}')
    return sorted(train)


def find_images(folder: Path, classes: list[str]) -> Files:
    """Return the images of a split; what is hidden, or no image by its name,
    is passed over."""
    known, files = Image.registered_extensions(), []
    for y, name in enumerate(classes):
        found = sorted(path for path in (folder / name).glob('[!.]*')
                       if path.suffix.lower() in known)
        if not found:
            sys.exit(f'{folder / name} holds no images')
        files += [(path, y) for path in found]
    return files


class ImageFolder(Dataset[tuple[torch.Tensor, int]]):
    """Pairs of an image, (3, size, size) float32 in [-1, 1], and its class.

    Raises:
        RuntimeError: if an image cannot be read; it names the file.
    """

    def __init__(self, files: Files, size: int, augment: bool) -> None:
        self.files, self.size, self.augment = files, size, augment

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        path, y = self.files[i]
        try:
            with Image.open(path) as file:
                image = file.convert('RGB')
        except (OSError, SyntaxError, ValueError) as error:
            raise RuntimeError(f'{path} cannot be read: {error}') from None
        if self.augment:  # a random part, perhaps mirrored
            w, h = (max(1, int(n * random.uniform(0.5, 1)))
                    for n in image.size)
            x, top = (random.randint(0, n - part)
                      for n, part in zip(image.size, (w, h)))
            image = image.crop((x, top, x + w, top + h))
            image = ImageOps.mirror(image) if random.random() < 0.5 else image
        image = ImageOps.fit(image, (self.size, self.size))
        X = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        return X / 127.5 - 1, y


class Residual(nn.Module):
    """Two convolutions beside a shortcut; see He et al. (2016)."""

    def __init__(self, channels: int, out: int, stride: int) -> None:
        super().__init__()

        def conv(channels: int, size: int, stride: int
                 ) -> tuple[nn.Module, nn.Module]:
            return (nn.Conv2d(channels, out, size, stride, size // 2,
                              bias=False), nn.BatchNorm2d(out))

        self.path = nn.Sequential(*conv(channels, 3, stride), nn.ReLU(),
                                  *conv(out, 3, 1))
        self.shortcut = nn.Sequential(
            *(conv(channels, 1, stride) if channels != out else ()))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.path(X) + self.shortcut(X))


def make_net(num_classes: int, width: int) -> nn.Module:
    """Return a ResNet-18 whose four stages have width, 2 width, ... channels.
    """
    sizes = [width * n for n in (1, 1, 1, 2, 2, 4, 4, 8, 8)]
    return nn.Sequential(
        nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width),
        nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        *(Residual(a, b, b // a) for a, b in zip(sizes, sizes[1:])),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8 * width, num_classes))


def load(path: Path, settings: dict[str, Any],
         device: torch.device) -> dict[str, Any] | None:
    """Return the state in a checkpoint, None if there is none yet.

    It must have been made with these settings: with another horizon, say, the
    rate would jump. If it was not, the program ends and says so.
    """
    if not path.exists():
        return None
    try:
        # Tensors and plain values only: a file may come from anywhere.
        state = torch.load(path, map_location=device, weights_only=True)
        made = {**state['settings']}
        state = {name: state[name] for name in ('net', 'trainer', 'done')}
    except (OSError, RuntimeError, EOFError, LookupError, TypeError,
            pickle.UnpicklingError) as error:
        sys.exit(f'{path} is no checkpoint of this script '
                 f'({type(error).__name__}); give another --checkpoint')
    if made.get('classes') != settings['classes']:
        sys.exit(f'{path} was made with other classes; give another '
                 '--checkpoint')
    for name, value in settings.items():
        if made.get(name) != value:
            sys.exit(f'{path} was made with --{name.replace("_", "-")} '
                     f'{made.get(name)}, not {value}; give the same, or '
                     'another --checkpoint')
    return state


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint; it replaces the last one when it is whole."""
    part = path.with_name(f'{path.name}.part')
    with open(part, 'wb') as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def make_iterators(options: argparse.Namespace, classes: list[str]
                   ) -> Iterator[DataLoader[Any]]:
    """Yield this process's share of the training and validation batches."""
    for split in ('train', 'val'):
        files = find_images(options.folder / split, classes)
        data = ImageFolder(files, options.size, augment=split == 'train')
        yield DataLoader(
            data, options.batch_size // dist.get_world_size(),
            sampler=DistributedSampler(data, shuffle=split == 'train'),
            num_workers=options.workers)


def train(options: argparse.Namespace, device: torch.device) -> None:
    """Train, or go on training; print a line an epoch."""
    classes = find_classes(options.folder)
    train_iter, val_iter = make_iterators(options, classes)
    settings = {name: getattr(options, name) for name in SETTINGS}
    settings['classes'] = classes
    d2l.set_seed(0)  # the same weights in every process
    net = make_net(len(classes), options.width).to(device)
    trainer = torch.optim.SGD(net.parameters(), lr=options.lr, momentum=0.9,
                              weight_decay=1e-4)
    scheduler = d2l.CosineScheduler(  # counts epochs
        options.epochs, options.lr, warmup_steps=options.warmup)
    state = load(options.checkpoint, settings, device)
    if state:
        net.load_state_dict(state['net'])
        trainer.load_state_dict(state['trainer'])
    ddp = DistributedDataParallel(net)
    for epoch in range(state['done'] if state else 0, options.epochs):
        d2l.set_seed(1000 * (epoch + 1) + dist.get_rank())  # augmentation
        metric = torch.zeros(4, device=device)  # loss, number, correct, number
        train_epoch(ddp, train_iter, trainer, scheduler, epoch, metric)
        evaluate(net, val_iter, metric)
        dist.all_reduce(metric)
        if dist.get_rank() == 0:
            save(options.checkpoint, {
                'net': net.state_dict(), 'trainer': trainer.state_dict(),
                'done': epoch + 1, 'settings': settings})
            print(f'epoch {epoch}: lr {d2l.get_lr(trainer):.4f}, train loss '
                  f'{metric[0] / metric[1]:.3f}, val acc '
                  f'{metric[2] / metric[3]:.3f}', flush=True)


def train_epoch(ddp: nn.Module, train_iter: DataLoader[Any],
                trainer: torch.optim.Optimizer, scheduler: d2l.CosineScheduler,
                epoch: int, metric: torch.Tensor) -> None:
    """Train for an epoch; add loss and number of examples to `metric`."""
    ddp.train()
    train_iter.sampler.set_epoch(epoch)
    for i, (X, y) in enumerate(tqdm(train_iter, f'epoch {epoch}', leave=False,
                                    disable=dist.get_rank() > 0)):
        d2l.set_lr(trainer, scheduler(epoch + i / len(train_iter)))
        X, y = X.to(metric.device), y.to(metric.device)
        trainer.zero_grad()
        loss = nn.functional.cross_entropy(ddp(X), y)
        loss.backward()
        trainer.step()
        metric[0] += loss.detach() * len(y)
        metric[1] += len(y)


@torch.no_grad()
def evaluate(net: nn.Module, val_iter: DataLoader[Any],
             metric: torch.Tensor) -> None:
    """Add number of correct and of all examples to `metric`."""
    net.eval()
    for X, y in val_iter:
        X, y = X.to(metric.device), y.to(metric.device)
        metric[2] += d2l.accuracy(net(X), y)
        metric[3] += len(y)


def parse_options() -> argparse.Namespace:
    """Return the options; bad ones end the program before it trains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--checkpoint', type=Path, default='checkpoint.pt')
    for name, value in {**SETTINGS, 'workers': 8}.items():
        parser.add_argument(f'--{name.replace("_", "-")}', type=type(value),
                            default=value)
    options = parser.parse_args()
    if 'LOCAL_RANK' not in os.environ:
        parser.error('start it by torchrun, as shown above')
    share = options.batch_size // int(os.environ['WORLD_SIZE'])
    if min(share, options.size, options.width) < 1 or options.workers < 0:
        parser.error('--batch-size must be at least the number of processes, '
                     '--size and --width at least 1, --workers at least 0')
    try:
        d2l.CosineScheduler(options.epochs, options.lr,
                            warmup_steps=options.warmup)
    except ValueError as error:
        parser.error(f'--epochs, --lr and --warmup: {error}')
    folder = options.checkpoint.absolute().parent
    if options.checkpoint.is_dir() or not os.access(folder, os.W_OK):
        parser.error(f'--checkpoint {options.checkpoint} cannot be written')
    return options


if __name__ == '__main__':
    options, cuda = parse_options(), torch.cuda.is_available()
    dist.init_process_group('nccl' if cuda else 'gloo')
    train(options,
          d2l.try_gpu(int(os.environ['LOCAL_RANK'])) if cuda else d2l.cpu())
    gc.collect()  # or threads of the process group may outlive Python
    dist.destroy_process_group()
