"""What a run does besides following its schedule, as a study writes it down.

    [optimizers]                 what a schedule's `optimizer` may name; if it
                                 has none, it is plain gradient descent
    "heavy ball" = { kind = "SGD", momentum = 0.9 }
    "cycled" = { kind = "SGD", momentum = { scheduler = ... } }
    "adamw" = { kind = "AdamW", weight_decay = 0.01 }
    "free" = { kind = "schedule-free SGD", momentum = 0.9 }

    [averages]                   networks besides the one that is trained, with
                                 averages of its weights: over all updates,
                                 each half as heavy as one half_life epochs
                                 later; over the ends of some epochs; or the
                                 one that a schedule-free optimizer keeps
    "ema" = { of = ["constant"], half_life = 1 }
    "swa" = { of = ["constant"], ends = [6, 7, 8, 9, 10] }
    "x" = { of = ["schedule-free"], kept = true }

    [branches]                   networks that leave a run, whose own rate goes
                                 on, and take theirs to zero
    "5 line" = { of = "stable", at = 4, over = 1, shape = "linear" }

    [rules]                      schedules at a multiple of another's best peak
    "1024 by four" = { of = "1024", like = "256", times = 4 }

All of them are PyTorch's affair; the rules are no framework's.
"""
import functools
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from builder.record.checksums import checksum
from builder.record.reach import reach
from d2l.modern import SHAPES
from evidence import EvidenceError
from evidence.chapter import ROOT
from evidence.schedules import Schedule, make_schedule
from evidence.schema import Epochs, Strict, Text, Words

Fraction = Annotated[float, Field(ge=0, lt=1)]
Ends = Annotated[tuple[Epochs, ...], Field(strict=False, min_length=1)]
Settings = dict[str, bool | int | float | str | list[float]]
Named = dict[str, Any]
STEPS = 8  # in an epoch, at which a momentum is compared


class Optimizer(Strict):
    """What takes the place of the chapter's trainer."""
    kind: Literal['SGD', 'AdamW', 'schedule-free SGD']
    momentum: Fraction | dict[str, float | str] | None = None
    weight_decay: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode='after')
    def _fits(self) -> Self:
        if (self.momentum is None) is (self.weight_decay is None):
            raise ValueError('expected one of momentum, weight_decay')
        if (self.kind == 'AdamW') is (self.weight_decay is None):
            raise ValueError(f'{self.kind} has no such argument')
        if isinstance(self.momentum, dict):
            if self.kind != 'SGD':
                raise ValueError(f'{self.kind} has a constant momentum')
            try:
                make_schedule('momentum', self.momentum)
            except EvidenceError as error:
                raise ValueError(str(error)) from None
        return self

    def about(self, epochs: int) -> Named:
        """Return what decides the numbers of a run of so many epochs."""
        found = self.model_dump(exclude_none=True)
        if isinstance(self.momentum, dict):
            found['momenta'] = rates_of(
                make_schedule('momentum', self.momentum), epochs, STEPS)
        return found


class Average(Strict):
    """A network with an average of a run's weights."""
    of: Words
    half_life: Annotated[float, Field(gt=0)] | None = None  # epochs
    ends: Ends | None = None  # numbers of epochs
    kept: Literal[True] | None = None

    @model_validator(mode='after')
    def _one(self) -> Self:
        if (self.half_life, self.ends, self.kept).count(None) != 2:
            raise ValueError('expected one of half_life, ends, kept')
        return self


class Branch(Strict):
    """A decay to zero that leaves a run."""
    of: Text
    at: Epochs
    over: Epochs
    shape: Literal['linear', 'sqrt', 'cosine']

    def schedule(self, trunk: Schedule) -> Schedule:
        """Return the rates of a whole run that takes this branch."""
        def rate(t: float) -> float:
            if t < self.at:
                return trunk(t)
            done = min((t - self.at) / self.over, 1)
            return trunk(self.at) * SHAPES[self.shape](done)
        return rate


class Rule(Strict):
    """A schedule at a multiple of what tuning chose for another."""
    of: Text
    like: Text
    times: Annotated[float, Field(gt=0)]


def rates_of(schedule: Schedule, epochs: int, steps: int) -> str:
    """Return the checksum of the rates of a run, `steps` an epoch."""
    return checksum([f'{schedule(i / steps):.9f}'
                     for i in range(epochs * steps)])


@functools.cache
def code() -> str:
    """Return a checksum of the code that only such runs are made with."""
    modules = ('evidence/optimizers.py', 'evidence/averages.py',
               'evidence/branching.py')
    names = ('make_trainer', 'Averages', 'grow')
    cell = '\n'.join(
        f'from {module[:-3].replace("/", ".")} import {name}'
        for module, name in zip(modules, names))
    return checksum(reach(ROOT, modules, [cell], names).checksums)


