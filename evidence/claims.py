"""claims.toml: what sentences of the chapter assert.

A claim is on the runs of one study, the first one unless it says
`study = "..."`. It compares two schedules over the confirming seeds:

    compare = ["cosine 0.3", "constant 0.3"]    the first minus the second
    metric = "test acc"                         or train acc, gap
    more_than = 0.5                             or less_than, or within

The metric is a percentage, the mean of the last five epochs, and a difference
is in points, between runs of the same seed. Seeds with which one of the two
died do not enter it; the text says how many, and if they are more than a
quarter there is nothing to compare. With `dead = "guess"` they all enter it,
and a dead run scores the 10 % of guessing. `tab` names the framework, if it is
not the study's first. The claim holds if the whole 95 % interval of the mean
difference lies above more_than (0 or more), below less_than (0 or less), or
between -within and within. Instead of two schedules it may compare one with
its own past, the five epochs that end with number `after`:

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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, model_validator

from builder.record.checksums import checksum
from evidence.plan import survival_kinds, survival_runs
from evidence.schema import (
    Epochs,
    Location,
    Strict,
    Text,
    Words,
    faults,
    read_toml,
    toml_error,
)
from evidence.studies import FOLDER, Study

Metric = Literal['train acc', 'test acc', 'gap']
One = Annotated[str, Field(min_length=1)]
Two = Annotated[Words, Field(min_length=2, max_length=2)]
Points = Annotated[float, Field(ge=-100, le=100)]
CLAIMS = FOLDER / 'claims.toml'


@dataclass(frozen=True)
class Claim:
    """An assertion on one or two kinds of runs.

    form is one of FORMS; asserts is the bound, direction or moment that it
    has, number the bound or the epoch that belongs to it. after is the epoch
    that a form's past or its test ends with.
    """
    name: str
    form: str
    kinds: tuple[str, ...]
    asserts: str
    number: float = 0.0
    metric: str = ''
    after: int = 0
    study: str = ''
    tab: str = ''
    dead: str = 'out'

    def sha256(self) -> str:
        """Return a checksum of what it asserts."""
        return str(checksum([*map(str, vars(self).values())]))


class _Entry(Strict):
    """A table of claims.toml: what all forms have."""
    form: ClassVar[str]
    study: Text | None = None

    def names(self, study: Study) -> Collection[str]:
        """Return what the kinds of runs may be called."""
        return study.schedules

    def kinds(self) -> tuple[str, ...]:
        value = getattr(self, self.form)
        return (value,) if isinstance(value, str) else tuple(value)

    def one_of(self, *keys: str) -> tuple[str, Any]:
        """Return the one of these keys that is given, and its value."""
        found = [(key, getattr(self, key)) for key in keys
                 if getattr(self, key) is not None]
        if len(found) != 1:
            raise ValueError(f'expected one of {", ".join(keys)}')
        return found[0]

    def claim(self, name: str, study: Study) -> Claim:
        """Return the Claim.

        Raises:
            ValueError: if the study has no such runs.
        """
        for kind in self.kinds():
            if kind not in self.names(study):
                raise ValueError(
                    f'unknown schedule {kind!r}, the study {study.name!r} has '
                    f'{", ".join(self.names(study)) or "none of the kind"}')
        return Claim(name, self.form, self.kinds(), study=study.name,
                     **self.rest(study))

    def rest(self, study: Study) -> dict[str, Any]:
        """Return the other values of the Claim."""
        raise NotImplementedError


class _Measured(_Entry):
    metric: Metric
    more_than: Annotated[Points, Field(ge=0)] | None = None
    less_than: Annotated[Points, Field(le=0)] | None = None
    within: Annotated[Points, Field(gt=0)] | None = None

    @model_validator(mode='after')
    def _one_bound(self) -> Self:
        self.one_of('more_than', 'less_than', 'within')
        return self

    def rest(self, study: Study) -> dict[str, Any]:
        bound, number = self.one_of('more_than', 'less_than', 'within')
        return {'asserts': bound, 'number': float(number),
                'metric': self.metric}


class _Compare(_Measured):
    form = 'compare'
    compare: Two
    dead: Literal['out', 'guess'] = 'out'
    tab: Text | None = None

    def rest(self, study: Study) -> dict[str, Any]:
        tab = self.tab or study.tabs[0]
        if tab not in study.tabs:
            raise ValueError(f'unknown tab {tab!r}, the study {study.name!r} '
                             f'has {", ".join(study.tabs)}')
        return {**super().rest(study), 'dead': self.dead, 'tab': tab}


class _Grow(_Measured):
    form = 'grow'
    grow: One
    after: Epochs

    def rest(self, study: Study) -> dict[str, Any]:
        return {**super().rest(study), 'tab': study.tabs[0],
                'after': _epoch('after', self.after, study.epochs)}


class _Agree(_Measured):
    form = 'agree'
    agree: Two

    def names(self, study: Study) -> Collection[str]:
        return study.others.schedules if study.others else ()


class _OnSurvival(_Entry):
    def names(self, study: Study) -> Collection[str]:
        return survival_kinds(study)


class _Alive(_OnSurvival):
    form = 'alive'
    alive: Two
    first: Literal['more', 'fewer', 'undecided']

    def rest(self, study: Study) -> dict[str, Any]:
        kinds = survival_kinds(study)
        if len({len(kinds[kind]) for kind in self.alive}) > 1:
            raise ValueError('alive compares one peak with one, or all with '
                             'all')
        return {'asserts': self.first, 'tab': study.tabs[0]}


class _Dies(_OnSurvival):
    form = 'dies'
    dies: One
    before: Epochs | None = None
    from_: Annotated[Epochs | None, Field(alias='from')] = None

    @model_validator(mode='after')
    def _one_moment(self) -> Self:
        self._moment()
        return self

    def _moment(self) -> tuple[str, int]:
        if (self.before is None) is (self.from_ is None):
            raise ValueError('expected one of before, from')
        return (('before', self.before) if self.before is not None
                else ('from', self.from_ or 0))

    def rest(self, study: Study) -> dict[str, Any]:
        moment, epoch = self._moment()
        longest = max(run.epochs for run in survival_runs(study))
        return {'asserts': moment, 'number': _epoch(moment, epoch, longest),
                'tab': study.tabs[0]}


FORMS: dict[str, type[_Entry]] = {
    kind.form: kind for kind in (_Compare, _Grow, _Agree, _Alive, _Dies)}
TRAINED = ('compare', 'grow')  # need the confirming seeds


def _epoch(key: str, value: int, epochs: int) -> int:
    if value >= epochs:
        raise ValueError(f'{key} must be an epoch from 1 to {epochs - 1}, '
                         f'got {value}')
    return value


def load_claims(studies: Mapping[str, Study],
                path: Path = CLAIMS) -> dict[str, Claim]:
    """Return {name: Claim} of the file at `path`.

    Raises:
        EvidenceError: if a claim is malformed, or names what is not in its
            study; if a study decides a claim that is not there, or is not
            its own.
    """
    tables, text = read_toml(path)
    claims: dict[str, Claim] = {}
    wrong: list[tuple[Location, str]] = []
    for name, table in tables.items():
        try:
            claims[name] = _claim(name, table, studies)
        except ValidationError as error:
            wrong += [((name, *where), message)
                      for where, message in faults(error)]
        except ValueError as error:
            wrong.append(((name,), str(error)))
    if not wrong:
        wrong = list(_undecided(studies, claims))
    if wrong:
        raise toml_error(path, text, wrong)
    return claims


def _claim(name: str, table: object, studies: Mapping[str, Study]) -> Claim:
    if not isinstance(table, dict):
        raise ValueError(f'expected a table, got {table!r}')
    forms = [form for form in FORMS if form in table]
    if len(forms) != 1:
        raise ValueError(f'expected one of {", ".join(FORMS)}')
    entry = FORMS[forms[0]](**table)
    study = entry.study or next(iter(studies))
    if study not in studies:
        raise ValueError(f'unknown study {study!r}, expected one of '
                         f'{", ".join(studies)}')
    return entry.claim(name, studies[study])


def _undecided(studies: Mapping[str, Study], claims: Mapping[str, Claim]
               ) -> Iterable[tuple[Location, str]]:
    for study in studies.values():
        for name in study.decides:
            if name not in claims:
                yield (name,), f'{study.name} decides it, but it is not here'
            elif claims[name].study != study.name:
                yield (name,), f'{study.name} decides it, but it is on runs ' \
                    f'of {claims[name].study}'


def claimed(claims: Mapping[str, Claim], study: Study) -> set[str]:
    """Return the names of the schedules that get the confirming seeds."""
    return {kind for claim in claims.values() if claim.study == study.name
            and claim.form in TRAINED for kind in claim.kinds}


def decided(claims: Mapping[str, Claim], study: Study) -> list[str]:
    """Return checksums of the claims that a study is made for."""
    return [claims[name].sha256() for name in study.decides]
