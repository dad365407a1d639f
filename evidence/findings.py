"""What the runs say of a claim.

Accuracies and deaths are outcomes.py's, the statistics statistics.py's; here
stands which runs a claim takes, when it holds, and how its numbers read.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evidence import EvidenceError
from evidence.chapter import CONFIG
from evidence.claims import Claim
from evidence.outcomes import died, score, treated
from evidence.plan import (
    Choice,
    Run,
    confirming_runs,
    planned,
    survival_kinds,
)
from evidence.record import Key, Record
from evidence.statistics import (
    Interval,
    difference_of_fractions,
    fraction_interval,
    mean_interval,
)
from evidence.studies import Study

Load = Callable[[str], Mapping[Key, Record]]
# What a table shows of the runs of a seed: accuracies, or epochs of death.
Row = tuple[int, float | str, tuple[float | None, ...]]


@dataclass(frozen=True)
class Finding:
    """What the runs say of a claim.

    Attributes:
        text: the numbers, as the sentence shows them.
        holds: whether they bear the claim out.
        rows: [(seed, peak or tab, values)]: for a metric, its values in
            percent, None for a run that died; otherwise the epoch it died
            in, None if it lived.
    """
    text: str
    holds: bool
    rows: tuple[Row, ...]


class MissingRuns(EvidenceError):
    """A claim cannot be judged yet."""


@dataclass(frozen=True)
class Evidence:
    """What a claim is judged by: its study, what tuning chose in it, and a
    function from a tab to its records by Run.key(), of one device and of the
    same versions."""
    study: Study
    load: Load
    choice: Choice | None = None


def judge(claim: Claim, evidence: Evidence) -> Finding:
    """Return the Finding on a claim.

    Raises:
        MissingRuns: if not all of its runs are there.
        EvidenceError: if too many died to compare the rest.
    """
    return {'compare': _compare, 'grow': _grow, 'agree': _agree,
            'alive': _alive, 'dies': _dies}[claim.form](claim, evidence)


def _find(claim: Claim, wanted: Sequence[Run],
          records: Mapping[Key, Record]) -> list[tuple[Run, Record]]:
    """Return [(run, record)] of these Runs, or raise MissingRuns."""
    missing = sum(run.key() not in records for run in wanted)
    if missing:
        raise MissingRuns(f'claim {claim.name!r} lacks {missing} of its '
                          f'{len(wanted)} runs: make evidence')
    return [(run, records[run.key()]) for run in wanted]


def _seeds(claim: Claim, kinds: Sequence[list[Run]],
           records: Mapping[Key, Record]) -> list[tuple[int, list[Record]]]:
    """Return [(seed, records)], a record of each kind."""
    found = iter(_find(claim, [run for kind in kinds for run in kind],
                       records))
    columns = [[next(found)[1] for _ in kind] for kind in kinds]
    return [(column[0]['seed'], list(column)) for column in zip(*columns)]


def _confirming(claim: Claim,
                evidence: Evidence) -> list[tuple[int, list[Record]]]:
    if evidence.study.tuning and evidence.choice is None:
        raise MissingRuns(f'claim {claim.name!r} lacks the peaks that its '
                          'runs are made with: make evidence')
    kinds = [confirming_runs(evidence.study, [kind], evidence.choice)
             for kind in claim.kinds]
    return _seeds(claim, kinds, evidence.load(claim.tab))


def _scored(claim: Claim, records: Sequence[Record]
            ) -> tuple[float | None, ...]:
    if claim.dead == 'guess':
        return tuple(treated(record, claim.metric) for record in records)
    return tuple(None if died(record) is not None
                 else score(record, claim.metric) for record in records)


def _compare(claim: Claim, evidence: Evidence) -> Finding:
    found = _confirming(claim, evidence)
    rows: list[Row] = [(seed, '', _scored(claim, records))
                       for seed, records in found]
    difference, text = _difference(claim, rows)
    guess = claim.dead == 'guess'
    for n, kind in enumerate(claim.kinds):
        dead = sum(died(records[n]) is not None for _, records in found)
        if dead:
            text += (f'; {dead} of {len(found)} died with {kind}'
                     + ', counted as guessing' * guess)
    return Finding(text, _decided(claim, difference.low, difference.high),
                   tuple(rows))


def _grow(claim: Claim, evidence: Evidence) -> Finding:
    rows: list[Row] = [
        (seed, '', (None, None) if died(record) is not None else
         (score(record, claim.metric),
          score(record, claim.metric, claim.after)))
        for seed, (record,) in _confirming(claim, evidence)]
    found, text = _difference(claim, rows)
    if found.n < len(rows):
        text += f'; {len(rows) - found.n} of {len(rows)} died'
    return Finding(text, _decided(claim, found.low, found.high), tuple(rows))


def _lived(rows: Sequence[Row]) -> list[float]:
    """Return the differences within the rows whose runs all lived."""
    return [values[0] - values[1] for _, _, values in rows
            if values[0] is not None and values[1] is not None]


def _difference(claim: Claim, rows: Sequence[Row]) -> tuple[Interval, str]:
    """Return the Interval of the differences within rows, and its text."""
    lived = _lived(rows)
    if len(lived) < 0.75 * len(rows):
        raise EvidenceError(f'claim {claim.name!r}: with {len(lived)} of '
                            f'{len(rows)} seeds all runs lived, too few to '
                            'compare accuracies')
    found = mean_interval(lived)
    return found, (f'{_signed(found.value)} points, 95 % interval '
                   f'{_signed(found.low)} to {_signed(found.high)}, '
                   f'{found.n} seeds')


def _decided(claim: Claim, low: float, high: float) -> bool:
    """Return whether all between low and high is as the claim asserts."""
    return {'more_than': low > claim.number, 'less_than': high < claim.number,
            'within': -claim.number < low and high < claim.number
            }[claim.asserts]


def _agree(claim: Claim, evidence: Evidence) -> Finding:
    others = evidence.study.others
    rows: list[Row] = []
    means, texts = [], []
    for tab in others.tabs if others else ():
        mean, text, scored = _of_tab(claim, evidence, tab)
        rows += scored
        means.append(mean)
        texts.append(f'{CONFIG.tabs[tab].title} {text}')
    text = (f'{", ".join(texts)} points, means of '
            f'{len(others.seeds) if others else 0} seeds')
    return Finding(text, all(_decided(claim, mean, mean) for mean in means),
                   tuple(rows))


def _of_tab(claim: Claim, evidence: Evidence,
            tab: str) -> tuple[float, str, list[Row]]:
    """Return the mean difference in a tab, its text, and its rows."""
    runs = planned(evidence.study, tab)
    kinds = [[run for run in runs if run.schedule == kind]
             for kind in claim.kinds]
    rows: list[Row] = [
        (seed, tab, _scored(claim, records))
        for seed, records in _seeds(claim, kinds, evidence.load(tab))]
    lived = _lived(rows)
    if len(lived) < 2:
        raise EvidenceError(f'claim {claim.name!r}: with {tab}, both runs '
                            f'lived with {len(lived)} of {len(rows)} '
                            'seeds, too few to compare accuracies')
    mean = sum(lived) / len(lived)
    text = _signed(mean)
    if len(lived) < len(rows):
        text += f' ({len(lived)} seeds; {len(rows) - len(lived)} died)'
    return mean, text, rows


def _alive(claim: Claim, evidence: Evidence) -> Finding:
    kinds = survival_kinds(evidence.study)
    found = _find(claim, [run for kind in claim.kinds for run in kinds[kind]],
                  evidence.load(claim.tab))
    n = len(found) // 2
    rows: list[Row] = [(run.seed, run.settings['constant'],
                        (died(a), died(b)))
                       for (run, a), (_, b) in zip(found[:n], found[n:])]
    first, second = (column.count(None)
                     for column in zip(*(row[2] for row in rows)))
    p = difference_of_fractions((first, n), (second, n))
    clear = p < 0.05
    holds = {'more': clear and first > second,
             'fewer': clear and first < second,
             'undecided': not clear}[claim.asserts]
    text = (f'{_fraction(first, n, "alive")}, against '
            f'{_fraction(second, n, "alive")}; p = {p:.2g} by '
            "Fisher's exact test")
    return Finding(text, holds, tuple(rows))


def _dies(claim: Claim, evidence: Evidence) -> Finding:
    wanted = survival_kinds(evidence.study)[claim.kinds[0]]
    found = _find(claim, wanted, evidence.load(claim.tab))
    rows: list[Row] = [(run.seed, run.settings['constant'], (died(record),))
                       for run, record in found]
    deaths = [epoch for _, _, (epoch,) in rows if epoch is not None]
    if not deaths:
        return Finding(f'none of {len(rows)} runs died', False, tuple(rows))
    early = sum(epoch < claim.number for epoch in deaths)
    count = early if claim.asserts == 'before' else len(deaths) - early
    holds = fraction_interval(count, len(deaths)).low > 0.5
    text = (f'{_fraction(count, len(deaths), "deaths")}; {len(deaths)} of '
            f'{len(rows)} runs died')
    return Finding(text, holds, tuple(rows))


def _fraction(count: int, n: int, what: str) -> str:
    found = fraction_interval(count, n)
    return (f'{count} of {n} {what} (95 % interval {100 * found.low:.0f} to '
            f'{100 * found.high:.0f} %)')


def _signed(number: float) -> str:
    return f'{number:+.2f}'.replace('-', '−')