class Methods(Strict):
    """What a study's schedules are trained with, and what comes of them.

    A kind is what a claim may name: a schedule, 'cosine'; one of its averages
    or branches, 'cosine, ema'; or a rule.
    """
    epochs: Epochs = 30
    last: Epochs = 5
    schedules: dict[str, Settings] = {}
    optimizers: dict[str, Optimizer] = {}
    averages: dict[str, Average] = {}
    branches: dict[str, Branch] = {}
    rules: dict[str, Rule] = {}

    @property
    def kinds(self) -> dict[str, tuple[str, str]]:
        """{kind: its schedule, and which network of its runs; '' is the one
        that was trained}."""
        found = {name: (name, '') for name in self.schedules}
        found |= {f'{of}, {name}': (of, name)
                  for name, part in self.averages.items() for of in part.of}
        found |= {f'{part.of}, {name}': (part.of, name)
                  for name, part in self.branches.items()}
        return found | {name: (rule.of, '')
                        for name, rule in self.rules.items()}

    @property
    def tuned(self) -> tuple[str, ...]:
        """The kinds that have a peak of their own: no rule, and no branch,
        since all branches of a run have its peak."""
        return tuple(kind for kind, (_, view) in self.kinds.items()
                     if kind not in self.rules and view not in self.branches)

    def views(self, kind: str) -> tuple[str, ...]:
        """Return which networks of a run a kind is scored by: for a run that
        has branches, these."""
        name, view = self.kinds[kind]
        grown = () if view else tuple(self.branches_of(name))
        return grown or (view,)

    def peak(self, kind: str, choice: Mapping[str, float]) -> float:
        """Return the peak of a kind, given those that tuning chose."""
        if rule := self.rules.get(kind):
            return round(rule.times * choice[rule.like], 9)
        name, view = self.kinds[kind]
        return choice[name if view in self.branches else kind]

    def branches_of(self, name: str) -> dict[str, Branch]:
        """Return the branches of a schedule's runs."""
        return {key: part for key, part in self.branches.items()
                if part.of == name}

    def epochs_of(self, name: str) -> int:
        """Return how long a schedule's runs train."""
        return int(str(self.schedules[name].get('epochs', self.epochs)))

    def method(self, name: str, schedule: Schedule) -> Named:
        """Return all that decides the numbers of a schedule's runs besides
        the rates and the chapter's code: nothing, if there is no more."""
        settings, found = self.schedules[name], Named()
        if 'batch_size' in settings:
            found['batch size'] = settings['batch_size']
        if 'optimizer' in settings:
            optimizer = self.optimizers[str(settings['optimizer'])]
            found['optimizer'] = optimizer.about(self.epochs_of(name))
        averages = {key: part.model_dump(exclude={'of'}, exclude_none=True)
                    for key, part in self.averages.items() if name in part.of}
        branches = {key: {**part.model_dump(exclude={'of'}),
                          'rates': rates_of(part.schedule(schedule),
                                            part.at + part.over, STEPS)}
                    for key, part in self.branches_of(name).items()}
        found |= {key: value for key, value in (
            ('averages', averages), ('branches', branches)) if value}
        return {**found, 'code': code()} if found else {}

    @model_validator(mode='after')
    def _methods(self) -> Self:
        averaged = [name for part in self.averages.values()
                    for name in part.of]
        others = [*averaged, *(part.of for part in self.branches.values()),
                  *(part.of for part in self.rules.values())]
        _known('schedule', [*others, *(part.like for part in
                                       self.rules.values())], self.schedules)
        if len(self.kinds) < len(self.schedules) + len(others):
            raise ValueError('two kinds of runs have the same name')
        for name in self.schedules:
            self._method(name)
        return self

    def _method(self, name: str) -> None:
        settings, grown = self.schedules[name], self.branches_of(name)
        for key in ('epochs', 'batch_size'):
            value = settings.get(key, 1)
            if type(value) is not int or value < 1:
                raise ValueError(f'{name!r}: {key} must be a whole number of '
                                 f'at least 1, got {value!r}')
        if 'optimizer' in settings:
            _known('optimizer', [settings['optimizer']], self.optimizers)
        averages = [part for part in self.averages.values()
                    if name in part.of]
        if grown and averages:
            raise ValueError(f'{name!r} has branches and averages, expected '
                             'one or the other')
        if any(part.at > self.epochs_of(name) for part in grown.values()):
            raise ValueError(f'a branch leaves {name!r} after its end')
        optimizer = self.optimizers.get(str(settings.get('optimizer')))
        if any(part.kept for part in averages) and (
                not optimizer or optimizer.kind != 'schedule-free SGD'):
            raise ValueError(f'{name!r} keeps no average')


def _known(what: str, names: Iterable[object],
           known: Collection[object]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f'unknown {what} {name!r}, expected one of '
                             f'{", ".join(map(str, known)) or "none"}')
