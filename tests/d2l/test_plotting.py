"""Figures, and the Animator with a stand-in for IPython's shell."""
import base64
import re

import IPython.display
import matplotlib
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure
from traitlets.config import Config

from d2l import plotting
from d2l.svg import with_lasting_ids


class Shell:
    """What plotting uses of IPython's shell, and what was displayed."""

    def __init__(self):
        self.shown, self.updates, self.callbacks = [], 0, []
        self.events = self

    def register(self, event, callback):
        assert event == 'post_run_cell'
        self.callbacks.append(callback)

    def unregister(self, event, callback):
        self.callbacks.remove(callback)

    def display(self, bundle, raw):
        self.shown.append(bundle)

    def update(self, bundle, raw):
        self.shown[-1] = bundle
        self.updates += 1

    def end_cell(self):
        for callback in list(self.callbacks):
            callback(None)


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(plotting, '_shell', lambda: shell)
    monkeypatch.setattr(IPython.display, 'DisplayHandle', lambda: shell)
    return shell


def test_plot_shows_svg_pdf_and_a_sentence(shell):
    plotting.plot(range(5), [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]], xlabel='epoch',
                  ylabel='rate', legend=['up', 'down'], alt='Two lines.')
    bundle, = shell.shown
    assert bundle['text/plain'] == 'Two lines.'
    assert bundle['image/svg+xml'].count('<svg') == 1
    pdf = base64.b64decode(bundle['application/pdf'])
    assert pdf.startswith(b'%PDF')
    assert b'/Type /Font' in pdf and b'/Subtype /Type3' not in pdf


def test_plot_is_the_same_byte_for_byte(shell):
    for _ in range(2):
        plotting.plot([1, 2, 3], alt='A line.')
    assert shell.shown[0] == shell.shown[1]


SVG = ('<clipPath id="p{0}"/><path d="M 1 2" clip-path="url(#p{0})"/>'
       '<path id="m{1}" d="{2}"/><use href="#m{1}"/><g id="text_1">fade</g>')


def test_ids_depend_on_what_is_shown_alone():
    one = with_lasting_ids(SVG.format('0123456789', 'abcdefabcd', 'M 3'))
    two = with_lasting_ids(SVG.format('9876543210', 'ffffffffff', 'M 3'))
    other = with_lasting_ids(SVG.format('0123456789', 'abcdefabcd', 'M 4'))
    assert one == two
    clip, marker = re.findall(r'id="([pm].*?)"', one)
    assert f'url(#{clip})' in one and f'href="#{marker}"' in one
    assert 'id="text_1">fade<' in one and '0123456789' not in one
    assert clip not in other and marker not in other


def test_all_that_matplotlib_makes_up_is_replaced(shell, monkeypatch):
    for salt in 'ab':
        monkeypatch.setitem(plotting.STYLE, 'svg.hashsalt', salt)
        plotting.plot(range(3), [[1, 2, 3], [3, 2, 1]], fmts=['-o', '--s'],
                      legend=['up', 'down'])
    one, two = (bundle['image/svg+xml'] for bundle in shell.shown)
    assert one == two
    ids = re.findall(r' id="(.*?)"', one)
    used = re.findall(r'(?:url\(|href=")#(.*?)[")]', one)
    assert len(ids) == len({*ids}) and {*used} <= {*ids}
    assert any(name.startswith('p') for name in used)


def test_plot_into_given_axes_draws_the_values_and_shows_nothing(shell):
    axes = Figure().subplots()
    plotting.plot(np.arange(3), [np.array([1., 4, 9]), [3, 2, 1]],
                  xlabel='t', ylabel='rate', yscale='log', xlim=[0, 2],
                  legend=['a', 'b'], axes=axes)
    assert shell.shown == []
    assert [line.get_ydata().tolist() for line in axes.lines] == [
        [1, 4, 9], [3, 2, 1]]
    assert axes.lines[0].get_xdata().tolist() == [0, 1, 2]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ('t', 'rate')
    assert axes.get_yscale() == 'log' and axes.get_xlim() == (0, 2)
    assert [t.get_text() for t in axes.get_legend().texts] == ['a', 'b']


def test_curves_differ_in_colour_and_dashes():
    with matplotlib.rc_context(plotting.STYLE):
        axes = Figure().subplots()
    plotting.plot([[n, n] for n in range(7)], axes=axes)
    assert len({line.get_color() for line in axes.lines}) == 7
    assert len({str(line._dash_pattern) for line in axes.lines}) == 7


