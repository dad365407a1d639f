"""A Sphinx extension: names of the package in code lead to its page.

`api_names` says of each, as cells write it, such as d2l.plot, where on that
page it stands. What links is that, and the name of a class where a cell
defines it, and in the code of that page from there on.
"""
import re
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from builder.source.reader import API


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the list of names, and look for them in each page's HTML."""
    app.add_config_value('api_names', {}, 'html', types=(dict,))
    app.connect('html-page-context', _link)
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}


_CLASS = r'<span class="k">class</span>(?:<span class="w"> </span>| )'


@cache
def _code(package: str) -> re.Pattern[str]:
    """Return what is before a name in code, as Pygments marks it, and it."""
    dot = r'<span class="o">\.</span>'
    return re.compile(
        r'(?=<span class="[nk]">)'  # it is quick to see where there is none
        r'(<span class="n">' + re.escape(package) + rf'</span>{dot}'
        rf'<span class="n">|{_CLASS}<span class="nc">'
        rf'|(?P<bare>(?<!{dot})<span class="n">))(?P<name>\w+)(?=</span>)')


def _link(app: Sphinx, page: str, template: str, context: dict[str, Any],
          doctree: nodes.document | None) -> None:
    names: dict[str, str] = app.config.api_names
    if doctree is None or page == API or not names:
        return
    body = context['body']
    package = next(iter(names)).partition('.')[0]
    place = app.builder.get_relative_uri(page, API)
    defined = {*re.findall(rf'{_CLASS}<span class="nc">(\w+)', body)}

    def link(found: re.Match[str]) -> str:
        name = f'{package}.{found["name"]}'
        if name not in names or found['bare'] and found['name'] not in defined:
            return found[0]
        return (f'{found[1]}<a class="api" href="{place}#{names[name]}">'
                f'{found["name"]}</a>')

    context['body'] = _code(package).sub(link, body)
