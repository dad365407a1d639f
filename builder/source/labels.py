"""Labels and what refers to them: numbers, titles, unknown names."""
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from builder.errors import SourceError
from builder.source.citations import citation_keys
from builder.source.figures import Float
from builder.source.inline import Role
from builder.source.page import Page, Text

_NAME = re.compile(r'[\w.:+-]+')
_GUESSES = 20  # looking for similar names takes its time
_ENOUGH = 2000


@dataclass(frozen=True)
class Label:
    """What a label names: a heading, figure, table or equation of a page, and
    the heading that it stands under."""
    page: str
    line: int
    title: str
    number: str
    heading: str
    kind: str = 'section'


class Sections:
    """Counts sections, and pages that tables of contents name among them, as
    Sphinx does: below the heading that is last, one after the other."""

    def __init__(self) -> None:
        self.counters: list[int] = []
        self.depth = 0  # of the last heading; the page's own has 0

    def heading(self, level: int) -> tuple[int, ...]:
        """Return the numbers of a heading of this level below its page's."""
        self.depth = level - 1
        return self._next(self.depth) if self.depth else ()

    def child(self) -> tuple[int, ...]:
        """Return the numbers of a page that stands here in a table."""
        return self._next(self.depth + 1)

    def _next(self, depth: int) -> tuple[int, ...]:
        self.counters = (self.counters + [0] * depth)[:depth]
        self.counters[-1] += 1
        return (*self.counters,)


@dataclass
class Labels:
    """All labels of a book, and names that others have taken."""
    taken: dict[str, str]  # in lower case, as addresses are: where
    known: dict[str, Label] = field(default_factory=dict)

    def number(self, page: Page) -> Iterator[SourceError]:
        """Give every label of the page its title and number: that of its
        heading, or that of its figure, table or equation, which are counted
        by page; and every page that it names a place among its sections.
        Yield what is wrong."""
        sections, floats = Sections(), Counter[str]()
        number = page.number
        title, current = page.name, number
        for text in page.texts:
            if text.prose.level:
                title = text.prose.title
                place = sections.heading(text.prose.level)
                current = (*number, *place) if number else ()
            for toc in text.prose.tocs:
                for name in page.children.get(toc, ()):
                    page.places[name] = sections.child()
            for part in text.prose.floats:
                if part.kind != 'cover' and (part.label
                                             or part.caption != (0, 0)):
                    floats[part.counted] += 1
                    yield from self._float(page, text, part, title, _joined(
                        (*number, floats[part.counted])))
            yield from self._sections(page, text, title, _joined(current))

    def _float(self, page: Page, text: Text, part: Float, title: str,
               number: str) -> Iterator[SourceError]:
        page.numbers[text.id, part] = number
        if part.label:
            caption = text.prose.body[slice(*part.caption)]
            yield from self._add(page, part.label, Label(
                page.name, part.line, caption, number, title, part.counted))

    def _sections(self, page: Page, text: Text, title: str,
                  number: str) -> Iterator[SourceError]:
        inside = {part.label for part in text.prose.floats}
        for role in text.prose.roles:
            if role.content in inside:
                continue
            if role.name == 'label':
                yield from self._add(page, role.content, Label(
                    page.name, role.line, title, number, title))
            elif role.name == 'eqlabel':
                yield SourceError(page.path, role.line, ':eqlabel: belongs '
                                  'behind a formula in $$, or on the line '
                                  'after it')

    def _add(self, page: Page, name: str, label: Label,
             ) -> Iterator[SourceError]:
        if not _NAME.fullmatch(name):
            yield SourceError(page.path, label.line, f'label {name!r}, '
                              'expected letters, digits, and _ . : + -')
            return
        where = self.taken.get(name.lower())
        if where:
            yield SourceError(page.path, label.line, f'label {name!r} exists '
                              f'already in {where}')
            return
        self.taken[name.lower()] = f'{label.page}:{label.line}'
        self.known[name] = label


class Known:
    """Names, and what somebody meant who wrote another."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = {*names}
        self.guessed = 0

    def expected(self, name: str) -> str:
        """Return what to expect in place of `name`, to end a message."""
        self.guessed += 1
        if self.guessed > _GUESSES or len(self.names) > _ENOUGH:
            return ''
        names = sorted(self.names)
        close = difflib.get_close_matches(name[:200], names, 3, 0.4)
        return ', expected one of ' + (', '.join(close or names[:5])
                                       or '(there is none)')


def check_roles(roles: Iterable[Role], page: Page, labels: Known,
                keys: Known | None) -> Iterator[SourceError]:
    """Yield an error for each reference to what does not exist.

    Args:
        roles: of a text of the page.
        labels: the names of labels.
        keys: those of works; None if there is no saying.
    """
    for role in roles:
        if role.name in ('numref', 'ref', 'eqref') and (
                role.content not in labels.names):
            yield SourceError(page.path, role.line, f'label {role.content!r} '
                              'does not exist' + labels.expected(role.content))
        if role.name in ('cite', 'citet') and keys is not None:
            for key in citation_keys(role):
                if key not in keys.names:
                    yield SourceError(page.path, role.line, f'citation {key!r}'
                                      ' is not in the bibliography'
                                      + keys.expected(key))


def _joined(numbers: Iterable[int]) -> str:
    return '.'.join(map(str, numbers))
