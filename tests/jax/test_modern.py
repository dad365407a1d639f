"""What Optax has of the page on schedules after 2018, by hand."""
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optax import contrib

START, CURVATURE = np.array([1.0, -2.0, 3.0]), np.array([0.1, 1.0, 3.0])


def test_an_exponential_average_for_any_tree():
    average, expected = {'w': jnp.zeros(2)}, np.zeros(2)
    for point in ([1.0, 2.0], [4.0, -8.0], [16.0, 0.5]):
        average = optax.incremental_update({'w': jnp.array(point)}, average,
                                           step_size=0.25)
        expected = 0.75 * expected + 0.25 * np.array(point)
    assert np.asarray(average['w']) == pytest.approx(expected)


@pytest.mark.parametrize('rate', [
    lambda n: 0.3, lambda n: 0.3 * min((n + 1) / 5, 1),
    lambda n: 0.3 if n < 20 else 0.05], ids=['constant', 'warmup', 'a fall'])
def test_schedule_free_descent(rate):
    """On half a sum of squares: the page's recursion, with the largest rate
    so far in c, for which Optax counts updates from 1. The parameters are y;
    x is computed from y and z."""
    beta, weights = 0.9, 0.0
    x = z = START
    rates = jnp.asarray([rate(n) for n in range(30)])
    method = contrib.schedule_free(
        optax.sgd(lambda n: rates[n]), lambda n: rates[n - 1], b1=beta)
    params = jnp.array(START)
    state = method.init(params)
    for n in range(30):
        y = (1 - beta) * z + beta * x
        assert np.asarray(params) == pytest.approx(y, abs=1e-5)
        z = z - rate(n) * CURVATURE * y
        weight = max(rate(k) for k in range(n + 1)) ** 2
        weights += weight
        x = x + weight / weights * (z - x)
        updates, state = method.update(CURVATURE * params, state, params)
        params = optax.apply_updates(params, updates)
    found = contrib.schedule_free_eval_params(state, params)
    assert np.asarray(found) == pytest.approx(x, abs=1e-5)
    assert np.abs(x - y).max() > 1e-4
