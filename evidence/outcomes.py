"""One run in numbers: its accuracies, and whether it lived.

A run is alive at an epoch if it classifies more than a fifth of the training
images correctly, twice what guessing does; it died at the first epoch from
which on it is not. Epochs count from 0. A run that was stopped, dead, has
fewer values than it has epochs, and is dead in all that follow.
"""
from typing import cast

from evidence.record import ALIVE, Record

GUESSING = 10.0  # percent
LAST = 5  # epochs that a run's accuracies are the means of
# What a claim may compare, and what it is called.
METRICS = {'train acc': 'training accuracy', 'test acc': 'test accuracy',
           'gap': 'gap between training and test accuracy'}


def died(record: Record, end: int | None = None) -> int | None:
    """Return the epoch from which on a run is dead, None if it is alive.

    Args:
        record: the run.
        end: how many of its epochs are looked at; None for all.
    """
    accuracies = record['train acc'][:end]
    dead = len(accuracies)
    while dead and accuracies[dead - 1] <= ALIVE:
        dead -= 1
    return dead if dead < len(accuracies) else None


def seen(record: Record, view: str) -> Record:
    """Return a run's record as that of one of its averages or branches; ''
    is the network that was trained."""
    if not view:
        return record
    return cast(Record, {**record, **record['also'][view]})


def score(record: Record, metric: str, end: int | None = None,
          last: int = LAST) -> float:
    """Return a run's metric in percent: one of its accuracies, the mean of
    the last of its first `end` epochs (all without), or 'gap', the training
    accuracy minus the test accuracy."""
    if metric == 'gap':
        return (score(record, 'train acc', end, last)
                - score(record, 'test acc', end, last))
    values: list[float] = record[metric][:end][-last:]  # type: ignore
    return 100 * sum(values) / len(values)


def treated(record: Record, metric: str, last: int = LAST) -> float:
    """Return a run's metric in percent, a dead run's as if it guessed: what
    it is worth to someone who meant to train a network with it."""
    if died(record) is None:
        return score(record, metric, last=last)
    return 0.0 if metric == 'gap' else GUESSING
