"""The picture that opens the chapter shows what the text says of it."""
import statistics
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.config import load_config
from builder.source.markdown import Code, split

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / 'chapter_optimization' / 'lr-scheduler.md'
TEXT = CHAPTER.read_text('utf-8')


@pytest.fixture(scope='module')
def losses():
    """What the picture shows: the curves by their names."""
    cell, = [block.source for block in split(
        TEXT, CHAPTER.name, load_config(ROOT / 'config.ini').tabs)
        if isinstance(block, Code) and 'def mean_losses' in block.source]
    shown = {}

    def plot(curves, legend, **options):
        shown.update(zip(legend, curves))
    exec(cell, {'d2l': SimpleNamespace(plot=plot)})
    return shown


def test_the_four_curves(losses):
    high, low, constant, falling = losses.values()
    assert all(a < b for a, b in zip(high, high[1:]))
    assert constant[5] < 2 and low[5] > 20  # at once; slowly
    assert falling[5] < 2 and falling[-1] < min(
        curve[-1] for curve in (high, low, constant))
    assert 'the mean loss ends at $2 \\eta / (2 - \\eta)$' in TEXT
    assert statistics.fmean(constant[20:]) == pytest.approx(
        2 * 0.8 / (2 - 0.8), rel=0.02)
