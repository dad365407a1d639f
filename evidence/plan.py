"""A study as a list of runs, each with what decides its numbers."""
import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.methods import STEPS, Branch, rates_of
from evidence.record import Key, Split, method_checksum
from evidence.schedules import Schedule, at_peak, make_schedule
from evidence.studies import Study

Choice = Mapping[str, float]  # the peak chosen for each schedule


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        schedule: its name in the study.
        seed: what random numbers begin from.
        epochs: how long it trains.
        settings: what make_schedule needs.
        split: which images it is evaluated on.
        stop_after: how many dead epochs in a row end it; None if none do.
        measure: what else is recorded.
        method: what else decides its numbers: see methods.py.
    """
    schedule: str
    seed: int
    epochs: int
    settings: Mapping[str, Any] = field(hash=False)
    split: Split = 'test'
    stop_after: int | None = None
    measure: tuple[str, ...] = ()
    method: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def per_update(self) -> bool:
        """Whether the rate is asked for before every update."""
        return bool(self.settings.get('per_update', False))

    def scheduler(self) -> Schedule:
        """Return its schedule."""
        return _scheduler(self.schedule, self.settings)

    @property
    def branches(self) -> list[tuple[str, int, int, Schedule]]:
        """What leaves it: name, from which epoch, for how many, its rates."""
        trunk = self.scheduler()
        return [(name, about['at'], about['over'], Branch(
                    of=self.schedule, **{key: about[key] for key in (
                        'at', 'over', 'shape')}).schedule(trunk))
                for name, about in self.method.get('branches', {}).items()]

    def key(self) -> Key:
        """Return what tells this run from others of the same code."""
        rates = _rates(self.scheduler(), self.epochs,
                       STEPS if self.per_update else 1)
        return Key(self.schedule, self.seed, self.epochs, rates, self.split,
                   method_checksum(self.method))


# Both are the same for all seeds.
_rates = functools.lru_cache(maxsize=1024)(rates_of)
_made = functools.lru_cache(maxsize=1024)(
    lambda name, settings: make_schedule(name, dict(settings)))


def _scheduler(name: str, settings: Mapping[str, Any]) -> Schedule:
    return _made(name, tuple(
        (key, tuple(value) if isinstance(value, list) else value)
        for key, value in settings.items()))


def planned(study: Study, tab: str, claimed: Collection[str] = (),
            choice: Choice | None = None) -> list[Run]:
    """Return the Runs of a study in a tab, the most needed first; without
    those that tune, which tuning.py lists.

    Args:
        study: the Study.
        tab: a tab's name.
        claimed: names of the schedules that its claims name.
        choice: the peaks that tuning chose, if it did.
    """
    if study.others and tab in study.others.tabs:
        return grid(study, study.others.seeds, study.others.schedules)
    if tab not in study.tabs:
        return []
    if study.tuning:
        return ([*dict.fromkeys(confirming_runs(study, study.kinds, choice))]
                if choice else [])
    named = [name for name in study.schedules
             if name in claimed or not study.explore]
    others = [name for name in study.schedules if name not in named]
    return (grid(study, study.explore, named)
            + confirming_runs(study, named)
            + grid(study, study.explore, others) + survival_runs(study))


def confirming_runs(study: Study, kinds: Iterable[str],
                    choice: Choice | None = None) -> list[Run]:
    """Return the Runs of these kinds with the confirming seeds, each at its
    chosen peak if there is a choice; some may be of more than one kind."""
    if choice is None:
        return grid(study, study.confirm,
                    [study.kinds[kind][0] for kind in kinds])
    return [tuned for kind in kinds
            for tuned in tuned_runs(study, study.kinds[kind][0],
                                    study.peak(kind, choice), study.confirm,
                                    study.split)]


def tuned_runs(study: Study, name: str, peak: float, seeds: Iterable[int],
               split: Split) -> list[Run]:
    """Return the Runs of a schedule at a peak."""
    return _runs(study, f'{name} {peak:g}', name,
                 at_peak(study.schedules[name], peak), seeds, split)


def grid(study: Study, seeds: Iterable[int],
         names: Iterable[str]) -> list[Run]:
    """Return the Runs of these schedules with these seeds."""
    seeds = tuple(seeds)
    return [run for name in names
            for run in _runs(study, name, name, study.schedules[name], seeds,
                             study.split)]


def _runs(study: Study, called: str, name: str, settings: Mapping[str, Any],
          seeds: Iterable[int], split: Split) -> list[Run]:
    method = study.method(name, _scheduler(name, settings))
    return [Run(called, seed, study.epochs_of(name), settings, split,
                **_rules(study), method=method) for seed in seeds]


def _rules(study: Study) -> dict[str, Any]:
    return {'stop_after': study.stop_after_dead_epochs,
            'measure': study.measure}


def survival_runs(study: Study) -> list[Run]:
    """Return the Runs of the survival grid."""
    if not (part := study.survival):
        return []
    return [Run(survival_name(peak, warmup), seed,
                part.epochs_at_peak + warmup,
                {'constant': peak, 'warmup': warmup,
                 'per_update': warmup > 0}, study.split, **_rules(study))
            for seed in part.seeds
            for warmup in part.warmups
            for peak in part.peaks]


def survival_kinds(study: Study) -> dict[str, list[Run]]:
    """Return {kind: its Runs} of the survival grid: the runs of one peak and
    warmup, and those of all peaks, 'survival * warmup 5'."""
    kinds: dict[str, list[Run]] = {}
    for run in survival_runs(study):
        every = survival_name('*', run.settings['warmup'])
        for kind in (run.schedule, every):
            kinds.setdefault(kind, []).append(run)
    return kinds


def survival_name(peak: float | str, warmup: int) -> str:
    """Return what runs of the survival grid are called."""
    return f'survival {peak} warmup {warmup}'
