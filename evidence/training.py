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
def images(tab: str, split: Split) -> tuple[Any, Any, Names]:
    """Return what to train on, what to evaluate on, and a note of both."""
    chapter, _ = load_chapter(tab)
    made = ((chapter['train_iter'], chapter['test_iter']) if split == 'test'
            else splits.iterators(chapter['d2l'], chapter['batch_size'],
                                  split))
    return (*made, splits.about(split))


def train(tab: str, run: Run) -> Names:
    """Return the record of one Run, a dict that JSON can hold; what it lacks
    is what the runner knows, its study and commit.

    A loss that is not a finite number is None.
    """
    (chapter, made), data = load_chapter(tab), images(tab, run.split)[2]
    began, start = now(), time.perf_counter()
    history, measured = _trained(tab, run, chapter)
    seconds = time.perf_counter() - start
    record = {**run.key()._asdict(), **_curves(history, run.split),
              **measured, 'seconds': round(seconds, 1), 'start': began,
              'end': now(), **made, 'data': data}
    if len(history['lr']) < run.epochs:
        record['stopped'] = len(history['lr'])
    return record


def _trained(tab: str, run: Run, chapter: Names) -> tuple[History, Names]:
    """Return the history of a run, and what else was measured."""
    train_iter, test_iter, _ = images(tab, run.split)
    schedule = run.scheduler()
    measured: Names = {}

    def measure() -> None:
        measured['active units'] = active_units(tab, net, 1)

    watch = Watch(run.epochs, run.stop_after,
                  measure if 'active units' in run.measure else None)
    chapter['make_animator'] = lambda num_epochs: watch
    chapter['d2l'].set_seed(run.seed)
    net = chapter['make_net']()
    trainer = chapter['make_trainer'](net, schedule(0))
    try:
        history: History = chapter['train'](
            net, train_iter, test_iter, run.epochs, chapter['loss'], trainer,
            chapter['device'], schedule, run.per_update)
    except Stopped:
        history = watch.history
    return history, measured


def _curves(history: History, split: Split) -> Names:
    """Return the history as a record has it: rounded, and under the name of
    the images that it was evaluated on."""
    curves = {key: [round(value, 7) if math.isfinite(value) else None
                    for value in values] for key, values in history.items()}
    curves[evaluated(split)] = curves.pop('test acc')
    return curves
