"""plan.toml as a list of runs, each with what decides its numbers."""
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from builder.record.checksums import checksum
from d2l import schedulers
from evidence import EvidenceError

FOLDER = Path(__file__).parent
FIRST = 'pytorch'  # the tab that explores and confirms


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        schedule: its name in the plan.
        seed: what random numbers begin from.
        epochs: how long it trains.
        settings: what make_schedule needs.
    """
    schedule: str
    seed: int
    epochs: int
    settings: dict = field(hash=False)

    @property
    def per_update(self):
        """Whether the rate is asked for before every update."""
        return self.settings.get('per_update', False)

    def key(self):
        """Return what tells this run from others of the same code."""
        scheduler = make_schedule(self.schedule, self.settings)
        steps = 8 if self.per_update else 1
        rates = [f'{scheduler(i / steps):.9f}'
                 for i in range(self.epochs * steps)]
        return self.schedule, self.seed, self.epochs, checksum(rates)


@dataclass(frozen=True)
class Plan:
    """plan.toml; see the comments there."""
    epochs: int
    explore: tuple[int, ...]
    confirm: tuple[int, ...]
    schedules: dict
    others: dict
    survival: dict

    def runs(self, tab, claimed=()):
        """Return the Runs of a tab, the most needed first.

        Args:
            tab: a tab's name.
            claimed: names of the schedules that get the confirming seeds.
        """
        if tab in self.others['tabs']:
            return self._grid(self.others['seeds'], self.others['schedules'])
        if tab != FIRST:
            return []
        named = [name for name in self.schedules if name in claimed]
        others = [name for name in self.schedules if name not in claimed]
        return (self._grid(self.explore, named)
                + self.confirming_runs(named)
                + self._grid(self.explore, others) + self.survival_runs())

    def confirming_runs(self, names):
        """Return the Runs of these schedules with the confirming seeds."""
        return self._grid(self.confirm, names)

    def _grid(self, seeds, names):
        return [Run(name, seed, self.epochs, self.schedules[name])
                for name in names for seed in seeds]

    def survival_runs(self):
        """Return the Runs of the survival grid."""
        return [Run(survival_name(peak, warmup), seed,
                    self.survival['epochs_at_peak'] + warmup,
                    {'constant': peak, 'warmup': warmup,
                     'per_update': warmup > 0})
                for seed in self.survival['seeds']
                for warmup in self.survival['warmups']
                for peak in self.survival['peaks']]

    def survival_kinds(self):
        """Return {kind: its Runs} of the survival grid: the runs of one peak
        and warmup, and those of all peaks, 'survival * warmup 5'."""
        kinds = {}
        for run in self.survival_runs():
            every = survival_name('*', run.settings['warmup'])
            for kind in (run.schedule, every):
                kinds.setdefault(kind, []).append(run)
        return kinds


def survival_name(peak, warmup):
    """Return what runs of the survival grid are called."""
    return f'survival {peak} warmup {warmup}'


def load_plan(path=FOLDER / 'plan.toml'):
    """Return the Plan in the file at `path`.

    Raises:
        EvidenceError: if it is malformed, or names what does not exist.
    """
    try:
        with open(path, 'rb') as file:
            entries = tomllib.load(file)
        plan = Plan(**{key: tuple(value) if isinstance(value, list) else value
                       for key, value in entries.items()})
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise EvidenceError(f'{path.name}: {error}') from None
    for name, settings in plan.schedules.items():
        make_schedule(name, settings)
    for table, keys in (('others', ('tabs', 'seeds', 'schedules')),
                        ('survival', ('peaks', 'warmups', 'epochs_at_peak',
                                      'seeds'))):
        if set(getattr(plan, table)) != set(keys):
            raise EvidenceError(f'{path.name}: [{table}] must have '
                                f'{", ".join(keys)}')
    for name in plan.others['schedules']:
        if name not in plan.schedules:
            raise EvidenceError(f'{path.name}: [others] names an unknown '
                                f'schedule {name!r}')
    both = {*plan.explore} & {*plan.confirm}
    if both:
        raise EvidenceError(f'{path.name}: seed {min(both)} explores and '
                            'confirms, expected one or the other')
    return plan


def make_schedule(name, settings):
    """Return the function of time that an entry of the plan describes.

    Raises:
        EvidenceError: if there is no such schedule, or it refuses its
            arguments.
    """
    settings = {k: v for k, v in settings.items() if k != 'per_update'}
    warmup = settings.pop('warmup', 0)
    kind = settings.pop('scheduler', None)
    known = sorted(n for n in vars(schedulers) if n.endswith('Scheduler'))
    try:
        if kind is None:
            rate = settings.pop('constant')
            schedule = schedulers.FactorScheduler(base_lr=rate, **settings)
        elif kind in known:
            schedule = getattr(schedulers, kind)(**settings)
        else:
            raise EvidenceError(
                f'plan.toml: {name!r} has an unknown scheduler {kind!r}, '
                f'expected one of {", ".join(known)}')
        return schedulers.WarmupScheduler(schedule, warmup)
    except KeyError:
        raise EvidenceError(f'plan.toml: {name!r} has neither a scheduler nor '
                            'a constant rate') from None
    except (TypeError, ValueError) as error:
        raise EvidenceError(f'plan.toml: {name!r}: {error}') from None
