"""Figures: `plot`, `show_images`, and the `Animator` that draws as we train.

A figure made here is shown as SVG (what pages and notebooks use) together with
PDF (what the printed book uses), and its alternative text is its plain-text
form, so that an editor which can show no picture shows a sentence. Nothing
depends on pyplot's state, and outside IPython nothing is drawn.

Colours are those of Okabe and Ito, which colour-blind readers can tell apart;
every line of a panel has a dash pattern of its own besides.
"""
import base64
import io
import itertools
import sys
import time
from collections.abc import Sequence
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from d2l.axes import Limits, name_ends, set_axes, stairs
from d2l.points import Curve, Points, curves, numbers
from d2l.svg import with_lasting_ids

STYLE: dict[Any, Any] = {
    'axes.grid': True, 'axes.axisbelow': True,
    'axes.spines.top': False, 'axes.spines.right': False,
    'axes.prop_cycle': cycler(
        color=['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#56B4E9',
               '#E69F00', '#000000'],
        linestyle=['-', '--', '-.', ':', (0, (5, 1)), (0, (3, 1, 1, 1)),
                   (0, (1, 1))]),
    'font.size': 9.0, 'grid.color': '#d8d8d8', 'grid.linewidth': 0.6,
    'legend.frameon': False, 'lines.linewidth': 1.6,
    'pdf.fonttype': 42, 'svg.fonttype': 'path',
}
MANY = 7  # more curves than that are drawn thin
_SAVE: dict[str, dict[str, None]] = {
    'svg': {'Date': None, 'Creator': None},
    'pdf': {'CreationDate': None, 'Creator': None, 'Producer': None}}


def use_svg_display() -> None:
    """Make pyplot's own figures appear as SVG in Jupyter."""
    from matplotlib_inline import backend_inline
    backend_inline.set_matplotlib_formats('svg')  # type: ignore


def set_figsize(figsize: tuple[float, float] = (4.5, 2.8)) -> None:
    """Set the size of figures that name none, (width, height) in inches."""
    use_svg_display()
    matplotlib.rcParams['figure.figsize'] = figsize


def plot(X: Points | Sequence[Points],
         Y: Points | Sequence[Points] | None = None,
         xlabel: str | None = None, ylabel: str | None = None,
         legend: Sequence[str] | None = None, xlim: Limits | None = None,
         ylim: Limits | None = None, xscale: str = 'linear',
         yscale: str = 'linear', fmts: Sequence[str] = (),
         figsize: tuple[float, float] = (4.5, 2.8), axes: Axes | None = None,
         alt: str = '', steps: bool = False, ends: bool = False,
         bands: Sequence[tuple[Points, Points]] = ()) -> None:
    """Plot one or several curves and show the figure.

    Args:
        X: abscissas, (n,), or a list of such; alone, the ordinates over
            0, 1, 2, ...
        Y: ordinates, (n,), or a list of such. One X serves many Y.
        legend: a list of names, for the curves in their order; curves past
            its end have no name.
        fmts: Matplotlib's format strings, such as 'C0-'; the curves take them
            in turn. Without, each has its own colour and dashes.
        figsize: (width, height) in inches.
        axes: draw there instead and show nothing.
        alt: a sentence for those who cannot see the figure.
        steps: hold each value until the next one, and the last one as long
            as that before it, in place of slopes.
        ends: write names at the ends of curves, in place of a legend.
        bands: (lower, upper) of the first curves, filled in their colours.

    Raises:
        ValueError: if X or Y is empty, or they do not fit together.
    """
    found = curves(X, Y)
    with matplotlib.rc_context(STYLE):
        figure = None
        if axes is None:
            figure = Figure(figsize, layout='constrained')
            axes = figure.subplots()
        lines = _draw(axes, found, fmts, steps)
        for (x, _), line, (lower, upper) in zip(found, lines, bands):
            axes.fill_between(x, numbers(lower), numbers(upper), alpha=0.2,
                              color=line.get_color(), linewidth=0)
        set_axes(axes, xlabel, ylabel, xlim, ylim, xscale, yscale,
                 () if ends else legend)
        if ends:
            name_ends(axes, legend or ())
    if figure:
        _show(figure, alt)


def _draw(axes: Axes, found: Sequence[Curve], fmts: Sequence[str],
          steps: bool) -> list[Line2D]:
    """Draw curves, and return their lines."""
    width = 0.8 if len(found) > MANY else None
    # Any format, even '', would undo the dashes of STYLE.
    formats = itertools.cycle([[fmt] for fmt in fmts] or [[]])
    return [line for (x, y), fmt in zip(found, formats)
            for line in axes.plot(*(stairs(x, y) if steps else (x, y)),
                                  *fmt, linewidth=width)]


def show_images(images: Any, num_rows: int, num_cols: int,
                titles: Sequence[str] | None = None, scale: float = 1.2,
                alt: str = '') -> None:
    """Show the first num_rows x num_cols gray images, (n, height, width), the
    first of them under titles."""
    with matplotlib.rc_context(STYLE):
        figure = Figure((num_cols * scale, num_rows * scale),
                        layout='constrained')
        panels = figure.subplots(num_rows, num_cols, squeeze=False).flat
        for i, (axes, image) in enumerate(zip(panels, images)):
            axes.imshow(image, cmap='gray_r')
            axes.axis('off')
            if titles and i < len(titles):
                axes.set_title(titles[i])
    _show(figure, alt)


