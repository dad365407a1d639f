"""What the runs say of a claim, and how its runs are found."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from builder.source.judgement import Effect
from evidence import EvidenceError, MissingRuns
from evidence.behind import kinds_of
from evidence.forms import Claim
from evidence.outcomes import seen
from evidence.plan import Choice, Run
from evidence.record import Key, Record, comparable
from evidence.studies import Study

Load = Callable[[str], Mapping[Key, Record]]
# What a table shows of the runs of a seed: accuracies, or epochs of death.
Row = tuple[int, float | str, tuple[float | None, ...]]


@dataclass(frozen=True)
class Finding:
    """What the runs say of a claim.

    Attributes:
        text: the numbers in full.
        holds: whether they bear the claim out.
        rows: [(seed, peak or tab, values)]: for a metric, its values in
            percent, None for a run that died; otherwise the epoch it died
            in, None if it lived.
        p: the p-value of its test, below 0.05 exactly if the test decides;
            None if it rests on no test.
        short: the numbers as a sentence shows them.
        effect: the number that the claim is about, if it is one.
    """
    text: str
    holds: bool
    rows: tuple[Row, ...]
    p: float | None = None
    short: str = ''
    effect: Effect | None = None


@dataclass(frozen=True)
class Evidence:
    """What a claim is judged by: its study, what tuning chose in it, and a
    function from a tab to its records by Run.key(), of one device and of the
    same versions."""
    study: Study
    load: Load
    choice: Choice | None = None


def find(claim: Claim, wanted: Sequence[Run],
         records: Mapping[Key, Record]) -> list[tuple[Run, Record]]:
    """Return [(run, record)] of these Runs.

    Raises:
        MissingRuns: if not all are there.
        EvidenceError: if they cannot be compared.
    """
    keys = [run.key() for run in wanted]
    missing = sum(key not in records for key in keys)
    if missing:
        raise MissingRuns(f'claim {claim.name!r} lacks {missing} of its '
                          f'{len(wanted)} runs: make evidence')
    found = [(run, records[key]) for run, key in zip(wanted, keys)]
    if not comparable(record for _, record in found):
        raise EvidenceError(f'claim {claim.name!r}: its runs differ in their '
                            'images or split')
    return found


def by_seed(claim: Claim, kinds: Sequence[list[Run]],
            records: Mapping[Key, Record]) -> list[tuple[int, list[Record]]]:
    """Return [(seed, records)], a record of each kind."""
    found = iter(find(claim, [run for kind in kinds for run in kind],
                      records))
    columns = [[next(found)[1] for _ in kind] for kind in kinds]
    return [(column[0]['seed'], list(column)) for column in zip(*columns)]


def confirming(claim: Claim,
               evidence: Evidence) -> list[tuple[int, list[Record]]]:
    """Return [(seed, records)] of the confirming seeds, a record of each
    schedule, at the chosen peaks if the study tunes them.

    Raises:
        MissingRuns: if not all are there.
    """
    if evidence.study.tuning and evidence.choice is None:
        raise MissingRuns(f'claim {claim.name!r} lacks the peaks that its '
                          'runs are made with: make evidence')
    kinds = kinds_of(claim, evidence.study, claim.tab, evidence.choice)
    views = [evidence.study.kinds[kind][1] for kind in claim.kinds]
    return [(seed, [*map(seen, records, views)]) for seed, records in
            by_seed(claim, kinds, evidence.load(claim.tab))]
