"""Citations by author and year, and the list of references, as Markdown.

Whatever a BibTeX field holds is shown as text: TeX's accents as characters,
Markdown's and HTML's signs escaped.
"""
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import Entry, Person, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from builder import escape
from builder.errors import BuildError, SourceError
from builder.source.files import read_text, scheme
from builder.source.inline import Role

# What TeX shows as it stands, braces apart; most fields are such, and to look
# for more in one takes a millisecond.
_SIGN = r'(?:[^\W_]|[ .:;()/]|-(?!-)|,(?!,))'
_IS_TEXT = re.compile(rf'(?:{_SIGN}|\{{{_SIGN}*\}})*')


@dataclass(frozen=True)
class Work:
    """An entry, its parts as Markdown: full names and last names, year, title
    and where it appeared; `url` says where it is to be read, or is ''."""
    people: tuple[str, ...]
    names: tuple[str, ...]
    year: str
    title: str
    venue: str
    pages: str
    url: str

    @property
    def authors(self) -> str:
        """The authors as a citation names them: "Smith & Topin"."""
        if len(self.names) > 2:
            return f'{self.names[0]} et al.'
        return ' & '.join(self.names)

    @property
    def reference(self) -> str:
        """One line for the list of references."""
        title = f'[{self.title}]({self.url})' if self.url else self.title
        people = ' & '.join([', '.join(self.people[:-1])] * (
            len(self.people) > 1) + [*self.people[-1:]])
        if not self.people:
            return f'{title} ({self.year}).{self._where}'
        return f'{people} ({self.year}). {title}.{self._where}'

    @property
    def _where(self) -> str:
        pages = f', pages {self.pages}' if self.pages else ''
        return f' *{self.venue}*{pages}.' if self.venue else ''


class Bibliography:
    """The works of a BibTeX file, by key."""

    def __init__(self, works: dict[str, Work] | None = None) -> None:
        self.works = works or {}

    def __iter__(self) -> Iterator[str]:
        return iter(self.works)

    def authors(self, key: str) -> str:
        """Return the authors as a citation names them: "Smith & Topin"."""
        return self.works[key].authors

    def year(self, key: str) -> str:
        """Return the year of publication."""
        return self.works[key].year

    def url(self, key: str) -> str:
        """Return where the work is to be read: DOI, arXiv or address."""
        return self.works[key].url

    def references(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Return [(key, one line of Markdown)], sorted by author and year."""
        works = sorted(((key, self.works[key]) for key in keys
                        if key in self.works),
                       key=lambda pair: (pair[1].authors, pair[1].year))
        return [(key, work.reference) for key, work in works]


def load_bibliography(folder: Path, path: Path | None,
                      errors: list[BuildError]) -> Bibliography | None:
    """Return the Bibliography in the file at `path`, empty without one; or
    None, and what is wrong goes to `errors`.

    Args:
        folder: the book's folder.
        path: the file, in that folder.
        errors: where errors go.
    """
    if path is None:
        return Bibliography()
    shown = path.relative_to(folder).as_posix()
    found: list[BuildError] = []
    text = read_text(path, shown, found)
    works: dict[str, Work] = {}
    try:
        works.update(_works(text, shown, found))
    except PybtexError as error:
        found.append(SourceError(shown, _line_of(error, text), str(error)))
    errors += found
    return None if found else Bibliography(works)


def _line_of(error: PybtexError, text: str) -> int:
    """Return the line that a parser's error is of, by what it quotes."""
    line = getattr(error, 'lineno', None)
    if line is not None:
        return int(line)
    key = re.search(r"repeated bibliography entry: (\S+)|key (\S+) has a dup",
                    str(error))
    if key:
        return _line(text, key[1] or key[2])
    quoted = str(error).partition("'")[2].rpartition("'")[0]
    return text.count('\n', 0, max(0, text.find(quoted))) + 1


def _works(text: str, shown: str, errors: list[BuildError],
           ) -> Iterator[tuple[str, Work]]:
    for key, entry in parse_string(text, 'bibtex').entries.items():
        try:
            yield key, _work(key, entry)
        except (PybtexError, UnicodeError, RecursionError) as error:
            errors.append(SourceError(shown, _line(text, key),
                                      f'{key}: {error}'))


def _line(text: str, key: str) -> int:
    """Return the line of the last entry of that key."""
    found = [m.start() for m in re.finditer(
        rf'@\w+\s*[{{(]\s*{re.escape(key)}\s*,', text)]
    return text.count('\n', 0, found[-1]) + 1 if found else 1


def _work(key: str, entry: Entry) -> Work:
    def field(*names: str) -> str:
        found = (entry.fields[name] for name in names if name in entry.fields)
        return _plain(next(found, ''))

    people: list[Person] = (entry.persons.get('author')
                            or entry.persons.get('editor') or [])
    title = field('title', 'booktitle', 'howpublished') or escape.markdown(key)
    somebody = field('organization', 'institution')
    full = [_plain(' '.join(p.first_names + p.middle_names + p.prelast_names
                            + p.last_names)) for p in people]
    last = [_plain(' '.join(p.prelast_names + p.last_names)) for p in people]
    return Work(
        tuple(full) or ((somebody,) if somebody else ()),
        tuple(last) or (somebody or title,), field('year') or 'no year',
        title, field('booktitle', 'journal', 'publisher'),
        field('pages').replace('--', '–'), _url(entry))


def _url(entry: Entry) -> str:
    fields = entry.fields
    arxiv = re.match(r'arXiv:([\d.]+)', fields.get('journal', ''))
    if 'doi' in fields:
        doi = re.sub(r'^(https?://(dx\.)?doi\.org/|doi:)', '', fields['doi'])
        url = f'https://doi.org/{doi}'
    elif 'eprint' in fields:
        url = f'https://arxiv.org/abs/{fields["eprint"]}'
    elif arxiv:
        url = f'https://arxiv.org/abs/{arxiv[1]}'
    else:
        url = fields.get('url', '').replace('\\', '')
        if scheme(url) not in ('http', 'https'):
            return ''
    return escape.address(''.join(url.split()))


def citation_keys(role: Role) -> list[str]:
    """Return the keys in a cite or citet role."""
    return [key.strip() for key in role.content.split(',')]


def _plain(latex: str) -> str:
    """Return LaTeX as Markdown that shows its text."""
    text = escape.markdown(re.sub('[{}]', '', latex)
                           if _IS_TEXT.fullmatch(latex)
                           else Text.from_latex(latex))
    return re.sub(r'^(\d+)?([-+.)])', r'\1\\\2', text)  # begins no list
