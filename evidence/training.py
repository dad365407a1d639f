"""One training run: the chapter's own cells, one seed, one thread."""
import datetime
import functools
import math
import os
import time

from builder.record import machine
from d2l.data import describe
from evidence.chapter import definitions
from evidence.fingerprint import fingerprint
from evidence.plan import make_schedule

# The frameworks read these when they are imported.
ONE_THREAD = {
    'OMP_NUM_THREADS': '1', 'MKL_NUM_THREADS': '1',
    'TF_NUM_INTRAOP_THREADS': '1', 'TF_NUM_INTEROP_THREADS': '1',
    'XLA_FLAGS': '--xla_cpu_multi_thread_eigen=false'}


class NoAnimator:
    """Takes an Animator's place and draws nothing."""

    def add(self, x, y):
        """Take a point."""


@functools.cache
def load_chapter(tab):
    """Return the names that the chapter defines, and what the records of
    runs with them say of where they are made.

    Both stem from one moment: who edits the chapter meanwhile changes
    neither.
    """
    os.environ.update(ONE_THREAD)
    code, packages = fingerprint(tab)
    names = definitions(tab)
    names['make_animator'] = lambda num_epochs: NoAnimator()
    about = machine.about(packages)
    about['packages'] = {name: version.split('+')[0]
                         for name, version in about['packages'].items()}
    return names, {'code': code, **about, 'cores': 1, 'data': describe(),
                   'device': machine.kind_of(names['device'])}


def train(tab, run):
    """Return the record of one Run, a dict that JSON can hold.

    A loss that is not a finite number is None.
    """
    chapter, made = load_chapter(tab)
    schedule = make_schedule(run.schedule, run.settings)
    start = time.perf_counter()
    chapter['d2l'].set_seed(run.seed)
    net = chapter['make_net']()
    trainer = chapter['make_trainer'](net, schedule(0))
    history = chapter['train'](
        net, chapter['train_iter'], chapter['test_iter'], run.epochs,
        chapter['loss'], trainer, chapter['device'], schedule, run.per_update)
    seconds = time.perf_counter() - start
    name, seed, epochs, rates = run.key()
    return {
        'schedule': name, 'seed': seed, 'epochs': epochs, 'rates': rates,
        **{key: [round(value, 7) if math.isfinite(value) else None
                 for value in values] for key, values in history.items()},
        'seconds': round(seconds, 1),
        'date': datetime.date.today().isoformat(), **made}
