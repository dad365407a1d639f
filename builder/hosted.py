"""Notebooks for Colab: the recorded ones, after a cell that installs what the
book's package needs. They exist once config.ini names a repository on GitHub.
"""
import copy
import re

import nbformat

from builder.errors import BuildError
from builder.execute import write_notebook

COLAB = 'https://colab.research.google.com/github'


def colab_link(config, tab, page):
    """Return the address that opens a page's notebook in Colab, or ''."""
    if not (config.repository and config.tabs[tab].colab):
        return ''
    name = _path(config, tab, page).relative_to(config.folder).as_posix()
    return f'{COLAB}/{_github(config)}/blob/{config.branch}/{name}'


def colab_notebooks(config, pairs):
    """Yield (path, notebook) of all that Colab opens.

    Args:
        config: the Config.
        pairs: (Page, tab's name) of the notebooks there are.

    Raises:
        BuildError: if the repository is not on GitHub.
    """
    for page, tab in pairs:
        recorded = config.notebook(tab, page.name)
        if not (colab_link(config, tab, page.name) and recorded.is_file()):
            continue
        notebook = copy.deepcopy(nbformat.read(recorded, as_version=4))
        install = nbformat.v4.new_code_cell(
            f'%pip install -q "git+{config.repository}@{config.branch}"',
            id='install')
        notebook.cells.insert(0, install)
        yield _path(config, tab, page.name), notebook


def update_colab(config, pairs, write=True):
    """Write the notebooks for Colab that are not of today, or only name them.

    Returns:
        Their paths.
    """
    outdated = []
    for path, notebook in colab_notebooks(config, pairs):
        if not path.is_file() or nbformat.read(path, 4) != notebook:
            outdated.append(path)
            if write:
                write_notebook(notebook, path)
    return outdated


def _path(config, tab, page):
    return config.folder / 'notebooks' / 'colab' / tab / f'{page}.ipynb'


def _github(config):
    found = re.fullmatch(r'https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?',
                         config.repository)
    if not found:
        raise BuildError('config.ini: repository must be of the form '
                         f'https://github.com/OWNER/NAME for Colab, got '
                         f'{config.repository!r}')
    return found[1]
