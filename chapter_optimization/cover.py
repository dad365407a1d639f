"""The picture on the cover: the rates of the chapter's schedules over thirty
epochs, each drawn from the function itself.

Its colours are those of the plots (Okabe and Ito) on no ground, so that the
page's own shows, in light and dark.
"""
from collections.abc import Callable

from d2l import schedulers as s

WIDTH, HEIGHT, EPOCHS, PEAK, MARGIN = 480, 150, 30, 0.3, 6
STEPS, CUTS = 150, (10, 20)
CURVES: list[tuple[Callable[[float], float], str]] = [
    (s.SquareRootScheduler(lr=PEAK), '#56B4E9'),
    (s.FactorScheduler(factor=0.9, stop_factor_lr=0.01, base_lr=PEAK),
     '#009E73'),
    (s.MultiFactorScheduler(step=CUTS, factor=0.5, base_lr=PEAK),
     '#CC79A7'),
    (s.PolyScheduler(max_update=EPOCHS, base_lr=PEAK, pwr=2), '#E69F00'),
    (s.CosineScheduler(max_update=EPOCHS, base_lr=PEAK, final_lr=0.01),
     '#0072B2'),
    (s.CosineScheduler(max_update=EPOCHS, base_lr=PEAK, final_lr=0.01,
                       warmup_steps=5), '#D55E00')]


def draw() -> str:
    """Return the picture as SVG."""
    lines = ''.join(f'<path d="{_path(curve)}" stroke="{colour}"/>'
                    for curve, colour in CURVES)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}"><g fill="none" stroke-width="3" '
            f'stroke-linecap="round" stroke-linejoin="round">{lines}'
            f'</g></svg>\n')


def _path(curve: Callable[[float], float]) -> str:
    """Return a curve as the data of a path."""
    times = sorted([EPOCHS * n / STEPS for n in range(STEPS + 1)]
                   + [cut - 1e-9 for cut in CUTS])  # a step is upright
    return 'M' + ' L'.join(f'{_x(t):.1f} {_y(curve(t)):.1f}' for t in times)


def _x(t: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * t / EPOCHS


def _y(rate: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * rate / PEAK
