"""One training run: the chapter's own cells, one seed, one thread."""
import functools
import math
import os
import time
from typing import Any

from builder.record import machine
from builder.record.machine import ONE_THREAD, now
from evidence import splits
from evidence.chapter import definitions
from evidence.fingerprint import accepted, fingerprint
from evidence.plan import Run
from evidence.record import Split, evaluated
from evidence.schedules import Schedule, make_schedule
from evidence.units import active_units
from evidence.watch import History, Stopped, Watch

Names = dict[str, Any]


@functools.cache
def load_chapter(tab: str) -> tuple[Names, Names]:
    """Return the names that the chapter defines, and what the records of
    runs with them say of where they are made.

    Both stem from one moment: who edits the chapter meanwhile changes
    neither.
    """
    os.environ.update(ONE_THREAD)
    rests_on = fingerprint(tab)
    # The first code with these results, so that all comparable records agree.
    code, packages = accepted(rests_on)[-1], rests_on[1]
    names = definitions(tab)
    about = machine.about(packages)
    about['packages'] = {name: version.split('+')[0]
                         for name, version in about['packages'].items()}
    return names, {'code': code, **about, 'cores': 1,
                   'device': machine.kind_of(names['device'])}


@functools.cache
def images(tab: str, split: Split, batch_size: int | None = None
           ) -> tuple[Any, Any, Names]:
    """Return what to train on, what to evaluate on, and a note of both.

    Args:
        tab: the framework's tab.
        split: which images.
        batch_size: how many are in a minibatch; None for the chapter's.
    """
    chapter, _ = load_chapter(tab)
    made = ((chapter['train_iter'], chapter['test_iter'])
            if split == 'test' and not batch_size else
            splits.iterators(chapter['d2l'],
                             batch_size or chapter['batch_size'], split))
    return (*made, splits.about(split))


def train(tab: str, run: Run) -> Names:
    """Return the record of one Run, a dict that JSON can hold; what it lacks
    is what the runner knows, its study and commit.

    A loss that is not a finite number is None.
    """
    (chapter, made), data = load_chapter(tab), images(tab, run.split)[2]
    began, start = now(), time.perf_counter()
    history, others = Training(tab, run, chapter).run()
    seconds = time.perf_counter() - start
    key = run.key()._asdict()
    del key['method']
    record = {**key, **_curves(history, run.split), **others,
              'seconds': round(seconds, 1), 'start': began, 'end': now(),
              **made, 'data': data}
    if run.method:
        record['method'] = dict(run.method)
    if len(history['lr']) < run.epochs:
        record['stopped'] = len(history['lr'])
    return record


class Training:
    """A Run while it trains.

    Args:
        tab: the framework's tab.
        run: the Run.
        chapter: the names that the chapter defines; its Animator is replaced.
    """

    def __init__(self, tab: str, run: Run, chapter: Names):
        self.tab, self.spec, self.chapter = tab, run, chapter
        self.train_iter, self.test_iter, _ = images(
            tab, run.split, run.method.get('batch size'))
        self.schedule = run.scheduler()
        chapter['d2l'].set_seed(run.seed)
        self.net = chapter['make_net']()
        self.trainer = self._trainer()
        self.averages = self._averages()
        self.others: Names = {}

    def _trainer(self) -> Any:
        rate, method = self.schedule(0), self.spec.method
        if 'optimizer' not in method:
            return self.chapter['make_trainer'](self.net, rate)
        from evidence.optimizers import make_trainer
        settings = method['optimizer']
        momentum = settings.get('momentum', 0.0)
        if isinstance(momentum, dict):
            momentum = make_schedule('momentum', momentum)
        return make_trainer(self.net, settings, rate, momentum,
                            len(self.train_iter))

    def _averages(self) -> Any:
        if 'averages' not in self.spec.method:
            return None
        from evidence.averages import Averages
        return Averages(self.net, self.trainer, self.spec.method['averages'],
                        len(self.train_iter))

    def run(self) -> tuple[History, Names]:
        """Train; return the history, and what else a record has."""
        branches = self.spec.branches
        if not branches:
            history = self._segment(0, self.spec.epochs, self.schedule)
        else:
            from evidence.branching import grow
            history, grown = grow(self.net, self.trainer, self._segment,
                                  self.schedule, self.spec.epochs, branches)
            self.others['also'] = {name: _curves(curves, self.spec.split)
                                   for name, curves in grown.items()}
        return history, self.others

    def _segment(self, begin: int, end: int, schedule: Schedule) -> History:
        """Train from one epoch to another; return the history of that."""
        watch = Watch(end - begin, self.spec.stop_after, self._measure)
        self.chapter['make_animator'] = lambda num_epochs: watch
        try:
            history: History = self.chapter['train'](
                self.net, self.train_iter, self.test_iter, end - begin,
                self.chapter['loss'], self.trainer, self.chapter['device'],
                lambda t: schedule(begin + t), self.spec.per_update)
        except Stopped:
            history = watch.history
        return history

    def _measure(self, epoch: int) -> None:
        if epoch == 1 and 'active units' in self.spec.measure:
            self.others['active units'] = active_units(self.tab, self.net, 1)
        if self.averages is None:
            return
        for name, network in self.averages.end_epoch(epoch).items():
            accuracy = self.chapter['d2l'].evaluate_accuracy_gpu(
                network, self.test_iter, self.chapter['device'])
            also = self.others.setdefault('also', {}).setdefault(
                name, {evaluated(self.spec.split): []})
            also[evaluated(self.spec.split)].append(round(accuracy, 7))


def _curves(history: History, split: Split) -> Names:
    """Return the history as a record has it: rounded, and under the name of
    the images that it was evaluated on."""
    curves = {key: [round(value, 7) if math.isfinite(value) else None
                    for value in values] for key, values in history.items()}
    curves[evaluated(split)] = curves.pop('test acc')
    return curves
