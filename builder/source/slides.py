"""What a slide shows of a text: [**a**] and (**a**), which pages show without
these marks, and [~~a~~] and (~~a~~), which only slides show.

Marks are taken out before anything else is read, so that a formula or an image
may stand in them. Lines stay where they are. What is code is left alone, and
so is a link [**a**](b).
"""
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """Text of a slide, which begins in this line of the source.

    begins: whether it begins a slide, as [ says; ( goes on with one.
    only: whether pages do not show it.
    """
    text: str
    line: int
    begins: bool
    only: bool


_SIGN = re.compile(r'[\[(](?:\*\*|~~)')
_FENCE = re.compile(r'[ \t>]*(`{3,}(?=[^`\n]*$)|~{3,})')
# A link's address, unless it is a mark or a role itself.
_LINK = re.compile(r"""\((?!~~|:\w+:`)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*
                   (?:\)|[ ]["'(])""", re.VERBOSE)
_TOKEN = re.compile(r'`+|[\[(](?:\*\*|~~)|(?:\*\*|~~)[\])]')
_ENDS = {'[**': '**]', '(**': '**)', '[~~': '~~]', '(~~': '~~)'}
_BEGINS = {end: begin for begin, end in _ENDS.items()}

_Pair = tuple[int, int, str]  # where the marks begin, and the first of them


def take_marks(text: str) -> tuple[str, tuple[Shown, ...]]:
    """Return the text without marks, and what slides show of it."""
    if not _SIGN.search(text):
        return text, ()
    pairs = sorted(pair for start, end in _prose(text)
                   for pair in _pairs(text, start, end))
    ends = [found.start() for found in re.finditer('\n', text)]
    shown = tuple(Shown(text[start + 3:end], bisect_left(ends, start) + 1,
                        begin[0] == '[', begin[1] == '~')
                  for start, end, begin in pairs)
    return _without(text, pairs), shown


def _prose(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of what lies between fences."""
    at = start = 0
    fence = ''
    for line in re.findall(r'[^\n]*\n|[^\n]+', text):
        found = _FENCE.match(line)
        if found and not fence:
            yield start, at
            fence = found[1]
        elif found and found[1].startswith(fence) and (
                not line[found.end():].strip()):
            fence, start = '', at + len(line)
        at += len(line)
    if not fence:
        yield start, at


def _pairs(text: str, start: int, end: int) -> Iterator[_Pair]:
    """Yield the pairs of marks in text[start:end]; none stands in another of
    its kind, nor in code."""
    closers: dict[str, list[int]] = {}
    for run in reversed([*re.finditer('`+', text[start:end])]):
        closers.setdefault(run[0], []).append(start + run.start())
    empty = [start + found.start()
             for found in re.finditer(r'\n[ \t]*\n', text[start:end])]
    opened: dict[str, int] = {}
    at = start
    while found := _TOKEN.search(text, at, end):
        token, at = found[0], found.end()
        if token[0] == '`':
            at = _code_end(closers[token], empty, at, len(token))
        elif token in _ENDS:
            opened[token] = found.start()
        elif _BEGINS[token] in opened and not (
                token[-1] == ']' and _LINK.match(text, at)):
            yield opened.pop(_BEGINS[token]), found.start(), _BEGINS[token]


def _code_end(closers: list[int], empty: list[int], at: int,
              width: int) -> int:
    """Return where code that begins before `at` ends: behind the next run of
    as many backticks in its paragraph; `at` if there is none."""
    while closers and closers[-1] < at:
        closers.pop()
    n = bisect_right(empty, at)
    if not closers or (n < len(empty) and empty[n] < closers[-1]):
        return at
    return closers[-1] + width


def _without(text: str, pairs: list[_Pair]) -> str:
    """Return the text without these marks; ends of lines stay."""
    cuts = []
    for start, end, begin in pairs:
        if begin[1] == '~':
            cuts.append((start, end + 3))
        else:
            cuts += [(start, start + 3), (end, end + 3)]
    parts, done = [], 0
    for start, end in sorted(cuts):
        start = max(start, done)
        parts += [text[done:start], '\n' * text.count('\n', start, end)]
        done = max(end, done)
    return ''.join(parts) + text[done:]
