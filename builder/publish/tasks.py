"""Sphinx reads many pages on several cores, in processes that are forked.

Sphinx has a class for such tasks. It waits for ever for a process that is
killed, it loses an error that comes while tasks are still added, and it takes
in results in the order in which processes end. Ours does not.

Pages are written on one core: on two that takes two thirds of the time, but
KaTeX would need a process for each, and extensions would see pages in any
order.
"""
import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

from sphinx import builders
from sphinx.application import Sphinx
from sphinx.util import logging

from builder.errors import BuildError

_MANY = 20  # pages; fewer are read sooner on one core
_MOST = 8  # cores; each has a copy of what Sphinx knows
_PR_SET_PDEATHSIG = 1  # of Linux' <sys/prctl.h>


def cores() -> int:
    """Return on how many cores tasks may run: 1 where forking is not safe."""
    return (min(len(os.sched_getaffinity(0)), _MOST)
            if sys.platform == 'linux' else 1)


def read_on(app: Sphinx, most: int) -> None:
    """Let Sphinx read pages on so many cores, where that is worth it and all
    extensions and the theme say that they can."""

    def before(app: Sphinx, env: object, names: list[str]) -> None:
        if len(names) >= _MANY and all(
                extension.parallel_read_safe
                for extension in app.extensions.values()):
            app.parallel = most

    def after(app: Sphinx, env: object) -> None:
        app.parallel = 1

    vars(builders)['ParallelTasks'] = Tasks
    app.connect('env-before-read-docs', before)
    app.connect('env-updated', after)


class Failed(BuildError):
    """A task failed; the text says with which error."""


class _Task(NamedTuple):
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    argument: Any
    done: Callable[[Any, Any], None] | None


class Tasks:
    """What `sphinx.util.parallel.ParallelTasks` is to Sphinx, which logs as
    if it did them one after another.

    Args:
        most: how many run at the same time.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.running: deque[_Task] = deque()

    def add_task(self, work: Callable[[Any], Any], argument: Any,
                 done: Callable[[Any, Any], None] | None = None) -> None:
        """Begin `work(argument)` as soon as a core is free; its result goes
        to `done(argument, result)`, here and in the order of tasks.

        Raises:
            Failed: what an earlier task raised, or that one was killed; the
                others are ended.
        """
        self._wait(self.most - 1)
        here, there = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context('fork').Process(
            target=_work, args=(there, work, argument), daemon=True)
        try:
            process.start()
        except BaseException:
            self._end()
            raise
        there.close()
        self.running.append(_Task(process, here, argument, done))

    def join(self) -> None:
        """Wait for all tasks.

        Raises:
            Failed: as `add_task`.
        """
        self._wait(0)

    def _wait(self, left: int) -> None:
        """Wait until no more tasks than these are left."""
        try:
            while len(self.running) > left:
                self._take(self.running[0])
                self.running.popleft().process.join()
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        for task in self.running:
            task.process.kill()
            task.process.join()
        self.running.clear()

    def _take(self, task: _Task) -> None:
        """Take in the result of the oldest task."""
        ends = {each.process.sentinel: each.process for each in self.running}
        while not task.pipe.poll():
            for end in wait([task.pipe, *ends]):
                if isinstance(end, int):
                    _check(ends.pop(end))
        try:
            failed, logs, result = task.pipe.recv()
        except (EOFError, OSError):  # killed before, or in the midst of it
            task.process.join()
            _check(task.process)
            raise
        for log in logs:
            logging.getLogger(__name__).handle(log)
        if failed:
            raise Failed(failed)
        if task.done:
            task.done(task.argument, result)


def _check(process: multiprocessing.process.BaseProcess) -> None:
    """Raise Failed if a process that has ended did not do its work."""
    process.join()
    if process.exitcode:
        raise Failed('a process of Sphinx ended before its work was done, '
                     f'with status {process.exitcode}')


def _work(there: Connection, work: Callable[[Any], Any],
          argument: Any) -> None:
    """Send (what failed or '', what was logged, the result)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends all
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # and its end
    failed, result, logs = '', None, logging.LogCollector()
    with logs.collect():
        try:
            result = work(argument)
        except Exception as error:  # as builder.publish.sphinx_build tells it
            failed = f'{type(error).__name__}: {error}'
    logging.convert_serializable(logs.logs)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        there.send((failed, logs.logs, result))
