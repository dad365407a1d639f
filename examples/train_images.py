"""Train a ResNet-18 on a folder of images, by a cosine after a warmup.

    torchrun --standalone --nproc-per-node gpu examples/train_images.py FOLDER

FOLDER holds train/<class>/<image> and val/<class>/<image>, as ImageNet does
once it is unpacked. Every process trains on its share of each batch. After
each epoch the state goes to --checkpoint; a run that finds one goes on from
it. Without GPUs, give a number of processes instead of `gpu`.
"""
import argparse
import gc
import os
import random
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from PIL import Image, ImageOps
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Dataset, DistributedSampler
from tqdm import tqdm

from d2l import torch as d2l


class ImageFolder(Dataset):
    """Pairs of an image, (3, size, size) float32 in [-1, 1], and its class."""

    def __init__(self, folder, classes, size, augment):
        self.files = [(path, y) for y, name in enumerate(classes)
                      for path in sorted((folder / name).iterdir())]
        self.size, self.augment = size, augment

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        path, y = self.files[i]
        with Image.open(path) as file:
            image = file.convert('RGB')
        if self.augment:  # a random part, perhaps mirrored
            w, h = (int(n * random.uniform(0.5, 1)) for n in image.size)
            x, top = (random.randint(0, n - part)
                      for n, part in zip(image.size, (w, h)))
            image = image.crop((x, top, x + w, top + h))
            image = ImageOps.mirror(image) if random.random() < 0.5 else image
        image = ImageOps.fit(image, (self.size, self.size))
        X = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        return X / 127.5 - 1, y


class Residual(nn.Module):
    """Two convolutions beside a shortcut; see He et al. (2016)."""

    def __init__(self, channels, out, stride):
        super().__init__()

        def conv(channels, size, stride):
            return (nn.Conv2d(channels, out, size, stride, size // 2,
                              bias=False), nn.BatchNorm2d(out))

        self.path = nn.Sequential(*conv(channels, 3, stride), nn.ReLU(),
                                  *conv(out, 3, 1))
        self.shortcut = nn.Sequential(
            *(conv(channels, 1, stride) if channels != out else ()))

    def forward(self, X):
        return torch.relu(self.path(X) + self.shortcut(X))


def make_net(num_classes, width):
    """Return a ResNet-18 whose four stages have width, 2 width, ... channels.
    """
    sizes = [width * n for n in (1, 1, 1, 2, 2, 4, 4, 8, 8)]
    return nn.Sequential(
        nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width),
        nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        *(Residual(a, b, b // a) for a, b in zip(sizes, sizes[1:])),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8 * width, num_classes))


def train(options, device):
    """Train, or go on training; print a line an epoch."""
    rank, part = dist.get_rank(), options.checkpoint.with_suffix('.part')
    classes = sorted(p.name for p in (options.folder / 'train').iterdir())
    data = {split: ImageFolder(options.folder / split, classes, options.size,
                               augment=split == 'train')
            for split in ('train', 'val')}
    train_iter, val_iter = (DataLoader(
        data[split], options.batch_size // dist.get_world_size(),
        sampler=DistributedSampler(data[split], shuffle=split == 'train'),
        num_workers=options.workers) for split in data)
    d2l.set_seed(0)  # the same weights in every process
    net = make_net(len(classes), options.width).to(device)
    trainer = torch.optim.SGD(net.parameters(), lr=options.lr, momentum=0.9,
                              weight_decay=1e-4)
    scheduler = d2l.CosineScheduler(  # counts epochs
        options.epochs, options.lr, warmup_steps=options.warmup)
    done = 0
    if options.checkpoint.is_file():
        state = torch.load(options.checkpoint, map_location=device)
        net.load_state_dict(state['net'])
        trainer.load_state_dict(state['trainer'])
        done = state['epochs']
    ddp = DistributedDataParallel(net)
    for epoch in range(done, options.epochs):
        d2l.set_seed(1000 * (epoch + 1) + rank)  # of the augmentation
        train_iter.sampler.set_epoch(epoch)
        metric = torch.zeros(4, device=device)  # loss, number, correct, number
        net.train()
        for i, (X, y) in enumerate(tqdm(train_iter, f'epoch {epoch}',
                                        leave=False, disable=rank > 0)):
            d2l.set_lr(trainer, scheduler(epoch + i / len(train_iter)))
            X, y = X.to(device), y.to(device)
            trainer.zero_grad()
            loss = nn.functional.cross_entropy(ddp(X), y)
            loss.backward()
            trainer.step()
            metric[0] += loss.detach() * len(y)
            metric[1] += len(y)
        net.eval()
        with torch.no_grad():
            for X, y in val_iter:
                metric[2] += d2l.accuracy(net(X.to(device)), y.to(device))
                metric[3] += len(y)
        dist.all_reduce(metric)
        if rank == 0:
            torch.save({'net': net.state_dict(), 'epochs': epoch + 1,
                        'trainer': trainer.state_dict()}, part)
            os.replace(part, options.checkpoint)  # whole, or not there
            print(f'epoch {epoch}: lr {d2l.get_lr(trainer):.4f}, train loss '
                  f'{metric[0] / metric[1]:.3f}, val acc '
                  f'{metric[2] / metric[3]:.3f}', flush=True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--checkpoint', type=Path, default='checkpoint.pt')
    for name, value in {'epochs': 90, 'batch-size': 256, 'size': 224,
                        'lr': 0.1, 'warmup': 5.0, 'width': 64,
                        'workers': 8}.items():
        parser.add_argument(f'--{name}', type=type(value), default=value)
    options, cuda = parser.parse_args(), torch.cuda.is_available()
    dist.init_process_group('nccl' if cuda else 'gloo')
    train(options,
          d2l.try_gpu(int(os.environ['LOCAL_RANK'])) if cuda else d2l.cpu())
    gc.collect()  # or threads of the process group may outlive Python
    dist.destroy_process_group()
