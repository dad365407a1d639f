"""claims.toml: what sentences of the chapter assert.

A claim compares two schedules of plan.toml over the confirming seeds:

    compare = ["cosine 0.3", "constant 0.3"]    the first minus the second
    metric = "test acc"                         or train acc, gap
    more_than = 0.5                             or less_than, or within

The metric is a percentage, the mean of the last five epochs, and a difference
is in points, between runs of the same seed. Seeds with which one of the two
died do not enter it; the text says how many, and if they are more than a
quarter there is nothing to compare. The claim holds if the whole 95 % interval
of the mean difference lies above more_than (0 or more), below less_than (0 or
less), or between -within and within.

Or it compares how many runs of two kinds were alive at their end:

    alive = ["survival 0.5 warmup 5", "survival 0.5 warmup 0"]
    first = "more"                              or fewer

It holds if Fisher's exact test tells the two apart at the 5 % level, in that
direction.
"""
import tomllib
from dataclasses import dataclass

from evidence import EvidenceError
from evidence.plan import FOLDER

METRICS = ('train acc', 'test acc', 'gap')
BOUNDS = ('more_than', 'less_than', 'within')
DIRECTIONS = ('more', 'fewer')


@dataclass(frozen=True)
class Claim:
    """An assertion on two kinds of runs: asserts is one of BOUNDS, with its
    number, or one of DIRECTIONS; metric is '' if it is on being alive."""
    name: str
    kinds: tuple[str, str]
    metric: str
    asserts: str
    number: float = 0.0


def load_claims(plan, path=FOLDER / 'claims.toml'):
    """Return {name: Claim} of the file at `path`.

    Raises:
        EvidenceError: if a claim is malformed, or names what is not in the
            plan.
    """
    try:
        with open(path, 'rb') as file:
            entries = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise EvidenceError(f'{path.name}: {error}') from None
    return {name: _claim(name, dict(entry), plan)
            for name, entry in entries.items()}


def claimed(claims):
    """Return the names of the schedules that claims compare."""
    return {kind for claim in claims.values() if claim.metric
            for kind in claim.kinds}


def _claim(name, entry, plan):
    def error(message):
        return EvidenceError(f'claims.toml: {name}: {message}')

    def one_of(value, names, what):
        if value not in names:
            raise error(f'unknown {what} {value!r}, expected one of '
                        f'{", ".join(names)}')
        return value

    survival = 'alive' in entry
    kinds = tuple(entry.pop('alive' if survival else 'compare', ()))
    if len(set(kinds)) != 2:
        raise error('expected compare or alive with two names')
    names = ({run.schedule for run in plan.survival_runs()} if survival
             else plan.schedules)
    for kind in kinds:
        one_of(kind, names, 'schedule')
    if survival:
        claim = Claim(name, kinds, '', one_of(
            entry.pop('first', None), DIRECTIONS, 'direction'))
    else:
        metric = one_of(entry.pop('metric', None), METRICS, 'metric')
        bounds = [key for key in BOUNDS if key in entry]
        if len(bounds) != 1:
            raise error(f'expected one of {", ".join(BOUNDS)}')
        bound, number = bounds[0], entry.pop(bounds[0])
        if not isinstance(number, (int, float)):
            raise error(f'{bound} must be a number, got {number!r}')
        if not {'more_than': number >= 0, 'less_than': number <= 0,
                'within': number > 0}[bound]:
            raise error(f'{bound} = {number:g} has the wrong sign')
        claim = Claim(name, kinds, metric, bound, float(number))
    if entry:
        raise error(f'unknown key {next(iter(entry))!r}')
    return claim