def test_a_long_legend_stands_beside_the_panel(shell):
    def right_edges(names):
        """Return how far panel and legend reach, in the figure's width."""
        figure = Figure(layout='constrained')
        axes = figure.subplots()
        plotting.plot([[0, 1]] * len(names), legend=names, axes=axes)
        figure.draw_without_rendering()
        return (axes.get_window_extent().x1 / figure.bbox.width,
                axes.get_legend().get_window_extent().x1 / figure.bbox.width)

    panel, legend = right_edges([*'abcde'])
    assert legend <= panel
    panel, legend = right_edges([*'abcdef'])
    assert panel < legend <= 1


def test_plot_with_formats_that_the_curves_take_in_turn(shell):
    axes = Figure().subplots()
    plotting.plot([0, 1], [[n, n] for n in range(8)], legend=['a', 'b'],
                  fmts=['C0-', 'C1--s'], axes=axes)
    assert [(line.get_linestyle(), line.get_marker()) for line in axes.lines
            ] == [('-', 'None'), ('--', 's')] * 4
    assert len({line.get_color() for line in axes.lines}) == 2
    assert [t.get_text() for t in axes.get_legend().texts] == ['a', 'b']
    few = Figure().subplots()
    plotting.plot([[0, 1]] * 7, axes=few)
    assert few.lines[0].get_linewidth() > axes.lines[0].get_linewidth()


@pytest.mark.parametrize(('X', 'Y'), [
    ([1, 2], [1, 2, 3]), ([[1, 2], [1, 2]], [1, 2])])
def test_plot_of_what_does_not_fit(X, Y):
    with pytest.raises(ValueError, match='as many'):
        plotting.plot(X, Y)


@pytest.mark.parametrize('values', [
    [], (), range(0), np.array([]), np.zeros((0, 3)), 3, np.array(3), None,
    {'a': [1]}], ids=repr)
def test_plot_of_nothing(values):
    with pytest.raises(ValueError, match='expected the points of a curve'):
        plotting.plot([1, 2], [])
    with pytest.raises(ValueError) as raised:
        plotting.plot(values)
    assert f'got {values!r}' in str(raised.value)


def test_show_images(shell):
    plotting.show_images(np.zeros((4, 28, 28)), 2, 2, titles=list('abcd'),
                         alt='Four black squares.')
    plotting.show_images(np.zeros((4, 28, 28)), 2, 2, titles=['a'])
    assert shell.shown[0]['text/plain'] == 'Four black squares.'
    assert len(shell.shown) == 2


def test_outside_ipython_nothing_is_drawn(monkeypatch):
    monkeypatch.setattr(plotting, '_shell', lambda: None)
    monkeypatch.setattr(Figure, 'savefig', None)
    plotting.plot([1, 2, 3])
    animator = plotting.Animator(legend=['a'])
    animator.add(1, 2)
    assert animator.curves == [([1], [2])]


def make_animator():
    return plotting.Animator(
        xlabel='epoch', xlim=[0, 3], alt='Three curves.',
        legend={'loss': ['train loss'], 'accuracy': ['train', 'test']})


def test_animator_stacks_panels_over_one_axis(shell):
    animator = make_animator()
    animator.add(1, (2.3, 0.1, None))
    animator.add(2, (1.0, 0.5, 0.4))
    shell.end_cell()
    loss, accuracy = animator.axes
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ('loss', 'accuracy')
    assert loss.get_xlabel() == '' and accuracy.get_xlabel() == 'epoch'
    assert loss.get_xlim() == accuracy.get_xlim() == (0, 3)
    assert [line.get_xydata().tolist() for line in accuracy.lines] == [
        [[1, 0.1], [2, 0.5]], [[2, 0.4]]]
    assert loss.get_legend() is None
    assert [t.get_text() for t in accuracy.get_legend().texts] == [
        'train', 'test']


def test_animator_updates_one_display_and_shows_the_last_state(shell):
    animator = make_animator()
    for n in range(50):
        animator.add(n, (1 / (n + 1), n / 50, n / 60))
    assert 'application/pdf' not in shell.shown[0]
    before = shell.shown[0]['image/svg+xml']
    shell.end_cell()
    assert len(shell.shown) == 1
    assert shell.shown[0]['image/svg+xml'] != before
    assert 'application/pdf' in shell.shown[0]
    assert len(animator.axes[0].lines[0].get_xdata()) == 50
    assert shell.callbacks == []


