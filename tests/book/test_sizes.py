"""Functions of 30 lines, files of 300: what a reader can hold in his head.

A function is counted from `def` to its last line, with signature, docstring
and comments; decorators are not. Scripts are counted by the file only.
"""
import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ('d2l', 'builder', 'evidence', 'bench', 'chapter_optimization',
         'examples')
ENDINGS = ('.py', '.js', '.ts', '.css')
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob('*')
               if path.suffix in ENDINGS and 'node_modules' not in path.parts)
LINES, OF_FILE = 30, 300
# Longer with their docstrings, not without them.
TOLD_AT_LENGTH = {
    'd2l/plotting.py: plot': 'the book draws with it, and its docstring tells '
    'what each of 14 arguments does',
    'd2l/jax_layers.py: conv_general_dilated': 'recordings rest on it to the '
    'letter, and its docstring tells why it is there'}


def functions(path):
    """Yield (name, lines, lines without its docstring) of all functions."""
    for node in ast.walk(ast.parse(path.read_text('utf-8'))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines, first = node.end_lineno - node.lineno + 1, node.body[0]
            told = (first.end_lineno - first.lineno + 1
                    if ast.get_docstring(node) is not None else 0)
            name = f'{path.relative_to(ROOT).as_posix()}: {node.name}'
            yield name, lines, lines - told


ALL = [found for path in FILES if path.suffix == '.py'
       for found in functions(path)]


def test_functions():
    assert len(ALL) > 1000
    assert {name: lines for name, lines, code in ALL
            if lines > LINES and name not in TOLD_AT_LENGTH
            or code > LINES} == {}


def test_exceptions_are_some():
    assert {*TOLD_AT_LENGTH} == {name for name, lines, _ in ALL
                                 if lines > LINES}


@pytest.mark.parametrize('ending', ENDINGS)
def test_files(ending):
    sizes = {path.relative_to(ROOT).as_posix():
             len(path.read_text('utf-8').splitlines())
             for path in FILES if path.suffix == ending}
    assert sizes
    assert {name: size for name, size in sizes.items()
            if size > OF_FILE} == {}
