"""Sphinx: a folder of its sources, and one run over it."""
import io
import shutil

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from builder.errors import BuildError


def write_sources(folder, files):
    """Make `folder` hold these files, {path: bytes}, and no others.

    A file that is there already with this content is left alone.
    """
    written = {folder / name: content for name, content in files.items()}
    for path in folder.rglob('*') if folder.exists() else ():
        if path.is_file() and path not in written:
            path.unlink()
    for path, content in written.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def run_sphinx(source, out, doctrees, builder):
    """Run Sphinx over `source`; warnings are errors.

    Raises:
        BuildError: with all that Sphinx complains of.
    """
    nocolor()
    warnings = io.StringIO()
    try:
        with patch_docutils(source), docutils_namespace():
            Sphinx(source, source, out, doctrees, builder, status=None,
                   warning=warnings).build()
    except SphinxError as error:
        warnings.write(f'{error}')
    said = warnings.getvalue().strip()
    if said:
        # Pages that Sphinx thinks are done would not be complained of again.
        shutil.rmtree(doctrees, ignore_errors=True)
        raise BuildError(f'the pages have errors:\n{said}')
