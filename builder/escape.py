"""Plain text in the media that we write: nothing in it is markup there.

Titles, versions, names of machines, entries of bibliographies and outputs of
cells are text. Whoever writes one of them into Markdown or HTML passes it
through here; LaTeX gets its own from Sphinx.
"""
import html
import re
from urllib.parse import quote

# Colours and other orders to a terminal (ECMA-48: CSI and OSC sequences).
_TERMINAL = re.compile(r'\x1b(?:\[[0-?]*[ -/]*[@-~]'
                       r'|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])')
# No person can see controls and halves of characters, and neither HTML nor
# LaTeX can hold them; nor noncharacters.
_CONTROLS = '\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff'
CONTROL = re.compile(f'[{_CONTROLS}]')
_FORBIDDEN = re.compile(f'[{_CONTROLS}\ufdd0-\ufdef\ufffe\uffff]')
_MARKUP = re.compile(r'[\\`*_\[\]<>$~|#]|&(?=#?\w+;)')


def printable(text: str) -> str:
    """Return text without terminal colours and control characters."""
    text = _TERMINAL.sub('', text).replace('\r\n', '\n')
    return _FORBIDDEN.sub('', text)


def markdown(text: object) -> str:
    """Return text as one line of Markdown that shows it as it is."""
    words = printable(f'{text}').split()
    return _MARKUP.sub(r'\\\g<0>', ' '.join(words))


def literal(text: str) -> str:
    """Return text as code within a line of Markdown."""
    words = ' '.join(printable(text).split())
    ticks = '`' * (1 + max(map(len, re.findall('`+', words)), default=0))
    space = ' ' * (words[:1] == '`' or words[-1:] == '`')
    return f'{ticks}{space}{words}{space}{ticks}'


def markup(text: object) -> str:
    """Return text as HTML, for an element or an attribute."""
    return html.escape(printable(f'{text}'))


def title(text: object) -> str:
    """Return text as the title of a link of Markdown, between "."""
    return markdown(text).replace('"', '\\"')


def address(url: str) -> str:
    """Return an address that can stand in parentheses in Markdown."""
    return quote(printable(url), safe="!#$%&'*+,/:;=?@[]~")


def fenced(language: str, text: str) -> str:
    """Return `text` in a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall('`+', text)), default=0)
    fence = '`' * max(3, longest + 1)
    return f'{fence}{language}\n{text}\n{fence}'