def test_animator_redraws_for_two_percent_of_the_time(shell, monkeypatch):
    now, drawn = [0.0], []

    def draw(*_):
        now[0] += 1  # a redraw takes a second of this clock
        drawn.append(now[0])

    monkeypatch.setattr(plotting, '_show', draw)
    monkeypatch.setattr(plotting.time, 'perf_counter', lambda: now[0])
    animator = make_animator()
    for n in range(1000):
        animator.add(n, (1, 0, 0))
        now[0] += 1
    assert 15 <= len(drawn) <= 20
    assert len(drawn) / now[0] < 0.03


def test_the_last_state_does_not_depend_on_how_often_it_was_drawn(shell):
    for often in (True, False):
        animator = make_animator()
        for n in range(20):
            animator.add(n, (1000 / (n + 1), n / 20, n / 30))
            if often:
                animator._redraw()
        shell.end_cell()
    assert shell.shown[0] == shell.shown[1]


def test_animator_keeps_one_limit_and_lets_the_other_follow(shell):
    animator = plotting.Animator(legend={'loss': ['a'], 'rate': ['b']},
                                 ylim={'rate': [0, None]})
    for n in (1, 2):
        animator.add(n, (n, 0.3 * n))
        animator._redraw()
        bottom, top = animator.axes[1].get_ylim()
        assert bottom == 0 and 0.3 * n <= top < 0.35 * n
    assert animator.axes[0].get_ylim()[0] > 0.9


def test_animator_with_fixed_limits(shell):
    animator = plotting.Animator(ylabel='y', legend=['a'], ylim=[0, 1])
    animator.add(0, 5)
    shell.end_cell()
    assert animator.axes[0].get_ylim() == (0, 1)


def test_animator_without_names(shell):
    animator = plotting.Animator(ylabel='y')
    animator.add(0, 1)
    animator.add(1, [2, 3])
    assert animator.curves == [([0, 1], [1, 2]), ([1], [3])]


MADE = """
from d2l import plotting
animator = plotting.Animator(ylabel='y', legend=['a'], alt='A curve.')
"""
FED = 'for n in range(3): animator.add(n, n)'


@pytest.fixture
def cell(monkeypatch, tmp_path):
    """Return a function that runs a cell in a real IPython shell, and returns
    what the cell displays: (text, is it an update, is there a PDF)."""
    monkeypatch.setenv('IPYTHONDIR', str(tmp_path))
    ipython = InteractiveShell.instance(
        config=Config({'HistoryManager': {'enabled': False}}))

    def run(source):
        with capture_output() as captured:
            result = ipython.run_cell(source)
        assert result.success, captured.stdout
        return [(output.data['text/plain'], output.update,
                 'application/pdf' in output.data)
                for output in captured.outputs]
    yield run
    InteractiveShell.clear_instance()


def test_animator_draws_in_the_cell_that_feeds_it(cell):
    assert cell(MADE) == []  # nothing to see yet
    first, *_, last = cell(FED)
    assert first == ('A curve.', False, False)
    assert last == ('A curve.', True, True)
    assert cell('1') == []


def test_animator_draws_in_every_cell_that_feeds_it(cell):
    first, *_, last = cell(MADE + FED)
    assert (first[1], last[1], last[2]) == (False, True, True)
    first, *_, last = cell('animator.add(3, 9)')
    assert (first[1], last[1], last[2]) == (False, True, True)
    assert cell('len(animator.curves[0][0])') == []


def test_a_point_that_is_none_is_not_half_there():
    animator = plotting.Animator(legend=['a', 'b'])
    animator.add(0, (1, 2))
    for x, y in ((1, (3, 'z')), ('z', (3, 4)), (1, np.ones(2))):
        with pytest.raises(ValueError, match='expected numbers, got'):
            animator.add(x, y)
    assert animator.curves == [([0.0], [1.0]), ([0.0], [2.0])]


@pytest.mark.parametrize('legend', ['loss', {'loss': 'train'}])
def test_a_word_is_no_list_of_names(legend):
    with pytest.raises(ValueError, match="legend must be a list of names.*'"):
        plotting.Animator(legend=legend)


def test_curves_hold_numbers():
    with pytest.raises(ValueError, match=r'expected numbers, got \[1, None\]'):
        plotting.plot([1, None])
