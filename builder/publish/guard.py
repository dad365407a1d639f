"""The last gate, in Sphinx: a page shows and offers only files that stand
beside it. builder.source refuses all others where they are named; what it may
not have seen in a page's Markdown ends here.
"""
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.errors import SphinxError


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at each page before Sphinx collects its files."""
    app.connect('doctree-read', _check, priority=1)
    return {'version': '1', 'parallel_read_safe': True}


def _check(app: Sphinx, page: nodes.document) -> None:
    links = [node['uri'] for node in page.findall(nodes.image)]
    links += [node['reftarget'] for node in page.findall(download_reference)]
    folder = Path(app.srcdir).resolve()
    for link in links:
        _, path = app.env.relfn2path(link, app.env.docname)
        if not Path(path).resolve().is_relative_to(folder):
            raise SphinxError(f'{app.env.docname}.md: {link} is not a file of '
                              'the book')
