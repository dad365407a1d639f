"""A Sphinx extension: what Sphinx's own EPUB lacks.

Formulas become MathML, by KaTeX, and the package says which of its files have
some, and which is the picture of its cover, as EPUB 3 demands. It is as old as
`epub_date`, the newest run in it, so that equal sources make equal packages.
"""
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder

from builder.publish.katex import Renderer, add_renderer

_ITEM = re.compile(r'(<item [^>]*href="([^"]+)"[^>]*?) ?/>')


class Epub(Epub3Builder):
    """Sphinx's builder, which tells of formulas and has no clock."""

    def content_metadata(self) -> dict[str, Any]:
        date = f'{self.config.epub_date}T00:00:00Z'
        return {**super().content_metadata(), 'date': date}

    def toc_metadata(self, level: int,
                     navpoints: list[Any]) -> dict[str, Any]:
        return {**super().toc_metadata(level, navpoints),
                'uid': self.config.epub_identifier}

    def build_content(self) -> None:
        super().build_content()
        package = Path(self.outdir, 'content.opf')

        cover = next(iter(self.config.epub_cover), '')

        def told(item: re.Match[str]) -> str:
            if 'properties=' in item[1]:
                return item[0]
            if item[2] == cover:
                return f'{item[1]} properties="cover-image" />'
            path = Path(self.outdir, item[2])
            return f'{item[1]} properties="mathml" />' if (
                path.suffix == '.xhtml' and '<math' in path.read_text('utf-8')
                ) else item[0]

        package.write_text(_ITEM.sub(told, package.read_text('utf-8')),
                           'utf-8')


def setup(app: Sphinx) -> dict[str, Any]:
    """Put our builder in the place of Sphinx's."""
    app.setup_extension('sphinx.builders.epub3')
    app.add_config_value('epub_date', '', 'epub', types=(str,))
    app.add_builder(Epub, override=True)
    add_renderer(app, Renderer('mathml'))
    return {'parallel_read_safe': True, 'parallel_write_safe': False}
