"""Sphinx' tasks on several cores, each in a process that is forked for it.

Sphinx has a class for this. It waits for ever for a process that is killed,
it loses an error that comes while tasks are still added, and it takes in
results in the order in which processes end.
"""
import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from builder.errors import BuildError


def cores() -> int:
    """Return on how many cores tasks may run: 1 where forking is not safe."""
    return len(os.sched_getaffinity(0)) if sys.platform == 'linux' else 1


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
            BuildError: what an earlier task raised, or that it was killed.
        """
        self._wait(self.most - 1)
        here, there = multiprocessing.Pipe(duplex=False)
        # Nobody else may hold a pipe's end, or its other end would wait for
        # ever when a process is killed.
        held = [here, *(task.pipe for task in self.running)]
        process = multiprocessing.get_context('fork').Process(
            target=_work, args=(there, held, work, argument), daemon=True)
        process.start()
        there.close()
        self.running.append(_Task(process, here, argument, done))

    def join(self) -> None:
        """Wait for all tasks.

        Raises:
            BuildError: as `add_task`.
        """
        self._wait(0)

    def _wait(self, most: int) -> None:
        """Wait until no more tasks than these are left."""
        try:
            while len(self.running) > most:
                self._take(self.running[0])
                self.running.popleft().process.join()
        except BaseException:
            for task in self.running:
                task.process.terminate()
                task.process.join()
            self.running.clear()
            raise

    def _take(self, task: _Task) -> None:
        from sphinx.util import logging
        try:
            failed, logs, result = task.pipe.recv()
        except EOFError:
            task.process.join()
            raise BuildError('a process of Sphinx ended before its work was '
                             f'done, with status {task.process.exitcode}',
                             ) from None
        for log in logs:
            logging.getLogger(__name__).handle(log)
        if failed:
            raise BuildError(failed)
        if task.done:
            task.done(task.argument, result)


def _work(there: Connection, held: Iterable[Connection],
          work: Callable[[Any], Any], argument: Any) -> None:
    """Send (what failed or '', what was logged, the result)."""
    from sphinx.util import logging
    for pipe in held:
        pipe.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends all
    gc.freeze()  # what is of that process is not looked at, and so not copied
    failed, result, logs = '', None, logging.LogCollector()
    try:
        with logs.collect():
            result = work(argument)
    except Exception as error:  # as builder.publish.sphinx_build tells it
        failed = f'{type(error).__name__}: {error}'
    logging.convert_serializable(logs.logs)
    with suppress(BrokenPipeError):  # nobody waits for it any more
        there.send((failed, logs.logs, result))
