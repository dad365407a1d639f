"""python -m builder.record.certify TAB --before COMMIT: certify a change.

For a change of cells or modules that must leave every output as it was. Runs
all notebooks of a tab, once as COMMIT has them, with its modules, and once
with today's cells and modules, and compares the outputs cell by cell and byte
for byte, figures included. If they are the same, certificates in
evidence/certificates connect the two, and the recordings hold again. Commit
them; then `make notebooks` brings the cells up to date. If an output differs,
it says which and writes nothing.

Whatever variable config.ini names under limits is used and noted: `make
certify` sets them, so that it takes minutes. Runs in the book environment;
the cells run in the tab's, on one thread.
"""
import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config as Traits

from builder.config import Config, load_config
from builder.environment import environment_folder
from builder.errors import BuildError
from builder.record import machine
from builder.record.basis import rests_on
from builder.record.certificates import write_certificate
from builder.record.checksums import checksum, pinned
from builder.record.reach import reach
from builder.record.recording import code_cells
from builder.record.schema import read_notebook
from builder.record.trees import environment, now, two_trees
from builder.source.book import Book, Page, load_book

Cells = Sequence[tuple[str, str]]  # of each cell, its id and source
Outputs = list[tuple[str, str]]  # of each cell, its id and JSON
# Run before the first cell. How often curves are drawn while they grow depends
# on the time, and the last digit of a layout on that.
CLOCK = '''
import itertools, time
time.perf_counter = (n / 1000 for n in itertools.count()).__next__
'''
# Run after the last cell: with which versions, and whose modules.
PROBE = '''
import importlib, json
print(json.dumps({{**about({packages!r}), 'origins': [
    importlib.import_module(name).__file__ for name in {modules!r}]}}))
'''


def certify(book: Book, tab: str, before: str) -> Iterator[str]:
    """Write a certificate for every page whose recording needs one; yield
    what was done.

    Args:
        book: the book, as it is committed.
        tab: the tab whose notebooks are run.
        before: the commit whose modules the recordings were made with.

    Raises:
        BuildError: if an output differs, a cell fails, or today's state is
            not committed; then nothing is written.
    """
    config = book.config
    facts = []
    with two_trees(config.folder, before) as ((older, old), (newer, new)):
        for page in book.notebooks():
            cells = [_recorded(config, old, tab, page),
                     [(name, cell.source) for name, cell in page.code(tab)]]
            codes = [_rests_on(config, tree, tab, sources) for tree, sources
                     in zip((old, new), cells)]
            if not all(cells) or codes[0] == codes[1]:
                yield f'{page.name} [{tab}]: nothing to do'
                continue
            made = []
            for commit, tree, todo in zip((older, newer), (old, new), cells):
                yield f'{page.name} [{tab}] as in {commit[:12]}'
                made.append(_outputs(config, page, tab, todo, tree, new))
            (outputs, about), (others, _) = made
            _compare(page, outputs, others)
            facts.append({
                'what': 'recording', 'tab': tab, 'old': codes[0],
                'new': codes[1], 'before': older, 'after': newer,
                'sample': _sample(config, page, cells),
                'results': checksum(outputs), 'packages': about['packages'],
                'python': about['python'], 'processor': about['processor'],
                'date': now()})
    for fact in facts:
        path = write_certificate(config.folder, fact)
        yield f'{path.relative_to(config.folder)}: written; commit it'


def _sample(config: Config, page: Page,
            cells: Sequence[Cells]) -> dict[str, Any]:
    """Return what is run: a page, its cells before and after, the limits."""
    return {'page': page.name, 'cells': [
        checksum([source for _, source in sources]) for sources in cells],
        'limits': {name: os.environ.get(name, '') for name in config.limits}}


def _recorded(config: Config, tree: Path, tab: str, page: Page) -> Cells:
    """Return the code cells of the recorded notebook in a tree, if any."""
    path = tree / config.notebook(tab, page.name).relative_to(config.folder)
    if not path.is_file():
        return []
    notebook, _ = read_notebook(path, path.name)
    return [(cell.id, cell.source) for cell in code_cells(notebook)]


def _rests_on(config: Config, tree: Path, tab: str, cells: Cells) -> str:
    """Return what a recording of these cells rests on with the modules in a
    tree, as a checksum."""
    sources = [source for _, source in cells]
    modules = load_config(tree / 'config.ini').tabs[tab].modules
    return rests_on(checksum(sources),
                    reach(tree, modules, sources).checksums)


