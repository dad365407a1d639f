"""Many runs at once, on the engine of dask.distributed."""
import contextlib
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dask
from distributed import Client, LocalCluster, as_completed
from pydantic import ValidationError
from tqdm import tqdm

from builder.record import machine
from evidence import training
from evidence.plan import Run
from evidence.record import validated
from evidence.records import Writer
from evidence.schema import faults

Train = Callable[[str, Run], dict[str, Any]]
# What all runs of a set have in common.
COMMON = ('code', 'packages', 'device')
COMMON_DATA = ('name', 'sha256', 'limited')
NICE = 10  # runs take the time that others leave


def make(tab: str, runs: Sequence[Run], writer: Writer,
         made: Mapping[str, Any], stamp: Mapping[str, str],
         address: str | None = None, workers: int | None = None,
         train: Train = training.train) -> int:
    """Make runs of a tab, write the record of each when it is done, and
    return how many failed.

    A run that fails is reported and leaves nothing; the others go on. So is
    one that a worker made with other code, versions, data or device.

    Args:
        tab, runs, writer: what to run, and what takes the records.
        made: what a record says of where it was made, if it was made here.
        stamp: what else it says: its study and the commit.
        address: of a running cluster whose workers can import this project;
            without, one is started here.
        workers: at most so many processes here, a run in each; None for one
            for each core.
        train: makes one run; returns its record.
    """
    with contextlib.ExitStack() as stack:
        client = _client(stack, address, min(
            workers or machine.cores(), len(runs)))
        bar = stack.enter_context(_progress(tab, runs))
        futures = {client.submit(_nicely, train, tab, run, pure=False): run
                   for run in runs}
        return sum(_failed(futures.pop(future), bar,
                           _kept(future, writer, made, stamp))
                   for future in as_completed(futures))


def _progress(tab: str, runs: Sequence[Run]) -> Any:
    """Return a bar that counts the epochs of all runs."""
    return tqdm(total=sum(run.epochs for run in runs), desc=tab, unit='epoch',
                smoothing=0.05)


def _failed(run: Run, bar: Any, problem: str) -> bool:
    """Tell of a run that is done; return whether it failed."""
    if problem:
        bar.write(f'failed: {run.schedule}, seed {run.seed}: {problem}')
    bar.update(run.epochs)
    return bool(problem)


def _kept(future: Any, writer: Writer, made: Mapping[str, Any],
          stamp: Mapping[str, str]) -> str:
    """Write the record of a run that is done; return why not, '' if so."""
    if future.status != 'finished':
        return repr(future.exception())
    record = {**future.result(), **stamp}
    problem = _problem(record, made)
    if not problem:
        writer.append(validated(record))
    return problem


def _client(stack: contextlib.ExitStack, address: str | None,
            workers: int) -> Client:
    # Dask tells workers to give memory back at once. Training takes and
    # gives it at every step, and would take twice as long.
    stack.enter_context(dask.config.set(
        {'distributed.nanny.pre-spawn-environ': {}}))
    cluster = address or stack.enter_context(LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=':0',
        silence_logs=logging.ERROR))
    client: Client = stack.enter_context(Client(cluster))
    return client


def _nicely(train: Train, tab: str, run: Run) -> dict[str, Any]:
    """Make a run in a worker, behind whatever else the machine has to do."""
    os.nice(max(0, NICE - os.nice(0)))
    return train(tab, run)


def _problem(record: Mapping[str, Any], made: Mapping[str, Any]) -> str:
    """Return why a record does not count, '' if it does."""
    try:
        validated(record)
    except ValidationError as error:
        return '; '.join(': '.join([*map(str, where), message])
                         for where, message in faults(error))
    pairs = [(key, record[key], made[key]) for key in COMMON]
    pairs += [(key, record['data'][key], made['data'][key])
              for key in COMMON_DATA]
    return ', '.join(f'{key} {found}, expected {expected}'
                     for key, found, expected in pairs if found != expected)
