"""Notebooks for Colab, Kaggle and Binder: the recorded ones, after a cell that
installs the book's package. They exist once config.ini names a repository on
GitHub; so do the addresses at which its sources are edited.
"""
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import nbformat

from builder.config import Config
from builder.record.needs import requirement
from builder.record.recording import notebook_bytes, write_notebook
from builder.record.schema import read_notebook
from builder.source.page import Page

GITHUB = 'https://github.com'
COLAB = 'https://colab.research.google.com/github'
KAGGLE = 'https://kaggle.com/kernels/welcome'
BINDER = 'https://mybinder.org/v2/gh'


def host_links(config: Config, tab: str, page: str) -> dict[str, str]:
    """Return {host: the address that opens a page's notebook there}."""
    github = _github(config)
    if not (github and config.tabs[tab].colab):
        return {}
    name = _path(config, tab, page).relative_to(config.folder).as_posix()
    place = f'{github}/blob/{config.branch}/{name}'
    return {
        'Colab': f'{COLAB}/{place}',
        'Kaggle': f'{KAGGLE}?src={quote(f"{GITHUB}/{place}", safe="")}',
        'Binder': f'{BINDER}/{github}/{quote(config.branch, safe="")}'
                  f'?labpath={quote(name, safe="")}'}


def edit_link(config: Config, path: str) -> str:
    """Return the address at which a source of the book is edited, or ''."""
    github = _github(config)
    return github and f'{GITHUB}/{github}/edit/{config.branch}/{quote(path)}'


def file_link(config: Config, path: str, line: str = '') -> str:
    """Return the address of a file of the repository, or of a line of it, or
    ''."""
    github = _github(config)
    place = f'#L{line}' if line else ''
    return github and (
        f'{GITHUB}/{github}/blob/{config.branch}/{quote(path)}{place}')


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
        if not (host_links(config, tab, page.name) and recorded.is_file()):
            continue
        shown = recorded.relative_to(config.folder).as_posix()
        notebook, _ = read_notebook(recorded, shown)
        _make_absolute(config, recorded, notebook)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(
            _install(config, tab), id='install'))
        yield _path(config, tab, page.name), notebook


def _install(config: Config, tab: str) -> str:
    """Return the line that installs the book's package; with an extra of
    the tab's name, the framework too, where a host has none."""
    return f'%pip install -q "{requirement(config, tab)}"'


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
        return (f'{found[1]}({GITHUB}/{_github(config)}/{kind}/'
                f'{config.branch}/{name}')

    for cell in notebook.cells:
        if cell.cell_type == 'markdown':
            cell.source = re.sub(r'(!?\[[^]\n]*\])\((\.\.?/[^)\s]+)(?=[)\s])',
                                 absolute, cell.source)


def _path(config: Config, tab: str, page: str) -> Path:
    return config.folder / 'notebooks' / 'colab' / tab / f'{page}.ipynb'


def _github(config: Config) -> str:
    """Return OWNER/NAME of a repository on GitHub, or ''."""
    found = re.fullmatch(r'https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?',
                         config.repository)
    return found[1] if found else ''
