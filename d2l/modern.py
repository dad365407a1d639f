"""Schedules of the years after 2016: cycles, restarts, and a stable phase.

As in d2l.schedulers, a schedule is a pure function of time, t -> rate.
"""
import math
from collections.abc import Callable
from dataclasses import dataclass

from d2l.checks import store_plain, whole_number
from d2l.schedulers import WarmupScheduler, _of_time

# What is left of a rate when a fraction x of its decay is over, by shape.
SHAPES: dict[str, Callable[[float], float]] = {
    'linear': lambda x: 1 - x,
    'sqrt': lambda x: 1 - math.sqrt(x),
    'cosine': lambda x: (1 + math.cos(math.pi * x)) / 2}


@dataclass(frozen=True)
class WSDScheduler:
    """Warmup, a stable rate, then a decay that ends at the horizon.

    The decay begins at t = max_update - decay_steps. When a fraction x of it
    is over, the rate is final_lr + (base_lr - final_lr) * s(x), with s(x) =
    1 - x ('linear'), 1 - sqrt(x) ('sqrt') or (1 + cos(pi * x)) / 2
    ('cosine'). Up to the decay the rate does not depend on max_update: runs
    with other horizons can branch off from one run.

    Args:
        max_update: the end of the decay, warmup included, in the unit of t.
        decay_steps: the length of the decay, positive.
        base_lr: the stable rate, positive.
        final_lr: the rate from max_update on, in [0, base_lr].
        warmup_steps: the length of a linear warmup, in
            [0, max_update - decay_steps].
        warmup_begin_lr: the rate at t = 0 if there is a warmup.
        shape: 'linear', 'sqrt' or 'cosine'.

    Raises:
        ValueError: if an argument is outside its range.

    Source: Hu et al. (2024), section 4; the shapes, Hägele et al. (2024).

    >>> f = WSDScheduler(max_update=10, decay_steps=4, base_lr=0.5)
    >>> [f(t) for t in (0, 6, 7, 8, 10, 11)]
    [0.5, 0.5, 0.375, 0.25, 0.0, 0.0]
    """
    max_update: float
    decay_steps: float
    base_lr: float = 0.01
    final_lr: float = 0.0
    warmup_steps: float = 0
    warmup_begin_lr: float = 0.0
    shape: str = 'linear'

    def __post_init__(self) -> None:
        store_plain(self)
        if not 0 < self.decay_steps <= self.max_update:
            raise ValueError(
                'decay_steps must be in (0, max_update], got decay_steps='
                f'{self.decay_steps} with max_update={self.max_update}')
        if not 0 <= self.warmup_steps <= self.max_update - self.decay_steps:
            raise ValueError(
                'warmup_steps must be in [0, max_update - decay_steps], got '
                f'warmup_steps={self.warmup_steps} with max_update='
                f'{self.max_update}, decay_steps={self.decay_steps}')
        if not (self.base_lr > 0 and 0 <= self.final_lr <= self.base_lr):
            raise ValueError(
                'base_lr must be positive and final_lr in [0, base_lr], got '
                f'base_lr={self.base_lr}, final_lr={self.final_lr}')
        if not (isinstance(self.shape, str) and self.shape in SHAPES):
            raise ValueError(f'shape must be one of {", ".join(SHAPES)}, got '
                             f'shape={self.shape!r}')
        self(0)  # WarmupScheduler checks its own

    @_of_time
    def __call__(self, t: float) -> float:
        schedule = WarmupScheduler(self._after, self.warmup_steps,
                                   self.warmup_begin_lr)
        return schedule(t)

    def _after(self, t: float) -> float:
        begin = self.max_update - self.decay_steps - self.warmup_steps
        done = min(max(t - begin, 0) / self.decay_steps, 1)
        left = SHAPES[self.shape](done)
        return self.final_lr + (self.base_lr - self.final_lr) * left


