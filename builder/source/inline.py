"""What stands inside paragraphs: roles, and the places that name files.

One scan over each paragraph, from left to right, as CommonMark reads it:
escapes, code, formulas, comments, then links. Where a page's Markdown could
see more than this (a link across the lines of a quotation, say), the builder's
Sphinx refuses what is not a file of the page.
"""
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markdown_it.common.utils import unescapeAll

from builder.source.files import SCHEMES, is_remote, scheme

ROLES = ('label', 'numref', 'ref', 'cite', 'citep', 'citet', 'claim',
         'eqlabel', 'eqref', 'width', 'height', 'bibliography', 'func',
         'class', 'mod')
# They show nothing where they stand.
MARKS = ('label', 'eqlabel', 'width', 'height')
NAMES = ('func', 'class', 'mod')  # of Python's


@dataclass(frozen=True)
class Role:
    """:name:`content` in prose, at text[start:end] of its block."""
    name: str
    content: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Span:
    """A place in prose that pages and notebooks write in their own way.

    kind: 'image' or 'link', a local address, which `content` is; 'remote', an
        image's on the web; 'site', a link's that begins with /; 'lab', a
        setting of the page's lab; 'comment', in HTML; 'dropped', what is not
        shown; or 'plain', what only MyST would not show as it stands.
    """
    kind: str
    content: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Labelled:
    """A formula in $$ in a paragraph and the :eqlabel: behind it, at
    text[start:end] of its block.

    `indent` is the space that the lines of its paragraph begin with, in a
    list; `apart` how many ends of lines set it apart from the text before,
    and behind.
    """
    content: str
    label: str
    start: int
    end: int
    line: int
    indent: str
    apart: tuple[int, int]


_SIGN = re.compile(r'[`<\]]|\)=')  # without one, there is nothing to find
_TOKEN = re.compile(r'''
    \\. | `+ | \$\$? | <!-- | !\[ | \[ | \]
    | <[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*>    # an address
    | \([^()\n]{1,100}\)=[ \t]*$                 # MyST's form of a label
    ''', re.VERBOSE | re.MULTILINE | re.DOTALL)
_ROLE_NAME = re.compile(r':([A-Za-z_]+):$')
# What may stand before the first text of a line.
_LINE_PREFIX = re.compile(r'(?:[ \t>*+-]|\d{1,9}[.)]|\[\^[^\]\n]*\]:)*+')
_ONLY_MARKS = re.compile(
    rf'(?:[ \t]|:(?:{"|".join(MARKS)}):`[^`\n]*`)*+(?:\n|$)')
_BLANK = re.compile(r'[ \t]*+(?:\n|$)')
_SPACES = re.compile(r'[ \t]*+')
_BEHIND = re.compile(r'[ \t]*\n?[ \t]*')  # a formula, before its label
# The address in [text](address "title") and in [name]: address "title".
_DIRECT = re.compile(r"""
    \([ \t\n]*(?:<([^<>\n]*)>
               |((?:\\.|[^\s\\()]|\((?:\\.|[^\s\\()])*+\))*+))
    (?=[ \t\n]*["'()])""", re.VERBOSE | re.DOTALL)
_DEFINED = re.compile(r"""
    [ \t>]*\[(?!\^)(?:\\.|[^\[\]\\])++\]:[ \t]*\n?[ \t]*
    (?:<([^<>\n]*)>|(\S++))(?=[ \t]*(?:\n|$)|[ \t]+["'(])""",
                      re.VERBOSE | re.DOTALL)


