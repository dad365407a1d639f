"""What the runs say: accuracies, differences, who was alive.

The statistics are SciPy's. A run is alive at an epoch if it classifies more
than a fifth of the training images correctly, twice what guessing does; it
died at the first epoch from which on it is not.
"""
from dataclasses import dataclass

from scipy import stats

from builder.config import load_config
from evidence import EvidenceError
from evidence.chapter import ROOT
from evidence.plan import FIRST

ALIVE = 0.2
LAST = 5  # epochs that a run's accuracies are the means of


def died(record):
    """Return the epoch from which on a run is dead, None if it is alive."""
    accuracies = record['train acc']
    dead = len(accuracies)
    while dead and accuracies[dead - 1] <= ALIVE:
        dead -= 1
    return dead if dead < len(accuracies) else None


def score(record, metric, end=None):
    """Return a run's metric in percent: 'train acc' or 'test acc', the mean
    of the last five of its first `end` epochs (all without), or 'gap', the
    first minus the second."""
    if metric == 'gap':
        return (score(record, 'train acc', end)
                - score(record, 'test acc', end))
    values = record[metric][:end][-LAST:]
    return 100 * sum(values) / len(values)


@dataclass(frozen=True)
class Interval:
    """A mean or a fraction with its 95 % interval, and n, of how many."""
    value: float
    low: float
    high: float
    n: int


def mean_interval(values):
    """Return the mean of a normal sample with Student's 95 % interval.

    Raises:
        EvidenceError: if there are fewer than three values.
    """
    n = len(values)
    if n < 3:
        raise EvidenceError(f'an interval needs three runs, got {n}')
    mean = sum(values) / n
    half = float(stats.t.ppf(0.975, n - 1) * stats.sem(values))
    return Interval(mean, mean - half, mean + half, n)


def fraction_interval(count, n):
    """Return a fraction with Wilson's 95 % score interval."""
    found = stats.binomtest(count, n).proportion_ci(0.95, 'wilson')
    return Interval(count / n, float(found.low), float(found.high), n)


def difference_of_fractions(first, second):
    """Return the p-value of Fisher's exact test on (count, n) and (count,
    n), two-sided."""
    table = [[count, n - count] for count, n in (first, second)]
    return float(stats.fisher_exact(table).pvalue)


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
    rows: tuple


class MissingRuns(EvidenceError):
    """A claim cannot be judged yet."""


def judge(claim, plan, load):
    """Return the Finding on a claim.

    Args:
        claim: the Claim.
        plan: the Plan, which says what runs it takes.
        load: a function from a tab to its records by Run.key(), of one
            device and of the same versions.

    Raises:
        MissingRuns: if not all of these runs are there.
        EvidenceError: if too many died to compare the rest.
    """
    return {'compare': _compare, 'grow': _grow, 'agree': _agree,
            'alive': _alive, 'dies': _dies}[claim.form](claim, plan, load)


def _find(claim, wanted, records):
    """Return [(run, record)] of these Runs, or raise MissingRuns."""
    missing = sum(run.key() not in records for run in wanted)
    if missing:
        raise MissingRuns(f'claim {claim.name!r} lacks {missing} of its '
                          f'{len(wanted)} runs: make evidence')
    return [(run, records[run.key()]) for run in wanted]


def _pairs(claim, wanted, records):
    """Return [(seed, record, record)], one record of each kind."""
    found = {(run.schedule, run.seed): record
             for run, record in _find(claim, wanted, records)}
    return [(seed, *(found[kind, seed] for kind in claim.kinds))
            for seed in dict.fromkeys(run.seed for run in wanted)]


def _scored(claim, seed, records):
    return (seed, '', tuple(None if died(record) is not None
                            else score(record, claim.metric)
                            for record in records))


def _compare(claim, plan, load):
    pairs = _pairs(claim, plan.confirming_runs(claim.kinds), load(FIRST))
    rows = [_scored(claim, seed, records) for seed, *records in pairs]
    found, text = _difference(claim, rows)
    for kind, values in zip(claim.kinds, zip(*(row[2] for row in rows))):
        if None in values:
            text += (f'; {values.count(None)} of {len(values)} died with '
                     f'{kind}')
    return Finding(text, _decided(claim, found.low, found.high), tuple(rows))


