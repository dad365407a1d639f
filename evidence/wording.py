"""A claim and its runs in words."""
from collections.abc import Sequence

from evidence.chapter import CONFIG
from evidence.finding import Finding, Row
from evidence.forms import Claim
from evidence.outcomes import GUESSING, LAST, METRICS
from evidence.statistics import Interval

NUMBERS = {5: 'five'}


def describe(claim: Claim) -> str:
    """Return what a claim asserts."""
    words = {'alive': _alive, 'dies': _dies, 'saves': _saves,
             'steadier': _steadier, 'gain': _gain
             }.get(claim.form, _compare)(claim)
    return words[0].upper() + words[1:]


def _alive(claim: Claim) -> str:
    first, second = map(_kind, claim.kinds)
    if claim.asserts == 'undecided':
        return (f'whether runs with {first} are alive at their end more '
                f'or less often than with {second}, the runs do not tell')
    how = {'more': 'more', 'fewer': 'less'}[claim.asserts]
    return (f'runs with {first} are alive at their end {how} often than '
            f'with {second}')


def _dies(claim: Claim) -> str:
    when = {'before': f'before epoch {claim.number:g}',
            'from': f'in epoch {claim.number:g} or later'}[claim.asserts]
    return (f'most deaths of runs with {_kind(claim.kinds[0])} happen '
            f'{when}, epochs counted from 0')


def _saves(claim: Claim) -> str:
    first, second = map(_kind, claim.kinds)
    when = f'after {claim.after} epochs at the peak'
    if claim.asserts == 'undecided':
        return (f'whether runs with {first} are alive {when} more or less '
                f'often than with {second}, seed by seed, the runs do not '
                'tell')
    how = {'more': 'more', 'fewer': 'less'}[claim.asserts]
    return (f'seed by seed, runs with {first} are alive {when} {how} often '
            f'than with {second}')


def _steadier(claim: Claim) -> str:
    first, second = claim.kinds
    return (f'the {METRICS[claim.metric]} differs less between seeds with '
            f'{first} than with {second}')


def _gain(claim: Claim) -> str:
    first, second = claim.kinds
    what = {'first train acc': 'the higher the training accuracy of the '
            f'first epoch with {second} is',
            'active units': 'the more units of the first layer are active '
            f'after the first epoch with {second}'}[claim.asserts]
    return (f'what the {METRICS[claim.metric]} gains by {first} over {second} '
            f'is smaller, {what}')


def _compare(claim: Claim) -> str:
    first, than = claim.kinds[0], f'with {claim.kinds[-1]}'
    if claim.form == 'grow':
        than = (f'in the {NUMBERS[LAST]} epochs that end with epoch '
                f'{claim.after}')
    what = {'more_than': 'is {}higher {}', 'less_than': 'is {}lower {}',
            'within': 'differs by less than {}from that {}'}
    size = abs(claim.number)
    by = f'{size:g} point{"s" * (size != 1)} ' if size else ''
    if claim.asserts != 'within':
        by = f'more than {by}' if by else ''
        than = f'than {than}'
    words = (f'the {METRICS[claim.metric]} with {first} '
             f'{what[claim.asserts].format(by, than)}')
    if claim.dead == 'guess':
        words += f', a dead run counted at {GUESSING:g} %'
    where = _where(claim)
    return f'{where}, {words}' if where else words


def _where(claim: Claim) -> str:
    if claim.form == 'agree':
        return 'in the other frameworks'
    first = next(iter(CONFIG.tabs))
    if claim.tab in ('', first):
        return ''
    return f'with {CONFIG.tabs[claim.tab].title}'


def _kind(name: str) -> str:
    """Return a kind of the survival grid in words."""
    _, peak, _, warmup = name.split()
    ramp = f'{warmup} epochs of warmup' if warmup != '0' else 'no warmup'
    return f'any peak rate and {ramp}' if peak == '*' else (
        f'a peak rate of {peak} and {ramp}')


def details(claim: Claim, finding: Finding) -> str:
    """Return what a table of the runs behind a finding shows, and it."""
    titles = {name: tab.title for name, tab in CONFIG.tabs.items()}
    if claim.form == 'agree':
        keys, framework = ['seed', 'framework'], 'the other frameworks'
        rows: Sequence[Row] = [(seed, titles[str(tab)], values)
                               for seed, tab, values in finding.rows]
    else:
        framework, rows = titles[claim.tab], finding.rows
        keys = ['seed', 'peak'] if ' * ' in claim.kinds[0] else ['seed']
    columns = ([f'{claim.kinds[0]}, last', f'epochs to {claim.after}']
               if claim.form == 'grow' else [*claim.kinds])
    what = (f'the {METRICS[claim.metric]}, {_mean(claim.last)}'
            if claim.metric else 'what became of the run')
    lines = [f'Runs with {framework}: {what}.', '',
             f'| {" | ".join([*keys, *columns])} |',
             '|---:' * (len(keys) + len(columns)) + '|']
    lines += ['| ' + ' | '.join([*map(str, (seed, other)[:len(keys)]),
                                 *(_cell(claim, value) for value in values)])
              + ' |' for seed, other, values in rows]
    return '\n'.join(lines)


def _mean(last: int) -> str:
    return 'after the last epoch' if last == 1 else f'a mean of {last} epochs'


def beside(claim: Claim, chance: Interval | None, p: float | None,
           adjusted: float | None, family: int) -> str:
    """Return what is said beside a finding's numbers, '' if nothing.

    Args:
        claim: the Claim.
        chance: the probability of improvement, if it compares two schedules.
        p: the p-value of its test, None if it rests on none.
        adjusted: the same, corrected for the number of claims.
        family: that number.
    """
    parts = []
    if chance:
        first, second = claim.kinds
        sign, how = (('<', 'lower') if claim.asserts == 'less_than'
                     else ('>', 'higher'))
        parts.append(
            f'P({first} {sign} {second}) = {chance.value:.2f}, 95 % interval '
            f'{chance.low:.2f} to {chance.high:.2f}: {how} for '
            f'{chance.value * chance.n:g} of {chance.n} seeds.')
    if p is not None and adjusted is not None:
        parts.append(f'p = {p:.2g}; {adjusted:.2g} by Holm\'s correction, for '
                     f'all {family} claims that rest on a test.')
    return ' '.join(parts)


def _cell(claim: Claim, value: float | None) -> str:
    if claim.metric:
        return 'died' if value is None else f'{value:.2f} %'
    return 'alive' if value is None else f'dead from epoch {value:g} on'
