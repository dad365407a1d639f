"""studies/: each file a study, written down before its first run.

A study says what it asks and how it decides, which runs it needs, and what was
known before. Its file is called by its place in the order and its name:
1-first-round.toml. What a study may say:

    question, design, primary    sentences: what is asked, how, and which test
                                 decides it
    decides = [...]              the claims of claims.toml that it is made for
    deviations = [...]           what was changed, or known beforehand
    tabs, epochs                 where the schedules train, and for how long
    split = "test"               60,000 images to train on, 10,000 to test
    explore, confirm             seeds to guess from, and to decide with. Every
                                 schedule gets the exploring ones; those that a
                                 claim names get the others as well, or all do
                                 in a study that explores nothing
    [schedules]                  d2l.schedulers with their arguments, asked
                                 before every epoch, or before every update
    [others]                     some of the schedules in other tabs
    [survival]                   a grid of peaks, begun at once or after a
                                 linear warmup, and held
    [tuning]                     peaks tried for each schedule, on images taken
                                 from the training images: see tuning.py
    last = 5                     a run's accuracy is the mean of its last so
                                 many epochs
    [optimizers] [averages]      what a run does besides: see methods.py. What
    [branches] [rules]           claims may name are the schedules, "cosine",
                                 their averages and branches, "cosine, ema",
                                 and the rules
    stop_after_dead_epochs       end a run that is dead for so many in a row
    measure = ["active units"]   what else is recorded: see watch.py
"""
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from builder.record.checksums import checksum
from evidence import EvidenceError
from evidence.chapter import CONFIG
from evidence.methods import Methods, Settings
from evidence.record import Split
from evidence.schedules import PEAK, at_peak, make_schedule
from evidence.schema import (
    Epochs,
    Location,
    Rates,
    Seeds,
    Strict,
    Text,
    Words,
    faults,
    read_toml,
    shown,
    toml_error,
)

FOLDER = Path(__file__).parent
FIRST = next(iter(CONFIG.tabs))  # the tab that explores and confirms
# What tells the reader, and decides no number.
TOLD = ('question', 'design', 'deviations')
Measurement = Literal['active units']
ONLY = ('pytorch',)  # the tabs that can do what methods.py says
MEASURED_IN = {'active units': ('pytorch',)}  # tabs


class Others(Strict):
    """Some schedules of a study in other tabs."""
    tabs: Words
    seeds: Seeds
    schedules: Words


class Survival(Strict):
    """Peaks that a run begins at or ramps up to, and stays at."""
    peaks: Rates
    warmups: Seeds  # epochs
    epochs_at_peak: Epochs
    seeds: Seeds


class Tuning(Strict):
    """Peaks that every schedule is tried with, and how wide it may get."""
    peaks: Rates
    seeds: Seeds
    widen_by: Annotated[float, Field(gt=1)]
    widen_at_most: Annotated[int, Field(ge=0)]


