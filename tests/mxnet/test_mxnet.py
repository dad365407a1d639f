"""What only MXNet has."""
import pickle
import subprocess
import sys

import numpy as np
import pytest

from d2l import mxnet as d2l  # isort: skip

from mxnet import gluon, lr_scheduler


def test_names_that_numpy_removed_are_the_types_of_python():
    """In a process where nobody has put them there before."""
    code = ('import numpy, d2l.mxnet, mxnet; '
            'print([numpy.bool, numpy.int, numpy.float, numpy.object, '
            'numpy.str, numpy.complex] == '
            '[bool, int, float, object, str, complex], mxnet.__version__)')
    found = subprocess.run([sys.executable, '-c', code], check=True, text=True,
                           capture_output=True)
    assert found.stdout.split() == ['True', '1.9.1']


def test_saved_state_holds_numbers_of_python(tmp_path):
    weight = gluon.Parameter('weight', shape=1)
    weight.initialize()
    trainer = gluon.Trainer([weight], 'sgd', update_on_kvstore=False)
    d2l.set_lr(trainer, np.float64(0.25))
    trainer.save_states(str(tmp_path / 'states'))
    with open(tmp_path / 'states', 'rb') as file:
        _, optimizer = pickle.load(file)
    assert type(optimizer.lr) is float and optimizer.lr == 0.25


def test_set_lr_says_so_if_a_scheduler_is_installed():
    weight = gluon.Parameter('weight', shape=1)
    weight.initialize()
    trainer = gluon.Trainer([weight], 'sgd', {
        'lr_scheduler': lr_scheduler.FactorScheduler(step=1)})
    with pytest.raises(ValueError, match='a schedule of its own'):
        d2l.set_lr(trainer, 0.2)
    assert d2l.get_lr(trainer) == 0.01  # gluon's own default
