"""The forms that a claim may have: what each says, and in which words.

A form is a table of claims.toml; see claims.py for what they mean. It becomes
a Claim once its study has the runs that it names.
"""
import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from builder.record.checksums import checksum
from evidence.outcomes import LAST, METRICS
from evidence.plan import survival_kinds, survival_runs
from evidence.schema import Epochs, Strict, Text, Words
from evidence.studies import Study

Metric = Literal['train acc', 'test acc', 'gap']
Direction = Literal['more', 'fewer', 'undecided']
One = Annotated[str, Field(min_length=1)]
Two = Annotated[Words, Field(min_length=2, max_length=2)]
Points = Annotated[float, Field(ge=-100, le=100)]


@dataclass(frozen=True)
class Claim:
    """An assertion on one or two kinds of runs.

    form is one of FORMS; asserts is the bound, direction or moment that it
    has, number the bound or the epoch that belongs to it. after is the epoch
    that a form's past or its test ends with, last how many epochs an accuracy
    is the mean of.
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
    last: int = LAST

    def sha256(self) -> str:
        """Return a checksum of what it asserts. What it leaves at its
        default is not in it, so that forms can get more of that."""
        return checksum({
            field.name: str(getattr(self, field.name))
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default})


class _Entry(Strict):
    """A table of claims.toml: what all forms have."""
    form: ClassVar[str]
    study: Text | None = None

    def names(self, study: Study) -> Collection[str]:
        """Return what the kinds of runs may be called."""
        return study.kinds

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


class _Paired(_Entry):
    metric: Metric
    tab: Text | None = None

    def rest(self, study: Study) -> dict[str, Any]:
        tab = self.tab or study.tabs[0]
        if tab not in study.tabs:
            raise ValueError(f'unknown tab {tab!r}, the study {study.name!r} '
                             f'has {", ".join(study.tabs)}')
        for kind in self.kinds():
            _, view = study.kinds.get(kind, ('', ''))
            if view in study.averages and self.metric != 'test acc':
                raise ValueError(f'{kind!r} is an average, which has no '
                                 f'{METRICS[self.metric]}: it was never '
                                 'trained')
        return {'metric': self.metric, 'tab': tab, 'last': study.last}


class _Measured(_Paired):
    more_than: Annotated[Points, Field(ge=0)] | None = None
    less_than: Annotated[Points, Field(le=0)] | None = None
    within: Annotated[Points, Field(gt=0)] | None = None

    @model_validator(mode='after')
    def _one_bound(self) -> Self:
        self.one_of('more_than', 'less_than', 'within')
        return self

    def rest(self, study: Study) -> dict[str, Any]:
        bound, number = self.one_of('more_than', 'less_than', 'within')
        return {**super().rest(study), 'asserts': bound,
                'number': float(number)}


class _Compare(_Measured):
    form = 'compare'
    compare: Two
    dead: Literal['out', 'guess'] = 'out'

    def rest(self, study: Study) -> dict[str, Any]:
        return {**super().rest(study), 'dead': self.dead}


class _Steadier(_Paired):
    form = 'steadier'
    steadier: Two

    def rest(self, study: Study) -> dict[str, Any]:
        return {**super().rest(study), 'asserts': 'steadier'}


class _Gain(_Paired):
    form = 'gain'
    gain: Two
    falls_with: Literal['first train acc', 'active units']

    def rest(self, study: Study) -> dict[str, Any]:
        if self.falls_with == 'active units' != ''.join(study.measure):
            raise ValueError(f'the study {study.name!r} does not measure '
                             'active units')
        return {**super().rest(study), 'asserts': self.falls_with}


class _Grow(_Measured):
    form = 'grow'
    grow: One
    after: Epochs

    def rest(self, study: Study) -> dict[str, Any]:
        return {**super().rest(study),
                'after': _epoch('after', self.after, study.epochs)}


class _Agree(_Measured):
    form = 'agree'
    agree: Two
    tab: None = None

    def names(self, study: Study) -> Collection[str]:
        return study.others.schedules if study.others else ()


class _OnSurvival(_Entry):
    def names(self, study: Study) -> Collection[str]:
        return survival_kinds(study)


class _Living(_OnSurvival):
    first: Direction

    def rest(self, study: Study) -> dict[str, Any]:
        kinds = survival_kinds(study)
        if len({len(kinds[kind]) for kind in self.kinds()}) > 1:
            raise ValueError(f'{self.form} compares one peak with one, or all '
                             'with all')
        return {'asserts': self.first, 'tab': study.tabs[0]}


class _Alive(_Living):
    form = 'alive'
    alive: Two


class _Saves(_Living):
    form = 'saves'
    saves: Two
    after: Epochs

    def rest(self, study: Study) -> dict[str, Any]:
        longest = study.survival.epochs_at_peak if study.survival else 0
        return {**super().rest(study),
                'after': _epoch('after', self.after, longest + 1)}


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
    kind.form: kind for kind in (_Compare, _Grow, _Steadier, _Gain, _Agree,
                                 _Alive, _Saves, _Dies)}
# Those that need the confirming seeds.
TRAINED = ('compare', 'grow', 'steadier', 'gain')


def _epoch(key: str, value: int, epochs: int) -> int:
    if value >= epochs:
        raise ValueError(f'{key} must be an epoch from 1 to {epochs - 1}, '
                         f'got {value}')
    return value
