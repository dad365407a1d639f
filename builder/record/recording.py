"""Recorded notebooks: what they show, and whether it still holds.

Prose may change freely; if anything else does that builder/record/basis.py
knows, the recording is stale, and its problems say why.
"""
import difflib
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from builder.config import Config
from builder.errors import BuildError
from builder.record.basis import problems_of
from builder.record.notebook import make_notebook
from builder.record.schema import About, parse_notebook, read_notebook
from builder.source.book import Book, Page
from builder.writing import locked, replace_file

Outputs = list[NotebookNode]


@dataclass
class Recording:
    """A page's recorded notebook in one tab.

    outputs: one list a code cell of today's source; None where the recording
        has no cell with this code.
    about: what the run noted; None if there was no run.
    problems: why it must be recorded again; empty if it is fresh.
    certified: whether it is fresh by a certificate; see
        builder.record.certificates.
    text_differs: whether its prose is not today's (`make notebooks`).
    """
    outputs: list[Outputs | None] = field(default_factory=list)
    about: About | None = None
    problems: list[str] = field(default_factory=list)
    text_differs: bool = False
    certified: bool = False


def load_recording(book: Book, page: Page, tab: str) -> Recording:
    """Return the Recording of `page` in `tab`, whatever state it is in.

    Raises:
        BuildError: if the file is not a notebook, or says of its run what no
            run of this builder notes.
    """
    path = book.config.notebook(tab, page.name)
    sources = [cell.source for _, cell in page.code(tab)]
    if not path.exists():
        return Recording([None] * len(sources), None,
                         ['it was never recorded'])
    notebook, about = read_notebook(path, _shown(book.config, tab, page))
    recorded = code_cells(notebook)
    fresh = make_notebook(book, page, tab)
    differs = _identity(fresh) != _identity(notebook)
    if about is None:
        return Recording([None] * len(sources), None,
                         ['it holds no recorded run'], differs)
    noted = notebook.metadata['recording']
    problems, certified = problems_of(book.config, tab, noted, sources,
                                      recorded)
    outputs = _matched(recorded, sources) if problems else [
        cell.outputs for cell in recorded]
    return Recording(outputs, about, problems, differs, certified)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the notebook's code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == 'code']


def _identity(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    return [(cell.id, cell.cell_type, cell.source) for cell in notebook.cells]


def _matched(recorded: list[NotebookNode],
             sources: list[str]) -> list[Outputs | None]:
    """Return the outputs of these sources, as far as they were recorded."""
    outputs: list[Outputs | None] = [None] * len(sources)
    matcher = difflib.SequenceMatcher(
        None, [cell.source for cell in recorded], sources, autojunk=False)
    for i, j, n in matcher.get_matching_blocks():
        outputs[j:j + n] = [cell.outputs for cell in recorded[i:i + n]]
    return outputs


def update_text(book: Book, page: Page, tab: str) -> Recording:
    """Write today's prose into a fresh recording; a stale one is left alone.

    Returns:
        The Recording as it was found: it was written if it has no problems
        and text_differs.

    Raises:
        BuildError: if it is being recorded now, or cannot be written.
    """
    config = book.config
    with recording_lock(config, tab):
        found = load_recording(book, page, tab)
        if found.problems or not found.text_differs:
            return found
        path = config.notebook(tab, page.name)
        old, _ = read_notebook(path, _shown(config, tab, page))
        notebook = make_notebook(book, page, tab)
        for cell, run in zip(code_cells(notebook), code_cells(old),
                             strict=True):
            cell.outputs = run.outputs
            cell.execution_count = run.execution_count
        notebook.metadata['recording'] = old.metadata['recording']
        content = notebook_bytes(notebook)
        again, _ = parse_notebook(content)
        if _run_of(again) != _run_of(old):
            raise BuildError(f'{_shown(config, tab, page)}: new prose would '
                             'change what was recorded; left alone')
        replace_file(path, content)
    return found


def write_unrun(book: Book, page: Page, tab: str) -> str:
    """Write the notebook of `page` in `tab` if there is none, or one without
    a run; return what was done, or '' if there is one with a run."""
    path = book.config.notebook(tab, page.name)
    with recording_lock(book.config, tab):
        if path.exists():
            old, about = read_notebook(path, _shown(book.config, tab, page))
            if about or any(cell.outputs for cell in code_cells(old)):
                return ''
        content = notebook_bytes(make_notebook(book, page, tab))
        if path.exists() and path.read_bytes() == content:
            return 'up to date'
        replace_file(path, content)
    return 'written'


def _run_of(notebook: NotebookNode) -> tuple[object, ...]:
    """Return all that a run decides in a notebook."""
    return notebook.metadata['recording'], [
        (cell.execution_count, cell.outputs)
        for cell in code_cells(notebook)]


def recording_lock(config: Config, tab: str) -> AbstractContextManager[None]:
    """Return a context in which no one else writes recordings of `tab`."""
    return locked(config.folder / '_build' / 'locks' / f'record-{tab}',
                  f'recording {tab}')


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as it is written to a file.

    Raises:
        nbformat.ValidationError: if it is none.
    """
    nbformat.validate(notebook)
    text: str = nbformat.v4.writes(notebook)  # nbformat's own validates again
    return f'{text}\n'.encode()


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write `notebook` to `path` in one step, or raise BuildError."""
    replace_file(path, notebook_bytes(notebook))


def _shown(config: Config, tab: str, page: Page) -> str:
    path: Path = config.notebook(tab, page.name)
    return path.relative_to(config.folder).as_posix()
