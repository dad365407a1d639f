"""Notebooks for Colab: the recorded ones, after a cell that installs what the
book's package needs. They exist once config.ini names a repository on GitHub.
"""
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat

from builder.config import Config
from builder.record.recording import notebook_bytes, write_notebook
from builder.record.schema import read_notebook
from builder.source.page import Page

COLAB = 'https://colab.research.google.com/github'


def colab_link(config: Config, tab: str, page: str) -> str:
    """Return the address that opens a page's notebook in Colab, or ''."""
    if not (github(config) and config.tabs[tab].colab):
        return ''
    name = _path(config, tab, page).relative_to(config.folder).as_posix()
    return f'{COLAB}/{github(config)}/blob/{config.branch}/{name}'


def colab_notebooks(
        config: Config, pairs: Iterable[tuple[Page, str]]
        ) -> Iterator[tuple[Path, nbformat.NotebookNode]]:
    """Yield (path, notebook) of all that Colab opens.

    Args:
        config: the Config.
        pairs: (Page, tab's name) of the notebooks there are.

    Raises:
        BuildError: if one is no notebook.
    """
    for page, tab in pairs:
        recorded = config.notebook(tab, page.name)
        if not (colab_link(config, tab, page.name) and recorded.is_file()):
            continue
        shown = recorded.relative_to(config.folder).as_posix()
        notebook, _ = read_notebook(recorded, shown)
        _make_absolute(config, recorded, notebook)
        install = nbformat.v4.new_code_cell(
            f'%pip install -q "git+{config.repository}@{config.branch}"',
            id='install')
        notebook.cells.insert(0, install)
        yield _path(config, tab, page.name), notebook


def update_colab(config: Config, pairs: Iterable[tuple[Page, str]],
                 write: bool = True) -> list[Path]:
    """Write the notebooks for Colab that are not of today, or only name them.

    Returns:
        Their paths.
    """
    outdated = []
    for path, notebook in colab_notebooks(config, pairs):
        if not path.is_file() or (
                path.read_bytes().replace(b'\r\n', b'\n')  # as Git may have it
                != notebook_bytes(notebook)):
            outdated.append(path)
            if write:
                write_notebook(notebook, path)
    return outdated


def _make_absolute(config: Config, recorded: Path,
                   notebook: nbformat.NotebookNode) -> None:
    """Let links to files of the repository lead there, and show images."""
    def absolute(found: re.Match[str]) -> str:
        target = (recorded.parent / found[2]).resolve()
        if not target.is_relative_to(config.folder):
            return found[0]
        name = target.relative_to(config.folder).as_posix()
        kind = 'raw' if found[1].startswith('!') else 'blob'
        return (f'{found[1]}(https://github.com/{github(config)}/{kind}/'
                f'{config.branch}/{name}')

    for cell in notebook.cells:
        if cell.cell_type == 'markdown':
            cell.source = re.sub(r'(!?\[[^]\n]*\])\((\.\.?/[^)\s]+)(?=[)\s])',
                                 absolute, cell.source)


def _path(config: Config, tab: str, page: str) -> Path:
    return config.folder / 'notebooks' / 'colab' / tab / f'{page}.ipynb'


def github(config: Config) -> str:
    """Return OWNER/NAME of a repository on GitHub, or ''."""
    found = re.fullmatch(r'https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?',
                         config.repository)
    return found[1] if found else ''