class Animator:
    """Curves that grow while we train.

    Args:
        xlabel: label of the x axis, which all panels share.
        ylabel: label of the y axis, if there is one panel.
        legend: names of the curves; or a dict from y label to names, which
            stacks one panel for each label.
        xlim, ylim: limits of the axes; without, they follow the data. ylim
            may be a dict from y label to limits, of which one may be None.
        figsize: (width, height) in inches.
        heights: relative heights of stacked panels.
        alt: a sentence for those who cannot see the figure.

    A redraw waits until 50 times what the last one took has passed, so that
    animation costs 2 % of the time at most; the last state is always drawn
    (and only it as PDF too), when the cell ends, by error or Ctrl-C as well.
    Each cell that adds points has its own figure.
    """

    def __init__(self, xlabel: str | None = None, ylabel: str | None = None,
                 legend: Sequence[str] | dict[str | None, Sequence[str]]
                 | None = None, xlim: Limits | None = None,
                 ylim: Limits | dict[str | None, Limits] | None = None,
                 xscale: str = 'linear', yscale: str = 'linear',
                 figsize: tuple[float, float] | None = None,
                 heights: Sequence[float] | None = None,
                 alt: str = '') -> None:
        panels = _panels(legend, ylabel)
        self.alt = alt
        self._handle: Any = None  # of what this cell displays
        self._next = 0.0  # when to draw again, by the performance counter
        self._shell: Any = None  # whose cell we draw in
        self.curves: list[Curve] = [
            ([], []) for names in panels.values() for _ in names]
        with matplotlib.rc_context(STYLE):
            self.figure = Figure(figsize or (4.8, 1.0 + 1.4 * len(panels)),
                                 layout='constrained')
            self.axes = self.figure.subplots(
                len(panels), sharex=True, squeeze=False,
                height_ratios=heights)[:, 0]
            self._lines = [line for axes, names in zip(self.axes,
                                                       panels.values())
                           for line in self._draw_panel(axes, names)]
            ylims = ylim if isinstance(ylim, dict) else {ylabel: ylim}
            self._ylims = [ylims.get(label) or () for label in panels]
            for axes, label in zip(self.axes, panels):
                set_axes(axes, None, label, xlim, None, xscale, yscale)
            self.axes[-1].set_xlabel(xlabel)

    def add(self, x: Any, y: Any) -> None:
        """Append a point to each curve, at x; y is a number or a tuple of
        them, None where a curve gets no point.

        Raises:
            ValueError: if one of them is no number; then none is appended.
        """
        y = y if isinstance(y, (tuple, list)) else (y,)
        at, = numbers([x])
        points = [None if value is None else numbers([value])[0]
                  for value in y]
        for _ in range(len(self.curves), len(points)):
            self.curves.append(([], []))
            self._lines += self._draw_panel(self.axes[-1], [None])
        for (xs, ys), value in zip(self.curves, points):
            if value is not None:
                xs.append(at)
                ys.append(value)
        if not self._shell:
            self._begin()
        if self._shell and time.perf_counter() >= self._next:
            self._redraw()

    def _begin(self) -> None:
        """See to it that the cell that runs now gets a figure."""
        self._shell, self._handle, self._next = _shell(), None, 0.0
        if self._shell:
            self._shell.events.register('post_run_cell', self._finish)

    def _draw_panel(self, axes: Axes, names: Sequence[str | None]
                    ) -> list[Line2D]:
        lines = [axes.plot([], [], label=name)[0] for name in names]
        if len(lines) > 1:
            axes.legend()
        return lines

    def _redraw(self, formats: Sequence[str] = ('svg',)) -> None:
        start = time.perf_counter()
        for line, curve in zip(self._lines, self.curves):
            line.set_data(*curve)
        for axes, ylim in zip(self.axes, self._ylims):
            axes.relim()
            axes.autoscale_view()
            axes.set_ylim(*ylim, auto=True)
        self._handle = _show(self.figure, self.alt, formats, self._handle)
        self.figure.set_layout_engine('none')  # the layout stays; it is slow
        now = time.perf_counter()
        self._next = now + 50 * (now - start)

    def _finish(self, result: object = None) -> None:
        """Draw the last state; IPython calls this when the cell has ended."""
        self._shell.events.unregister('post_run_cell', self._finish)
        self.figure.set_layout_engine('constrained')
        self._redraw(formats=('svg', 'pdf'))
        self._shell = None


def _panels(legend: Sequence[str] | dict[str | None, Sequence[str]] | None,
            ylabel: str | None) -> dict[str | None, Sequence[str]]:
    """Return the names of the curves of each panel, by its y label."""
    panels = legend if isinstance(legend, dict) else {ylabel: legend or []}
    if any(isinstance(names, str) for names in panels.values()):
        raise ValueError('legend must be a list of names, or a dict of such, '
                         f'got {legend!r}')
    return panels


def _shell() -> Any:
    """Return the running IPython shell, or None outside IPython."""
    ipython = sys.modules.get('IPython')
    return ipython.get_ipython() if ipython else None


def _show(figure: Figure, alt: str, formats: Sequence[str] = ('svg', 'pdf'),
          handle: Any = None) -> Any:
    """Display `figure`, or update `handle`'s; return its handle."""
    if not _shell():
        return None
    from IPython.display import DisplayHandle
    bundle = {'text/plain': alt or 'A figure.',
              'image/svg+xml': with_lasting_ids(
                  _saved(figure, 'svg').decode())}
    if 'pdf' in formats:
        pdf = base64.b64encode(_saved(figure, 'pdf'))
        bundle['application/pdf'] = pdf.decode()
    if handle is None:
        handle = DisplayHandle()
        handle.display(bundle, raw=True)
    else:
        handle.update(bundle, raw=True)
    return handle


def _saved(figure: Figure, fmt: str) -> bytes:
    with io.BytesIO() as file, matplotlib.rc_context(STYLE):
        figure.savefig(file, format=fmt, metadata=_SAVE[fmt])
        return file.getvalue()
