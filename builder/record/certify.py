"""python -m builder.record.certify TAB --before COMMIT: certify a change.

For a change of modules that must leave every output as it was. Runs today's
cells of all pages of a tab, once with the modules of COMMIT and once with
today's, and compares all outputs byte for byte, figures included. If they are
the same, certificates in evidence/certificates connect the two, and
recordings whose cells are today's hold again. Commit them. If an output
differs, it says which and writes nothing.

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
from nbformat.v4 import new_code_cell
from traitlets.config import Config as Traits

from builder.config import Config, load_config
from builder.environment import environment_folder
from builder.errors import BuildError
from builder.record import machine
from builder.record.basis import rests_on
from builder.record.certificates import write_certificate
from builder.record.checksums import checksum, pinned
from builder.record.notebook import make_notebook
from builder.record.reach import reach
from builder.record.trees import environment, now, two_trees
from builder.source.book import Book, Page, load_book

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
            codes = [_rests_on(config, tree, tab, page) for tree in (old, new)]
            if not page.code(tab) or codes[0] == codes[1]:
                yield f'{page.name} [{tab}]: nothing to do'
                continue
            made = []
            for commit, tree in ((older, old), (newer, new)):
                yield f'{page.name} [{tab}] with modules of {commit[:12]}'
                made.append(_outputs(book, page, tab, tree, new))
            (outputs, about), (others, _) = made
            _compare(page, outputs, others)
            facts.append({
                'what': 'recording', 'tab': tab, 'old': codes[0],
                'new': codes[1], 'before': older, 'after': newer,
                'sample': {'page': page.name, 'limits': {
                    name: os.environ.get(name, '') for name in config.limits}},
                'results': checksum(outputs), 'packages': about['packages'],
                'python': about['python'], 'processor': about['processor'],
                'date': now()})
    for fact in facts:
        path = write_certificate(config.folder, fact)
        yield f'{path.relative_to(config.folder)}: written; commit it'


def _rests_on(config: Config, tree: Path, tab: str, page: Page) -> str:
    """Return what a recording of today's cells rests on with the modules in
    a tree, as a checksum."""
    sources = [cell.source for _, cell in page.code(tab)]
    modules = load_config(tree / 'config.ini').tabs[tab].modules
    return rests_on(checksum(sources),
                    reach(tree, modules, sources).checksums)


def _outputs(book: Book, page: Page, tab: str, tree: Path, place: Path
             ) -> tuple[Outputs, dict[str, Any]]:
    """Return what all cells show with the modules in a tree, and the versions
    and the machine.

    Args:
        book: the book.
        page: the page whose cells are run.
        tab: their tab.
        tree: where modules are imported from.
        place: the tree that the notebook stands in, which files that it reads
            are in.
    """
    config = book.config
    notebook = make_notebook(book, page, tab)
    cells = [c for c in notebook.cells if c.cell_type == 'code']
    names = [name.removesuffix('.py').replace('/', '.')
             for name in load_config(tree / 'config.ini').tabs[tab].modules]
    probe = new_code_cell(Path(machine.__file__).read_text('utf-8')
                          + PROBE.format(modules=names, packages=[
                              *config.tabs[tab].packages]))
    notebook.cells = [new_code_cell(CLOCK), *cells, probe]
    folder = (place / config.notebook(tab, page.name).relative_to(
        config.folder)).parent
    folder.mkdir(parents=True, exist_ok=True)
    _execute(notebook, environment_folder(config.folder, tab), tree, folder)
    about = json.loads(probe.outputs[0].text)
    _check(config, tab, about, tree)
    return [(cell.id, without_names(json.dumps(cell.outputs)))
            for cell in cells], about


def without_names(outputs: str) -> str:
    """Return outputs with the ids of clip paths numbered: Matplotlib makes
    them of digits that it does not draw."""
    names: dict[str, int] = {}
    return re.sub(r'\bp[0-9a-f]{10}\b', lambda match: 'clip-path-'
                  f'{names.setdefault(match[0], len(names))}', outputs)


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
    """Raise BuildError if two runs of the same cells show something else."""
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
