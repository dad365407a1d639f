"""Pieces of slides, and how many of them one slide holds.

A slide is 1280 by 720 pixels. Heights are estimated, those of code exactly,
by the sizes in slides.css; slides.js makes smaller what is still too high.
"""
import math
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from builder import escape
from builder.publish.deck_html import code_lines
from builder.publish.markup import plain

# In pixels, as slides.css has them.
_HEIGHT = 570  # of a slide's body
_CODE, _TEXT, _WORDS = 26, 25, 40  # of lines: of code, of outputs, of prose
_BLOCK = 26  # around a block of code or of output
_SHORT = 140  # of a few lines of code
PLOT = 260  # of a plot at least; it takes what is left
# Letters in a line: of outputs, of prose, of code beside a plot.
_WIDE, _LETTERS, _NARROW = 100, 80, 54


class Part(NamedTuple):
    """A piece of a slide as HTML, how high it is, and whether it is a plot
    higher than wide, or too wide to stand beside one."""
    html: str
    height: int
    tall: bool = False
    wide: bool = False


def height_of(text: str) -> int:
    """Return how high Markdown will be, about."""
    height = 0
    for block in re.split(r'\n[ \t]*\n', text):
        if '![' in block:
            height += PLOT
        elif '$$' in block:
            height += 2 * _WORDS
            block = re.sub(r'\$\$.*?\$\$', '', block, flags=re.DOTALL)
        lines = block.strip().split('\n')
        if re.match(r'[ \t]*(?:[-*+>|]|\d+[.)]) ', block):
            count = sum(math.ceil(len(line) / _LETTERS) for line in lines)
        else:
            count = math.ceil(len(plain(' '.join(lines))) / _LETTERS)
        height += _WORDS * count + _WORDS // 2 * bool(count)
    return height


def code(source: str) -> Iterator[Part]:
    """Yield a cell's code, in pieces that fit; what only names it for the
    library goes."""
    source = re.sub(r'^[ \t]*#@save[ \t]*\n|[ \t]*#@save[ \t]*$', '', source,
                    flags=re.MULTILINE).strip('\n')
    yield from _blocks(code_lines(source), 'code', _CODE)


def printed(text: str) -> Iterator[Part]:
    """Yield an output of text, in pieces that fit."""
    lines = [line[at:at + _WIDE] for line in
             escape.printable(text).rstrip().split('\n')
             for at in range(0, max(len(line), 1), _WIDE)]
    yield from _blocks([escape.markup(line) for line in lines], 'printed',
                       _TEXT)


def _blocks(lines: list[str], kind: str, height: int) -> Iterator[Part]:
    """Yield lines of HTML as blocks that fit, cut at an empty line if there
    is one in the second half."""
    most = (_HEIGHT - _BLOCK) // height
    while lines:
        end = len(lines)
        if end > most:
            end = next((n for n in range(most, most // 2, -1)
                        if not lines[n].strip()), most)
        block = '\n'.join(lines[:end]).rstrip('\n')
        yield Part(f'<pre class="{kind}">{block}</pre>',
                   _BLOCK + height * end, wide=kind == 'code' and any(
                       len(re.sub('<[^>]*>|&[^;]*;', '', line)) > _NARROW
                       for line in lines[:end]))
        lines = lines[end:]
        while lines and not lines[0].strip():
            lines = lines[1:]


def beside(parts: list[Part]) -> bool:
    """Return whether all others stand beside the only plot."""
    return (len(parts) > 1 and not any(part.wide for part in parts)
            and [part.tall for part in parts if part.height == PLOT
                 and 'class="plot"' in part.html] == [True])


def sheets(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Yield parts in lists that are not too high, if one alone is not; a
    few lines of code do not stand at a list's end without what they show."""
    sheet: list[Part] = []
    for part in parts:
        if sheet and sum(p.height for p in sheet) + part.height > _HEIGHT:
            last = sheet[-1]
            short = len(sheet) > 1 and last.html.startswith('<pre') and (
                last.height <= min(_SHORT, _HEIGHT - part.height))
            yield sheet[:-1] if short else sheet
            sheet = sheet[-1:] if short else []
        sheet.append(part)
    if sheet:
        yield sheet
