"""What all runs of a tab rest on, as a checksum."""
import ast

from builder.config import load_config
from builder.record.checksums import checksum, module_checksum, pinned
from evidence.chapter import ROOT, definition_cells

# What a run defines itself: the curves need not be drawn.
REPLACED = {'make_animator'}
# What recordings rest on and runs do not: schedules, whose rates are in a
# run's key, and what reads the runs.
OTHER = {'d2l/schedulers.py', 'd2l/runs.py'}


def fingerprint(tab):
    """Return what all runs of a tab rest on: the code that decides numbers,
    as a checksum, and {package: pinned version}.

    Schedules are not in the code: a run's key holds the rates themselves.
    """
    config = load_config(ROOT / 'config.ini')
    cells = [module_checksum(source) for source in definition_cells(tab)
             if not REPLACED & _defined(source)]
    modules = {name: module_checksum((ROOT / name).read_text('utf-8'))
               for name in config.tabs[tab].modules if name not in OTHER}
    return checksum([cells, modules]), pinned(config, tab)


def _defined(source):
    return {node.name for node in ast.parse(source).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
