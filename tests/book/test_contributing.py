"""CONTRIBUTING's checklists, followed: what a tab and a schedule need."""
import ast
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.source.markdown import Code, split

ROOT = Path(__file__).parents[2]
CHAPTER = 'chapter_optimization/lr-scheduler.md'
FIRST = next(iter(load_config(ROOT / 'config.ini').tabs))


def read(root, name):
    return (root / name).read_text('utf-8')


def extras(root):
    """The names of setup.py's extras."""
    call = next(node for node in ast.walk(ast.parse(read(root, 'setup.py')))
                if isinstance(node, ast.keyword)
                and node.arg == 'extras_require')
    return {key.value for key in call.value.keys}


def lacking(root):
    """Yield what the tabs of config.ini lack, by the checklist's order."""
    config = load_config(root / 'config.ini')
    settings = tomllib.loads(read(root, 'pyproject.toml'))
    ignored = next(name for name in settings['tool']['ruff']['lint'][
        'per-file-ignores'] if name.startswith('d2l/'))
    linted = re.split('[{},]', ignored)
    plan = tomllib.loads(read(root, 'evidence/studies/1-first-round.toml'))
    cells = [block for block in split(read(root, CHAPTER), CHAPTER,
                                      [*config.tabs])
             if isinstance(block, Code)]
    compared = next(cell.source for cell in cells
                    if '\nframeworks = ' in cell.source)
    for tab in config.tabs.values():
        if not (tab.device and tab.packages):
            yield 'config.ini'
            continue
        module = tab.device.partition(':')[0].replace('.', '/') + '.py'
        files = (f'requirements/{tab.name}.txt', module,
                 f'tests/{tab.name}/adapter.py', f'bench/{tab.name}.py')
        yield from (name for name in files if not (root / name).is_file())
        if tab.name not in extras(root):
            yield 'setup.py'
        if Path(module).stem not in linted:
            yield 'pyproject.toml'
        if not any('def make_net' in cell.source and tab.name in cell.tabs
                   for cell in cells):
            yield f'{CHAPTER}: its own cells'
        if f"'{tab.name}'" not in compared:
            yield f'{CHAPTER}: frameworks'
        if tab.name not in (FIRST, *plan['others']['tabs']):
            yield 'evidence/studies/1-first-round.toml'
        helpers, where = (read(root, 'README.md').partition(f'## {heading}')[2]
                          for heading in ('To change X', 'What runs where'))
        if f'`{module}`' not in helpers or f'| {tab.title}' not in where:
            yield 'README.md'


def test_our_tabs_lack_nothing():
    assert [*lacking(ROOT)] == []


def replace(old, new):
    def replaced(text):
        assert old in text
        return text.replace(old, new)
    return replaced


# What the checklist says, for a made-up tab `fifth` whose package is `quintus`
# and which reads as the first one does: {file: what happens to its text}.
STEPS = {
    'setup.py': replace("        'jax': [", "        'fifth': ['quintus'],\n"
                        "        'jax': ["),
    'requirements/fifth.txt': lambda _: 'quintus==5.0\n',
    'd2l/quintus.py': lambda _: read(ROOT, 'd2l/torch.py').replace(
        'torch', 'quintus'),
    'pyproject.toml': replace('tensorflow,jax}', 'tensorflow,jax,quintus}'),
    f'{CHAPTER}: its own cells': replace(f'#@tab {FIRST}\n',
                                         f'#@tab {FIRST}, fifth\n'),
    f'{CHAPTER}: frameworks': replace("'tensorflow', 'jax')}",
                                      "'tensorflow', 'jax', 'fifth')}"),
    'tests/fifth/adapter.py': lambda _: '',
    'bench/fifth.py': lambda _: '',
    'evidence/studies/1-first-round.toml': replace('"tensorflow", "jax"]',
                                  '"tensorflow", "jax", "fifth"]'),
    'README.md': lambda text: replace(
        '| PyTorch |', '| Quintus | 3.11 |\n| PyTorch |')(replace(
            '`d2l/jax.py`', '`d2l/jax.py`, `d2l/quintus.py`')(text))}
SECTION = '''
[tab fifth]
title = Quintus
modules = d2l/quintus.py
packages = quintus
device = d2l.quintus:try_gpu

[recording]
'''


@pytest.fixture
def copy(tmp_path):
    """What the checklist is about, with the fifth tab in config.ini."""
    for name in ('chapter_optimization', 'static', 'requirements', 'd2l',
                 'evidence', 'bench', 'tests'):
        shutil.copytree(ROOT / name, tmp_path / name, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns('__pycache__'))
    for name in ('setup.py', 'pyproject.toml', 'README.md', 'config.ini',
                 'CITATION.cff'):
        shutil.copy(ROOT / name, tmp_path)
    path = tmp_path / 'config.ini'
    path.write_text(replace('\n[recording]\n', SECTION)(re.sub(
        '^(tabs = .*)$', r'\1, fifth', path.read_text('utf-8'), flags=re.M)))
    return tmp_path


def follow(root, step):
    path = root / step.partition(':')[0]
    path.parent.mkdir(exist_ok=True)
    text = path.read_text('utf-8') if path.is_file() else ''
    path.write_text(STEPS[step](text), 'utf-8')


@pytest.mark.parametrize('forgotten', [None, *STEPS])
def test_a_fifth_tab_lacks_what_was_forgotten(copy, forgotten):
    for step in STEPS:
        if step != forgotten:
            follow(copy, step)
    if forgotten == 'd2l/quintus.py':
        with pytest.raises(BuildError, match=f'{forgotten}: not found'):
            load_config(copy / 'config.ini')
    else:
        assert [*lacking(copy)] == ([forgotten] if forgotten else [])


def test_every_step_is_in_the_checklist():
    checklist = read(ROOT, 'CONTRIBUTING.md').partition('## A framework')[2]
    for step in STEPS:
        name = step.partition(':')[0].replace('fifth', '<tab>').replace(
            'quintus', '<framework>')
        assert f'`{name}`' in checklist or name == CHAPTER, step
    assert 'Its cells in the chapter' in checklist
    assert '`frameworks`' in checklist


def classes(source):
    return {node.name for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef)}


def test_every_place_that_names_schedules_names_all():
    schedules, modern = ({name for name in classes(read(ROOT, path))
                          if name.endswith('Scheduler')}
                         for path in ('d2l/schedulers.py', 'd2l/modern.py'))
    assert len(schedules) > 5 and len(modern) > 2
    common = next(node.value.elts for node in ast.parse(
        read(ROOT, 'd2l/common.py')).body if isinstance(node, ast.Assign)
        and node.targets[0].id == '__all__')
    offered = {name.value for name in common}
    assert {name for name in offered
            if name.endswith('Scheduler')} == schedules | modern
    shown = {name for block in split(
        read(ROOT, CHAPTER), CHAPTER, [*load_config(ROOT / 'config.ini').tabs])
        if isinstance(block, Code) and '#@save' in block.source
        for name in classes(block.source) if name.endswith('Scheduler')}
    assert shown == schedules
    for names, path in ((schedules, 'tests/d2l/test_schedulers.py'),
                        (modern, 'tests/d2l/test_modern.py')):
        assert [name for name in names if name not in read(ROOT, path)] == []
