"""One run in numbers."""
import pytest

from evidence.outcomes import died, score, seen, treated


@pytest.mark.parametrize(('accuracies', 'epoch'), [
    ([.6, .8, .85], None), ([.1, .1, .1], 0), ([.1, .1, .5], None),
    ([.7, .85, .1], 2), ([.7, .1, .7, .1, .1], 3)])
def test_when_a_run_died(accuracies, epoch):
    assert died({'train acc': accuracies}) == epoch


def test_scores_are_means_of_the_last_five_epochs_in_percent():
    record = {'train acc': [0, .5, .6, .7, .8, .9],
              'test acc': [0, .5, .5, .5, .5, .5]}
    assert score(record, 'train acc') == pytest.approx(70)
    assert score(record, 'gap') == pytest.approx(20)


def test_a_score_may_be_that_of_the_last_epoch_alone():
    record = {'train acc': [.6, .7, .8], 'test acc': [.5, .5, .4]}
    assert score(record, 'test acc', last=1) == pytest.approx(40)
    assert score(record, 'test acc', 2, last=1) == pytest.approx(50)
    assert score(record, 'gap', last=1) == pytest.approx(40)
    assert treated(record, 'test acc', 2) == pytest.approx(45)


def test_an_average_or_branch_is_seen_in_the_place_of_the_run():
    record = {'train acc': [.6, .1], 'test acc': [.5, .1], 'also': {
        'ema': {'test acc': [.5, .7]},
        'line': {'train acc': [.8], 'test acc': [.9]}}}
    assert seen(record, '') is record
    assert score(seen(record, 'ema'), 'test acc', last=1) == pytest.approx(70)
    assert died(seen(record, 'ema')) == 1  # as the run did
    assert died(seen(record, 'line')) is None
    assert score(seen(record, 'line'), 'gap', last=1) == pytest.approx(-10)


def test_a_stopped_run_is_dead_in_all_that_follows():
    """It has five values of a run of thirty epochs."""
    record = {'train acc': [.7, .8, .1, .1, .1]}
    assert died(record) == 2
    assert [died(record, end) for end in (1, 2, 3, 30)] == [None, None, 2, 2]


@pytest.mark.parametrize(('metric', 'alive', 'dead'), [
    ('test acc', 50, 10), ('train acc', 60, 10), ('gap', 10, 0)])
def test_a_dead_run_is_worth_guessing(metric, alive, dead):
    lived = {'train acc': [.6] * 9, 'test acc': [.5] * 9}
    assert treated(lived, metric) == pytest.approx(alive)
    died_late = {**lived, 'train acc': [.6] * 8 + [.1]}
    assert treated(died_late, metric) == dead
