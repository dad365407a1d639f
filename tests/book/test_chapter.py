"""Our own book: what its sources and recordings must hold."""
import ast
import re
from pathlib import Path

import pytest

from builder.config import load_config
from builder.source.book import load_book
from builder.source.markdown import Code, Output, split
from evidence.chapter import before_experiments, code_cells

from .test_chapter_slides import unmarked

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / 'chapter_optimization').glob('*.md'))
BOOK = load_book(load_config(ROOT / 'config.ini'))
CHAPTER, PRACTICE, MODERN, *SOLUTIONS = BOOK.notebooks()
MOST_LINES, MOST_WORDS = 60, 5_000  # see the tests


def blocks(kind):
    return [block for path in SOURCES
            for block in split(path.read_text('utf-8'), path.name,
                               BOOK.config.tabs)
            if isinstance(block, kind)]


def test_sources_hold_no_outputs():
    assert blocks(Output) == []


def test_cells_are_narrow_enough_to_print():
    wide = [line for cell in blocks(Code) for line in cell.source.split('\n')
            if len(line) > 78]
    assert wide == []


@pytest.mark.parametrize('tab', BOOK.config.tabs)
def test_exact_cells(tab):
    assert sum(cell.check for _, cell in CHAPTER.code(tab)) == 3
    assert [sum(cell.check for _, cell in page.code(tab))
            for page in SOLUTIONS] == [2, 2]


@pytest.mark.parametrize('tab', BOOK.config.tabs)
def test_programs_are_made_of_the_cells(tab):
    cells = [cell.source for _, cell in CHAPTER.code(tab)]
    assert code_cells(tab) == cells
    # What `definitions` runs ends where the first experiment begins.
    first = next(n for n, source in enumerate(cells) if 'set_seed' in source)
    assert 'def train(' in cells[first - 1]
    assert cells[first].splitlines()[0] == 'd2l.set_seed(0)'


def without_docstrings_and_checks(definition):
    """Return a class as text, without what only the package has: docstrings,
    checks of the arguments and of t, and the annotations of functions."""
    for node in ast.walk(definition):
        if (isinstance(node, ast.ClassDef | ast.FunctionDef)
                and isinstance(node.body[0], ast.Expr)):
            del node.body[0]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            node.decorator_list = [
                decorator for decorator in node.decorator_list
                if ast.unparse(decorator) != '_of_time']
        if isinstance(node, ast.arg):
            node.annotation = None
    definition.body = [node for node in definition.body
                       if getattr(node, 'name', '') != '__post_init__']
    return ast.dump(definition)


def test_classes_of_the_chapter_are_those_of_the_package():
    def classes(source):
        return {node.name: without_docstrings_and_checks(node)
                for node in ast.parse(source).body
                if isinstance(node, ast.ClassDef)}

    package = classes((ROOT / 'd2l' / 'schedulers.py').read_text('utf-8'))
    shown = {name: code for cell in blocks(Code) if '#@save' in cell.source
             for name, code in classes(cell.source).items()}
    assert set(shown) == {
        f'{name}Scheduler' for name in ('SquareRoot', 'Factor', 'MultiFactor',
                                        'Poly', 'Cosine', 'Warmup')}
    for name, code in shown.items():
        assert code == package[name]


@pytest.mark.parametrize('tab', BOOK.config.tabs)
def test_training_begins_soon(tab):
    """Lines of code before the first training; the picture that opens the
    chapter trains nothing, and has its own."""
    cells = before_experiments(code_cells(tab))
    assert 'def train(' in cells[-1]
    lines = [line for source in cells for line in source.splitlines()
             if line.strip()]
    assert len(lines) <= MOST_LINES


def test_the_chapter_is_short():
    text = unmarked((ROOT / CHAPTER.path).read_text('utf-8'))
    prose = re.sub(r'^(```+).*?^\1$', '', text, flags=re.M | re.DOTALL)
    assert len(prose.split()) <= MOST_WORDS


def test_both_builds_of_tensorflow_are_pinned_alike():
    pins = (ROOT / 'requirements' / 'tensorflow.txt').read_text('utf-8')
    assert len(re.findall(r'^tensorflow(?:-cpu)?==', pins, re.M)) == 2
    assert len({*re.findall(r'^tensorflow(?:-cpu)?==(\S+)', pins,
                            re.M)}) == 1


def test_pins_name_no_place_and_no_local_build():
    files = [*(ROOT / 'requirements').iterdir(),
             ROOT / 'builder' / 'publish' / 'katex' / 'package-lock.json']
    for path in files:
        text = path.read_text('utf-8')
        assert not re.search(r'index-url|find-links|file:|https?://(?!github'
                             r'|opencollective)|\+cpu', text), path.name
