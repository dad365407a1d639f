"""What a training loop shows: curves, a history, a last line.

The loop trains and tells; a TrainingLog counts, draws and remembers. Nothing
that it is told is changed by it, and it needs no framework.
"""
import math
from typing import Protocol, SupportsFloat

from d2l.metrics import Accumulator


class Canvas(Protocol):
    """What a TrainingLog draws on: an Animator, or whatever takes points."""

    def add(self, x: float, y: tuple[float | None, ...]) -> object:
        """Append to each curve a point at x, or nothing where y is None."""


class TrainingLog:
    """The log of one training run.

    Tell it `begin_epoch`, then `update` after each update, then `end_epoch`.
    As text it is the last epoch's losses and accuracies, in one line.

    Args:
        animator: gets points (train loss, train acc, test acc, rate), at x in
            epochs: the rate when an epoch begins; means since then and the
            rate, about five times an epoch; the test accuracy at its end.
        num_batches: updates in an epoch, at least 1.

    Attributes:
        history: a dict of lists, one number an epoch: 'lr', the rate of its
            first update; 'train loss' and 'train acc', the means over it;
            'test acc', the accuracy after it.
        stride: updates from one drawing to the next.

    Raises:
        ValueError: if there are no batches.
    """

    def __init__(self, animator: Canvas, num_batches: int) -> None:
        if not num_batches >= 1:
            raise ValueError('an epoch must have at least 1 batch, '
                             f'got num_batches={num_batches}')
        self.animator, self.num_batches = animator, num_batches
        self.stride = max(1, num_batches // 5)
        self.history: dict[str, list[float]] = {
            'lr': [], 'train loss': [], 'train acc': [], 'test acc': []}
        self._epoch, self._was_finite = -1, True

    def begin_epoch(self, lr: float) -> None:
        """Note the rate of the epoch's first update."""
        self._epoch += 1
        self._updates = 0
        self._sums = Accumulator(3)  # losses, correct, examples
        self._means = math.nan, math.nan
        self.history['lr'].append(lr)
        self.animator.add(self._epoch, (None, None, None, lr))

    def update(self, loss: SupportsFloat, correct: SupportsFloat,
               examples: int, lr: float) -> None:
        """Count one update.

        Args:
            loss: sum of the losses of its minibatch, before the update.
            correct: how many of its examples were classified correctly.
            examples: how many examples it has.
            lr: the rate of the update.
        """
        loss = float(loss)
        self.check(self._epoch * self.num_batches + self._updates,
                   loss / examples, lr)
        self._sums.add(loss, correct, examples)
        self._updates += 1
        self.progress(self._updates, self._sums[0] / self._sums[2],
                      self._sums[1] / self._sums[2], lr)

    def progress(self, updates: int, train_loss: float, train_acc: float,
                 lr: float) -> None:
        """Take the means over the epoch's first `updates`, at times drawn."""
        self._means = train_loss, train_acc
        if updates % self.stride == 0 or updates == self.num_batches:
            self.animator.add(self._epoch + updates / self.num_batches,
                              (train_loss, train_acc, None, lr))

    def check(self, update: int, loss: float, lr: float) -> None:
        """Print, once in a run, at which update the loss is not finite.

        Args:
            update: its number, counted from 0 over all epochs.
        """
        if self._was_finite and not math.isfinite(loss):
            self._was_finite = False
            print(f'loss is {loss} at update {update} '
                  f'(epoch {update // self.num_batches}), rate {lr:g}')

    def end_epoch(self, test_acc: float) -> None:
        """Note the accuracy on test data, in [0, 1]."""
        self.animator.add(self._epoch + 1, (None, None, test_acc, None))
        for key, value in zip(('train loss', 'train acc', 'test acc'),
                              (*self._means, test_acc)):
            self.history[key].append(value)

    def __str__(self) -> str:
        if not self.history['test acc']:
            return 'no epoch has ended'
        return ', '.join(f'{key} {values[-1]:.3f}'
                         for key, values in self.history.items()
                         if key != 'lr')
