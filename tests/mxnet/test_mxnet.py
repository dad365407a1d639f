"""What only MXNet has."""
import subprocess
import sys

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


def test_set_lr_says_so_if_a_scheduler_is_installed():
    weight = gluon.Parameter('weight', shape=1)
    weight.initialize()
    trainer = gluon.Trainer([weight], 'sgd', {
        'lr_scheduler': lr_scheduler.FactorScheduler(step=1)})
    with pytest.raises(UserWarning, match='LRScheduler'):
        d2l.set_lr(trainer, 0.2)
