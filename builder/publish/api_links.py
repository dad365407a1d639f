"""A Sphinx extension: names of the package in code lead to its page.

`api_names` lists them as cells write them, such as d2l.plot. What links is
that, and the name of a class where a cell defines it.
"""
import re
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from builder.source.reader import API


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the list of names, and look for them in each page's HTML."""
    app.add_config_value('api_names', (), 'html', types=(list, tuple))
    app.connect('html-page-context', _link)
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}


@cache
def _code(package: str) -> re.Pattern[str]:
    """Return what is before a name in code, as Pygments marks it, and it."""
    return re.compile(
        r'(<span class="n">' + re.escape(package) + r'</span><span class="o">'
        r'\.</span><span class="n">|<span class="k">class</span>'
        r'(?:<span class="w"> </span>| )<span class="nc">)(\w+)(?=</span>)')


def _link(app: Sphinx, page: str, template: str, context: dict[str, Any],
          doctree: nodes.document | None) -> None:
    names = {*app.config.api_names}
    if doctree is None or page == API or not names:
        return
    package = next(iter(names)).partition('.')[0]
    place = app.builder.get_relative_uri(page, API)

    def link(found: re.Match[str]) -> str:
        name = f'{package}.{found[2]}'
        if name not in names:
            return found[0]
        return f'{found[1]}<a class="api" href="{place}#{name}">{found[2]}</a>'

    context['body'] = _code(package).sub(link, context['body'])
