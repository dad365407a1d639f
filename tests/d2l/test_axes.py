"""Stairs, bands, and names at the ends of curves."""
import itertools

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from d2l import plotting
from d2l.axes import apart


@pytest.fixture
def axes():
    with matplotlib.rc_context(plotting.STYLE):
        return Figure((5, 3)).subplots()


def test_stairs_hold_each_value_until_the_next(axes):
    plotting.plot([0, 1, 2], [[3, 1, 2]], steps=True, axes=axes)
    line, = axes.lines
    for x, y in ((0.0, 3), (0.9, 3), (1.1, 1), (1.9, 1), (2.1, 2), (2.9, 2)):
        assert np.interp(x, *line.get_data()) == y
    assert line.get_xdata()[-1] == 3


def test_bands_are_filled_between_their_edges_in_the_curves_colour(axes):
    plotting.plot([0, 1], [[1, 2], [3, 4], [5, 6]], axes=axes,
                  bands=[([0, 1], [2, 3]), ([3, 3], [5, 4])])
    assert len(axes.collections) == 2
    for band, line, edges in zip(axes.collections, axes.lines, (
            {(0, 0), (1, 1), (0, 2), (1, 3)},
            {(0, 3), (1, 3), (0, 5), (1, 4)})):
        corners = {tuple(point) for point in
                   band.get_paths()[0].vertices.tolist()}
        assert corners == edges
        assert matplotlib.colors.same_color(band.get_facecolor()[0][:3],
                                            line.get_color())


def test_names_stand_at_the_ends_in_the_curves_colours(axes):
    plotting.plot([[0, 1], [5, 3]], legend=['up', 'down'], ends=True,
                  axes=axes)
    assert axes.get_legend() is None
    assert [(text.get_text(), text.get_color()) for text in axes.texts] == [
        (name, line.get_color()) for name, line in zip(('up', 'down'),
                                                       axes.lines)]
    for text, end in zip(axes.texts, ((1, 1), (1, 3))):
        at = axes.transData.inverted().transform(
            axes.transAxes.transform(text.xy))
        assert at == pytest.approx(end)


def test_a_name_stands_where_its_curve_was_last_seen(axes):
    plotting.plot([0, 1, 2, 3], [[1, 1, 9, 9], [0, 0, 0, 0], [7, 7, 7, 7]],
                  legend=['leaves', 'stays', 'never'], ends=True,
                  ylim=[0, 2], axes=axes)
    assert [text.get_text() for text in axes.texts] == ['leaves', 'stays']
    at = axes.transData.inverted().transform(
        axes.transAxes.transform(axes.texts[0].xy))
    assert at == pytest.approx((1, 1))


def test_names_of_curves_that_end_together_do_not_overlap(axes):
    names = [f'name {n}' for n in range(6)]
    plotting.plot([[n, 5] for n in range(6)], legend=names, ends=True,
                  axes=axes)
    axes.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 6
    assert not any(one.overlaps(two) for one, two in
                   itertools.combinations(boxes, 2))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_heights_move_apart_and_keep_order_and_panel(heights):
    found = apart(heights, 0.1)
    assert all(-1e-9 <= height <= 1 + 1e-9 for height in found)
    for one, two in itertools.combinations(zip(heights, found), 2):
        assert abs(one[1] - two[1]) > 0.0999
        assert one[0] == two[0] or (one[0] < two[0]) == (one[1] < two[1])


def test_heights_far_apart_stay():
    assert apart([0.9, 0.1, 0.5], 0.1) == [0.9, 0.1, 0.5]
    assert apart([], 0.1) == []
