"""Claims on accuracies: differences, their spread, what they go with."""
from collections.abc import Sequence

from builder.source.judgement import Effect
from evidence import Unproven
from evidence.behind import kinds_of, tabs_of
from evidence.chapter import CONFIG
from evidence.finding import Evidence, Finding, Row, by_seed, confirming
from evidence.forms import Claim
from evidence.numbers import short_mean, short_p, signed
from evidence.outcomes import died, score, treated
from evidence.record import Record
from evidence.statistics import (
    Interval,
    mean_interval,
    mean_p,
    rank_correlation,
    variance_ratio,
)


def _scored(claim: Claim, records: Sequence[Record]
            ) -> tuple[float | None, ...]:
    if claim.dead == 'guess':
        return tuple(treated(record, claim.metric, claim.last)
                     for record in records)
    return tuple(None if died(record) is not None
                 else score(record, claim.metric, last=claim.last)
                 for record in records)


def compare(claim: Claim, evidence: Evidence) -> Finding:
    """Judge the difference between two schedules."""
    found, rows = confirming(claim, evidence), _rows(claim, evidence)
    difference, text = _difference(claim, rows)
    guess = claim.dead == 'guess'
    for n, kind in enumerate(claim.kinds):
        dead = sum(died(records[n]) is not None for _, records in found)
        if dead:
            text += (f'; {dead} of {len(found)} died with {kind}'
                     + ', counted as guessing' * guess)
    return _measured(claim, rows, difference, text)


def grow(claim: Claim, evidence: Evidence) -> Finding:
    """Judge the difference between the end of runs and their past."""
    rows: list[Row] = [
        (seed, '', (None, None) if died(record) is not None else
         (score(record, claim.metric, last=claim.last),
          score(record, claim.metric, claim.after, claim.last)))
        for seed, (record,) in confirming(claim, evidence)]
    found, text = _difference(claim, rows)
    if found.n < len(rows):
        text += f'; {len(rows) - found.n} of {len(rows)} died'
    return _measured(claim, rows, found, text)


def _measured(claim: Claim, rows: Sequence[Row], found: Interval,
              text: str) -> Finding:
    """Return the Finding on a mean difference."""
    def decided(low: float, high: float) -> bool:
        return _decided(claim, low, high)

    within = claim.asserts == 'within'
    return Finding(
        text, decided(found.low, found.high), tuple(rows), _p(claim, rows),
        short_mean(found, decided), Effect(
            value=found.value, low=found.low, high=found.high, unit='points',
            bounds=(-claim.number,) * within + (claim.number,)))


def _lived(rows: Sequence[Row]) -> list[float]:
    """Return the differences within the rows whose runs all lived."""
    return [first - second for first, second in _both(rows)]


def _difference(claim: Claim, rows: Sequence[Row]) -> tuple[Interval, str]:
    """Return the Interval of the differences within rows, and its text."""
    lived = _lived(rows)
    if len(lived) < 0.75 * len(rows):
        raise Unproven(f'claim {claim.name!r}: with {len(lived)} of '
                       f'{len(rows)} seeds all runs lived, too few to '
                       'compare accuracies')
    found = mean_interval(lived)
    return found, (f'{signed(found.value)} points, 95 % interval '
                   f'{signed(found.low)} to {signed(found.high)}, '
                   f'{found.n} seeds')


def _decided(claim: Claim, low: float, high: float) -> bool:
    """Return whether all between low and high is as the claim asserts."""
    return {'more_than': low > claim.number, 'less_than': high < claim.number,
            'within': -claim.number < low and high < claim.number
            }[claim.asserts]


def _p(claim: Claim, rows: Sequence[Row]) -> float:
    """Return the p-value of the claim: below 0.05 exactly if it holds."""
    values = _lived(rows)
    if claim.asserts == 'within':
        return max(beyond(values, claim.number, 'less_than'),
                   beyond(values, -claim.number, 'more_than'))
    return beyond(values, claim.number, claim.asserts)


def beyond(values: Sequence[float], margin: float, side: str) -> float:
    """Return twice the chance of such a mean on that side of a margin."""
    p, mean = mean_p(values, margin), sum(values) / len(values)
    right = mean > margin if side == 'more_than' else mean < margin
    return p if right else 1.0


