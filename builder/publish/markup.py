"""Pieces of MyST Markdown: directives, fences, links."""
import json
import re
import textwrap
from collections.abc import Mapping
from itertools import pairwise

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from builder.config import Tab
from builder.escape import address, fenced, markup
from builder.record.checksums import bytes_checksum
from builder.source.markdown import Code
from builder.words import Words

_WORDS = 200  # letters of a page's description
_MARKDOWN = MarkdownIt('commonmark').use(dollarmath_plugin)


def download_link(text: str, name: str) -> str:
    """Return a link of this Markdown to the file `name` of the Sources."""
    return f'[{text}](path:/{address(name)})'


def code_block(cell: Code) -> str:
    """Return a code cell as a fence."""
    return fenced('python', cell.source)


def copy_path(name: str) -> str:
    """Return where a copy of the book's file `name` stands beside the pages:
    a path that has the same letters in Markdown, in addresses and in TeX."""
    plain = re.sub(r'[^A-Za-z0-9./-]', '-', name)
    if plain == name:
        return f'files/{name}'
    mark = bytes_checksum(name.encode())[:8]
    return f'files/{mark}/{plain}'


def directive(name: str, argument: str, content: str) -> str:
    """Return a directive around `content`, between more tildes than any line
    in it begins with."""
    longest = max(map(len, re.findall('^[ >]*(~{3,})', content,
                                      re.MULTILINE)), default=2)
    tildes = '~' * (longest + 1)
    return f'{tildes}{{{name}}} {argument}'.rstrip() + (
        f'\n{content}\n{tildes}')


def tab_set(contents: Mapping[str, tuple[str, str]], kind: str) -> str:
    """Return a tab-set: {a tab's name: (its title, its content)}."""
    items = [directive('tab-item', title, f':sync: {name}\n\n{content}')
             for name, (title, content) in contents.items()]
    return directive('tab-set', '', f':sync-group: tab\n:class: {kind}\n\n'
                     + '\n\n'.join(items))


def framework_bar(tabs: Mapping[str, Tab], say: Words) -> str:
    """Return the buttons that choose a framework, if there are some."""
    if len(tabs) < 2:
        return ''
    buttons = ''.join(f'<button data-tab="{markup(name)}">'
                      f'{markup(tab.title)}</button>'
                      for name, tab in tabs.items())
    return ('```{raw} html\n<div class="framework-bar" role="group" '
            f'aria-label="{say("Framework")}">{buttons}</div>\n```')


def quoted(text: str) -> str:
    """Return an option's value as it is, whatever it begins with."""
    return json.dumps(text, ensure_ascii=False)


def plain(markdown: str) -> str:
    """Return the words of a line of Markdown, without its marks."""
    tokens = [child for token in _MARKDOWN.parseInline(markdown)
              for child in token.children or ()]
    return ''.join(' ' if token.type == 'softbreak' else token.content
                   for token in tokens if token.type != 'html_inline')


def first_words(markdown: str) -> str:
    """Return the first paragraph's words, or their beginning. What stands in
    figures, lists and the like is no paragraph."""
    tokens = _MARKDOWN.parse(markdown)
    paragraphs = (token.content for before, token in pairwise(tokens)
                  if before.type == 'paragraph_open' and not before.level)
    first = next((part for part in paragraphs if re.match(
        r'(?!\([^()]*\)=)(?:[^\W\d_]|[*_"\'(]+\w)', part)), '')
    return textwrap.shorten(plain(first), _WORDS, placeholder=' …')


def ref_label(key: str) -> str:
    """Return the label that a citation links to."""
    return 'ref-' + re.sub(r'[^a-z0-9]+', '-', key.lower())
