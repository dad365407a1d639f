"""Tables in HTML outputs, as pandas and others show them.

HTML may do whatever its author wants, and comes from libraries that nobody
here has read. So nothing of it is shown as it is: the text of the cells is
read, and which of them are heads or span others; pages write tables of their
own with it.
"""
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

_MOST_HTML = 200_000  # characters
# With more than this, a parser may look far ahead again and again.
_SIMPLE = re.compile(r'(?:[^<]++|</?[A-Za-z][^<>]*+>)*+')
_MOST_CELLS = 10_000
_MOST_TEXT = 1_000_000  # characters of a table as text, spaces included
_DEEPEST = 100  # elements around others whose text is no text
_SILENT = ('script', 'style', 'head', 'title', 'template', 'noscript',
           'svg', 'math', 'object', 'iframe')
_BREAKS = ('br', 'p', 'div', 'li', 'hr', 'pre')  # words end there


class Cell(NamedTuple):
    """A cell: its text, what it is the head of ('row', 'col' or ''), and how
    many rows and columns it spans."""
    text: str
    head: str = ''
    rows: int = 1
    columns: int = 1


class Tables(NamedTuple):
    """All tables of an output, each a list of rows, and the text outside."""
    tables: list[list[list[Cell]]]
    text: str

    def plain(self) -> str:
        """Return the tables as text with columns."""
        parts = [_columns(_grid(table)) for table in self.tables]
        return '\n\n'.join(filter(None, [*parts, self.text]))


def has_table(html: str) -> bool:
    """Return whether HTML holds a table, and is not too large or too odd to
    be read."""
    return (len(html) <= _MOST_HTML and '<table' in html
            and bool(_SIMPLE.fullmatch(_without_comments(html))))


def _without_comments(html: str) -> str:
    first, *others = html.split('<!--')
    return first + ''.join(part.partition('-->')[2] for part in others)


def read_tables(html: str) -> Tables:
    """Return what HTML has of tables and text.

    Raises:
        ValueError: at a table in a table, at none, at too many cells, at
            columns too wide for their rows, or at elements too deep.
    """
    reader = _Reader()
    if has_table(html):
        reader.feed(_without_comments(html))
    reader.close()
    tables = [rows for table in reader.tables
              if (rows := [row for row in table if row])]
    if not tables:
        raise ValueError('HTML without a table that has cells')
    cells = [[[Cell(_words(cell.pieces), cell.head, cell.rows, cell.columns)
               for cell in row] for row in table] for table in tables]
    for table in cells:
        places = _grid(table)
        if sum(_widths(places)) * len(table) > _MOST_TEXT:
            raise ValueError('a table of more than '
                             f'{_MOST_TEXT:,} characters as text')
    return Tables(cells, _words(reader.outside))


def _words(pieces: list[str]) -> str:
    return ' '.join(''.join(pieces).split())


@dataclass
class _Open:
    """A cell that is being read."""
    head: str
    rows: int
    columns: int
    pieces: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Gathers the text of cells, and the text outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[_Open]]] = []
        self.outside: list[str] = []
        self.silent: list[str] = []  # elements around, whose text is no text
        self.inside, self.heads = False, False
        self.cell: _Open | None = None

    def handle_starttag(self, tag: str,
                        attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent.append(tag)
            if len(self.silent) > _DEEPEST:
                raise ValueError(f'more than {_DEEPEST} <{tag}> in each other')
        elif tag == 'table':
            if self.inside:
                raise ValueError('a table in a table')
            self.tables.append([])
            self.inside, self.heads = True, False
        elif self.inside and tag in ('thead', 'tbody', 'tfoot'):
            self.heads = tag == 'thead'
        elif self.inside and tag == 'tr':
            self._row()
        elif self.inside and tag in ('td', 'th'):
            self._cell(tag, dict(attrs))
        elif tag in _BREAKS:
            self.handle_data(' ')

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif tag == 'table':
            self.inside, self.cell = False, None
        elif tag in ('td', 'th', 'tr'):
            self.cell = None
        elif tag in _BREAKS:
            self.handle_data(' ')

    def handle_startendtag(self, tag: str,
                           attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            pieces = self.cell.pieces if self.cell else self.outside
            pieces.append(data)

    def _row(self) -> None:
        self.cell = None
        self.tables[-1].append([])

    def _cell(self, tag: str, attrs: dict[str, str | None]) -> None:
        if not self.tables[-1]:
            self._row()
        head = '' if tag == 'td' else 'col' if self.heads else 'row'
        self.cell = _Open(head, _count(attrs.get('rowspan')),
                          _count(attrs.get('colspan')))
        self.tables[-1][-1].append(self.cell)


def _count(text: str | None) -> int:
    """Return how many rows or columns an attribute says, 1 if it does not."""
    digits = (text or '').strip()
    return max(1, int(digits)) if digits.isascii() and (
        digits.isdigit() and len(digits) < 5) else 1


def _grid(table: list[list[Cell]]) -> dict[tuple[int, int], str]:
    """Return the text at each place, (row, column), of a table."""
    places: dict[tuple[int, int], str] = {}
    height = width = 0
    for r, row in enumerate(table):
        c = 0
        for cell in row:
            while (r, c) in places:
                c += 1
            height = max(height, r + cell.rows)
            width = max(width, c + cell.columns)
            if height * width > _MOST_CELLS:
                raise ValueError(f'a table of more than {_MOST_CELLS:,} cells')
            for down in range(cell.rows):
                for right in range(cell.columns):
                    places.setdefault((r + down, c + right), '')
            places[r, c] = cell.text
            c += cell.columns
    return places


def _widths(places: dict[tuple[int, int], str]) -> list[int]:
    """Return the length of the longest text in each column."""
    widths = [0] * (max(c for _, c in places) + 1)
    for (_, c), text in places.items():
        widths[c] = max(widths[c], len(text))
    return widths


def _columns(places: dict[tuple[int, int], str]) -> str:
    """Return text at places as lines, with two spaces between columns."""
    widths = _widths(places)
    rows = range(max(r for r, _ in places) + 1)
    lines = ('  '.join(places.get((r, c), '').ljust(width)
                       for c, width in enumerate(widths)).rstrip()
             for r in rows)
    return '\n'.join(lines).rstrip()
