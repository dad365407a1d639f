"""The figure of a run, fed by a TrainingLog."""
import pytest

from d2l.training_curves import GREY, TrainingCurves
from d2l.training_log import TrainingLog

EARLIER = {'lr': [0.3, 0.2], 'train loss': [2, 1], 'train acc': [0.5, 0.8],
           'test acc': [0.6, 0.7]}


def trained(curves):
    """Tell of two epochs with one update each."""
    log = TrainingLog(curves, num_batches=1)
    for lr, test_acc in ((0.3, 0.7), (0.1, 0.8)):
        log.begin_epoch(lr)
        log.update(2.5, 8, 10, lr)
        log.end_epoch(test_acc)
    return curves


def test_three_panels_for_the_first_run():
    curves = trained(TrainingCurves(2))
    assert [axes.get_ylabel() for axes in curves.axes] == [
        'loss', 'accuracy', 'learning rate']
    loss, train_acc, test_acc, rate = curves.curves
    assert loss == ([1, 2], [0.25, 0.25])
    assert train_acc == ([1, 2], [0.8, 0.8])
    assert test_acc == ([1, 2], [0.7, 0.8])
    assert rate == ([0, 1, 1, 2], [0.3, 0.3, 0.1, 0.1])


def test_an_earlier_run_in_grey_and_no_loss():
    curves = trained(TrainingCurves(2, {'before': EARLIER}))
    assert [axes.get_ylabel() for axes in curves.axes] == [
        'accuracy', 'learning rate']
    assert curves.curves[1] == ([1, 2], [0.7, 0.8])
    assert curves.curves[2] == ([0, 1, 1, 2], [0.3, 0.3, 0.1, 0.1])
    accuracy, rate = ([line for line in axes.lines
                       if line.get_color() == GREY] for axes in curves.axes)
    assert accuracy[0].get_xydata().tolist() == [[1, 0.6], [2, 0.7]]
    assert rate[0].get_drawstyle() == 'steps-post'
    assert rate[0].get_xydata().tolist() == [[0, 0.3], [1, 0.2], [2, 0.2]]
    assert [text.get_text() for text in
            curves.axes[0].get_legend().texts] == [
        'train acc', 'test acc', 'before, test acc']
    assert 'before' in curves.alt


@pytest.mark.parametrize('behind', [None, {'before': EARLIER}])
def test_accuracies_have_the_same_axis_whatever_they_are(behind):
    curves = trained(TrainingCurves(2, behind))
    curves._redraw()
    axes = next(axes for axes in curves.axes
                if axes.get_ylabel() == 'accuracy')
    assert axes.get_ylim() == (0.75, 0.96)
    assert axes.get_xlim() == (0, 2)