def _grow(claim, plan, load):
    pairs = _pairs(claim, plan.confirming_runs(claim.kinds), load(FIRST))
    rows = [(seed, '', (None, None) if died(record) is not None else
             (score(record, claim.metric),
              score(record, claim.metric, claim.after)))
            for seed, record in pairs]
    found, text = _difference(claim, rows)
    if found.n < len(rows):
        text += f'; {len(rows) - found.n} of {len(rows)} died'
    return Finding(text, _decided(claim, found.low, found.high), tuple(rows))


def _difference(claim, rows):
    """Return the Interval of the differences within rows, and its text."""
    lived = [values for _, _, values in rows if None not in values]
    if len(lived) < 0.75 * len(rows):
        raise EvidenceError(f'claim {claim.name!r}: with {len(lived)} of '
                            f'{len(rows)} seeds all runs lived, too few to '
                            'compare accuracies')
    found = mean_interval([a - b for a, b in lived])
    return found, (f'{_signed(found.value)} points, 95 % interval '
                   f'{_signed(found.low)} to {_signed(found.high)}, '
                   f'{found.n} seeds')


def _decided(claim, low, high):
    """Return whether all between low and high is as the claim asserts."""
    return {'more_than': low > claim.number, 'less_than': high < claim.number,
            'within': -claim.number < low and high < claim.number
            }[claim.asserts]


def _agree(claim, plan, load):
    titles = load_config(ROOT / 'config.ini').tabs
    rows, means, texts = [], [], []
    for tab in plan.others['tabs']:
        wanted = [run for run in plan.runs(tab)
                  if run.schedule in claim.kinds]
        scored = [(seed, tab, _scored(claim, seed, records)[2])
                  for seed, *records in _pairs(claim, wanted, load(tab))]
        lived = [values for _, _, values in scored if None not in values]
        if len(lived) < 2:
            raise EvidenceError(f'claim {claim.name!r}: with {tab}, both runs '
                                f'lived with {len(lived)} of {len(scored)} '
                                'seeds, too few to compare accuracies')
        rows += scored
        means.append(sum(a - b for a, b in lived) / len(lived))
        texts.append(f'{titles[tab].title} {_signed(means[-1])}')
        if len(lived) < len(scored):
            texts[-1] += (f' ({len(lived)} seeds; {len(scored) - len(lived)} '
                          'died)')
    text = (f'{", ".join(texts)} points, means of '
            f'{len(plan.others["seeds"])} seeds')
    return Finding(text, all(_decided(claim, mean, mean) for mean in means),
                   tuple(rows))


def _alive(claim, plan, load):
    kinds = plan.survival_kinds()
    found = _find(claim, [run for kind in claim.kinds for run in kinds[kind]],
                  load(FIRST))
    half = len(found) // 2
    rows = [(run.seed, run.settings['constant'], (died(a), died(b)))
            for (run, a), (_, b) in zip(found[:half], found[half:])]
    first, second = (column.count(None)
                     for column in zip(*(row[2] for row in rows)))
    n = len(rows)
    p = difference_of_fractions((first, n), (second, n))
    clear = p < 0.05
    holds = {'more': clear and first > second,
             'fewer': clear and first < second,
             'undecided': not clear}[claim.asserts]
    text = (f'{_fraction(first, n, "alive")}, against '
            f'{_fraction(second, n, "alive")}; p = {p:.2g} by '
            "Fisher's exact test")
    return Finding(text, holds, tuple(rows))


def _dies(claim, plan, load):
    rows = [(run.seed, run.settings['constant'], (died(record),))
            for run, record in _find(
                claim, plan.survival_kinds()[claim.kinds[0]], load(FIRST))]
    deaths = [epoch for _, _, (epoch,) in rows if epoch is not None]
    if not deaths:
        return Finding(f'none of {len(rows)} runs died', False, tuple(rows))
    early = sum(epoch < claim.number for epoch in deaths)
    count = early if claim.asserts == 'before' else len(deaths) - early
    holds = fraction_interval(count, len(deaths)).low > 0.5
    text = (f'{_fraction(count, len(deaths), "deaths")}; {len(deaths)} of '
            f'{len(rows)} runs died')
    return Finding(text, holds, tuple(rows))


def _fraction(count, n, what):
    found = fraction_interval(count, n)
    return (f'{count} of {n} {what} (95 % interval {100 * found.low:.0f} to '
            f'{100 * found.high:.0f} %)')


def _signed(number):
    return f'{number:+.2f}'.replace('-', '−')
