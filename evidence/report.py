"""What the runs say of a claim, in words: for the builder and for people."""
import functools
import os
from dataclasses import dataclass
from pathlib import Path

from builder.cells import ROOT
from builder.config import load_config
from evidence import EvidenceError
from evidence.claims import load_claims
from evidence.findings import LAST, MissingRuns, judge
from evidence.plan import FIRST, fingerprint, load_plan
from evidence.records import load_records, runs_path

METRICS = {'train acc': 'training accuracy', 'test acc': 'test accuracy',
           'gap': 'gap between training and test accuracy'}


@dataclass(frozen=True)
class Report:
    """A claim's title, its numbers, the runs' file, and a table of them;
    and a problem, if its runs are still missing."""
    title: str
    text: str
    runs: str
    details: str = ''
    problem: str = ''


@functools.cache
def _state():
    plan = load_plan()
    path = runs_path(FIRST)
    return (plan, load_claims(plan), load_records(path, fingerprint(FIRST)),
            Path(os.path.relpath(path, ROOT)).as_posix())


def report(name):
    """Return the Report on the claim `name`.

    Raises:
        EvidenceError: if there is no such claim, or the runs do not bear it
            out.
    """
    plan, claims, records, path = _state()
    if name not in claims:
        raise EvidenceError(f'no claim {name!r} in claims.toml, expected one '
                            f'of {", ".join(claims)}')
    claim = claims[name]
    title = describe(claim)
    try:
        finding = judge(claim, plan, records.runs)
    except MissingRuns as error:
        return Report(title, 'not confirmed, its runs are missing', path,
                      problem=str(error))
    if not finding.holds:
        raise EvidenceError(f'claim {name!r} asserts: {title}. The runs do '
                            f'not bear it out: {finding.text}')
    return Report(title, finding.text, path, details(claim, finding))


def describe(claim):
    """Return what a claim asserts, in words."""
    first, second = claim.kinds
    if claim.metric:
        what = {'more_than': 'is {}higher than',
                'less_than': 'is {}lower than',
                'within': 'differs by less than {}from that'}
        size = abs(claim.number)
        by = f'{size:g} point{"s" * (size != 1)} ' if size else ''
        if by and claim.asserts != 'within':
            by = f'more than {by}'
        return (f'The {METRICS[claim.metric]} with {first} '
                f'{what[claim.asserts].format(by)} with {second}')
    how = {'more': 'more', 'fewer': 'less'}[claim.asserts]
    return (f'Runs with {first} are alive at their end {how} often than with '
            f'{second}')


def details(claim, finding):
    """Return what a table of the runs behind a finding shows, and it."""
    def cell(value):
        if claim.metric:
            return 'died' if value is None else f'{value:.2f} %'
        return 'alive' if value is None else f'died in epoch {value}'

    what = (f'the {METRICS[claim.metric]}, a mean of the last {LAST} epochs'
            if claim.metric else 'what became of the run')
    first, second = claim.kinds
    title = load_config(ROOT / 'config.ini').tabs[FIRST].title
    lines = [f'Runs with {title}: {what}.', '',
             f'| seed | {first} | {second} |', '|---:|---:|---:|']
    lines += [f'| {seed} | {cell(a)} | {cell(b)} |'
              for seed, a, b in finding.pairs]
    return '\n'.join(lines)
