"""A forest plot: effects with their intervals on one axis, study by study.

The SVG is written by hand, so that equal effects make equal bytes. It is dark
on transparent, as recorded plots are, and pages turn it over where they are
dark. A filled square is an effect of a claim that holds, an open one of a
claim that does not; a short stroke marks each margin of the claim.
"""
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from builder.escape import markup
from builder.source.effects import common_unit, drawn
from builder.source.judgement import Effect, Judgement, Study

_ROW, _HEAD = 20, 30  # heights in CSS pixels
_LETTER = 6.8  # widest mean width of one at this size
_PLOT, _GAP = 260, 12
_MOST = 56  # letters of a label
_TICKS = 6
_STYLE = ('text{font:12px "TeX Gyre Heros",Helvetica,Arial,sans-serif;'
          'fill:#111}.t{font-weight:bold}.n{fill:#555}.e{text-anchor:end}'
          '.m{text-anchor:middle}line,path{stroke:#111;fill:none}'
          '.g{stroke:#bbb;stroke-width:.5}.b{stroke:#b45309;'
          'stroke-width:1.5}rect{stroke:#111;fill:#111}.o{fill:#fff}')


@dataclass(frozen=True)
class Axis:
    """Where numbers stand, and which are named."""
    low: float
    high: float
    left: float

    def at(self, value: float) -> float:
        """Return the place of a value; beyond the ends, that of the end."""
        part = (value - self.low) / (self.high - self.low)
        return round(self.left + _PLOT * min(max(part, 0.0), 1.0), 1)

    def ticks(self) -> list[float]:
        """Return round numbers, zero among them if it is on the axis."""
        raw = (self.high - self.low) / _TICKS
        power = 10.0 ** math.floor(math.log10(raw))
        step = next(s * power for s in (1, 2, 5, 10) if s * power >= raw)
        first, last = (math.ceil(self.low / step - 1e-9),
                       math.floor(self.high / step + 1e-9))
        return [round(n * step, 10) for n in range(first, last + 1)]


@dataclass(frozen=True)
class Forest:
    """A picture: its SVG, its size in CSS pixels, what it shows in words."""
    svg: str
    width: int
    height: int
    alt: str


def forest(studies: Sequence[Study]) -> Forest | None:
    """Return the picture of all effects that share the most common unit and
    have an interval; None if there are none. Of a study without any run only
    the words tell."""
    unit = common_unit(studies)
    groups = [(study, drawn(study, unit)) for study in studies]
    told = [(study, rows) for study, rows in groups if rows or _open(study)]
    groups = [(study, rows) for study, rows in told if rows or study.recorded]
    claims = [claim for _, rows in groups for claim in rows]
    if not claims:
        return None
    longest = max(len(_label(claim)) for claim in claims)
    axis = Axis(*_reach([e for claim in claims if (e := claim.effect)]),
                left=max(120, math.ceil(longest * _LETTER)) + _GAP)
    numbers = max(len(claim.numbers) for claim in claims)
    width = math.ceil(axis.left + _PLOT + 2 * _GAP + numbers * _LETTER)
    body = [*_rows(groups, axis, width)]
    height = _HEAD * len(groups) + _ROW * sum(
        max(1, len(rows)) for _, rows in groups) + 2 * _ROW + 8
    return Forest(_svg([*_scale(axis, unit, height), *body], width, height),
                  width, height, _alt(told, unit))


def progress(study: Study) -> str:
    """Return how far the runs of a study are."""
    if not study.recorded:
        return 'no runs yet'
    return f'{study.recorded} of {study.planned} runs so far'


def _open(study: Study) -> bool:
    """Return whether nothing is known of a study's claims yet."""
    return all(claim.answer == 'open' for claim in study.claims)


def _reach(effects: Sequence[Effect]) -> tuple[float, float]:
    """Return the ends of the axis: all values, zero, all margins, and
    intervals but for the far ends of the few that are much wider."""
    intervals = [(e.value, e.low, e.high) for e in effects
                 if e.low is not None and e.high is not None]
    most = 4 * median(max(high - value, value - low)
                      for value, low, high in intervals)
    places = [0.0, *(bound for e in effects for bound in e.bounds)]
    for value, low, high in intervals:
        places += value, max(low, value - most), min(high, value + most)
    low, high = min(places), max(places)
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _rows(groups: Iterable[tuple[Study, list[Judgement]]], axis: Axis,
          width: int) -> Iterator[str]:
    y = 0
    for study, claims in groups:
        y += _HEAD
        yield _text('t', 0, y - 8, study.title)
        if not claims:
            yield _text('n', 0, y + 12, progress(study))
            y += _ROW
        for claim in claims:
            yield from _row(claim, axis, y + _ROW // 2, width)
            y += _ROW


def _row(claim: Judgement, axis: Axis, y: int, width: int) -> Iterator[str]:
    effect = claim.effect
    if not effect or effect.low is None or effect.high is None:
        return
    yield _text('l', 0, y + 4, _label(claim))
    for bound in effect.bounds:
        x = axis.at(bound)
        yield f'<line class="b" x1="{x}" y1="{y - 7}" x2="{x}" y2="{y + 7}"/>'
    left, right = axis.at(effect.low), axis.at(effect.high)
    yield f'<path d="M{left} {y}H{right}"/>'
    if effect.low < axis.low:
        yield f'<path d="M{left + 5} {y - 4}L{left} {y}l5 4"/>'
    if effect.high > axis.high:
        yield f'<path d="M{right - 5} {y - 4}L{right} {y}l-5 4"/>'
    kind = '' if claim.answer == 'holds' else ' class="o"'
    yield (f'<rect{kind} x="{axis.at(effect.value) - 3.5:.1f}" '
           f'y="{y - 3.5}" width="7" height="7"/>')
    yield _text('e', width, y + 4, claim.numbers)


def _scale(axis: Axis, unit: str, height: int) -> Iterator[str]:
    bottom = height - 2 * _ROW
    for tick in axis.ticks():
        x, stroke = axis.at(tick), '' if tick == 0 else ' class="g"'
        yield f'<line{stroke} x1="{x}" y1="{_HEAD}" x2="{x}" y2="{bottom}"/>'
        label = f'{tick:g}'.replace('-', '−')
        yield _text('n m', x, bottom + 15, label)
    middle = axis.left + _PLOT / 2
    yield _text('n m', middle, height - 8, unit)


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{markup(text)}</text>'


def _svg(parts: Sequence[str], width: int, height: int) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}">'
            f'<style>{_STYLE}</style>{"".join(parts)}</svg>')


def _label(claim: Judgement) -> str:
    words = claim.label
    return words if len(words) <= _MOST else f'{words[:_MOST - 1]}…'


def _alt(groups: Sequence[tuple[Study, list[Judgement]]],
         unit: str) -> str:
    """Return the picture in words: the numbers stand beside it, in a
    table."""
    parts = []
    for study, claims in groups:
        values = [claim.effect.value for claim in claims if claim.effect]
        parts.append(f'{study.title}: ' + (
            f'{len(claims)} effect{"s" * (len(claims) != 1)}, from '
            f'{_signed(min(values))} to {_signed(max(values))}' if values
            else progress(study)))
    return (f'Forest plot of effects and their intervals in {unit}. '
            + '; '.join(parts) + '.')


def _signed(value: float) -> str:
    return f'{value:+.2f}'.replace('-', '−')
