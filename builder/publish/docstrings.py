"""Docstrings to HTML: plain text in Google's style, as griffe reads it.

Nothing in it is markup but names, doctests and lines that are indented. It
becomes HTML here, and not by way of Markdown: Sphinx goes through every node
of a page dozens of times, and docstrings would be ten thousand.
"""
import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonConsoleLexer, PythonLexer

from builder.escape import markup

if TYPE_CHECKING:
    from griffe import Docstring

# What is code in a sentence: `this`; a call, as after(0), or what stands
# between operators, as base_lr * factor ** t; a name with an underscore.
_INSIDE = r'\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)'
_OPERAND = rf'(?:[\w.]*\w(?:{_INSIDE})?|{_INSIDE})'
_CODE = re.compile(
    rf'`([^`]+)`|(?<![\w.])({_OPERAND}(?: (?:\*\*?|[-+/]|->|<=) {_OPERAND})+'
    rf'|[\w.]*\w{_INSIDE}|\$?\w*[A-Za-z]_\w+)')
_LISTS = 'parameters', 'attributes', 'raises'  # griffe's names of sections
_OPTIONS = {'warnings': False, 'returns_multiple_items': False,
            'returns_named_value': False}
_WIDTH = 66  # of a signature's lines


def described(docstring: 'Docstring | None') -> str:
    """Return a docstring as paragraphs, and lists of what it tells one by
    one: parameters, errors."""
    parts: list[str] = []
    for section in docstring.parse('google', **_OPTIONS) if docstring else ():
        kind, value = section.kind.value, section.value
        if kind in _LISTS:
            parts.append(_field(kind, '<ul class="simple">'
                                f'{"".join(_items(kind, value))}</ul>'))
        elif kind == 'returns':
            parts.append(_field(kind, f'<p>{_line(_returned(value[0]))}</p>'))
        else:
            parts.append(paragraphs(value))
    return '\n'.join(parts)


def paragraphs(text: str) -> str:
    """Return plain text as HTML that shows it as it is."""
    return '\n'.join(map(_paragraph, re.split(r'\n[ \t]*\n', text)))


def signature_html(signature: str) -> str:
    """Return a signature as a block of code, in lines that are not long."""
    lines = textwrap.wrap(signature, _WIDTH, subsequent_indent='    ',
                          break_long_words=False, break_on_hyphens=False)
    return f'<div class="signature">{code_html(chr(10).join(lines))}</div>'


def code_html(code: str) -> str:
    """Return code as Sphinx would write it."""
    doctest = code.startswith('>>>')
    lexer = (PythonConsoleLexer if doctest else PythonLexer)(stripnl=False)
    shown = highlight(code, lexer, HtmlFormatter(nowrap=True))
    kind = 'pycon' if doctest else 'python'
    return (f'<div class="highlight-{kind} notranslate">'
            f'<div class="highlight"><pre>{shown}</pre></div></div>')


def _paragraph(text: str) -> str:
    lines = text.strip('\n').split('\n')
    if text.startswith('>>>'):
        return code_html(text)
    if all(line.startswith('    ') for line in lines):
        return code_html(textwrap.dedent('\n'.join(lines)))
    return f'<p>{_line(text)}</p>'


def _line(text: str) -> str:
    """Return text as one line of HTML, with its code as code."""
    parts, at, text = [], 0, ' '.join(text.split())
    for found in _CODE.finditer(text):
        parts += [markup(text[at:found.start()]),
                  code_words(found[1] or found[2])]
        at = found.end()
    return ''.join([*parts, markup(text[at:])])


def code_words(text: str) -> str:
    """Return code within a sentence."""
    return ('<code class="docutils literal notranslate"><span class="pre">'
            f'{markup(text)}</span></code>')


def _returned(item: Any) -> str:
    """Return what is returned; griffe takes 'X: words' for a type."""
    kind = item.annotation
    return f'{kind}: {item.description}' if isinstance(kind, str) else (
        f'{item.description}')


def _field(name: str, content: str) -> str:
    return (f'<dl class="field-list simple"><dt>{name.capitalize()}'
            f'<span class="colon">:</span></dt><dd>{content}</dd></dl>')


def _items(kind: str, items: list[Any]) -> Iterator[str]:
    for item in items:
        name = item.annotation if kind == 'raises' else item.name
        yield (f'<li><p><strong>{markup(name)}</strong> – '
               f'{_line(item.description)}</p></li>')
