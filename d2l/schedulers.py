"""Learning-rate schedules: the rate as a pure function of time.

A schedule is any callable t -> rate, t = 0, 1, 2, ... in the unit that the
training loop counts (epochs in this chapter; fractions are fine). Calling it
changes nothing, so the curve we plot is the curve we train with.

t is one number, not negative; NumPy's scalars and tensors without axes count
as numbers, and the rate is a plain float. An array is no number, and neither
is what JAX traces. Optax, which calls its schedules in traced code, looks the
rates up:

    rates = jnp.asarray([schedule(t) for t in range(num_updates)])
    trainer = optax.sgd(lambda t: rates[t])
"""
import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, SupportsFloat

from d2l.checks import one_number, store_plain

# To mypy, a power of floats may be anything:
# mypy: no-warn-return-any


def _of_time(rate: Callable[[Any, float], float]
             ) -> Callable[[Any, SupportsFloat], float]:
    """Decorate `__call__`: t must be a number >= 0, the rate is a float."""
    @functools.wraps(rate)
    def call(self: object, t: SupportsFloat) -> float:
        time = one_number('t', t)
        if time < 0:
            raise ValueError(f't must not be negative, got t={t!r}')
        return float(one_number('rate', rate(self, time)))
    return call


@dataclass(frozen=True)
class SquareRootScheduler:
    """The rate lr / sqrt(t + 1).

    Args:
        lr: the rate at t = 0, positive.

    Raises:
        ValueError: if lr is not positive.

    Source: the O(t^-1/2) decay of stochastic gradient descent on convex
    problems.

    >>> [SquareRootScheduler(lr=0.3)(t) for t in (0, 3, 8)]
    [0.3, 0.15, 0.09999999999999999]
    """
    lr: float = 0.1

    def __post_init__(self) -> None:
        store_plain(self)
        if not self.lr > 0:
            raise ValueError(f'lr must be positive, got lr={self.lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        return self.lr * (t + 1) ** -0.5


@dataclass(frozen=True)
class FactorScheduler:
    """The rate max(stop_factor_lr, base_lr * factor ** t).

    Args:
        factor: what the rate is multiplied with per unit of t, in (0, 1].
        stop_factor_lr: the floor, in [0, base_lr].
        base_lr: the rate at t = 0, positive.

    Raises:
        ValueError: if an argument is outside its range.

    >>> f = FactorScheduler(factor=0.5, stop_factor_lr=0.3, base_lr=2.0)
    >>> [f(t) for t in range(5)]
    [2.0, 1.0, 0.5, 0.3, 0.3]
    """
    factor: float = 1.0
    stop_factor_lr: float = 1e-7
    base_lr: float = 0.1

    def __post_init__(self) -> None:
        store_plain(self)
        if not 0 < self.factor <= 1:
            raise ValueError('factor must be in (0, 1], '
                             f'got factor={self.factor}')
        if not self.base_lr > 0:
            raise ValueError('base_lr must be positive, '
                             f'got base_lr={self.base_lr}')
        if not 0 <= self.stop_factor_lr <= self.base_lr:
            raise ValueError(
                'stop_factor_lr must be in [0, base_lr], got stop_factor_lr='
                f'{self.stop_factor_lr} with base_lr={self.base_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        return max(self.stop_factor_lr, self.base_lr * self.factor ** t)


@dataclass(frozen=True)
class MultiFactorScheduler:
    """The rate base_lr * factor ** (number of milestones <= t).

    A cut acts at its milestone: with step=[15, 30], t = 15 is the first
    moment at the lower rate.

    Args:
        step: milestones in the unit of t, positive and increasing.
        factor: what each milestone multiplies the rate with, in (0, 1].
        base_lr: the rate at t = 0, positive.

    Raises:
        ValueError: if an argument is outside its range.

    >>> f = MultiFactorScheduler(step=[15, 30], factor=0.5, base_lr=0.5)
    >>> [f(t) for t in (0, 14, 15, 29, 30, 99)]
    [0.5, 0.5, 0.25, 0.25, 0.125, 0.125]
    """
    step: Sequence[float]
    factor: float = 1.0
    base_lr: float = 0.1

    def __post_init__(self) -> None:
        store_plain(self)
        if any(not a < b for a, b in zip((0, *self.step), self.step)):
            raise ValueError('step must be positive and increasing, '
                             f'got step={list(self.step)}')
        if not 0 < self.factor <= 1:
            raise ValueError('factor must be in (0, 1], '
                             f'got factor={self.factor}')
        if not self.base_lr > 0:
            raise ValueError('base_lr must be positive, '
                             f'got base_lr={self.base_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        reached = sum(t >= milestone for milestone in self.step)
        return self.base_lr * self.factor ** reached


@dataclass(frozen=True)
class PolyScheduler:
    """The rate final_lr + (base_lr - final_lr) * (1 - t / T) ** pwr.

    T is max_update; from there on the rate is final_lr.

    Args:
        max_update: T, in the unit of t, positive.
        base_lr: the rate at t = 0, positive.
        pwr: the exponent, positive; 1 is a straight line.
        final_lr: the rate from T on, in [0, base_lr].

    Raises:
        ValueError: if an argument is outside its range.

    Source: the formula of MXNet's PolyScheduler.

    >>> f = PolyScheduler(max_update=4, base_lr=1.0, pwr=2)
    >>> [f(t) for t in range(6)]
    [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    """
    max_update: float
    base_lr: float = 0.01
    pwr: float = 2
    final_lr: float = 0.0

    def __post_init__(self) -> None:
        store_plain(self)
        if not self.max_update > 0:
            raise ValueError('max_update must be positive, '
                             f'got max_update={self.max_update}')
        if not self.pwr > 0:
            raise ValueError(f'pwr must be positive, got pwr={self.pwr}')
        if not (self.base_lr > 0 and 0 <= self.final_lr <= self.base_lr):
            raise ValueError(
                'base_lr must be positive and final_lr in [0, base_lr], got '
                f'base_lr={self.base_lr}, final_lr={self.final_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        left = 1 - min(t / self.max_update, 1)
        return self.final_lr + (self.base_lr - self.final_lr) * left**self.pwr


@dataclass(frozen=True)
class WarmupScheduler:
    """A warmup before any schedule; then that schedule, its clock at 0.

    With mode 'linear' the rate rises in a straight line from begin_lr to
    after(0); with 'constant' it stays at begin_lr until the warmup is over.

    Args:
        after: the schedule that follows, a callable t -> rate.
        warmup_steps: the length of the warmup in the unit of t, not negative.
        begin_lr: the rate at t = 0, in [0, after(0)]; positive if constant.
        mode: 'linear' or 'constant'.

    Raises:
        ValueError: if an argument is outside its range.

    Source: Goyal et al. (2017), section 2.2.

    >>> f = WarmupScheduler(SquareRootScheduler(lr=0.4), warmup_steps=4)
    >>> [f(t) for t in range(5)], f(7)
    ([0.0, 0.1, 0.2, 0.30000000000000004, 0.4], 0.2)
    """
    after: Callable[[float], float]
    warmup_steps: float
    begin_lr: float = 0.0
    mode: str = 'linear'

    def __post_init__(self) -> None:
        store_plain(self)
        if not callable(self.after):
            raise ValueError('after must be a schedule, a callable t -> rate, '
                             f'got after={self.after!r}')
        if self.mode not in ('linear', 'constant'):
            raise ValueError("mode must be 'linear' or 'constant', "
                             f'got mode={self.mode!r}')
        if not self.warmup_steps >= 0:
            raise ValueError('warmup_steps must not be negative, '
                             f'got warmup_steps={self.warmup_steps}')
        peak = one_number('after(0)', self.after(0))
        if not 0 <= self.begin_lr <= peak:
            raise ValueError('begin_lr must be in [0, after(0)], got begin_lr='
                             f'{self.begin_lr} with after(0)={peak}')
        if self.mode == 'constant' and self.warmup_steps and not self.begin_lr:
            raise ValueError('a constant warmup needs begin_lr > 0, '
                             f'got begin_lr={self.begin_lr}')

    @_of_time
    def __call__(self, t: float) -> float:
        if t >= self.warmup_steps:
            return self.after(t - self.warmup_steps)
        if self.mode == 'constant':
            return self.begin_lr
        rise = self.after(0) - self.begin_lr
        return self.begin_lr + rise * t / self.warmup_steps


@dataclass(frozen=True)
class CosineScheduler:
    """Half a cosine from base_lr to final_lr, after an optional warmup.

    With T = max_update - warmup_steps and t counted from the end of the
    warmup, the rate is
    final_lr + (base_lr - final_lr) / 2 * (1 + cos(pi * t / T)) up to T, and
    final_lr from there on.

    Args:
        max_update: the end of the decay, warmup included, in the unit of t.
        base_lr: the rate at the end of the warmup, positive.
        final_lr: the rate from max_update on, in [0, base_lr].
        warmup_steps: the length of the warmup, in [0, max_update).
        warmup_begin_lr: the rate at t = 0 if there is a warmup.
        warmup_mode: 'linear' or 'constant', see WarmupScheduler.

    Raises:
        ValueError: if an argument is outside its range.

    Source: Loshchilov and Hutter (2017), equation 5, one cycle.

    >>> f = CosineScheduler(max_update=20, base_lr=0.3, final_lr=0.01)
    >>> [round(f(t), 6) for t in (0, 10, 20, 21)]
    [0.3, 0.155, 0.01, 0.01]
    """
    max_update: float
    base_lr: float = 0.01
    final_lr: float = 0.0
    warmup_steps: float = 0
    warmup_begin_lr: float = 0.0
    warmup_mode: str = 'linear'

    def __post_init__(self) -> None:
        store_plain(self)
        if not 0 <= self.warmup_steps < self.max_update:
            raise ValueError(
                'warmup_steps must be in [0, max_update), got warmup_steps='
                f'{self.warmup_steps} with max_update={self.max_update}')
        if not (self.base_lr > 0 and 0 <= self.final_lr <= self.base_lr):
            raise ValueError(
                'base_lr must be positive and final_lr in [0, base_lr], got '
                f'base_lr={self.base_lr}, final_lr={self.final_lr}')
        self(0)  # WarmupScheduler checks its own

    @_of_time
    def __call__(self, t: float) -> float:
        schedule = WarmupScheduler(self._decay, self.warmup_steps,
                                   self.warmup_begin_lr, self.warmup_mode)
        return schedule(t)

    def _decay(self, t: float) -> float:
        done = min(t / (self.max_update - self.warmup_steps), 1)
        swing = (self.base_lr - self.final_lr) / 2
        return self.final_lr + swing * (1 + math.cos(math.pi * done))
