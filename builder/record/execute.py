"""Run a notebook in its tab's environment and record what it shows.

This is the only place that writes a recording: one run of one kernel over all
cells, or nothing. What would make it fail at the end is looked for first, and
the file is replaced in one step at the very end, so that an error or Ctrl-C
leaves the old recording as it was.
"""
import datetime
import os
import time
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode, ValidationError

from builder.config import Config
from builder.environment import environment_folder
from builder.errors import BuildError
from builder.escape import printable
from builder.record.basis import fingerprint, outputs_checksum
from builder.record.checksums import check_versions, pinned
from builder.record.kernel import Client, started
from builder.record.notebook import make_notebook
from builder.record.outputs import (
    CELL_LIMIT,
    NOTEBOOK_LIMIT,
    recorded_outputs,
    size,
)
from builder.record.recording import (
    code_cells,
    recording_lock,
    write_notebook,
)
from builder.record.schema import About, Machine, check_noted
from builder.source.book import Book, Page
from builder.writing import check_writable

_ROOM = 4_000_000  # bytes that the disk must have; 1.5 are the most so far


def record(book: Book, page: Page, tab: str) -> None:
    """Run `page` in `tab` and write notebooks/<tab>/<page>.ipynb.

    Raises:
        BuildError: if a limit is set, a cell fails, writes to stderr or shows
            what no page can, or another process records this tab; the old
            recording stays.
    """
    config = book.config
    _check_settings(config)
    path = config.notebook(tab, page.name)
    with recording_lock(config, tab):
        check_writable(path, _ROOM)
        print(f'{page.name} [{tab}]')
        start = time.perf_counter()
        notebook = make_notebook(book, page, tab)
        cells = code_cells(notebook)
        rests_on = fingerprint(config, tab, [cell.source for cell in cells])
        noted = _run(notebook, config, tab, path.parent)
        seconds = time.perf_counter() - start
        for cell in cells:
            cell.outputs = _checked(cell)
        about = check_noted(About, {
            **rests_on, **noted, 'outputs': outputs_checksum(cells),
            'seconds': round(seconds, 1),
            'date': datetime.date.today().isoformat()})
        notebook.metadata['recording'] = about.model_dump(exclude_none=True)
        write_notebook(notebook, path)
    print(f'{path.relative_to(config.folder)}: recorded in {seconds:.0f} s')


def _check_settings(config: Config) -> None:
    for name in config.limits:
        if os.environ.get(name):
            raise BuildError(f'{name}={os.environ[name]} is set: a run on a '
                             'part of the data is not recorded; unset it')
    for name in config.reads:
        if not (config.folder / name).is_file():
            raise BuildError(f'{config.file}: [recording] reads {name}, which '
                             'is not a file')


def _run(notebook: NotebookNode, config: Config, tab: str,
         folder: Path) -> dict[str, Any]:
    """Execute all cells; return what the kernel says about itself."""
    code = [(i, cell) for i, cell in enumerate(notebook.cells)
            if cell.cell_type == 'code']
    settings = config.tabs[tab]
    with started(notebook, environment_folder(config.folder, tab),
                 folder) as client:
        about = client.ask('about', [*settings.packages])
        check_noted(Machine, about)
        check_versions(tab, pinned(config, tab), about['packages'])
        for n, (i, cell) in enumerate(code, 1):
            _execute(client, cell, i, f'  [{n}/{len(code)}] {cell.id}')
            _check_size(cell, [cell for _, cell in code[:n]])
        data = client.ask('result', config.data) if config.data else {}
        device = (client.ask('text', settings.device) if settings.device
                  else 'cpu')
    return {**about, 'data': data, 'device': device}


def _execute(client: Client, cell: NotebookNode, index: int,
             label: str) -> None:
    """Run one cell, and look at once at what it shows."""
    print(f'{label:50}', end='', flush=True)
    start = time.perf_counter()
    try:
        client.execute_cell(cell, index)
        _checked(cell)
    except (CellExecutionError, DeadKernelError) as error:
        print('failed')
        raise BuildError(
            f'cell {cell.id} {_reason(client, error)}, nothing was recorded'
            f'\n\n{_indented(cell.source)}\n\n{_plain(error)}') from None
    except ValidationError as error:
        print('failed')
        raise BuildError(f'cell {cell.id} shows what is no output '
                         f'({str(error).splitlines()[0]}); nothing was '
                         'recorded') from None
    except BuildError:
        print('refused')
        raise
    except KeyboardInterrupt:
        print('interrupted; nothing was recorded')
        raise
    print(f'{time.perf_counter() - start:8.1f} s')


def _reason(client: Client, error: Exception) -> str:
    if client.flooded:
        return (f'shows more than {CELL_LIMIT:,} characters and was stopped')
    if isinstance(error, DeadKernelError):
        return 'failed: its process ended, as it does when memory is short'
    return 'failed'


def _checked(cell: NotebookNode) -> list[NotebookNode]:
    """Return the cell's outputs as they are recorded."""
    for output in cell.outputs:
        if output.output_type == 'stream' and output.name == 'stderr':
            raise BuildError(f'cell {cell.id} wrote to stderr, nothing '
                             f'was recorded\n\n{_indented(output.text)}')
    try:
        return recorded_outputs(cell.outputs)
    except ValueError as error:
        raise BuildError(f'cell {cell.id}: {error}; nothing was '
                         'recorded') from None


def _check_size(cell: NotebookNode, done: list[NotebookNode]) -> None:
    held = sum(size(output) for cell in done for output in cell.outputs)
    if held > NOTEBOOK_LIMIT:
        raise BuildError(f'up to cell {cell.id} the notebook shows {held:,} '
                         f'characters, more than {NOTEBOOK_LIMIT:,}; nothing '
                         'was recorded')


def _indented(text: str) -> str:
    return '\n'.join(f'    {line}' for line in text.splitlines())


def _plain(error: Exception) -> str:
    """Return the traceback without the cell's source and terminal colours."""
    return printable(getattr(error, 'traceback', '') or str(error))
