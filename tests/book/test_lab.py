"""Copies of notebooks for JupyterLab."""
import json
import os
import re

import nbformat
import pytest

from builder import __main__ as stages

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>\n'
INDEX = '''
# A
:label:`a`

See :numref:`b`.

![A picture.](img/a.svg)
:label:`fig`

```{.python .input}
#@tab all
1
```

```toc
sub/two
```
'''
TWO = '''
# B
:label:`b`

See :numref:`a`.

![The same.](../img/a.svg)
:label:`fig2`

```{.python .input}
#@tab all
2
```
'''


@pytest.fixture
def book(write_book, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    return write_book({'text/index.md': INDEX, 'text/sub/two.md': TWO},
                      **{'text/img/a.svg': SVG})


def links(path):
    text = '\n'.join(cell.source for cell in nbformat.read(path, 4).cells)
    return [link for link in re.findall(r'\]\(([^)#]+)', text)
            if '://' not in link]


def test_links_of_the_copies_lead_where_they_led(book, record_by_hand,
                                                 tmp_path, capsys):
    for page in book.pages:
        path = record_by_hand(book, page, 'pytorch', {0: ['1\n']})
    recorded = path.read_bytes()
    assert stages.main(['lab', 'pytorch']) == 0
    folder = tmp_path / '_build' / 'lab' / 'pytorch'
    assert capsys.readouterr().out.splitlines() == [
        f'_build/lab/pytorch/{name}.ipynb: a copy, new'
        for name in ('index', 'sub/two')]
    found = {name: [os.path.relpath((folder / name).parent.joinpath(
        link).resolve(), tmp_path) for link in links(folder / name)]
        for name in ('index.ipynb', 'sub/two.ipynb')}
    assert found == {
        'index.ipynb': ['_build/lab/pytorch/sub/two.ipynb',
                        'text/img/a.svg'],
        'sub/two.ipynb': ['_build/lab/pytorch/index.ipynb',
                          'text/img/a.svg']}
    copied = nbformat.read(folder / 'index.ipynb', 4)
    cell, = [cell for cell in copied.cells if cell.cell_type == 'code']
    assert cell.outputs and 'recording' not in copied.metadata
    assert path.read_bytes() == recorded


def test_what_a_reader_changed_stays(book, record_by_hand, tmp_path, capsys):
    for page in book.pages:
        record_by_hand(book, page, 'pytorch', {0: ['1\n']})
    stages.main(['lab', 'pytorch'])
    path = tmp_path / '_build' / 'lab' / 'pytorch' / 'index.ipynb'
    changed = json.loads(path.read_text())
    changed['cells'][0]['source'] = ['mine']
    path.write_text(json.dumps(changed))
    before = path.read_bytes()
    capsys.readouterr()
    assert stages.main(['lab', 'pytorch']) == 0
    assert path.read_bytes() == before
    assert capsys.readouterr().out.splitlines() == [
        '_build/lab/pytorch/index.ipynb: kept as you left it; remove it to '
        'begin anew',
        '_build/lab/pytorch/sub/two.ipynb: a copy, there already']


def test_a_notebook_that_was_never_recorded(book, tmp_path, capsys):
    assert stages.main(['lab', 'mxnet']) == 0
    path = tmp_path / '_build' / 'lab' / 'mxnet' / 'index.ipynb'
    cell, = [cell for cell in nbformat.read(path, 4).cells
             if cell.cell_type == 'code']
    assert (cell.source, cell.outputs) == ('1', [])
    assert stages.main(['lab', 'torch']) == 1
    assert "unknown tab 'torch'" in capsys.readouterr().err


def test_a_damaged_recording_is_named_and_not_copied(book, record_by_hand,
                                                     tmp_path, capsys):
    path = record_by_hand(book, book.pages[0], 'pytorch', {0: ['1\n']})
    path.write_bytes(path.read_bytes()[:-50])
    assert stages.main(['lab', 'pytorch']) == 1
    assert 'error: notebooks/pytorch/index.ipynb: not a notebook' in (
        capsys.readouterr().err)
    assert not (tmp_path / '_build' / 'lab').exists()


@pytest.mark.parametrize('content', [b'', b'[]', b'\xff', b'<<<<<<< merge'])
def test_what_is_no_notebook_is_named(book, tmp_path, capsys, content):
    path = tmp_path / 'notebooks' / 'pytorch' / 'index.ipynb'
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert stages.main(['lab', 'pytorch']) == 1
    assert capsys.readouterr().err.startswith(
        'error: notebooks/pytorch/index.ipynb: not a ')


def test_a_copy_that_is_no_text_stays(book, tmp_path, capsys):
    path = tmp_path / '_build' / 'lab' / 'pytorch' / 'index.ipynb'
    path.parent.mkdir(parents=True)
    path.write_bytes(b'\xff')
    assert stages.main(['lab', 'pytorch']) == 0
    assert path.read_bytes() == b'\xff'
