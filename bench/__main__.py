"""python -m bench TAB: print how long the pieces of the chapter take; or
python -m bench lab: the schedule lab beside PyTorch."""
import importlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from builder.record.machine import cores, package_version, processor
from evidence.chapter import CONFIG, definitions

EPOCHS = 9
# Multiplications and additions of an epoch: forwards, and twice that
# backwards, apart from the images' own gradient; 60,000 examples.
GFLOP = 2 * 60_000 * (3 * (100 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10)
                      + 2 * 784 * 25 * 6) / 1e9


class Stopwatch:
    """Takes an Animator's place and notes when its points come.

    After each epoch it runs one of the fastest loop, so that both see the
    same machine, busy or idle.
    """

    def __init__(self, rival: Callable[[], None]):
        self.rival = rival
        self.epochs: list[float] = []
        self.evaluations: list[float] = []
        self.rivals: list[float] = []
        self.began = self.trained = 0.0

    def add(self, x: float, y: Sequence[Any]) -> None:
        """Note the moment of a point."""
        now = time.perf_counter()
        loss, _, test_acc, _ = y
        if test_acc is not None:
            self.epochs.append(self.trained - self.began)
            self.evaluations.append(now - self.trained)
            start = time.perf_counter()
            self.rival()
            self.rivals.append(time.perf_counter() - start)
        elif loss is not None:
            self.trained = now
        else:
            self.began = now


def main(arguments: Sequence[str]) -> int:
    """Print the table of one tab, or of the lab; return the exit status."""
    tabs = CONFIG.tabs
    if [*arguments] == ['lab']:
        return importlib.import_module('bench.lab').main()
    if len(arguments) != 1 or arguments[0] not in tabs:
        print(f'error: expected one of {", ".join(tabs)}, lab, got '
              f'{" ".join(arguments) or "nothing"}', file=sys.stderr)
        return 1
    tab, = arguments
    start = time.perf_counter()
    chapter = definitions(tab)
    imported = time.perf_counter() - start
    versions = ', '.join(f'{name} {package_version(name)}'
                         for name in tabs[tab].packages)
    print(f'{tab}: {versions}, Python {platform.python_version()}, '
          f'{cores()} cores of {processor()}, '
          f'load {os.getloadavg()[0]:.1f}, device {chapter["device"]}')
    gflops = _sgemm()
    print(f'  sgemm                     {gflops:8.0f} GFLOP/s')
    print(f'  imports and data          {imported:8.2f} s')
    start = time.perf_counter()
    chapter['d2l'].load_data_fashion_mnist(256)
    print(f'  load again                {time.perf_counter() - start:8.2f} s')
    _show(_timed(tab, chapter), gflops)
    _animation(definitions(tab)['make_animator'])
    return 0


def _timed(tab: str, chapter: dict[str, Any]) -> Stopwatch:
    """Train as the chapter does; return the watch, its first epoch run."""
    chapter['d2l'].set_seed(0)
    rival = importlib.import_module(f'bench.{tab}').make_epoch(chapter)
    rival()  # compiles
    watch, net = Stopwatch(rival), chapter['make_net']()
    chapter['make_animator'] = lambda num_epochs: watch
    chapter['train'](net, chapter['train_iter'], chapter['test_iter'],
                     1 + EPOCHS, chapter['loss'],
                     chapter['make_trainer'](net, 0.1), chapter['device'])
    return watch


def _show(watch: Stopwatch, gflops: float) -> None:
    """Print the rows of the training loops; a first epoch compiles."""
    epochs, rivals = watch.epochs[1:], watch.rivals[1:]
    _row('epoch of the chapter', epochs)
    _row('epoch of the fastest loop', rivals)
    _row('evaluation', watch.evaluations[1:])
    ratios = [a / b for a, b in zip(epochs, rivals)]
    print(f'  chapter / fastest         {statistics.median(ratios):8.2f} '
          'median of the pairs')
    print(f'  chapter / sgemm           {min(epochs) * gflops / GFLOP:8.1f} '
          f'times the {GFLOP / gflops:.2f} s of its arithmetic')


def _row(what: str, seconds: Sequence[float]) -> None:
    print(f'  {what:25} {min(seconds):8.2f} s fastest, '
          f'{statistics.median(seconds):.2f} median')


def _sgemm() -> float:
    """Return NumPy's best rate for 1024 x 1024 single-precision matrices."""
    A = np.random.default_rng(0).random((1024, 1024), np.float32)
    seconds: list[float] = []
    for _ in range(20):
        start = time.perf_counter()
        A @ A
        seconds.append(time.perf_counter() - start)
    return 2 * 1024**3 / min(seconds) / 1e9


def _animation(make_animator: Callable[[int], Any]) -> None:
    """Time a redraw, and the last one, in an IPython shell."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    shell = InteractiveShell.instance()
    with capture_output():
        animator = make_animator(30)
        for n in range(150):
            for curve, value in zip(animator.curves, (1, 0.5, 0.6, 0.1)):
                curve[0].append(n / 5)
                curve[1].append(value)
        start = time.perf_counter()
        animator.add(30, (1, 0.5, 0.6, 0.1))
        drawn = time.perf_counter()
        shell.events.trigger('post_run_cell', None)
        ended = time.perf_counter()
    print(f'  a redraw                  {drawn - start:8.2f} s, at most 2 % '
          f'of the time; the last {ended - drawn:.2f} s')


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
