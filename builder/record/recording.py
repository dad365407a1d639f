"""Recorded notebooks: what their outputs rest on, and whether it still holds.

A recording's metadata holds checksums of its code cells, of the modules that
decide numbers (without comments and docstrings), of the files that it reads,
of its outputs, and the versions of the packages. Prose may change freely; if
anything else does, the recording is stale, and this module says why.
"""
import difflib
import os
from dataclasses import dataclass, field

import nbformat

from builder.errors import BuildError
from builder.record.basis import problems_of
from builder.record.notebook import make_notebook


@dataclass
class Recording:
    """A page's recorded notebook in one tab.

    outputs: one list a code cell of today's source; None where the recording
        has no cell with this code.
    about: the metadata written by the run; empty if there is none.
    problems: why it must be recorded again; empty if it is fresh.
    text_differs: whether its prose is not today's (`make notebooks`).
    """
    outputs: list = field(default_factory=list)
    about: dict = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    text_differs: bool = False


def load_recording(book, page, tab):
    """Return the Recording of `page` in `tab`, whatever state it is in.

    Raises:
        BuildError: if the file is not a notebook.
    """
    path = book.config.notebook(tab, page.name)
    sources = [cell.source for _, cell in page.code(tab)]
    if not path.is_file():
        return Recording([None] * len(sources), {}, ['it was never recorded'])
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        raise BuildError(f'{_shown(book, path)}: not a notebook '
                         f'({str(error).splitlines()[0]})') from None
    recorded = [c for c in notebook.cells if c.cell_type == 'code']
    about = notebook.metadata.get('recording', {})
    outputs = [None] * len(sources)
    matcher = difflib.SequenceMatcher(None, [c.source for c in recorded],
                                      sources, autojunk=False)
    for i, j, n in matcher.get_matching_blocks() if about else ():
        outputs[j:j + n] = [c.outputs for c in recorded[i:i + n]]
    problems = (list(problems_of(book.config, tab, about, sources, recorded))
                if about else ['it holds no recorded run'])
    fresh = make_notebook(book, page, tab)
    same = ([(c.id, c.cell_type, c.source) for c in fresh.cells]
            == [(c.id, c.cell_type, c.source) for c in notebook.cells])
    return Recording(outputs, about, problems, not same)


def write_notebook(notebook, path):
    """Write `notebook` to `path` in one step."""
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix('.part')
    with open(part, 'w', encoding='utf-8') as file:
        nbformat.write(notebook, file)
    os.replace(part, path)


def _shown(book, path):
    return path.relative_to(book.config.folder).as_posix()
