"""A Sphinx extension: LaTeX says in comments which line of a page is next."""
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.latex import LaTeXTranslator

from builder.publish.latex import LINE


class Translator(LaTeXTranslator):
    """Writes such a comment before each block that is not inside another."""

    def dispatch_visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Element) and node.line and node.source and (
                isinstance(node.parent, (nodes.section, nodes.document))):
            name = Path(node.source).relative_to(self.builder.srcdir)
            comment = LINE.format(node.line, name.as_posix())
            self.body.append(f'%\n{comment}\n')
        super().dispatch_visit(node)


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the Translator in the place of Sphinx's."""
    app.set_translator('latex', Translator)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
