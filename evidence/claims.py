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
less), or between -within and within. Instead of two schedules it may compare
one with its own past, the five epochs that end with number `after`:

    grow = "constant 0.3"
    after = 10

A claim on the other frameworks holds if the mean of the seeds that they have
is on the right side in each of them; seeds with which a run died are counted
and left out:

    agree = ["cosine 0.3", "constant 0.3"]

Or a claim compares how many runs of two kinds, of one peak rate or of all,
were alive at their end; it holds if Fisher's exact test tells the two apart at
the 5 % level, in that direction:

    alive = ["survival * warmup 5", "survival * warmup 0"]
    first = "more"                              or fewer, or undecided if
                                                the test does not tell

Or it says when most runs die, of those that do, epochs counted from 0; it
holds if the 95 % interval of their fraction lies above one half:

    dies = "survival 0.5 warmup 0"
    before = 1                                  or from
"""
import tomllib
from dataclasses import dataclass

from evidence import EvidenceError
from evidence.plan import FOLDER

METRICS = ('train acc', 'test acc', 'gap')
BOUNDS = ('more_than', 'less_than', 'within')
DIRECTIONS = ('more', 'fewer', 'undecided')
MOMENTS = ('before', 'from')
# How many kinds of runs a claim of each form names.
FORMS = {'compare': 2, 'grow': 1, 'agree': 2, 'alive': 2, 'dies': 1}
TRAINED = ('compare', 'grow')  # need the confirming seeds


@dataclass(frozen=True)
class Claim:
    """An assertion on one or two kinds of runs.

    form is one of FORMS; asserts is one of BOUNDS, DIRECTIONS or MOMENTS,
    number the bound or the epoch that belongs to it.
    """
    name: str
    form: str
    kinds: tuple[str, ...]
    asserts: str
    number: float = 0.0
    metric: str = ''
    after: int = 0


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
    """Return the names of the schedules that get the confirming seeds."""
    return {kind for claim in claims.values() if claim.form in TRAINED
            for kind in claim.kinds}


class _Entry:
    """A table of claims.toml, taken apart key by key."""

    def __init__(self, name, entry):
        self.name, self.entry = name, entry

    def error(self, message):
        return EvidenceError(f'claims.toml: {self.name}: {message}')

    def known(self, value, names, what):
        if value not in names:
            raise self.error(f'unknown {what} {value!r}, expected one of '
                             f'{", ".join(names)}')
        return value

    def only_one_of(self, keys):
        """Return the one of these keys that is there, and its value."""
        found = [key for key in keys if key in self.entry]
        if len(found) != 1:
            raise self.error(f'expected one of {", ".join(keys)}')
        return found[0], self.entry.pop(found[0])

    def epoch(self, key, value, epochs):
        if not isinstance(value, int) or value not in range(1, epochs):
            raise self.error(f'{key} must be an epoch from 1 to '
                             f'{epochs - 1}, got {value!r}')
        return value


def _claim(name, table, plan):
    entry = _Entry(name, table)
    form, kinds = entry.only_one_of(FORMS)
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list) or len(kinds) != FORMS[form] or not all(
            isinstance(kind, str) for kind in kinds) or (
            len({*kinds}) != len(kinds)):
        raise entry.error(f'{form} must name {FORMS[form]} kinds of runs, got '
                          f'{kinds!r}')
    names = {'agree': plan.others['schedules'], 'alive': plan.survival_kinds(),
             'dies': plan.survival_kinds()}.get(form, plan.schedules)
    for kind in kinds:
        entry.known(kind, names, 'schedule')
    rest = {'alive': _alive, 'dies': _dies}.get(form, _metric)
    after = (entry.epoch('after', table.pop('after', None), plan.epochs)
             if form == 'grow' else 0)
    sizes = {len(names[kind]) for kind in kinds} if form == 'alive' else ()
    if len(sizes) > 1:
        raise entry.error('alive compares one peak with one, or all with all')
    claim = Claim(name, form, tuple(kinds), **rest(entry, plan), after=after)
    if table:
        raise entry.error(f'unknown key {next(iter(table))!r}')
    return claim


def _alive(entry, plan):
    return {'asserts': entry.known(entry.entry.pop('first', None), DIRECTIONS,
                                   'direction')}


def _dies(entry, plan):
    moment, epoch = entry.only_one_of(MOMENTS)
    longest = max(run.epochs for run in plan.survival_runs())
    return {'asserts': moment, 'number': entry.epoch(moment, epoch, longest)}


def _metric(entry, plan):
    metric = entry.known(entry.entry.pop('metric', None), METRICS, 'metric')
    bound, number = entry.only_one_of(BOUNDS)
    if not isinstance(number, (int, float)):
        raise entry.error(f'{bound} must be a number, got {number!r}')
    if not {'more_than': number >= 0, 'less_than': number <= 0,
            'within': number > 0}[bound]:
        raise entry.error(f'{bound} = {number:g} has the wrong sign')
    return {'asserts': bound, 'number': float(number), 'metric': metric}
