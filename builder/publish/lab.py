"""Notebooks for JupyterLab: copies, which readers may change and save.

The recordings themselves are never opened: saving one would end it. A copy
that is there already stays, whatever is in it.
"""
import copy
import os
import re
from pathlib import Path

import nbformat

from builder.record.notebook import make_notebook
from builder.record.recording import notebook_bytes, write_notebook
from builder.record.schema import read_notebook
from builder.source.book import Book


def copy_notebooks(book: Book, tab: str, out: Path) -> dict[Path, str]:
    """Copy a tab's notebooks to out/lab/<tab>, recorded or not.

    Returns:
        {path of a copy: 'new', 'there already' or 'changed'}.

    Raises:
        BuildError: if a recording is no notebook, or a copy cannot be
            written.
    """
    copies = {}
    for page in book.notebooks():
        recorded = book.config.notebook(tab, page.name)
        folder = recorded.parents[page.name.count('/')]
        target = out / 'lab' / tab / recorded.relative_to(folder)
        shown = recorded.relative_to(book.config.folder).as_posix()
        notebook = (read_notebook(recorded, shown)[0]
                    if recorded.is_file() else make_notebook(book, page, tab))
        fresh = _moved(notebook, folder, recorded, target)
        if not target.is_file():
            write_notebook(fresh, target)
            copies[target] = 'new'
        elif target.read_bytes() == notebook_bytes(fresh):
            copies[target] = 'there already'
        else:
            copies[target] = 'changed'
    return copies


def _moved(notebook: nbformat.NotebookNode, folder: Path, source: Path,
           target: Path) -> nbformat.NotebookNode:
    """Return what stands at `target` with links that lead where they led.

    Links between pages, inside `folder`, lead to the other copies.
    """
    def link(found: re.Match[str]) -> str:
        path = Path(os.path.normpath(source.parent / found[1]))
        if path.is_relative_to(folder):
            return found[0]
        return f']({Path(os.path.relpath(path, target.parent)).as_posix()}'

    moved = copy.deepcopy(notebook)
    moved.metadata.pop('recording', None)  # it is none once it is changed
    for cell in moved.cells:
        if cell.cell_type == 'markdown':
            cell.source = re.sub(r'\]\((\.\.?/[^)\s#]+)', link, cell.source)
    return moved
