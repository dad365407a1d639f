"""What the page on practice says of JAX and no cell shows."""
import jax
import jax.numpy as jnp
import optax
import pytest
from flax import nnx

GRADIENT = jnp.ones(1)


def halving():
    return optax.exponential_decay(0.4, transition_steps=1, decay_rate=0.5)


def test_a_rate_that_a_schedule_sets_cannot_be_overwritten():
    sgd = optax.inject_hyperparams(optax.sgd)(learning_rate=halving())
    state = sgd.init(GRADIENT)
    state.hyperparams['learning_rate'] = jnp.asarray(7.0)
    change, _ = sgd.update(GRADIENT, state)
    assert float(change[0]) == pytest.approx(-0.4)


def test_a_plain_schedule_leaves_a_count():
    sgd = optax.sgd(halving())
    state = sgd.init(GRADIENT)
    for expected in range(3):
        count = optax.tree.get(state, 'count')
        assert int(count) == expected
        change, state = sgd.update(GRADIENT, state)
        assert float(change[0]) == pytest.approx(-float(halving()(count)))


def test_the_count_is_in_the_state_of_a_trainer():
    def trainer():
        net = nnx.Linear(1, 1, rngs=nnx.Rngs(0))
        return net, nnx.Optimizer(net, optax.sgd(halving()), wrt=nnx.Param)

    (net, first), (other, second) = trainer(), trainer()
    for _ in range(2):
        first.update(net, nnx.state(net, nnx.Param))
    nnx.update(second, nnx.state(first))
    value = float(other.kernel[0, 0])
    second.update(other, jax.tree.map(jnp.ones_like,
                                      nnx.state(other, nnx.Param)))
    assert value - float(other.kernel[0, 0]) == pytest.approx(0.1)


def test_a_plateau_can_gather_values():
    plateau = optax.contrib.reduce_on_plateau(factor=0.5, patience=2,
                                              accumulation_size=3)
    state, scales = plateau.init(GRADIENT), []
    for _ in range(12):
        change, state = plateau.update(GRADIENT, state, value=1.0)
        scales.append(float(change[0]))
    assert scales == 8 * [1.0] + 4 * [0.5]  # the third value of the third


def test_cycles_of_a_cosine():
    cycle = {'init_value': 0.3, 'peak_value': 0.3, 'warmup_steps': 0,
             'decay_steps': 10}
    schedule = optax.sgdr_schedule([cycle, cycle])
    assert float(schedule(9)) < 0.02
    assert float(schedule(10)) == pytest.approx(0.3)
