"""Docstrings: plain text in Google's style, as griffe reads it, to HTML or to
Markdown.

Nothing in it is markup but names, doctests and lines that are indented. Pages
get HTML, and not by way of Markdown: Sphinx goes through every node of a page
dozens of times, and docstrings would be ten thousand.
"""
import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonConsoleLexer, PythonLexer

from builder.escape import fenced, literal, markdown, markup

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
_NO_BREAK = '\xa0'
# What makes more than a paragraph of a line of Markdown that begins with it.
_START = re.compile(r'^(\d*)([-+=.():])')


class DocstringWriter:
    """Writes docstrings; how, a medium says in its own methods."""

    def described(self, docstring: 'Docstring | None') -> str:
        """Return a docstring as paragraphs, and lists of what it tells one by
        one: parameters, errors."""
        parts: list[str] = []
        for section in docstring.parse('google', **_OPTIONS
                                       ) if docstring else ():
            kind, value = section.kind.value, section.value
            if kind in _LISTS:
                parts.append(self.listed(kind.capitalize(), [
                    self.item(name, self.line(text))
                    for name, text in _items(kind, value)]))
            elif kind == 'returns':
                parts.append(self.told(kind.capitalize(),
                                       self.line(_returned(value[0]))))
            else:
                parts.append(self.paragraphs(value))
        return self.between.join(parts)

    def paragraphs(self, text: str) -> str:
        """Return plain text as paragraphs that show it as it is."""
        return self.between.join(map(self._paragraph, re.split(
            r'\n[ \t]*\n', text)))

    def _paragraph(self, text: str) -> str:
        lines = text.strip('\n').split('\n')
        if text.startswith('>>>'):
            return self.block(text)
        if all(line.startswith('    ') for line in lines):
            return self.block(textwrap.dedent('\n'.join(lines)))
        return self.paragraph(self.line(text))

    def line(self, text: str) -> str:
        """Return text as one line, with its code as code."""
        parts, at, text = [], 0, ' '.join(text.split())
        for found in _CODE.finditer(text):
            parts += [self.words(text[at:found.start()]),
                      self.code(found[1] or found[2])]
            at = found.end()
        return ''.join([*parts, self.words(text[at:])])

    def signature(self, signature: str) -> str:
        """Return a signature as a block of code, in lines that are not long
        and end between parameters."""
        return self.block('\n'.join(textwrap.wrap(
            _kept_together(signature), _WIDTH, subsequent_indent='    ',
            break_long_words=False, break_on_hyphens=False,
            )).replace(_NO_BREAK, ' '))

    # What a medium says.

    between = ''  # blocks

    def words(self, text: str) -> str:
        """Return words within a sentence."""
        raise NotImplementedError

    def code(self, text: str) -> str:
        """Return code within a sentence."""
        raise NotImplementedError

    def block(self, text: str) -> str:
        """Return lines of code."""
        raise NotImplementedError

    def paragraph(self, line: str) -> str:
        raise NotImplementedError

    def item(self, name: str, line: str) -> str:
        """Return what a docstring says of a name."""
        raise NotImplementedError

    def listed(self, title: str, items: list[str]) -> str:
        raise NotImplementedError

    def told(self, title: str, line: str) -> str:
        raise NotImplementedError


class HtmlWriter(DocstringWriter):
    """As Sphinx would write it."""

    between = '\n'

    def words(self, text: str) -> str:
        return markup(text)

    def code(self, text: str) -> str:
        return ('<code class="docutils literal notranslate"><span class="pre">'
                f'{markup(text)}</span></code>')

    def block(self, text: str) -> str:
        doctest = text.startswith('>>>')
        lexer = (PythonConsoleLexer if doctest else PythonLexer)(stripnl=False)
        shown = highlight(text, lexer, HtmlFormatter(nowrap=True))
        kind = 'pycon' if doctest else 'python'
        return (f'<div class="highlight-{kind} notranslate">'
                f'<div class="highlight"><pre>{shown}</pre></div></div>')

    def signature(self, signature: str) -> str:
        return f'<div class="signature">{super().signature(signature)}</div>'

    def paragraph(self, line: str) -> str:
        return f'<p>{line}</p>'

    def item(self, name: str, line: str) -> str:
        return f'<li><p><strong>{markup(name)}</strong> – {line}</p></li>'

    def listed(self, title: str, items: list[str]) -> str:
        return self._field(title, '<ul class="simple">'
                           f'{"".join(items)}</ul>')

    def told(self, title: str, line: str) -> str:
        return self._field(title, f'<p>{line}</p>')

    def _field(self, title: str, content: str) -> str:
        return (f'<dl class="field-list simple"><dt>{title}'
                f'<span class="colon">:</span></dt><dd>{content}</dd></dl>')


class MarkdownWriter(DocstringWriter):
    """As plain Markdown."""

    between = '\n\n'

    def words(self, text: str) -> str:
        return re.sub(r'\S+', lambda word: markdown(word[0]), text)

    def code(self, text: str) -> str:
        return literal(text)

    def block(self, text: str) -> str:
        return fenced('pycon' if text.startswith('>>>') else 'python', text)

    def paragraph(self, line: str) -> str:
        return _START.sub(r'\1\\\2', line)

    def item(self, name: str, line: str) -> str:
        return f'- **{markdown(name)}** – {line}'

    def listed(self, title: str, items: list[str]) -> str:
        return '\n'.join([f'**{title}:**', '', *items])

    def told(self, title: str, line: str) -> str:
        return f'**{title}:** {line}'


def _kept_together(signature: str) -> str:
    """Return a signature whose spaces break no line, but those between its
    parameters: not in annotations, defaults or strings."""
    parts, depth, between = [], 0, False
    for part in re.findall(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|.""",
                           signature):
        depth += (part in '([{') - (part in ')]}')
        parts.append(part if part == ' ' and between and depth == 1
                     else part.replace(' ', _NO_BREAK))
        between = part == ','
    return ''.join(parts)


def _returned(item: Any) -> str:
    """Return what is returned; griffe takes 'X: words' for a type."""
    kind = item.annotation
    return f'{kind}: {item.description}' if isinstance(kind, str) else (
        f'{item.description}')


def _items(kind: str, items: list[Any]) -> Iterator[tuple[str, str]]:
    for item in items:
        yield (f'{item.annotation if kind == "raises" else item.name}',
               item.description)