class Study(Methods):
    """A file of studies/; see the text above."""
    name: Text
    first: bool
    question: Text
    design: Text
    primary: Text = 'none'
    decides: Words = ()
    deviations: Words = ()
    tabs: Words
    split: Split = 'test'
    explore: Seeds = ()
    confirm: Seeds = ()
    others: Others | None = None
    survival: Survival | None = None
    tuning: Tuning | None = None
    stop_after_dead_epochs: Epochs | None = None
    measure: Annotated[tuple[Measurement, ...], Field(strict=False)] = ()

    @property
    def folder(self) -> str:
        """Where in runs/ its runs are: the first study's at the top."""
        return '' if self.first else self.name

    @property
    def seeds(self) -> set[int]:
        """All seeds that a study uses."""
        parts = (self.others, self.survival, self.tuning)
        return {*self.explore, *self.confirm}.union(
            *(part.seeds for part in parts if part))

    @property
    def all_tabs(self) -> tuple[str, ...]:
        """All tabs that it has runs in."""
        return self.tabs + (self.others.tabs if self.others else ())

    def sha256(self, claims: Iterable[str]) -> str:
        """Return a checksum of all that decides: seeds, schedules, rules and
        the claims that it is made for, but not how they are told.

        What is left at its default is not in it, so that studies can get
        more of that.
        """
        values = self.model_dump(mode='json', exclude={*TOLD, 'first'},
                                 exclude_defaults=True)
        return checksum([values, *claims])

    @model_validator(mode='after')
    def _sound(self) -> Self:
        _no_other('tab', self.all_tabs, CONFIG.tabs)
        if self.others:
            _no_other('schedule', self.others.schedules, self.schedules)
        both = {*self.explore} & {*self.confirm}
        if self.tuning:
            both |= {*self.tuning.seeds} & {*self.explore, *self.confirm}
        if both:
            raise ValueError(f'seed {min(both)} explores and confirms, '
                             'expected one or the other')
        for what in self.measure:
            _no_other(f'tab to measure {what} in:', self.all_tabs,
                      MEASURED_IN[what])
        if self.tuning and len(self.all_tabs) > 1:
            raise ValueError('a study with [tuning] chooses in one tab, got '
                             f'{", ".join(self.all_tabs)}')
        if self.tuning and (self.explore or self.split != 'test'):
            raise ValueError('a study with [tuning] explores there, and tests '
                             'on test images')
        self._besides()
        if not self.survival and not self.schedules:
            raise ValueError('a study needs [schedules] or [survival]')
        for name, settings in self.schedules.items():
            self._schedule(name, settings)
        return self

    def _besides(self) -> None:
        if self.optimizers or self.averages or self.branches:
            _no_other('tab for such runs:', self.all_tabs, ONLY)
        if self.rules and not self.tuning:
            raise ValueError('[rules] need what [tuning] chooses')
        if self.branches and (self.stop_after_dead_epochs or self.measure):
            raise ValueError('a run with branches is neither stopped nor '
                             'measured')

    def peaks(self, name: str) -> tuple[float, ...]:
        """Return the peaks that a schedule is tried with first."""
        own = self.schedules[name].get('peaks')
        return tuple(own) if isinstance(own, list) else (
            self.tuning.peaks if self.tuning else ())

    def _schedule(self, name: str, settings: Settings) -> None:
        if self.tuning and list(settings.values()).count(PEAK) != 1:
            raise ValueError(f'{name!r} must have {PEAK!r} once, in the place '
                             'of the rate that tuning chooses')
        try:
            for peak in self.peaks(name) or (0.0,):
                make_schedule(name, at_peak(settings, peak))
        except EvidenceError as error:
            raise ValueError(str(error)) from None


def _no_other(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f'unknown {what} {name!r}, expected one of '
                             f'{", ".join(known)}')


def load_studies(folder: Path = FOLDER / 'studies') -> dict[str, Study]:
    """Return {name: Study} of all files of a folder, in their order.

    Raises:
        EvidenceError: if one is malformed, names what does not exist, or uses
            a seed that another uses in the same tab.
    """
    numbered = sorted(map(_numbered, folder.glob('*.toml')))
    studies: dict[str, Study] = {}
    for place, name, path in numbered:
        study = load_study(path, name, first=place == numbered[0][0])
        for other in studies.values():
            _refuse_shared(study, other, path)
        studies[name] = study
    if not studies:
        raise EvidenceError(f'{shown(folder)} has no studies')
    return studies


def _numbered(path: Path) -> tuple[int, str, Path]:
    """Return a study's place and name, as its file is called, and the file."""
    found = re.fullmatch(r'(\d+)-([a-z][a-z-]*)', path.stem)
    if not found:
        raise EvidenceError(f'{shown(path)}: a study is called by its '
                            'place and name, 1-first-round.toml')
    return int(found[1]), found[2], path


def _refuse_shared(study: Study, other: Study, path: Path) -> None:
    """Raise EvidenceError if a study takes a name or a seed of an earlier
    one, `path` being its file."""
    shared = study.seeds & other.seeds
    if shared and {*study.all_tabs} & {*other.all_tabs}:
        raise EvidenceError(f'{shown(path)}: seed {min(shared)} is one of '
                            f'the study {other.name!r}; a new study takes '
                            'new seeds')
    if study.name == other.name:
        raise EvidenceError(f'{shown(path)}: two studies are called '
                            f'{study.name!r}')


def load_study(path: Path, name: str, first: bool = False) -> Study:
    """Return the Study in a file.

    Raises:
        EvidenceError: if it is malformed, or names what does not exist.
    """
    tables, text = read_toml(path)
    reserved = [((key,), 'Extra inputs are not permitted')
                for key in ('name', 'first') if key in tables]
    try:
        if reserved:
            raise toml_error(path, text, reserved)
        return Study(**{**tables, 'name': name, 'first': first})
    except ValidationError as error:
        raise toml_error(path, text, map(_located, faults(error))) from None


def _located(fault: tuple[Location, str]) -> tuple[Location, Any]:
    """Return a fault without the type that was tried for a setting."""
    where, message = fault
    if where[:1] == ('schedules',):
        where = where[:3]
    return where, message
