"""Drafts: pages that wait in drafts/ until all is recorded anew at once.

With them in the place of the chapter's own files, and new ones behind the
chapter, the book must be sound, so that landing is moving files.
"""
import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builder.config import load_config
from builder.source.book import load_book
from builder.source.markdown import Code, Output, split
from evidence import fingerprint as runs
from evidence.chapter import before_experiments, definition_cells

from .test_chapter import without_docstrings_and_checks

ROOT = Path(__file__).parents[2]
CONFIG = load_config(ROOT / 'config.ini')
TABS = [*CONFIG.tabs]
CHAPTER = Path(CONFIG.chapter)
DRAFTS = sorted((ROOT / 'drafts').glob('*.md'))
# What the chapter's own folder has when no draft is left; then this file goes.
pytestmark = pytest.mark.skipif(not DRAFTS, reason='no drafts')
MOST_LINES, MOST_WORDS = 60, 5_000  # see the last two tests


@pytest.fixture(scope='module')
def book(tmp_path_factory):
    """The book as it will be when the drafts have landed."""
    folder = tmp_path_factory.mktemp('book')
    judges = re.compile(r'^(\w+) = (evidence\.[\w.]+):(\w+)$', re.M)
    config = (ROOT / 'config.ini').read_text('utf-8')
    for key, module, function in judges.findall(config):
        # A judge must be in the book's folder; this one passes questions on.
        (folder / f'draft_{key}.py').write_text(
            f'from {module} import {function}\n')
    (folder / 'config.ini').write_text(
        judges.sub(r'\1 = draft_\1:\3', config), 'utf-8')
    for name in ('d2l', 'evidence', 'static', CHAPTER.parent):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / 'CITATION.cff', folder)
    sources = folder / CHAPTER.parent
    for draft in DRAFTS:
        (sources / draft.name).write_text(understood(
            draft.read_text('utf-8')), 'utf-8')
    index = sources / 'index.md'
    index.write_text(with_new_pages(index.read_text('utf-8')), 'utf-8')
    return load_book(load_config(folder / 'config.ini'))


def with_new_pages(index):
    """Return an index whose table of contents names the drafts, new ones
    behind the chapter."""
    new = [draft.stem for draft in DRAFTS
           if not re.search(rf'^{draft.stem}$', index, re.M)]
    return re.sub(rf'^{CHAPTER.stem}$', '\n'.join([CHAPTER.stem, *new]),
                  index, flags=re.M)


def understood(text):
    """Return a draft without the figures that the builder cannot make yet."""
    for kind, module in (('effects:', 'effects'),):
        if importlib.util.find_spec(f'builder.source.{module}') is None:
            for figure in re.findall(rf'^!\[.*\]\({kind}.*\)\n(?::.*\n)*',
                                     text, re.M):
                text = text.replace(figure, '')
                for label in re.findall(':label:`(.*)`', figure):
                    text = text.replace(f':numref:`{label}`', 'the figure')
    return text


def pages(book):
    """Return the pages that are drafts."""
    names = {draft.stem for draft in DRAFTS}
    found = [page for page in book.pages if Path(page.path).stem in names]
    assert len(found) == len(names)
    return found


def cells(page, tab):
    return [cell.source for _, cell in page.code(tab)]


def test_drafts_are_a_sound_book(book):
    """Labels, references, citations, roles, images, claims: load_book has
    read them all."""
    assert {f'{draft.stem}.md' for draft in DRAFTS} <= {
        Path(page.path).name for page in book.pages}
    assert len({Path(page.path).name for page in pages(book)}) == len(DRAFTS)


@pytest.mark.parametrize('draft', DRAFTS, ids=lambda path: path.name)
def test_cells_are_narrow_and_outputs_are_not_stored(draft):
    blocks = split(understood(draft.read_text('utf-8')), draft.name,
                   CONFIG.tabs, explicit_tabs=True)
    assert not [block for block in blocks if isinstance(block, Output)]
    assert [line for block in blocks if isinstance(block, Code)
            for line in block.source.split('\n') if len(line) > 78] == []


@pytest.mark.parametrize('tab', TABS)
def test_cells_are_programs_whose_names_are_known(book, tab):
    for page in pages(book):
        source = '\n\n'.join(cells(page, tab))
        ast.parse(source, page.path)
        found = subprocess.run(
            [sys.executable, '-m', 'ruff', 'check', '--isolated', '--select',
             'F821,F822,F823', '--output-format', 'concise', '-'],
            input=source, capture_output=True, text=True)
        assert found.returncode == 0, f'{page.path} [{tab}]\n{found.stdout}'


@pytest.mark.parametrize('tab', TABS)
def test_cells_ask_the_package_for_what_it_has(book, tab):
    common = names_of(ROOT / 'd2l' / 'common.py')
    for page in pages(book):
        module, = {*re.findall(r'^from d2l import (\w+) as d2l',
                               '\n'.join(cells(page, tab)), re.M)}
        offered = common | names_of(ROOT / 'd2l' / f'{module}.py')
        asked = {node.attr for node in ast.walk(ast.parse('\n'.join(
            cells(page, tab)))) if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name) and node.value.id == 'd2l'}
        assert asked and asked <= offered, page.path


def names_of(path):
    """Return the strings in a module's __all__."""
    value = next(node.value for node in ast.parse(
        path.read_text('utf-8')).body if isinstance(node, ast.Assign)
        and node.targets[0].id == '__all__')
    return {part.value for part in value.elts
            if isinstance(part, ast.Constant)}


def test_saved_classes_are_those_of_the_package(book):
    def classes(source):
        return {node.name: without_docstrings_and_checks(node)
                for node in ast.parse(source).body
                if isinstance(node, ast.ClassDef)}

    package = classes((ROOT / 'd2l' / 'schedulers.py').read_text('utf-8'))
    shown = {name: code for page in pages(book) for tab in TABS
             for source in cells(page, tab) if '#@save' in source
             for name, code in classes(source).items()}
    assert len(shown) >= 6
    for name, code in shown.items():
        assert code == package[name]


def definitions(book, tab):
    """Return the draft chapter's cells before its first experiment."""
    chapter, = [page for page in book.pages if page.path == CONFIG.chapter]
    found = before_experiments(cells(chapter, tab))
    assert 'def train(' in found[-1]
    return found


@pytest.mark.parametrize('tab', TABS)
def test_recorded_runs_hold_with_the_cells_of_the_draft(book, tab):
    """What a run rests on is the same, to the last definition."""
    then, now = (runs.reached_in(ROOT, CONFIG.tabs[tab].modules, source)
                 for source in (definition_cells(tab), definitions(book, tab)))
    assert now.checksums == then.checksums


@pytest.mark.parametrize('tab', TABS)
def test_training_begins_soon(book, tab):
    """Lines of code before the first training; the picture that opens the
    chapter trains nothing and has its own."""
    lines = [line for source in definitions(book, tab)
             for line in source.splitlines() if line.strip()]
    assert len(lines) <= MOST_LINES


def test_the_chapter_is_short():
    text = (ROOT / 'drafts' / CHAPTER.name).read_text('utf-8')
    prose = re.sub(r'^(```+).*?^\1$', '', text, flags=re.M | re.DOTALL)
    assert len(prose.split()) <= MOST_WORDS
