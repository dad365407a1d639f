"""Tables of contents: a fence `toc` with options and the names of pages."""
import re
from collections.abc import Callable
from dataclasses import dataclass

from markdown_it.token import Token

_OPTION = re.compile(r':(numbered|maxdepth|titlesonly|hidden|caption):(.*)')


@dataclass(frozen=True)
class Toc:
    """A table of contents at body[start:end].

    entries: (name, line) of each page, as it stands there, without .md.
    options: lines such as ':maxdepth: 2'.
    """
    start: int
    end: int
    line: int
    entries: tuple[tuple[str, int], ...]
    options: tuple[str, ...]

    @property
    def numbered(self) -> bool:
        """Whether its pages are counted."""
        return any(option.startswith(':numbered:') for option in self.options)


def read_toc(fence: Token, start: int, end: int,
             error: Callable[[int, str], None], line: int) -> Toc:
    """Return what a fence `toc` at body[start:end], in this line, holds;
    `error` is told (line, message) of an option that there is not."""
    entries, options = [], []
    for n, text in enumerate(fence.content.split('\n'), line + 1):
        text = text.strip()
        if text.startswith(':') and _valid(text):
            options.append(text)
        elif text.startswith(':'):
            error(n, f'unknown option {text}, expected :numbered:, '
                  ':maxdepth: N, :titlesonly:, :hidden: or :caption: TEXT')
        elif text:
            entries.append((text, n))
    return Toc(start, end, line, tuple(entries), tuple(options))


def _valid(text: str) -> bool:
    found = _OPTION.fullmatch(text)
    if not found:
        return False
    name, value = found[1], found[2].strip()
    if name in ('titlesonly', 'hidden'):
        return not value
    if name == 'caption':
        return bool(value)
    return bool(re.fullmatch(r'\d{1,2}', value)) or (
        name == 'numbered' and not value)
