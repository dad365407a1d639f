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
        pairs: [(seed, first, second)]: the metric in percent, or None if that
            run died; for a count, the epoch it died in, None if it lived.
    """
    text: str
    holds: bool
    pairs: tuple


class MissingRuns(EvidenceError):
    """A claim cannot be judged yet."""


def judge(claim, plan, runs):
    """Return the Finding on a claim.

    Args:
        claim: the Claim.
        plan: the Plan, which says what runs it takes.
        runs: records by Run.key(), of one device and of the same versions.

    Raises:
        MissingRuns: if not all of these runs are there.
        EvidenceError: if too many died to compare the rest.
    """
    wanted = (plan.confirming_runs(claim.kinds) if claim.metric else
              [run for run in plan.survival_runs()
               if run.schedule in claim.kinds])
    found = {(run.schedule, run.seed): runs[run.key()] for run in wanted
             if run.key() in runs}
    missing = len(wanted) - len(found)
    if missing:
        raise MissingRuns(f'claim {claim.name!r} lacks {missing} of its '
                          f'{len(wanted)} runs: make evidence')
    seeds = dict.fromkeys(run.seed for run in wanted)
    pairs = [(seed, *(found[kind, seed] for kind in claim.kinds))
             for seed in seeds]
    return (_difference if claim.metric else _survival)(claim, pairs)


def _difference(claim, pairs):
    scores = [(seed, *(None if died(run) is not None
                       else score(run, claim.metric) for run in runs))
              for seed, *runs in pairs]
    lived = [(a, b) for _, a, b in scores if None not in (a, b)]
    if len(lived) < 0.75 * len(scores):
        raise EvidenceError(f'claim {claim.name!r}: with {len(lived)} of '
                            f'{len(scores)} seeds both runs lived, too few to '
                            'compare accuracies')
    found = mean_interval([a - b for a, b in lived])
    holds = {'more_than': found.low > claim.number,
             'less_than': found.high < claim.number,
             'within': -claim.number < found.low
             and found.high < claim.number}[claim.asserts]
    text = (f'{_signed(found.value)} points, 95 % interval '
            f'{_signed(found.low)} to {_signed(found.high)}, '
            f'{found.n} seeds')
    for kind, values in zip(claim.kinds, list(zip(*scores))[1:]):
        if None in values:
            text += (f'; {values.count(None)} of {len(values)} died with '
                     f'{kind}')
    return Finding(text, holds, tuple(scores))


def _survival(claim, pairs):
    ends = [(seed, died(first), died(second)) for seed, first, second in pairs]
    n = len(ends)
    first, second = ([end[i] for end in ends].count(None) for i in (1, 2))
    p = difference_of_fractions((first, n), (second, n))
    holds = p < 0.05 and (first > second if claim.asserts == 'more'
                          else first < second)
    text = (f'{_alive(first, n)}, against {_alive(second, n)}; p = {p:.2g} by '
            "Fisher's exact test")
    return Finding(text, holds, tuple(ends))


def _alive(count, n):
    found = fraction_interval(count, n)
    return (f'{count} of {n} alive (95 % interval {100 * found.low:.0f} to '
            f'{100 * found.high:.0f} %)')


def _signed(number):
    return f'{number:+.2f}'.replace('-', '−')
