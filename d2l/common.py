"""What every framework's module offers, the same objects in each."""
from d2l.axes import set_axes
from d2l.data import Batches, fashion_mnist, fashion_mnist_labels
from d2l.metrics import Accumulator, Timer
from d2l.modern import (
    CosineRestartScheduler,
    OneCycleScheduler,
    WSDScheduler,
)
from d2l.plotting import (
    Animator,
    plot,
    set_figsize,
    show_images,
    use_svg_display,
)
from d2l.runs import load_runs
from d2l.schedulers import (
    CosineScheduler,
    FactorScheduler,
    MultiFactorScheduler,
    PolyScheduler,
    SquareRootScheduler,
    WarmupScheduler,
)
from d2l.training_curves import TrainingCurves
from d2l.training_log import TrainingLog

__all__ = [
    'Accumulator', 'Animator', 'Batches', 'CosineRestartScheduler',
    'CosineScheduler', 'FactorScheduler', 'MultiFactorScheduler',
    'OneCycleScheduler', 'PolyScheduler', 'SquareRootScheduler', 'Timer',
    'TrainingCurves', 'TrainingLog', 'WSDScheduler', 'WarmupScheduler',
    'fashion_mnist', 'fashion_mnist_labels', 'load_runs', 'plot', 'set_axes',
    'set_figsize', 'show_images', 'use_svg_display']
