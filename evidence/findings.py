"""What the runs say: accuracies, differences, who was alive.

The statistics are SciPy's. A run is alive at an epoch if it classifies more
than a fifth of the training images correctly, twice what guessing does; it
died at the first epoch from which on it is not.
"""
from dataclasses import dataclass

from scipy import stats

from evidence import EvidenceError

ALIVE = 0.2
LAST = 5  # epochs that a run's accuracies are the means of


def died(record):
    """Return the epoch from which on a run is dead, None if it is alive."""
    accuracies = record['train acc']
    dead = len(accuracies)
    while dead and accuracies[dead - 1] <= ALIVE:
        dead -= 1
    return dead if dead < len(accuracies) else None


def score(record, metric):
    """Return a run's metric in percent: 'train acc' or 'test acc', the mean
    of the last five epochs, or 'gap', the first minus the second."""
    if metric == 'gap':
        return score(record, 'train acc') - score(record, 'test acc')
    return 100 * sum(record[metric][-LAST:]) / LAST


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
    return Interval(count / n, found.low, found.high, n)


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
        pairs: for a difference, [(seed, first, second)] of the runs that
            lived; for a count, [(seed, died, died)].
    """
    text: str
    holds: bool
    pairs: tuple


def judge(claim, plan, runs):
    """Return the Finding on a claim.

    Args:
        claim: the Claim.
        plan: the Plan, which says what the seeds are.
        runs: records by key, of one device and of the same versions.

    Raises:
        EvidenceError: if runs that it needs are missing.
    """
    seeds = (plan.confirm if claim.metric else plan.survival['seeds'])
    found = {(record['schedule'], record['seed']): record
             for record in runs.values()}
    missing = [(kind, seed) for kind in claim.kinds for seed in seeds
               if (kind, seed) not in found]
    if missing:
        kind, seed = missing[0]
        raise EvidenceError(
            f'claim {claim.name!r} lacks {len(missing)} of '
            f'{2 * len(seeds)} runs, such as {kind!r} with seed {seed}: '
            'make evidence')
    pairs = [[found[kind, seed] for kind in claim.kinds] for seed in seeds]
    return (_difference if claim.metric else _survival)(claim, seeds, pairs)


def _difference(claim, seeds, pairs):
    lived = [(seed, *(score(run, claim.metric) for run in pair))
             for seed, pair in zip(seeds, pairs)
             if all(died(run) is None for run in pair)]
    found = mean_interval([a - b for _, a, b in lived])
    holds = {'more_than': found.low > claim.number,
             'less_than': found.high < claim.number,
             'within': -claim.number < found.low
             and found.high < claim.number}[claim.asserts]
    text = (f'{_signed(found.value)} points, 95 % interval '
            f'{_signed(found.low)} to {_signed(found.high)}, '
            f'{found.n} seeds')
    for kind, runs in zip(claim.kinds, zip(*pairs)):
        dead = sum(died(run) is not None for run in runs)
        if dead:
            text += f'; {dead} of {len(runs)} died with {kind}'
    return Finding(text, holds, tuple(lived))


def _survival(claim, seeds, pairs):
    counts = [(sum(died(run) is None for run in runs), len(runs))
              for runs in zip(*pairs)]
    p = difference_of_fractions(*counts)
    (first, n), (second, m) = counts
    holds = {'more': p < 0.05 and first > second,
             'fewer': p < 0.05 and first < second,
             'alike': p >= 0.05}[claim.asserts]
    text = (f'{first} of {n} alive against {second} of {m}, p = {p:.2g} by '
            "Fisher's exact test")
    return Finding(text, holds, tuple(
        (seed, *map(died, pair)) for seed, pair in zip(seeds, pairs)))


def _signed(number):
    return f'{number:+.1f}'.replace('-', '−')
