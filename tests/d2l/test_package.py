"""The package as a whole: what importing it does and finds."""
import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import d2l
from builder.config import load_config
from d2l import common
from d2l.metrics import Accumulator, Timer


def python(code, *path):
    return subprocess.run(
        [sys.executable, '-W', 'always', '-c', textwrap.dedent(code), *path],
        capture_output=True, text=True, timeout=60)


def test_importing_d2l_loads_no_framework():
    found = python('''
        import sys, d2l, d2l.schedulers
        print([m for m in ('torch', 'tensorflow', 'mxnet', 'jax', 'numpy')
               if m in sys.modules])''')
    assert (found.stdout.strip(), found.stderr) == ('[]', '')


def test_schedules_need_the_standard_library_only():
    found = python('''
        import sys
        import d2l.schedulers
        print(sorted({m.partition('.')[0] for m in sys.modules}
                     - set(sys.stdlib_module_names)))''')
    own = {name for name in eval(found.stdout)
           if not name.startswith(('_', 'sitecustomize', 'distutils'))}
    assert own == {'d2l'}


PACKAGE = Path(d2l.__file__).parent
TABS = load_config(PACKAGE.parent / 'config.ini').tabs.values()
FRAMEWORKS = [re.match(r'd2l\.(\w+):', tab.device)[1] for tab in TABS]


def offered(framework):
    """Return {name: arguments} of what a framework's module defines, types
    included, and the names in its __all__, read without importing it.

    Each module calls its own types by the same names: Array, Device, Network,
    Trainer.
    """
    tree = ast.parse((PACKAGE / f'{framework}.py').read_text('utf-8'))
    functions = {node.name: ast.unparse(node.args) for node in tree.body
                 if isinstance(node, ast.FunctionDef)
                 and not node.name.startswith('_')}
    names = next(node.value for node in tree.body
                 if isinstance(node, ast.Assign)
                 and node.targets[0].id == '__all__')
    return functions, {constant.value for constant in names.elts
                       if isinstance(constant, ast.Constant)}


@pytest.mark.parametrize('framework', FRAMEWORKS)
def test_frameworks_offer_the_same_names_and_arguments(framework):
    functions, names = offered(framework)
    assert functions == offered('torch')[0]
    assert 'cpu' in functions
    assert functions['set_lr'] == 'trainer: Trainer, lr: SupportsFloat'
    own = {'tensorflow': {'TrainCallback'},
           'jax': {'conv_general_dilated', 'max_pool'}}
    assert names == {*functions, *own.get(framework, ())}


@pytest.mark.parametrize('module', [
    '__init__', 'checks', 'jax_layers', 'metrics', 'quiet', 'training_log',
    *FRAMEWORKS])
def test_every_function_says_its_types(module):
    source = (PACKAGE / f'{module}.py').read_text('utf-8')
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            given = node.args
            names = [*given.posonlyargs, *given.args, *given.kwonlyargs,
                     *filter(None, (given.vararg, given.kwarg))]
            assert node.returns, f'{node.name}, line {node.lineno}'
            assert all(argument.annotation or argument.arg == 'self'
                       for argument in names), node.name


def test_common_names_are_found_without_a_framework():
    assert all(hasattr(common, name) for name in common.__all__)


def test_notes_are_silenced_and_nothing_else(tmp_path):
    found = python('''
        import os
        from d2l.quiet import without_notes
        try:
            with without_notes(('note: ', 'I0000 ')):
                os.write(2, b'note: built with care\\nwarning: hot\\n')
                os.write(2, b'I0000 note\\na note: \\xff\\n')
                raise SystemExit(3)
        finally:
            os.write(2, b'note: after\\n')''')
    assert found.returncode == 3
    assert found.stderr.split('\n') == ['warning: hot', 'a note: \ufffd',
                                        'note: after', '']


def test_another_d2l_is_named(tmp_path):
    info = tmp_path / 'd2l-1.0.3.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text('Name: d2l\nVersion: 1.0.3\n')
    found = python('import sys; sys.path.append(sys.argv[1]); import d2l',
                   str(tmp_path))
    assert 'd2l 1.0.3' in found.stderr and str(tmp_path) in found.stderr
    assert 'pip uninstall d2l' in found.stderr


def test_accumulator():
    metric = Accumulator(2)
    metric.add(1, 2.5)
    metric.add(3, 0.5)
    assert (metric[0], metric[1]) == (4, 3)
    metric.reset()
    assert metric.data == [0, 0]
    with pytest.raises(ValueError, match='expected 2 numbers, got 3'):
        metric.add(1, 2, 3)
    assert Accumulator(np.int64(2)).data == [0, 0]


@pytest.mark.parametrize('n', [-1, 1.5, True, None, '2'])
def test_no_number_of_sums(n):
    with pytest.raises(ValueError, match=re.escape(f'got n={n!r}')):
        Accumulator(n)


def test_timer(monkeypatch):
    clock = iter([10, 13, 20, 21])
    monkeypatch.setattr('d2l.metrics.time.perf_counter', lambda: next(clock))
    timer = Timer()
    assert timer.sum() == 0
    with pytest.raises(ValueError, match='no times are recorded'):
        timer.avg()
    assert timer.stop() == 3
    timer.start()
    assert timer.stop() == 1
    assert (timer.sum(), timer.avg()) == (4, 2)