def _outputs(config: Config, page: Page, tab: str, sources: Cells, tree: Path,
             place: Path) -> tuple[Outputs, dict[str, Any]]:
    """Return what these cells show with the modules in a tree, and the
    versions and the machine.

    Args:
        config: the book's settings, as they are today.
        page: the page whose cells these are.
        tab: their tab.
        sources: the cells.
        tree: where modules are imported from.
        place: the tree that the notebook stands in, which files that it reads
            are in.
    """
    cells = [new_code_cell(source, id=name) for name, source in sources]
    names = [name.removesuffix('.py').replace('/', '.')
             for name in load_config(tree / 'config.ini').tabs[tab].modules]
    probe = new_code_cell(Path(machine.__file__).read_text('utf-8')
                          + PROBE.format(modules=names, packages=[
                              *config.tabs[tab].packages]))
    notebook = new_notebook(cells=[new_code_cell(CLOCK), *cells, probe])
    folder = (place / config.notebook(tab, page.name).relative_to(
        config.folder)).parent
    folder.mkdir(parents=True, exist_ok=True)
    _execute(notebook, environment_folder(config.folder, tab), tree, folder)
    about = json.loads(probe.outputs[0].text)
    _check(config, tab, about, tree)
    return [(cell.id, '\n'.join(without_names(json.dumps(output))
                                for output in cell.outputs))
            for cell in cells], about


def without_names(output: str) -> str:
    """Return an output, as JSON, with the ids in its SVG numbered in their
    order: Matplotlib makes some of digits that it does not draw."""
    ids = dict.fromkeys(re.findall(r' id=\\"([^"\\]+)\\"', output))
    numbers = {name: f'id-{n}' for n, name in enumerate(ids)}
    return re.sub(r'(?<= id=\\")[^"\\]+|(?<=#)[\w.-]+',
                  lambda found: numbers.get(found[0], found[0]), output)


def _execute(notebook: NotebookNode, kernels: Path, tree: Path,
             folder: Path) -> None:
    # jupyter_client looks here first, so python3 is the tab's own kernel.
    os.environ['JUPYTER_PATH'] = str(kernels / 'share' / 'jupyter')
    client = NotebookClient(
        notebook, timeout=None, record_timing=False, coalesce_streams=True,
        kernel_name='python3',
        config=Traits(KernelManager={'transport_encryption': 'auto'}),
        resources={'metadata': {'path': str(folder)}})
    try:
        with client.setup_kernel(env=environment(tree)):
            for n, cell in enumerate(notebook.cells):
                client.execute_cell(cell, n)
    except CellExecutionError as error:
        raise BuildError(f'cell {cell.id} failed: {error.ename}: '
                         f'{error.evalue}') from None
    except DeadKernelError:
        raise BuildError(f'cell {cell.id} ended the kernel') from None


def _check(config: Config, tab: str, about: dict[str, Any],
           tree: Path) -> None:
    """Raise BuildError unless the pinned versions and the tree's own modules
    were used."""
    about['packages'] = {name: version.split('+')[0]
                         for name, version in about['packages'].items()}
    if about['packages'] != pinned(config, tab):
        raise BuildError(f'{tab}: {about["packages"]} are installed, pinned '
                         f'are {pinned(config, tab)}')
    for origin in about['origins']:
        if not Path(origin).resolve().is_relative_to(tree.resolve()):
            raise BuildError(f'{tab}: {origin} was imported, expected one in '
                             f'{tree}')


def _compare(page: Page, before: Outputs, after: Outputs) -> None:
    """Raise BuildError if two runs show something else."""
    if len(before) != len(after):
        raise BuildError(f'{page.name}: {len(after)} code cells, before '
                         f'{len(before)}; no certificate')
    for (cell_id, old), (_, new) in zip(before, after, strict=True):
        if old != new:
            at = len(os.path.commonprefix([old, new]))
            shown = [text[max(at - 30, 0):at + 50] for text in (new, old)]
            raise BuildError(f'{page.name}: cell {cell_id} shows {shown[0]!r},'
                             f' before {shown[1]!r}; no certificate')


def main(arguments: Sequence[str] | None = None) -> int:
    """Certify; return the exit status."""
    parser = argparse.ArgumentParser(
        prog='python -m builder.record.certify', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tab')
    parser.add_argument('--before', metavar='COMMIT', required=True)
    options = parser.parse_args(arguments)
    try:
        book = load_book(load_config('config.ini'))
        if options.tab not in book.config.tabs:
            raise BuildError(f'unknown tab {options.tab!r}, expected one of '
                             f'{", ".join(book.config.tabs)}')
        for line in certify(book, options.tab, options.before):
            print(line, flush=True)
    except BuildError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
