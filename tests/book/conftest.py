"""Small books made for a test."""
import functools
import textwrap
from types import SimpleNamespace

import nbformat
import pytest

from builder.config import load_config
from builder.record.basis import fingerprint, outputs_checksum
from builder.source.book import load_book

CONFIG = '''
[book]
title = A Small Book
root = text/index.md
tabs = pytorch, mxnet
explicit_tabs = yes
bibliography = text/small.bib

[tab pytorch]
title = PyTorch
modules = lib/torch.py
packages = numpy

[tab mxnet]
title = MXNet

[recording]
modules = lib/common.py
limits = SMALL_LIMIT

[links]
name = D2L
url = https://d2l.ai/
sec_sgd = 12.4, chapter_optimization/sgd.html, Stochastic Gradient Descent
'''

BIB = '''
@article{Smith.2017, title={On {SGD}}, author={Smith, Leslie N.}, year=2017,
  journal={arXiv:1506.01186}}
@book{Three.2020, title={A Book}, year=2020, publisher={Press},
  author={M{\\"u}ller, Ada and Von Werra, L. and Third, C.}}
'''


def make_book(folder, pages, **others):
    """Write files into a folder, and load the book that they make."""
    files = {'config.ini': CONFIG, 'text/small.bib': BIB,
             'requirements/pytorch.txt': 'numpy==2.4.6\n',
             'requirements/mxnet.txt': '',
             'lib/common.py': 'A = 1\n', 'lib/torch.py': 'B = 2\n'}
    pages = {'text/index.md': pages} if isinstance(pages, str) else pages
    for name, text in {**files, **pages, **others}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip('\n'), 'utf-8')
    return load_book(load_config(folder / 'config.ini'))


@pytest.fixture
def write_book(tmp_path):
    """Return a function that writes files and loads the book they make."""
    return functools.partial(make_book, tmp_path)


PAGE = r'''
# First Steps
:label:`sec_first`

See :numref:`sec_second`, :numref:`sec_sgd` and :ref:`sec_second`. Rates
cycle :cite:`Smith.2017,Three.2020`, as :citet:`Smith.2017` says: $\eta_t$.

```{.python .input}
#@tab pytorch
import torch
```

```{.python .input}
#@tab mxnet
import mxnet
```

## Second
:label:`sec_second`

$$\eta_{t+1} = \alpha \eta_t$$

:begin_tab:`mxnet`
Only for *MXNet*.
:end_tab:

```{.python .input  n=3}
#@tab all
#@check
print('both')
```

```python
not_run()
```
'''

SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36">'
       '<path d="M 0 0 L 1 1" style="fill: #ffffff"/>'
       '<path d="M 0 0 L 9 9" style="fill: none; stroke: #000000"/></svg>')


def write_recording(book, page, tab, outputs):
    """Write a recording as the execute stage would, from outputs given here,
    so that no kernel is needed."""
    from builder.record.notebook import make_notebook
    from builder.record.recording import write_notebook
    notebook = make_notebook(book, page, tab)
    cells = [c for c in notebook.cells if c.cell_type == 'code']
    for n, cell in enumerate(cells):
        cell.execution_count = n + 1
        cell.outputs = [_output(o) for o in outputs.get(n, [])]
    sources = [cell.source for cell in cells]
    notebook.metadata['recording'] = {
        **fingerprint(book.config, tab, sources),
        'outputs': outputs_checksum(cells), 'device': 'cpu',
        'python': '3.11.7', 'processor': 'an abacus', 'cores': 2,
        'data': {}, 'seconds': 90.0, 'date': '2026-11-01'}
    path = book.config.notebook(tab, page.name)
    write_notebook(notebook, path)
    return path


def _output(content):
    if content.startswith('<svg'):
        return nbformat.v4.new_output('display_data', {
            'image/svg+xml': content, 'text/plain': 'A white card.'})
    return nbformat.v4.new_output('stream', text=content)


@pytest.fixture
def record_by_hand():
    """Return `write_recording`."""
    return write_recording


@pytest.fixture
def sample(write_book):
    """The book of PAGE and its only page."""
    book = write_book(PAGE)
    return SimpleNamespace(book=book, page=book.pages[0])
