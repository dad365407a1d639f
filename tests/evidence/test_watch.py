"""What looks on while a network trains, and ends a dead run."""
import pytest

from evidence import EvidenceError
from evidence.watch import Stopped, Watch


def tell(watch, accuracies, points=5, last=1.0):
    """Show a watch what a chapter's loop would, epoch by epoch.

    Each epoch has `points` of its training, the last one at `last`.
    """
    for epoch, accuracy in enumerate(accuracies):
        watch.add(epoch, (None, None, None, 0.1 * epoch))
        for n in range(1, points + 1):
            watch.add(epoch + last * n / points,
                      (9 - n, accuracy * n / points, None, 0.7))
        watch.add(epoch + 1, (None, None, accuracy + 0.01, None))


def test_its_history_is_that_of_the_loop():
    watch = Watch(3)
    tell(watch, [0.5, 0.6, 0.1])
    assert watch.history == {
        'lr': pytest.approx([0, 0.1, 0.2]), 'train loss': [4, 4, 4],
        'train acc': [0.5, 0.6, 0.1],
        'test acc': pytest.approx([0.51, 0.61, 0.11])}


@pytest.mark.parametrize(('accuracies', 'ends'), [
    ([.1] * 9, 3), ([.2] * 9, 3), ([.201] * 9, None),
    ([.5, .1, .1, .5, .1, .1, .1, .1, .1], 7), ([.5] * 6 + [.1] * 3, None),
    ([.5] * 5 + [.1] * 4, 8), ([.1, .1, .3] * 3, None)])
def test_it_ends_a_run_after_three_dead_epochs_in_a_row(accuracies, ends):
    """At a fifth a run is dead. With the last epoch a run ends by itself."""
    watch = Watch(9, stop_after=3)
    if ends is None:
        tell(watch, accuracies)
    else:
        with pytest.raises(Stopped):
            tell(watch, accuracies)
        accuracies = accuracies[:ends]
    assert watch.history['train acc'] == accuracies
    assert {len(values) for values in watch.history.values()} == {
        len(accuracies)}


def test_it_ends_none_if_it_is_not_told_to():
    watch = Watch(9)
    tell(watch, [.1] * 9)
    assert len(watch.history['lr']) == 9


def test_it_measures_after_every_epoch():
    seen = []
    watch = Watch(3, measure=lambda epoch: seen.append(
        (epoch, len(watch.history['lr']))))
    tell(watch, [0.5, 0.5, 0.5])
    assert seen == [(1, 1), (2, 2), (3, 3)]


def test_a_run_does_not_end_by_an_accuracy_that_is_not_its_last():
    """Keras does not show the last update of an epoch of 211."""
    with pytest.raises(EvidenceError, match='epoch 3 ends, but its last poin'):
        tell(Watch(9, stop_after=3), [.1] * 9, last=210 / 211)


def test_an_epoch_has_a_rate_and_a_loss():
    with pytest.raises(EvidenceError, match='without a rate or loss'):
        Watch(3).add(1, (None, None, 0.5, None))