@dataclass(frozen=True)
class OneCycleScheduler:
    """Half a cosine from begin_lr to base_lr, then one to final_lr.

    With W = warmup_steps and T = max_update, the first takes the time up to
    W, the second the rest up to T; from there on the rate is final_lr. A
    momentum that moves against the rate is one of these too, with a base
    below its ends.

    Args:
        max_update: T, the end of the cycle, in the unit of t.
        base_lr: the rate at W, positive.
        begin_lr: the rate at t = 0, not negative.
        final_lr: the rate from T on, not negative.
        warmup_steps: W, in (0, max_update).

    Raises:
        ValueError: if an argument is outside its range.

    Source: Smith and Topin (2019), who use straight lines and a last, steeper
    one; cosines as in PyTorch's OneCycleLR.

    >>> f = OneCycleScheduler(max_update=10, base_lr=1.0, begin_lr=0.04,
    ...                       warmup_steps=4)
    >>> [round(f(t), 6) for t in (0, 2, 4, 7, 10, 11)]
    [0.04, 0.52, 1.0, 0.5, 0.0, 0.0]
    """
    max_update: float
    base_lr: float
    begin_lr: float
    final_lr: float = 0.0
    warmup_steps: float = 1

    def __post_init__(self) -> None:
        store_plain(self)
        if not 0 < self.warmup_steps < self.max_update:
            raise ValueError(
                'warmup_steps must be in (0, max_update), got warmup_steps='
                f'{self.warmup_steps} with max_update={self.max_update}')
        if not self.base_lr > 0:
            raise ValueError('base_lr must be positive, '
                             f'got base_lr={self.base_lr}')
        if not (self.begin_lr >= 0 and self.final_lr >= 0):
            raise ValueError(
                'begin_lr and final_lr must not be negative, got begin_lr='
                f'{self.begin_lr}, final_lr={self.final_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        if t <= self.warmup_steps:
            left = SHAPES['cosine'](t / self.warmup_steps)
            return self.base_lr + (self.begin_lr - self.base_lr) * left
        length = self.max_update - self.warmup_steps
        left = SHAPES['cosine'](min((t - self.warmup_steps) / length, 1))
        return self.final_lr + (self.base_lr - self.final_lr) * left


@dataclass(frozen=True)
class CosineRestartScheduler:
    """Half a cosine from base_lr to final_lr, again and again.

    A cycle ends just before the next one begins: there the rate is base_lr.
    The first cycle lasts `period`, each later one `growth` times as long as
    the one before it.

    Args:
        period: the length of the first cycle, in the unit of t, positive.
        base_lr: the rate at the begin of every cycle, positive.
        final_lr: the rate that every cycle approaches, in [0, base_lr].
        growth: a whole number of at least 1.

    Raises:
        ValueError: if an argument is outside its range, or if t is infinite.

    Source: Loshchilov and Hutter (2017), equation 5; period is their T_0,
    growth their T_mult.

    >>> f = CosineRestartScheduler(period=2, base_lr=0.4, growth=2)
    >>> [round(f(t), 6) for t in range(7)]
    [0.4, 0.2, 0.4, 0.341421, 0.2, 0.058579, 0.4]
    """
    period: float
    base_lr: float = 0.01
    final_lr: float = 0.0
    growth: int = 1

    def __post_init__(self) -> None:
        store_plain(self)
        object.__setattr__(self, 'growth',
                           whole_number('growth', self.growth, 1))
        if not self.period > 0:
            raise ValueError('period must be positive, '
                             f'got period={self.period}')
        if not (self.base_lr > 0 and 0 <= self.final_lr <= self.base_lr):
            raise ValueError(
                'base_lr must be positive and final_lr in [0, base_lr], got '
                f'base_lr={self.base_lr}, final_lr={self.final_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        if math.isinf(t):
            raise ValueError(f't must be finite, got t={t!r}')
        left = SHAPES['cosine'](self._done(t))
        return self.final_lr + (self.base_lr - self.final_lr) * left

    def _done(self, t: float) -> float:
        """Return the fraction of t's cycle that is over."""
        period = float(self.period)
        if self.growth == 1:
            return t % period / period
        while t >= period:
            t -= period
            period *= self.growth
        return t / period
