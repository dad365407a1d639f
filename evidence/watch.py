"""What looks on while a network trains.

A Watch takes the Animator's place: the chapter's loop tells it what it would
draw, (loss, train acc, test acc, rate), each None if it is not known at that
moment. It draws nothing; it measures what a study wants measured, and ends a
run that is dead.
"""
from collections.abc import Callable, Sequence
from typing import Any

from evidence import EvidenceError
from evidence.record import ALIVE

History = dict[str, list[float]]
Measure = Callable[[int], None]  # told how many epochs have ended


class Stopped(Exception):
    """A run was ended; not an error."""


class Watch:
    """Takes points of a run's curves, epoch by epoch.

    Args:
        stop_after: raise Stopped after so many dead epochs in a row, if there
            are more to come; None if never.
        epochs: how many the run has.
        measure: called at the end of every epoch.

    Attributes:
        history: what the loop's own history would be, for all epochs that
            have ended.
    """

    def __init__(self, epochs: int, stop_after: int | None = None,
                 measure: Measure | None = None):
        self.epochs, self.stop_after = epochs, stop_after
        self.measure = measure
        self.history: History = {'lr': [], 'train loss': [], 'train acc': [],
                                 'test acc': []}
        self._rate: float | None = None
        self._trained: tuple[float, float, float] | None = None

    def add(self, x: float, y: Sequence[Any]) -> None:
        """Take a point of each curve that has one at epoch x.

        Raises:
            Stopped: if the run is to end here.
            EvidenceError: if an epoch ends without a point of its training.
        """
        loss, train_acc, test_acc, rate = y
        if test_acc is not None:
            self._end(x, float(test_acc))
        elif loss is not None:
            self._trained = x, float(loss), float(train_acc)
        elif self._rate is None:
            self._rate = float(rate)

    def _end(self, x: float, test_acc: float) -> None:
        if self._rate is None or self._trained is None:
            raise EvidenceError(f'epoch {x:g} ends without a rate or loss')
        at, loss, train_acc = self._trained
        for key, value in zip(self.history, (self._rate, loss, train_acc,
                                             test_acc)):
            self.history[key].append(value)
        self._rate = self._trained = None
        if self.measure:
            self.measure(len(self.history['lr']))
        if self._dead():
            if abs(at - x) > 1e-9:
                raise EvidenceError(
                    f'epoch {x:g} ends, but its last point of training is at '
                    f'{at:g}: its accuracy is not known')
            raise Stopped

    def _dead(self) -> bool:
        n, last = self.stop_after, self.history['train acc']
        return (n is not None and n <= len(last) < self.epochs
                and all(accuracy <= ALIVE for accuracy in last[-n:]))
