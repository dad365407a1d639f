"""Predict, then see: a question, choices, and an answer that opens later.

    ```predict the-name
    A question?

    - [ ] a choice
    - [x] the right one

    The answer.
    ```

All three are prose. Choices stand together, each at the left margin; what
continues one is set in by two spaces.
"""
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markdown_it.token import Token

from builder.source.blocks import Blocks, Tangled, is_closed, place
from builder.source.inline import Span
from builder.source.text import Prose, Texts, kind

_NAME = re.compile(r'[a-z][a-z0-9-]{0,39}')
_CHOICE = re.compile(r'- (\[([ xX])\])[ \t]+\S')
_REST = re.compile(r'  +\S')
Error = Callable[[int, str], None]


@dataclass(frozen=True)
class Predict:
    """A question, its choices, of which the `right` one counts from 1, and
    the answer. In the body of the choices, [ ] and [x] are spans."""
    text: str
    line: int
    name: str
    question: Prose
    choices: Prose
    right: int
    answer: Prose


def is_predict(fence: Token) -> bool:
    """Return whether a fence is such a question."""
    return fence.info.split()[:1] == ['predict']


def read_predict(fence: Token, text: str, error: Error) -> Predict | None:
    """Return what a fence holds; or None, if `error` is told (line, message)
    of what is wrong."""
    return _Reader(fence, error).read(text)


class _Reader:
    def __init__(self, fence: Token, error: Error) -> None:
        self.fence, self.tell, self.wrong = fence, error, False
        self.line = place(fence)[0] + 1  # of the fence

    def error(self, line: int, message: str) -> None:
        self.wrong = True
        self.tell(line, message)

    def read(self, text: str) -> Predict | None:
        _, _, name = self.fence.info.strip().partition(' ')
        name = name.strip()
        if not _NAME.fullmatch(name):
            self.error(self.line, f'a question called {name!r}, expected '
                       'predict and a name of at most 40 small letters, '
                       'digits and -')
        try:
            found = Blocks(self.fence.content)
        except Tangled as error:
            self.error(self.line + 1 + error.line, 'too many quotations with '
                       'text behind them')
            return None
        for line, what in _forbidden(found):
            self.error(self.line + 1 + line, f'{what} inside a question, '
                       'expected it elsewhere')
        parts = self.parts(found)
        if self.wrong or not parts:
            return None
        question, choices, answer, right = parts
        return Predict(text, self.line, name, question, choices, right, answer)

    def parts(self, found: Blocks) -> tuple[Prose, Prose, Prose, int] | None:
        """Return question, choices, answer, and which choice is right."""
        lines, texts = found.lines, Texts(found, self.error, self.line + 1)
        marks = {n: mark for n, line in enumerate(lines)
                 if not found.literal[n] and (mark := _CHOICE.match(line))}
        start = min(marks, default=0)
        end = next((n for n in range(start, len(lines))
                    if lines[n].isspace()), len(lines))
        right = [n for n, mark in enumerate(marks.values(), 1)
                 if mark[2] != ' ']
        self.check(lines, marks, start, end)
        if len(marks) < 2 or len(right) != 1:
            self.error(self.line, f'a question with {len(marks)} choices, '
                       f'{len(right)} of them right, expected two or more '
                       'lines - [ ] and one of them - [x]')
        if self.wrong:
            return None
        question, = texts.prose(0, start)
        choices, = texts.prose(start, end)
        answer, = texts.prose(end, len(lines))
        for role in choices.roles:  # in a button, a link is out of reach
            self.error(role.line, f'a choice with :{role.name}:, expected it '
                       'in the question or in the answer')
        return question, _with_marks(choices), answer, right[0]

    def check(self, lines: list[str], marks: dict[int, re.Match[str]],
              start: int, end: int) -> None:
        """Tell of choices that do not stand together, and of what lacks."""
        for n in range(start, end) if marks else ():
            if n not in marks and not _REST.match(lines[n]):
                self.error(self.line + 1 + n, 'among choices, expected - [ ] '
                           'and text, or text set in by two spaces')
        for n in marks:
            if n > end:
                self.error(self.line + 1 + n, 'a choice apart from the '
                           'others, expected no empty line before it')
        for what, part in (('question', lines[:start]),
                           ('answer', lines[end:])):
            if not ''.join(part).strip():
                self.error(self.line, f'a question without its {what}, '
                           'expected question, choices and answer, with '
                           'empty lines between them')


def _with_marks(choices: Prose) -> Prose:
    """Return choices with a span at each [ ], which is not shown."""
    spans = []
    for found in re.finditer(_CHOICE.pattern, choices.body, re.MULTILINE):
        if found.start() == choices.body.rfind('\n', 0, found.start()) + 1:
            spans.append(Span('choice', found[1], found.start(1),
                              found.end(1), choices.line))
    return replace(choices, spans=tuple(sorted(
        [*choices.spans, *spans], key=lambda span: span.start)))


def _forbidden(found: Blocks) -> Iterator[tuple[int, str]]:
    """Yield (line, counted from 0, what it is) of what has no place here."""
    for fence in found.fences:
        first = place(fence)[0]
        if not is_closed(found.lines, fence):
            yield first, 'a fence that is never closed'
        elif (kind(fence) in ('toc', 'lab') or is_predict(fence)
              or kind(fence).startswith('{')):
            yield first, f'a fence {fence.info.strip()}'
    for line in found.headings:
        yield line, 'a heading'
    for n, text in enumerate(found.lines):
        if not found.literal[n] and text.startswith((':begin_tab:',
                                                     ':end_tab:')):
            yield n, 'prose for tabs'


def choices_of(body: str) -> list[str]:
    """Return the text of each choice in the written body of choices."""
    return [' '.join(part.split()) for part in
            re.split(r'^- ', body, flags=re.MULTILINE)[1:]]
