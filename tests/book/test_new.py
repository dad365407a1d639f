"""A book that has no config.ini of ours: builder new, --config, notebooks."""
import json
import re
import tomllib
from pathlib import Path

import pytest

from builder import __main__ as stages
from builder.config import load_config
from builder.errors import BuildError

ROOT = Path(__file__).parents[2]
THEIRS = '''
[project]
name = waves
title = Waves 100 %
author = A. Writer
lang = fr
[build]
tabs = numpy, julia
exclusions = README.md */*_origin.md
[pdf]
bibfile = waves.bib
'''
PAGE = '# A\n\n```{.python .input}\n#@tab all\n1 + 1\n```\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in {'index.md': PAGE, 'waves.bib': '', 'README.md': '',
                       'config.ini': THEIRS}.items():
        (tmp_path / name).write_text(text)
    elsewhere = tmp_path / 'elsewhere'
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return tmp_path


def test_a_config_made_of_d2lbooks(folder):
    assert stages.main(['--config', '../config.ini', 'new']) == 0
    config = load_config(folder / 'book.ini')
    assert (config.title, config.authors, config.language) == (
        'Waves 100 %', 'A. Writer', 'fr')
    assert [*config.tabs] == ['numpy', 'julia'] and not config.explicit_tabs
    assert config.root == folder / 'index.md'
    assert config.bibliography == folder / 'waves.bib'
    assert config.exclude == ('README.md', '*/*_origin.md')
    before = (folder / 'book.ini').read_text()
    assert stages.main(['--config', '../book.ini', 'new']) == 1
    assert (folder / 'book.ini').read_text() == before


def test_a_config_made_of_nothing(folder, capsys):
    (folder / 'config.ini').unlink()
    assert stages.main(['--config', '../config.ini', 'new']) == 0
    config = load_config(folder / 'config.ini')
    assert (config.title, [*config.tabs]) == (folder.name, ['python'])
    (folder / 'index.md').unlink()
    (folder / 'config.ini').unlink()
    assert stages.main(['--config', '../config.ini', 'new']) == 1
    assert 'index.md was not found: a book begins' in capsys.readouterr().err


def test_d2lbooks_own_file_is_known(folder):
    with pytest.raises(BuildError, match='config.ini: this is d2lbook.s own; '
                       'python -m builder --config book.ini new writes'):
        load_config(folder / 'config.ini')


def test_a_book_is_built_from_any_folder(folder, capsys):
    (folder / 'config.ini').unlink()
    few = folder / 'few.ini'
    few.write_text('[book]\ntitle = A\nroot = index.md\ntabs = numpy\n')
    assert stages.main(['--config', '../few.ini', 'html']) == 0
    assert 'note: 1 in no table of contents: README.md; name' in (
        capsys.readouterr().out)
    assert (folder / '_build' / 'html' / 'index.html').is_file()
    # Another file of the same folder is another book.
    other = folder / 'other.ini'
    other.write_text(few.read_text().replace('title = A', 'title = Else'))
    assert stages.main(['--config', '../other.ini', 'html']) == 0
    assert 'Else' in (folder / '_build' / 'html' / 'index.html').read_text()
    assert stages.main(['--config', '../none.ini', 'html']) == 1
    assert 'none.ini: No such file' in capsys.readouterr().err


def test_notebooks_are_written_without_a_run(folder, capsys):
    (folder / 'config.ini').write_text(
        '[book]\ntitle = A\nroot = index.md\ntabs = numpy, julia\n')
    notebooks = ['--config', '../config.ini', 'notebooks']
    assert stages.main(notebooks) == 0
    path = folder / 'notebooks' / 'numpy' / 'index.ipynb'
    assert [cell['source'] for cell in json.loads(path.read_text())['cells']
            if cell['cell_type'] == 'code'] == [['1 + 1']]
    assert not (folder / 'notebooks' / 'julia').exists()  # the page lacks it
    assert 'index.ipynb: written, without outputs' in capsys.readouterr().out
    (folder / 'index.md').write_text(PAGE.replace('1 + 1', '2 + 2'))
    assert stages.main(notebooks) == 0
    assert '2 + 2' in path.read_text()
    assert stages.main(notebooks) == 0
    assert 'index.ipynb: up to date, without out' in capsys.readouterr().out
    # What somebody ran is left alone.
    ran = json.loads(path.read_text())
    ran['cells'][1]['outputs'] = [
        {'output_type': 'stream', 'name': 'stdout', 'text': ['4\n']}]
    path.write_text(json.dumps(ran))
    (folder / 'index.md').write_text(PAGE)
    assert stages.main(notebooks) == 0
    assert json.loads(path.read_text()) == ran


def test_the_builder_by_itself_needs_what_the_book_does():
    alone = tomllib.loads((ROOT / 'builder/pyproject.toml').read_text())
    setup = (ROOT / 'setup.py').read_text()
    needed = re.search(r"'book': \[(.*?)\]", setup, re.DOTALL)[1]
    # SciPy judges our claims.
    assert {*alone['project']['dependencies']} == {
        *re.findall("'(.*?)'", needed)} - {'scipy>=1.11'}
    packages = {'.'.join(path.parent.relative_to(ROOT).parts)
                for path in (ROOT / 'builder').rglob('__init__.py')}
    assert {*alone['tool']['setuptools']['packages']} == packages
    brought = {path for name, patterns in alone['tool']['setuptools'][
        'package-data'].items() for pattern in patterns
        for path in ROOT.joinpath(*name.split('.')).glob(pattern)}
    assert brought == {path for path in (ROOT / 'builder').rglob('*')
                       if path.suffix in ('.css', '.js', '.ts', '.json',
                                          '.po')}
    assert callable(getattr(stages, alone['project']['scripts'][
        'd2l-builder'].partition(':')[2]))
