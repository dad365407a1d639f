"""Many runs at once, on the engine of dask.distributed."""
import contextlib
import logging

import dask
from distributed import Client, LocalCluster, as_completed
from tqdm import tqdm

from builder.record import machine
from evidence import training

# What all runs of a set have in common.
COMMON = ('code', 'packages', 'device', 'data')


def make(tab, runs, writer, made, address=None, train=training.train):
    """Make runs and write their records, each when it is done.

    A run that fails is reported and leaves nothing; the others go on. So is
    one that a worker made with other code, versions, data or device.

    Args:
        tab: the tab to run.
        runs: the Runs to make.
        writer: a records.Writer.
        made: what a record says of where it was made, if it was made here.
        address: of a running cluster whose workers can import this project;
            without, one is started here, a worker for each core.
        train: makes one run; returns its record.

    Returns:
        How many runs failed.
    """
    failed = 0
    with contextlib.ExitStack() as stack:
        # Dask tells workers to give memory back at once. Training takes and
        # gives it at every step, and would take twice as long.
        stack.enter_context(dask.config.set(
            {'distributed.nanny.pre-spawn-environ': {}}))
        cluster = address or stack.enter_context(LocalCluster(
            n_workers=min(machine.cores(), len(runs)), threads_per_worker=1,
            dashboard_address=':0', silence_logs=logging.ERROR))
        client = stack.enter_context(Client(cluster))
        bar = stack.enter_context(tqdm(
            total=sum(run.epochs for run in runs), desc=tab, unit='epoch',
            smoothing=0.05))
        futures = {client.submit(train, tab, run, pure=False): run
                   for run in runs}
        for future in as_completed(futures):
            run = futures.pop(future)
            if future.status == 'finished':
                record = future.result()
                problem = ', '.join(
                    f'{key} {record[key]}, expected {made[key]}'
                    for key in COMMON if record[key] != made[key])
            else:
                problem = repr(future.exception())
            if problem:
                failed += 1
                bar.write(f'failed: {run.schedule}, seed {run.seed}: '
                          f'{problem}')
            else:
                writer.append(record)
            bar.update(run.epochs)
    return failed