class Scan:
    """The roles, spans and numbered formulas of one paragraph.

    Args:
        text: the paragraph, as it stands in the source.
        offset: where it begins in the body of its block.
        line: its first line, counted from 1.
        error: is told (line, message) of what is wrong.
    """

    def __init__(self, text: str, offset: int, line: int,
                 error: Callable[[int, str], None]) -> None:
        self.text, self.offset, self.error = text, offset, error
        self.line, self.counted = line, 0
        self.first = _prefix_end(text, 0)  # text of the line begins here
        self.open: list[bool] = []  # brackets; whether they begin an image
        self.roles: list[Role] = []
        self.spans: list[Span] = []
        self.numbered: list[Labelled] = []
        self.formula = 0, 0  # where the last in $$ stands
        self.unclosed: dict[str, int] = {}  # signs of formulas: from where on
        self.closers: dict[int, list[int]] = {}
        for run in reversed([*re.finditer('`+', text)]):
            self.closers.setdefault(len(run[0]), []).append(run.start())
        self.comments = [m.start() for m in re.finditer('-->', text)][::-1]
        at = self._definitions()
        while found := _TOKEN.search(text, at):
            at = self._token(found[0], found.start(), found.end())

    def _token(self, token: str, start: int, end: int) -> int:
        """Take in a token; return where the next may begin."""
        if token[0] == '`':
            return self._code(start, end)
        if token[0] == '$':
            return self._formula(token, end)
        if token == '<!--':
            return self._comment(start, end)
        if token[0] == '(' or (token[0] == '<'
                               and scheme(token[1:]) not in SCHEMES):
            self._span('plain', token, start, end)
        elif token in ('[', '!['):
            self.open.append(token == '![')
        elif token == ']' and self.open:
            image = self.open.pop()
            found = _DIRECT.match(self.text, end)
            if found:
                self._address(found, image)
                return found.end()
        return end

    def _code(self, start: int, end: int) -> int:
        close = self._pop(self.closers.get(end - start, []), end)
        if close is None:
            return end
        role = _ROLE_NAME.search(self.text, max(0, start - 40), start)
        if role and end - start == 1:
            self._role(role, self.text[end:close], close + 1)
        return close + end - start

    def _role(self, found: re.Match[str], content: str, end: int) -> None:
        name, line = found[1], self._line(found.start())
        if name == 'begin_tab' and found.start() <= self.first:
            return  # has its own messages
        if name not in ROLES:
            self.error(line, f'unknown role :{name}:, expected one of '
                       + ', '.join(ROLES))
            return
        if name == 'eqlabel':
            self._number(found.start(), end, content)
        elif name in MARKS and found.start() <= self.first and (
                not _ONLY_MARKS.match(self.text, end)):
            self.error(line, f'text after :{name}:, expected it on a line of '
                       'its own')
        name = 'cite' if name == 'citep' else name
        self.roles.append(Role(name, content, self.offset + found.start(),
                               self.offset + end, line))

    def _formula(self, sign: str, end: int) -> int:
        close = self._closing(sign, end)
        if close < 0 and sign == '$$':
            return self._formula('$', end)
        if close <= end or '`' in self.text[end:close]:
            return end
        if sign == '$$':
            self.formula = end - 2, close + 2
        return close + len(sign)

    def _number(self, at: int, end: int, label: str) -> None:
        """Take in the formula that stands right before this :eqlabel:, if
        one does, and it is not in a quotation."""
        start, close = self.formula
        begin = self.text.rfind('\n', 0, start) + 1
        first = _prefix_end(self.text, begin)
        prefix = self.text[begin:first]
        if not _BEHIND.fullmatch(self.text, close, at) or not close or (
                '>' in prefix):
            return
        behind = _BLANK.match(self.text, end)
        before = 2 if start > first else 1 if prefix.strip() else 0
        after = 2 if not behind else int(behind.end() < len(self.text))
        if not before:  # it begins a line
            first, before = begin, int(begin > 0)
        else:
            first = len(self.text[:start].rstrip(' \t'))
        spaces = _SPACES.match(self.text, end)
        assert spaces
        self.numbered.append(Labelled(
            self.text[start + 2:close - 2], label, self.offset + first,
            self.offset + spaces.end(),
            self.line - self.text.count('\n', start, at),
            ' ' * len(prefix), (before, after)))

    def _closing(self, sign: str, end: int) -> int:
        """Return where the sign that closes a formula stands, or -1."""
        if sign in self.unclosed and end >= self.unclosed[sign]:
            return -1
        close = self.text.find(sign, end)
        while close > 0 and self.text[close - 1] == '\\':
            close = self.text.find(sign, close + 1)
        if close < 0:
            self.unclosed[sign] = end
        return close

    def _comment(self, start: int, end: int) -> int:
        close = self._pop(self.comments, end)
        if close is None:
            return end
        line = self._line(start)
        if start <= self.first and not _BLANK.match(self.text, close + 3):
            self.error(line, 'text after a comment that begins '
                       'a line, expected it on a line of its own')
        self._span('comment', self.text[start:close + 3], start, close + 3)
        return close + 3

    def _definitions(self) -> int:
        """Take in [name]: address at the beginning; return where they end."""
        at = 0
        while found := _DEFINED.match(self.text, at):
            self._address(found, False)
            at = self.text.find('\n', found.end()) + 1 or len(self.text)
        return at

    def _address(self, found: re.Match[str], image: bool) -> None:
        group = 2 if found[1] is None else 1
        start, end = found.span(group)
        link = unescapeAll(found[group])
        if group == 1:  # in < and >
            start, end = start - 1, end + 1
        if image:
            self._span('remote' if is_remote(link) else 'image', link, start,
                       end)
        elif link.startswith('/'):
            self._span('site', link, start, end)
        elif link.startswith('#lab&'):
            self._span('lab', link[1:], start, end)
        elif not (link.startswith('#') or scheme(link) in SCHEMES):
            self._span('link', link, start, end)

    def _span(self, kind: str, content: str, start: int, end: int) -> None:
        self.spans.append(Span(kind, content, self.offset + start,
                               self.offset + end, self._line(start)))

    def _line(self, at: int) -> int:
        """Return the line of this place, which is not before the last."""
        lines = self.text.count('\n', self.counted, at)
        if lines:
            self.line += lines
            self.first = _prefix_end(self.text,
                                     self.text.rfind('\n', 0, at) + 1)
        self.counted = max(at, self.counted)
        return self.line

    @staticmethod
    def _pop(places: list[int], after: int) -> int | None:
        """Return the first place from `after` on; earlier ones go."""
        while places and places[-1] < after:
            places.pop()
        return places[-1] if places else None


def _prefix_end(text: str, start: int) -> int:
    found = _LINE_PREFIX.match(text, start)
    return found.end() if found else start


def scan(parts: Iterable[tuple[str, int, int]],
         error: Callable[[int, str], None],
         ) -> tuple[tuple[Role, ...], tuple[Span, ...], tuple[Labelled, ...]]:
    """Return the roles, spans and numbered formulas of paragraphs, which are
    (text, offset, line)."""
    found = [Scan(*part, error) for part in parts if _SIGN.search(part[0])]
    return (tuple(role for scan in found for role in scan.roles),
            tuple(span for scan in found for span in scan.spans),
            tuple(part for scan in found for part in scan.numbered))
