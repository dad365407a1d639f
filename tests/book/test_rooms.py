"""Imports run one way: publish -> record, lab -> source -> what all use."""
import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {'source': 1, 'lab': 2, 'record': 3, 'publish': 4, 'stages': 5,
         '__main__': 6}
MODULES = {'.'.join(path.relative_to(ROOT).with_suffix('').parts)
           .removesuffix('.__init__'): path
           for path in sorted((ROOT / 'builder').rglob('*.py'))}


def imported(path):
    """Return the names of all modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text('utf-8'))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f'{path}: a relative import'
            names |= {f'{node.module}.{alias.name}' if (
                f'{node.module}.{alias.name}' in MODULES) else node.module
                for alias in node.names}
    return names


def room(module):
    """Return the room's place in the order; 0 for what all may use."""
    return ROOMS.get(f'{module}.'.split('.')[1], 0)


@pytest.mark.parametrize('module', MODULES)
def test_imports_run_one_way(module):
    ours = imported(MODULES[module]) & {*MODULES}
    assert [name for name in ours if room(name) > room(module)
            or (room(module), room(name)) == (3, 2)] == []


def test_no_module_imports_itself_in_a_circle():
    graph = {module: imported(path) & {*MODULES} - {'builder'}
             for module, path in MODULES.items()}
    assert len([*graphlib.TopologicalSorter(graph).static_order()]) > 20


def test_the_builder_knows_no_book():
    for path in MODULES.values():
        found = {name.split('.')[0] for name in imported(path)}
        assert not found & {'evidence', 'd2l', 'bench', 'tests'}, path


def test_what_runs_on_a_bare_python_imports_nothing_else():
    """`tabs`, `skip` and `env` run before anything is installed."""
    for name in ('__main__', 'stages', 'config', 'environment', 'errors'):
        tree = ast.parse(MODULES[f'builder.{name}'].read_text('utf-8'))
        at_once = [node for node in tree.body
                   if isinstance(node, ast.Import | ast.ImportFrom)]
        found = {(node.module if isinstance(node, ast.ImportFrom)
                  else node.names[0].name).split('.')[0] for node in at_once}
        assert found <= {*sys.stdlib_module_names, 'builder'}, name


def test_pages_without_a_lab_do_without_numpy():
    """To import it takes longer than to read a small book."""
    done = subprocess.run(
        [sys.executable, '-c', 'import sys, builder.publish.html; '
         "print('numpy' in sys.modules)"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ('False\n', '')
