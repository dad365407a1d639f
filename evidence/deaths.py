"""Claims on who was alive, and when the others died."""
from builder.source.judgement import Effect
from evidence.behind import kinds_of
from evidence.finding import Evidence, Finding, Row, find
from evidence.forms import Claim
from evidence.numbers import fraction, short_p, signed
from evidence.outcomes import died
from evidence.plan import Run
from evidence.record import Record
from evidence.statistics import (
    difference_of_fractions,
    fraction_interval,
    half_p,
    sign_flip,
)


def alive(claim: Claim, evidence: Evidence) -> Finding:
    """Judge which of two kinds of runs live more often."""
    found = _found(claim, evidence)
    n = len(found) // 2
    rows: list[Row] = [(run.seed, run.settings['constant'],
                        (died(a), died(b)))
                       for (run, a), (_, b) in zip(found[:n], found[n:])]
    first, second = (column.count(None)
                     for column in zip(*(row[2] for row in rows)))
    p = difference_of_fractions((first, n), (second, n))
    holds, tested = _decided(claim, first - second, p)
    text = (f'{fraction(first, n, "alive")}, against '
            f'{fraction(second, n, "alive")}; p = {p:.2g} by '
            "Fisher's exact test")
    short = f'{first} against {second} of {n}, {short_p(p)}'
    return Finding(text, holds, tuple(rows), tested, short, Effect(
        value=100 * (first - second) / n, unit='points of those alive'))


def _found(claim: Claim, evidence: Evidence) -> list[tuple[Run, Record]]:
    """Return the runs of all kinds that a claim names, kind after kind."""
    kinds = kinds_of(claim, evidence.study, claim.tab)
    return find(claim, [run for kind in kinds for run in kind],
                evidence.load(claim.tab))


def _decided(claim: Claim, difference: float,
             p: float) -> tuple[bool, float | None]:
    """Return whether a test decides as the claim asserts, and the p-value of
    the claim: none if it asserts that nothing is decided."""
    if claim.asserts == 'undecided':
        return p >= 0.05, None
    right = difference > 0 if claim.asserts == 'more' else difference < 0
    return right and p < 0.05, p if right else 1.0


def saves(claim: Claim, evidence: Evidence) -> Finding:
    """Judge at how many more peaks the seeds live, by the sign-flip test."""
    found = _found(claim, evidence)
    half = len(found) // 2
    rows: list[Row] = [(a[0].seed, a[0].settings['constant'],
                        (_fate(claim, *a), _fate(claim, *b)))
                       for a, b in zip(found[:half], found[half:])]
    sums: dict[int, int] = {}
    for seed, _, (first, second) in rows:
        sums[seed] = sums.get(seed, 0) + (first is None) - (second is None)
    p, mean = sign_flip([*sums.values()]), sum(sums.values()) / len(sums)
    holds, tested = _decided(claim, mean, p)
    alive_now = [sum(row[2][n] is None for row in rows) for n in (0, 1)]
    text = (f'{alive_now[0]} against {alive_now[1]} of {half} runs alive '
            f'after {claim.after} epochs at the peak; {signed(mean)} peaks a '
            f'seed, p = {p:.2g} by the exact sign-flip test, {len(sums)} '
            'seeds')
    short = f'{signed(mean, 1)} peaks a seed, {short_p(p)}'
    return Finding(text, holds, tuple(rows), tested, short,
                   Effect(value=mean, unit='peaks a seed'))


def _fate(claim: Claim, run: Run, record: Record) -> int | None:
    """Return when a run had died by the claim's epoch at the peak."""
    return died(record, run.settings['warmup'] + claim.after)


def dies(claim: Claim, evidence: Evidence) -> Finding:
    """Judge when most runs die, of those that do."""
    rows: list[Row] = [(run.seed, run.settings['constant'], (died(record),))
                       for run, record in _found(claim, evidence)]
    deaths = [epoch for _, _, (epoch,) in rows if epoch is not None]
    if not deaths:
        text = f'none of {len(rows)} runs died'
        return Finding(text, False, tuple(rows), 1.0, text)
    early = sum(epoch < claim.number for epoch in deaths)
    count = early if claim.asserts == 'before' else len(deaths) - early
    part = fraction_interval(count, len(deaths))
    p = half_p(count, len(deaths)) if 2 * count > len(deaths) else 1.0
    text = (f'{fraction(count, len(deaths), "deaths")}; {len(deaths)} of '
            f'{len(rows)} runs died')
    return Finding(text, part.low > 0.5, tuple(rows), p,
                   f'{count} of {len(deaths)}', Effect(
                       value=part.value, low=part.low, high=part.high,
                       unit='of the deaths', bounds=(0.5,)))