def steadier(claim: Claim, evidence: Evidence) -> Finding:
    """Judge that seeds differ less with one schedule than with another."""
    rows = _rows(claim, evidence)
    pairs = _both(rows)
    first, second = zip(*pairs) if pairs else ((), ())
    found, p = variance_ratio(first, second)
    text = (f'a variance {found.value:.2f} times that of the other, 95 % '
            f'interval {found.low:.2f} to {found.high:.2f}, {found.n} seeds')
    short = f'{found.value:.2f} times, {found.low:.2f} to {found.high:.2f}'
    return Finding(
        text + _left_out(rows), found.high < 1, tuple(rows),
        p if found.value < 1 else 1.0, short, Effect(
            value=found.value, low=found.low, high=found.high,
            unit='times the variance', bounds=(1.0,)))


def gain(claim: Claim, evidence: Evidence) -> Finding:
    """Judge that the difference falls with how the second runs began."""
    found, rows = confirming(claim, evidence), _rows(claim, evidence)
    starts = [_start(records[1], claim.asserts)
              for (_, records), row in zip(found, rows) if None not in row[2]]
    gains = _lived(rows)
    if len(gains) < 3:
        raise Unproven(f'claim {claim.name!r}: {len(gains)} pairs lived, '
                       'too few for a correlation')
    rho, p = rank_correlation(starts, gains)
    text = (f"Spearman's rank correlation {signed(rho)}, p = {p:.2g}, "
            f'{len(gains)} seeds')
    return Finding(
        text + _left_out(rows), rho < 0 and p < 0.05, tuple(rows),
        p if rho < 0 else 1.0, f'rank correlation {signed(rho)}, {short_p(p)}',
        Effect(value=rho, unit='rank correlation', bounds=(0.0,)))


def _start(record: Record, what: str) -> float:
    """Return how a run began: its first epoch's accuracy, or the fraction of
    active units after it."""
    if what == 'active units':
        return record['active units']['fraction']
    return record['train acc'][0]


def _rows(claim: Claim, evidence: Evidence) -> list[Row]:
    return [(seed, '', _scored(claim, records))
            for seed, records in confirming(claim, evidence)]


def _both(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Return the values of the rows whose runs both lived."""
    return [(values[0], values[1]) for _, _, values in rows
            if values[0] is not None and values[1] is not None]


def _left_out(rows: Sequence[Row]) -> str:
    dead = sum(None in values for _, _, values in rows)
    return f'; with {dead} of {len(rows)} a run died' if dead else ''


def agree(claim: Claim, evidence: Evidence) -> Finding:
    """Judge that the other frameworks are on one side."""
    tabs = tabs_of(claim, evidence.study)
    found = [_of_tab(claim, evidence, tab) for tab in tabs]
    values = [_lived(rows) for rows in found]
    means = [sum(lived) / len(lived) for lived in values]
    titles = [CONFIG.tabs[tab].title for tab in tabs]
    texts = [f'{title} {signed(mean)}' + _of_dead(lived, rows)
             for title, mean, lived, rows in zip(titles, means, values, found)]
    sizes = sorted({len(lived) for lived in values})
    text = (f'{", ".join(texts)} points, means of '
            f'{" or ".join(map(str, sizes))} seeds')
    return Finding(
        text, all(_decided(claim, mean, mean) for mean in means),
        tuple(row for rows in found for row in rows),
        short=', '.join(f'{title} {signed(mean, 1)}'
                        for title, mean in zip(titles, means)))


def _of_tab(claim: Claim, evidence: Evidence, tab: str) -> list[Row]:
    """Return the rows of a tab, enough of whose runs lived."""
    rows: list[Row] = [
        (seed, tab, _scored(claim, records)) for seed, records in by_seed(
            claim, kinds_of(claim, evidence.study, tab), evidence.load(tab))]
    lived = len(_lived(rows))
    if lived < 2:
        raise Unproven(f'claim {claim.name!r}: with {tab}, both runs '
                       f'lived with {lived} of {len(rows)} seeds, too '
                       'few to compare accuracies')
    return rows


def _of_dead(lived: Sequence[float], rows: Sequence[Row]) -> str:
    dead = len(rows) - len(lived)
    return f' ({len(lived)} seeds; {dead} died)' if dead else ''
