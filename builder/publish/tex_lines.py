"""A Sphinx extension: LaTeX says in comments which line of a page is next, and
languages have the names that it knows them by."""
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.latex import LaTeXBuilder
from sphinx.builders.latex.util import ExtBabel
from sphinx.writers.latex import LaTeXTranslator

from builder.publish.latex import LINE
from builder.publish.tex_languages import tex_language


class Translator(LaTeXTranslator):
    """Writes such a comment before each block that is not inside another."""

    def dispatch_visit(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Element) and node.line and node.source and (
                isinstance(node.parent, (nodes.section, nodes.document))):
            name = Path(node.source).relative_to(self.builder.srcdir)
            comment = LINE.format(node.line, name.as_posix())
            self.body.append(f'%\n{comment}\n')
        super().dispatch_visit(node)


class Builder(LaTeXBuilder):
    """Takes the name of a language from tex_languages, if it has one."""

    def init_babel(self) -> None:
        """Find the name."""
        found = tex_language(self.config.language)
        if not (found and found.name):
            super().init_babel()
            return
        self.babel = ExtBabel(self.config.language, not self.context['babel'])
        self.babel.language, self.babel.supported = found.name, True


def setup(app: Sphinx) -> dict[str, Any]:
    """Put Translator and Builder in the place of Sphinx's."""
    app.add_builder(Builder, override=True)
    app.set_translator('latex', Translator)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
