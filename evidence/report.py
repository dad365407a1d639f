"""What the runs say of a claim, in words: for the builder and for people."""
import functools
from dataclasses import dataclass

from builder.cells import ROOT
from evidence import EvidenceError
from evidence.claims import load_claims
from evidence.findings import judge
from evidence.plan import FIRST, fingerprint, load_plan
from evidence.records import load_records, runs_path

METRICS = {'train acc': 'training accuracy', 'test acc': 'test accuracy',
           'gap': 'gap between training and test accuracy'}


@dataclass(frozen=True)
class Report:
    """A claim's title, its numbers, the runs' file, and a table of them."""
    title: str
    text: str
    runs: str
    details: str


@functools.cache
def _state():
    plan = load_plan()
    path = runs_path(FIRST)
    return (plan, load_claims(plan), load_records(path, fingerprint(FIRST)),
            path.relative_to(ROOT).as_posix())


def report(name):
    """Return the Report on the claim `name`.

    Raises:
        EvidenceError: if there is no such claim, if runs are missing, or if
            the runs do not bear it out.
    """
    plan, claims, records, path = _state()
    if name not in claims:
        raise EvidenceError(f'no claim {name!r} in claims.toml, expected one '
                            f'of {", ".join(claims)}')
    claim = claims[name]
    finding = judge(claim, plan, records.runs)
    title = describe(claim)
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
                'within': 'differs by less than {:g} points from that'}
        by = (claim.number if claim.asserts == 'within' else
              f'more than {abs(claim.number):g} points '
              if claim.number else '')
        return (f'The {METRICS[claim.metric]} with {first} '
                f'{what[claim.asserts].format(by)} with {second}')
    than = 'as with' if claim.asserts == 'alike' else 'than with'
    how = {'more': 'more often', 'fewer': 'less often',
           'alike': 'about as often'}[claim.asserts]
    return f'Runs with {first} are alive at the end {how} {than} {second}'


def details(claim, finding):
    """Return a table of the runs behind a finding, one line a seed."""
    def cell(value):
        if claim.metric:
            return f'{value:.2f} %'
        return 'alive' if value is None else f'died in epoch {value}'

    first, second = claim.kinds
    lines = [f'| seed | {first} | {second} |', '|---:|---:|---:|']
    lines += [f'| {seed} | {cell(a)} | {cell(b)} |'
              for seed, a, b in finding.pairs]
    return '\n'.join(lines)
