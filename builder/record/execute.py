"""Run a notebook in its tab's environment and record what it shows.

This is the only place that writes a recording: one run of one kernel over all
cells, or nothing. The file is replaced in one step at the very end, so that an
error or Ctrl-C leaves the old recording as it was.
"""
import datetime
import json
import os
import re
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config

from builder.environment import environment_folder
from builder.errors import BuildError
from builder.record import machine
from builder.record.basis import fingerprint, outputs_checksum
from builder.record.notebook import make_notebook
from builder.record.recording import write_notebook

# Run in the kernel after the last cell; the output is not kept.
_MACHINE = Path(machine.__file__).read_text('utf-8')
_PROBE = '''
import importlib, json

def call(path):
    module, _, name = path.partition(':')
    return getattr(importlib.import_module(module), name)()

print(json.dumps({{
    **about({packages!r}), 'data': call({data!r}) if {data!r} else {{}},
    'device': str(call({device!r})) if {device!r} else 'cpu'}}))
'''


def record(book, page, tab):
    """Run `page` in `tab` and write notebooks/<tab>/<page>.ipynb.

    Raises:
        BuildError: if a limit is set, a cell fails, or a cell writes to
            stderr; the old recording stays.
    """
    config = book.config
    limits = [name for name in config.limits if os.environ.get(name)]
    if limits:
        raise BuildError(f'{limits[0]}={os.environ[limits[0]]} is set: a run '
                         'on a part of the data is not recorded; unset it')
    for name in config.reads:
        if not (config.folder / name).is_file():
            raise BuildError(f'config.ini: [recording] reads {name}, which is '
                             'not a file')
    notebook = make_notebook(book, page, tab)
    path = config.notebook(tab, page.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [cell for cell in notebook.cells if cell.cell_type == 'code']
    rests_on = fingerprint(config, tab, [cell.source for cell in cells])
    print(f'{page.name} [{tab}]')
    start = time.perf_counter()
    about = _run(notebook, config, tab, path.parent)
    seconds = time.perf_counter() - start
    _refuse_warnings(cells)
    for name, version in rests_on['packages'].items():
        if about['packages'][name].split('+')[0] != version:
            raise BuildError(f'{tab}: {name} {about["packages"][name]} is '
                             f'installed, pinned is {version}; '
                             f'remove .venvs/{tab} and try again')
    notebook.metadata['recording'] = {
        **rests_on, **about, 'outputs': outputs_checksum(cells),
        'seconds': round(seconds, 1),
        'date': datetime.date.today().isoformat()}
    write_notebook(notebook, path)
    print(f'{path.relative_to(config.folder)}: recorded in {seconds:.0f} s')


def _run(notebook, config, tab, folder):
    """Execute all cells; return what the kernel says about itself."""
    # jupyter_client looks here first, so python3 is the tab's own kernel.
    os.environ['JUPYTER_PATH'] = str(
        environment_folder(config.folder, tab) / 'share' / 'jupyter')
    client = NotebookClient(
        notebook, timeout=None, record_timing=False, coalesce_streams=True,
        kernel_name='python3',
        config=Config(KernelManager={'transport_encryption': 'auto'}),
        resources={'metadata': {'path': str(folder)}})
    code = [(i, cell) for i, cell in enumerate(notebook.cells)
            if cell.cell_type == 'code']
    settings = config.tabs[tab]
    probe = nbformat.v4.new_code_cell(_MACHINE + _PROBE.format(
        packages=[*settings.packages], data=config.data,
        device=settings.device))
    with client.setup_kernel():
        for n, (i, cell) in enumerate(code, 1):
            _execute(client, cell, i, f'  [{n}/{len(code)}] {cell.id}')
        notebook.cells.append(probe)  # nbclient runs only cells it holds
        client.execute_cell(probe, len(notebook.cells) - 1,
                            store_history=False)
        notebook.cells.pop()
    return json.loads(probe.outputs[0].text)


def _execute(client, cell, index, label):
    print(f'{label:50}', end='', flush=True)
    start = time.perf_counter()
    try:
        client.execute_cell(cell, index)
    except (CellExecutionError, DeadKernelError) as error:
        print('failed')
        raise BuildError(
            f'cell {cell.id} failed, nothing was recorded\n\n'
            f'{_indented(cell.source)}\n\n{_plain(error)}') from None
    except KeyboardInterrupt:
        print('interrupted; nothing was recorded')
        raise
    print(f'{time.perf_counter() - start:8.1f} s')


def _refuse_warnings(cells):
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == 'stream' and output.name == 'stderr':
                raise BuildError(f'cell {cell.id} wrote to stderr, nothing '
                                 f'was recorded\n\n{_indented(output.text)}')


def _indented(text):
    return '\n'.join(f'    {line}' for line in text.splitlines())


def _plain(error):
    """Return the traceback without the cell's source and terminal colours."""
    text = getattr(error, 'traceback', '') or str(error)
    return re.sub(r'\x1b\[[0-9;]*m', '', text)


