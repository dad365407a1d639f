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
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from builder.config import Config, load_config
from builder.environment import environment_folder
from builder.errors import BuildError
from builder.record import command
from builder.record.basis import rests_on
from builder.record.certificates import write_certificate
from builder.record.checksums import check_versions, checksum, pinned
from builder.record.kernel import Client, started
from builder.record.machine import now
from builder.record.outputs import recorded_outputs
from builder.record.reach import reach
from builder.record.recording import code_cells
from builder.record.schema import read_notebook
from builder.record.trees import Tree, two_trees
from builder.source.book import Book, Page, load_book

Cells = Sequence[tuple[str, str]]  # of each cell, its id and source
Outputs = list[tuple[str, str]]  # of each cell, its id and JSON
# Run before the first cell. How often curves are drawn while they grow depends
# on the time, and the last digit of a layout on that.
CLOCK = '''
import itertools, time
time.perf_counter = (n / 1000 for n in itertools.count()).__next__
'''


@dataclass(frozen=True)
class _Version:
    """A page's cells before or after the change.

    Attributes:
        tree: where their modules are.
        cells: the code cells.
        code: a checksum of all that they rest on.
    """
    tree: Tree
    cells: Cells
    code: str

    def checksum(self) -> str:
        """Return the checksum of the cells alone."""
        return checksum([source for _, source in self.cells])


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
    config, facts = book.config, []
    with two_trees(config.folder, before) as trees:
        for page in book.notebooks():
            old, new = _versions(config, page, tab, trees)
            if not (old.cells and new.cells) or old.code == new.code:
                yield f'{page.name} [{tab}]: nothing to do'
                continue
            made = []
            for version in (old, new):
                yield f'{page.name} [{tab}] as in {version.tree.commit[:12]}'
                made.append(_run(config, page, tab, version, new.tree))
            _compare(page, *(outputs for outputs, _ in made))
            facts.append({**_facts(config, page, old, new), 'tab': tab,
                          'results': checksum(made[0][0]), **made[0][1]})
    for fact in facts:
        path = write_certificate(config.folder, fact)
        yield f'{path.relative_to(config.folder)}: written; commit it'


def _versions(config: Config, page: Page, tab: str, trees: tuple[Tree, Tree]
              ) -> Iterator[_Version]:
    """Yield the cells as they were recorded, and those of today."""
    cells = (_recorded(config, trees[0], tab, page),
             [(name, cell.source) for name, cell in page.code(tab)])
    for tree, version in zip(trees, cells):
        sources = [source for _, source in version]
        found = reach(tree.folder, _modules(tree, tab), sources)
        yield _Version(tree, version, rests_on(checksum(sources),
                                               found.checksums))


def _recorded(config: Config, tree: Tree, tab: str, page: Page) -> Cells:
    """Return the code cells of the recorded notebook in a tree, if any."""
    path = _place(config, tree, tab, page)
    if not path.is_file():
        return []
    notebook, _ = read_notebook(path, path.name)
    return [(cell.id, cell.source) for cell in code_cells(notebook)]


def _place(config: Config, tree: Tree, tab: str, page: Page) -> Path:
    """Return where a page's notebook stands in a tree."""
    path = config.notebook(tab, page.name)
    return tree.folder / path.relative_to(config.folder)


def _modules(tree: Tree, tab: str) -> tuple[str, ...]:
    return load_config(tree.folder / 'config.ini').tabs[tab].modules


def _facts(config: Config, page: Page, old: _Version,
           new: _Version) -> dict[str, Any]:
    """Return what a certificate says of the change and of what was run."""
    return {'what': 'recording', 'old': old.code, 'new': new.code,
            'before': old.tree.commit, 'after': new.tree.commit,
            'sample': {'page': page.name,
                       'cells': [old.checksum(), new.checksum()],
                       'limits': {name: os.environ.get(name, '')
                                  for name in config.limits}},
            'date': now()}


def _run(config: Config, page: Page, tab: str, version: _Version,
         place: Tree) -> tuple[Outputs, dict[str, Any]]:
    """Return what cells show, and the versions and the processor.

    Args:
        config: the book's settings, as they are today.
        page: the page whose cells these are.
        tab: their tab.
        version: the cells, and the tree that modules are imported from.
        place: the tree that the notebook stands in, which files that it reads
            are in.
    """
    cells = [new_code_cell(source, id=name) for name, source in version.cells]
    notebook = new_notebook(cells=[new_code_cell(CLOCK), *cells])
    folder = _place(config, place, tab, page).parent
    folder.mkdir(parents=True, exist_ok=True)
    with started(notebook, environment_folder(config.folder, tab), folder,
                 version.tree.variables()) as client:
        for n, cell in enumerate(notebook.cells):
            _execute(client, cell, n)
        about = client.ask('about', [*config.tabs[tab].packages])
        _check_origins(client, version.tree, tab)
    packages = check_versions(tab, pinned(config, tab), about['packages'])
    return [(cell.id, '\n'.join(without_names(json.dumps(output))
                                for output in cell.outputs))
            for cell in cells], {'packages': packages,
                                 'python': about['python'],
                                 'processor': about['processor']}


def _execute(client: Client, cell: NotebookNode, index: int) -> None:
    try:
        client.execute_cell(cell, index)
        cell.outputs = recorded_outputs(cell.outputs)
    except CellExecutionError as error:
        raise BuildError(f'cell {cell.id} failed: {error.ename}: '
                         f'{error.evalue}') from None
    except DeadKernelError:
        raise BuildError(f'cell {cell.id} ended the kernel') from None
    except ValueError as error:
        raise BuildError(f'cell {cell.id}: {error}') from None


def _check_origins(client: Client, tree: Tree, tab: str) -> None:
    """Raise BuildError unless the tree's own modules were used."""
    names = [name.removesuffix('.py').replace('/', '.')
             for name in _modules(tree, tab)]
    for origin in client.ask('origins', names):
        if not Path(origin).resolve().is_relative_to(tree.folder.resolve()):
            raise BuildError(f'{tab}: {origin} was imported, expected one in '
                             f'{tree.folder}')


def without_names(output: str) -> str:
    """Return an output, as JSON, with the ids in its SVG numbered in their
    order: Matplotlib makes some of digits that it does not draw."""
    ids = dict.fromkeys(re.findall(r' id=\\"([^"\\]+)\\"', output))
    numbers = {name: f'id-{n}' for n, name in enumerate(ids)}
    return re.sub(r'(?<= id=\\")[^"\\]+|(?<=#)[\w.-]+',
                  lambda found: numbers.get(found[0], found[0]), output)


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
    config = load_config('config.ini')
    return command.run(
        'python -m builder.record.certify', __doc__,
        lambda tab, before: certify(load_book(config), tab, before),
        config.tabs, arguments)


if __name__ == '__main__':
    sys.exit(main())
