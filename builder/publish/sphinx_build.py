"""Sphinx: a folder of its sources, and one run over it."""
import io
import shutil

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from builder.errors import BuildError

# What pages are made of: directives in ``` and ~~~, labels (name)=, formulas.
# The rest of MyST is off, so that in the sources it is text; and no directive
# reads a file. Copies of the book's files are no pages.
MYST = {
    'myst_enable_extensions': ['dollarmath'],
    'myst_disable_syntax': ['myst_role', 'myst_line_comment',
                            'myst_block_break', 'html_block', 'html_inline'],
    'myst_dmath_allow_labels': False,
    'exclude_patterns': ['plots', 'files'],
}
_DOCUTILS = b'[general]\nfile_insertion_enabled: off\n'


def write_sources(folder, files):
    """Make `folder` hold these files, {path: bytes}, and no others.

    A file that is there already with this content is left alone.
    """
    written = {folder / name: content for name, content in
               {**files, 'docutils.conf': _DOCUTILS}.items()}
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
