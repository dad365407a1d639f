"""PyTorch's side of bench/lab.py, in its own environment: an epoch for every
line on stdin, its seconds of processor time on stdout."""
import sys
import time

import numpy as np
import torch

from bench.lab import BATCH_SIZE, MOMENTUM, RATE
from evidence.chapter import definitions


def main(path: str) -> None:
    """Train on the images in the file at `path` until stdin ends."""
    with np.load(path) as file:
        X = torch.tensor(file['gray']).float().unsqueeze(1) / 15
        y = torch.tensor(file['labels']).long()
    torch.set_num_threads(1)
    chapter = definitions('pytorch')
    net, loss = chapter['make_net'](), chapter['loss']
    trainer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    for _ in sys.stdin:
        start = time.process_time()
        train(net, loss, trainer, X[:6000], y[:6000])
        with torch.no_grad():
            float((net(X[6000:]).argmax(1) == y[6000:]).float().mean())
        print(time.process_time() - start, flush=True)


def train(net: torch.nn.Module, loss: torch.nn.Module,
          trainer: torch.optim.Optimizer, X: torch.Tensor,
          y: torch.Tensor) -> None:
    """Train for an epoch, with the lab's statistics."""
    total = correct = 0.0
    for i in torch.randperm(len(y)).split(BATCH_SIZE):
        trainer.zero_grad()
        y_hat = net(X[i])
        value = loss(y_hat, y[i])
        value.backward()
        trainer.step()
        total += value.item() * len(i)
        correct += float((y_hat.argmax(1) == y[i]).sum())


if __name__ == '__main__':
    main(sys.argv[1])
