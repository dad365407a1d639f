"""The exploring runs as a table, to guess from; never the confirming ones."""
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from evidence.outcomes import METRICS, died, score, seen
from evidence.plan import Run, grid
from evidence.record import Key, Record
from evidence.studies import Study
from evidence.tuning import tuning_runs


def exploring_runs(study: Study, tab: str,
                   records: Mapping[Key, Record]) -> list[Run]:
    """Return the Runs that a study explores with in a tab."""
    if study.others and tab in study.others.tabs:
        return grid(study, study.others.seeds, study.others.schedules)
    if study.tuning:
        return tuning_runs(study, records)
    return grid(study, study.explore, study.schedules)


def table(study: Study, tab: str, records: Mapping[Key, Record]) -> str:
    """Return a table of the exploring runs: for each schedule the seeds that
    there are, how many died, and the mean ± standard deviation of those that
    lived, of the accuracies and their gap, in percent.

    Args:
        study: the Study.
        tab: a tab's name.
        records: that tab's records of today's code, by Run.key().
    """
    found: dict[str, list[Record]] = {}
    for run in exploring_runs(study, tab, records):
        if run.key() in records:
            record = records[run.key()]
            for view in ('', *record.get('also', ())):
                found.setdefault(', '.join(filter(None, (run.schedule, view))),
                                 []).append(seen(record, view))
    if not found:
        return f'{study.name}: no exploring runs with {tab}'
    metrics = [*METRICS]
    if study.tuning:
        metrics = ['train acc', 'validation acc']
    width = max(map(len, found))
    lines = [f'{"":{width}}  runs  died'
             + ''.join(f'  {metric:>14}' for metric in metrics)]
    lines += [_line(f'{name:{width}}', runs, metrics, study.last)
              for name, runs in found.items()]
    return '\n'.join(lines)


def _line(name: str, runs: Sequence[Record], metrics: Sequence[str],
          last: int) -> str:
    lived = [run for run in runs if died(run) is None]
    cells = [_cell([score(run, metric, last=last) for run in lived])
             for metric in metrics]
    return (f'{name}  {len(runs):4}  {len(runs) - len(lived):4}'
            + ''.join(f'  {cell:>14}' for cell in cells))


def _cell(values: Sequence[float]) -> str:
    if not values:
        return '–'
    mean = f'{fmean(values):.2f}'
    return f'{mean} ± {stdev(values):.2f}' if len(values) > 1 else mean
