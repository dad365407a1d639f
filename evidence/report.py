"""What the runs say of a claim, in words: for the builder and for people."""
import functools
import os
from dataclasses import dataclass
from pathlib import Path

from builder.config import load_config
from evidence import EvidenceError
from evidence.chapter import ROOT
from evidence.claims import load_claims
from evidence.findings import LAST, MissingRuns, judge
from evidence.fingerprint import fingerprint
from evidence.plan import FIRST, load_plan
from evidence.records import load_records, runs_path

METRICS = {'train acc': 'training accuracy', 'test acc': 'test accuracy',
           'gap': 'gap between training and test accuracy'}


@dataclass(frozen=True)
class Report:
    """A claim's title, its numbers, the files of its runs, and a table of
    them; and a problem, if they are still missing."""
    title: str
    text: str
    runs: tuple[str, ...]
    details: str = ''
    problem: str = ''


@functools.cache
def _state():
    plan = load_plan()
    return plan, load_claims(plan)


@functools.cache
def _runs(tab):
    """Return a tab's records of today's code, by Run.key()."""
    return load_records(runs_path(tab), fingerprint(tab)).runs


def report(name):
    """Return the Report on the claim `name`.

    Raises:
        EvidenceError: if there is no such claim, or if the runs do not bear
            it out.
    """
    plan, claims = _state()
    if name not in claims:
        raise EvidenceError(f'no claim {name!r} in claims.toml, expected one '
                            f'of {", ".join(claims)}')
    claim = claims[name]
    title = describe(claim)
    tabs = plan.others['tabs'] if claim.form == 'agree' else (FIRST,)
    paths = tuple(Path(os.path.relpath(runs_path(tab), ROOT)).as_posix()
                  for tab in tabs)
    try:
        finding = judge(claim, plan, _runs)
    except MissingRuns as error:
        return Report(title, 'not confirmed, its runs are missing', paths,
                      problem=str(error))
    if not finding.holds:
        raise EvidenceError(f'claim {name!r} asserts: {title}. The runs do '
                            f'not bear it out: {finding.text}')
    return Report(title, finding.text, paths, details(claim, finding))


def describe(claim):
    """Return what a claim asserts, in words."""
    if claim.form == 'alive':
        first, second = map(_kind, claim.kinds)
        if claim.asserts == 'undecided':
            return (f'Whether runs with {first} are alive at their end more '
                    f'or less often than with {second}, the runs do not tell')
        how = {'more': 'more', 'fewer': 'less'}[claim.asserts]
        return (f'Runs with {first} are alive at their end {how} often than '
                f'with {second}')
    if claim.form == 'dies':
        when = {'before': f'before epoch {claim.number}',
                'from': f'in epoch {claim.number} or later'}[claim.asserts]
        return (f'Most deaths of runs with {_kind(claim.kinds[0])} happen '
                f'{when}, epochs counted from 0')
    first, than = claim.kinds[0], f'with {claim.kinds[-1]}'
    if claim.form == 'grow':
        than = f'in the five epochs that end with epoch {claim.after}'
    what = {'more_than': 'is {}higher {}', 'less_than': 'is {}lower {}',
            'within': 'differs by less than {}from that {}'}
    size = abs(claim.number)
    by = f'{size:g} point{"s" * (size != 1)} ' if size else ''
    if claim.asserts != 'within':
        by = f'more than {by}' if by else ''
        than = f'than {than}'
    words = (f'he {METRICS[claim.metric]} with {first} '
             f'{what[claim.asserts].format(by, than)}')
    return f'In the other frameworks, t{words}' if claim.form == 'agree' else (
        f'T{words}')


def _kind(name):
    """Return a kind of the survival grid in words."""
    _, peak, _, warmup = name.split()
    ramp = f'{warmup} epochs of warmup' if warmup != '0' else 'no warmup'
    return f'any peak rate and {ramp}' if peak == '*' else (
        f'a peak rate of {peak} and {ramp}')


def details(claim, finding):
    """Return what a table of the runs behind a finding shows, and it."""
    def cell(value):
        if claim.metric:
            return 'died' if value is None else f'{value:.2f} %'
        return 'alive' if value is None else f'dead from epoch {value} on'

    titles = load_config(ROOT / 'config.ini').tabs
    if claim.form == 'agree':
        keys, framework = ['seed', 'framework'], 'the other frameworks'
        rows = [(seed, titles[tab].title, values)
                for seed, tab, values in finding.rows]
    else:
        framework, rows = titles[FIRST].title, finding.rows
        keys = ['seed', 'peak'] if '*' in claim.kinds[0] else ['seed']
    columns = ([f'{claim.kinds[0]}, last', f'epochs to {claim.after}']
               if claim.form == 'grow' else claim.kinds)
    what = (f'the {METRICS[claim.metric]}, a mean of {LAST} epochs'
            if claim.metric else 'what became of the run')
    lines = [f'Runs with {framework}: {what}.', '',
             f'| {" | ".join([*keys, *columns])} |',
             '|---:' * (len(keys) + len(columns)) + '|']
    lines += ['| ' + ' | '.join([*map(str, (seed, other)[:len(keys)]),
                                 *map(cell, values)]) + ' |'
              for seed, other, values in rows]
    return '\n'.join(lines)
