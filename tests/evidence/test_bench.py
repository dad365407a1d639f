"""The benchmark's watch, and what it cannot be asked."""
import threading

import pytest

from bench import __main__ as bench
from bench import lab


@pytest.mark.parametrize(('arguments', 'got'), [
    ([], 'nothing'), (['theano'], 'theano'), (['jax', 'mxnet'], 'jax mxnet')])
def test_it_times_one_tab(arguments, got, capsys):
    assert bench.main(arguments) == 1
    assert capsys.readouterr().err == (
        f'error: expected one of {", ".join(bench.CONFIG.tabs)}, lab, got '
        f'{got}\n')


def test_the_watch_takes_training_evaluation_and_rival_apart(monkeypatch):
    """An epoch from its first rate to its last loss; the rival after it."""
    moments = iter([0, 2, 5, 9, 10, 17])
    monkeypatch.setattr(bench.time, 'perf_counter', lambda: next(moments))
    watch = bench.Stopwatch(lambda: None)
    watch.add(0, (None, None, None, 0.1))
    watch.add(0.5, (1.0, 0.5, None, 0.1))
    watch.add(1, (0.9, 0.6, None, 0.1))
    watch.add(1, (None, None, 0.7, None))
    assert (watch.epochs, watch.evaluations, watch.rivals) == ([5], [4], [7])


def test_the_labs_networks_train_at_once():
    """One after another, the first would wait for the others in vain."""
    meeting = threading.Barrier(lab.AT_ONCE, timeout=10)
    seen = []

    class Network:
        def train(self, rates, seed, momentum, batch_size, epochs):
            meeting.wait()
            seen.append((len(rates), epochs))

    assert lab._seconds([Network() for _ in range(lab.AT_ONCE)]) < 10
    assert seen == [(940, 10)] * 3
