"""The figure of one training run."""
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

from d2l.axes import Limits
from d2l.plotting import STYLE, Animator

History = Mapping[str, Sequence[float]]  # see TrainingLog
GREY = '#8c8c8c'


class TrainingCurves(Animator):
    """An Animator for a TrainingLog: loss, accuracies, rate, one below the
    other over the epochs.

    Args:
        num_epochs: how many epochs the axis shows.
        behind: {name: history} of earlier runs. Their test accuracies and
            rates are drawn in grey, and the loss is left out.
        accuracy: limits of the axis of accuracies. They are the same for all
            runs, and narrow, so that two figures can be compared.
    """

    def __init__(self, num_epochs: int,
                 behind: Mapping[str, History] | None = None,
                 accuracy: Limits = (0.75, 0.96)) -> None:
        panels: dict[str | None, Sequence[str]] = {
            'accuracy': ['train acc', 'test acc'], 'learning rate': ['lr']}
        if not behind:
            panels = {'loss': ['train loss'], **panels}
        super().__init__(
            'epoch', legend=panels, xlim=[0, num_epochs],
            ylim={'accuracy': accuracy, 'learning rate': [0, None]},
            figsize=(4.8, 3.4 if behind else 4.6),
            heights=[3, 1.2] if behind else [1.6, 3, 1.2],
            alt=_alt(behind))
        with matplotlib.rc_context(STYLE):
            for name, history in (behind or {}).items():
                self._draw_behind(name, history)

    def add(self, x: Any, y: Any) -> None:
        """Append (train loss, train acc, test acc, rate), or what of these
        has a curve."""
        super().add(x, y[-len(self.curves):])

    def _draw_behind(self, name: str, history: History) -> None:
        epochs, rates = len(history['lr']), history['lr']
        options: dict[str, Any] = {'color': GREY, 'linestyle': '-',
                                   'linewidth': 1.0, 'zorder': 1}
        self.axes[0].plot(range(1, epochs + 1), history['test acc'],
                          label=f'{name}, test acc', **options)
        self.axes[0].legend()
        self.axes[1].plot(range(epochs + 1), [*rates, *rates[-1:]],
                          drawstyle='steps-post', **options)


def _alt(behind: Mapping[str, History] | None) -> str:
    panels = 'the accuracy on training and test images; the learning rate'
    if not behind:
        return f'Three panels over the epochs: the training loss; {panels}.'
    return (f'Two panels over the epochs: {panels}. In grey behind them: '
            f'{", ".join(behind)}.')
