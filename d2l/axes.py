"""What a panel has besides plain curves: labels, limits, stairs, names."""
from collections.abc import Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes

Limits = Any  # (lower, upper), of which one may be None
INSIDE = 5  # more names than that stand beside the panel
APART = 1.15  # how far apart names at the ends stand, in sizes of the font


def set_axes(axes: Axes, xlabel: str | None = None, ylabel: str | None = None,
             xlim: Limits | None = None, ylim: Limits | None = None,
             xscale: str = 'linear', yscale: str = 'linear',
             legend: Sequence[str] | None = None) -> None:
    """Label and scale `axes`; with a list of names, add a legend, beside the
    panel if it is long."""
    axes.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    if xlim:
        axes.set_xlim(xlim)
    if ylim:
        axes.set_ylim(ylim)
    if legend:
        beside: dict[str, Any] = {
            'loc': 'center left', 'bbox_to_anchor': (1, 0.5)}
        axes.legend(legend, **beside if len(legend) > INSIDE else {})


def stairs(x: Sequence[float], y: Sequence[float],
           ) -> tuple[list[float], list[float]]:
    """Return the corners of stairs that hold each of two or more values."""
    edges = [*x, 2 * x[-1] - x[-2]]
    return ([edge for edge in edges for _ in range(2)][1:-1],
            [value for value in y for _ in range(2)])


def name_ends(axes: Axes, names: Sequence[str]) -> None:
    """Write each curve's name beside its last point, in its colour.

    Names that would overlap move apart, as far as the panel has room. A curve
    that leaves the panel has its name where it was last seen, and one that is
    never in it has none. The limits stay as they are.
    """
    axes.get_xlim(), axes.get_ylim()  # now they follow the data
    pixels = matplotlib.rcParams['font.size'] * axes.figure.dpi / 72
    step = APART * pixels / axes.bbox.height  # of the panel's height
    seen = [(line, name, *end) for line, name in zip(axes.lines, names)
            if (end := _end(axes, line.get_xydata()))]
    edge = [n for n, (_, _, x, _) in enumerate(seen) if x > 0.9]
    moved = dict(zip(edge, apart([seen[n][3] for n in edge], step)))
    for n, (line, name, x, y) in enumerate(seen):
        axes.annotate(name, (x, moved.get(n, y)), (5, 0), 'axes fraction',
                      'offset points', color=line.get_color(), va='center',
                      annotation_clip=False)


def apart(heights: Sequence[float], step: float) -> list[float]:
    """Return heights that are at least `step` apart and within [0, 1], if
    there is room; in the same order, and near the given ones."""
    order = sorted(range(len(heights)), key=lambda n: heights[n])
    groups: list[list[float]] = []  # the heights of those that stand together
    for n in order:
        groups.append([heights[n]])
        while len(groups) > 1 and (_places(groups[-1], step)[0] - step
                                   < _places(groups[-2], step)[-1]):
            last = groups.pop()
            groups[-1] += last
    placed = [place for group in groups for place in _places(group, step)]
    return [placed[order.index(n)] for n in range(len(heights))]


def _places(group: Sequence[float], step: float) -> list[float]:
    """Return places for a group, `step` apart around its mean, moved into
    [0, 1]; several names with all of their letters."""
    half = step * (len(group) - 1) / 2
    room = half + (step / 2 if len(group) > 1 else 0)
    middle = max(min(sum(group) / len(group), 1 - room), room)
    return [middle - half + step * n for n in range(len(group))]


def _end(axes: Axes, points: Any) -> tuple[float, float] | None:
    """Return a curve's last point in the panel, in fractions of it, None if
    it has none."""
    at = axes.transAxes.inverted().transform(
        axes.transData.transform(np.asarray(points)))
    seen = at[((at > -0.001) & (at < 1.001)).all(axis=1)]
    return (float(seen[-1][0]), float(seen[-1][1])) if len(seen) else None
