"""The book: pages in reading order, with labels, numbers, works and claims.

All sources are read and checked before anything is said of them, so that a
user sees every mistake at once.
"""
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from builder.config import Config
from builder.errors import BuildError, SourceError, raise_all
from builder.source.citation_file import Citation, load_citation
from builder.source.citations import Bibliography, load_bibliography
from builder.source.claims import judge_claims, tell_studies
from builder.source.effects import effect_names, is_effects
from builder.source.files import (
    IMAGES,
    is_remote,
    linked_file,
)
from builder.source.inline import Role
from builder.source.judgement import Judgement, Study
from builder.source.labels import Known, Label, Labels, check_roles
from builder.source.markdown import Prose
from builder.source.page import (
    Group,
    Item,
    Page,
    Question,
    Text,
)
from builder.source.reader import CLAIMS, Reader
from builder.source.translation import translated

__all__ = ['Book', 'Group', 'Item', 'Page', 'Question', 'Text', 'load_book']


@dataclass
class Book:
    """All pages of a book, in reading order.

    notes: what its author may want to know, and is no mistake.
    errors: what is wrong with it, if it was loaded all the same.
    left_out: pages that are read and checked, and not shown.
    shows_claims: whether it has a page of claims and runs.
    translations: the book in other languages, as far as it is translated.
    original: of a translation, the book.
    """
    config: Config
    bibliography: Bibliography
    pages: list[Page] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    claims: dict[str, Judgement] = field(default_factory=dict)
    studies: tuple[Study, ...] = ()
    notes: list[str] = field(default_factory=list)
    errors: list[BuildError] = field(default_factory=list)
    citation: Citation | None = None
    left_out: list[Page] = field(default_factory=list)
    shows_claims: bool = False
    translations: dict[str, 'Book'] = field(default_factory=dict, repr=False)
    original: 'Book | None' = field(default=None, repr=False)
    _files: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def up(self) -> str:
        """The way from its pages to those of the book that it translates."""
        return '../' if self.original else ''

    def notebooks(self) -> list[Page]:
        """Return the pages that have code."""
        return [page for page in self.pages
                if any(isinstance(item, Group) for item in page.items)]

    def shows(self, name: str) -> bool:
        """Return whether a page of this name is not left out."""
        return all(page.name != name for page in self.left_out)

    def leave_out(self, names: Collection[str]) -> None:
        """Show the pages of these names no more."""
        self.left_out = [page for page in self.pages if page.name in names]
        self.pages = [page for page in self.pages if page.name not in names]

    def file(self, page: Page, link: str) -> str:
        """Return the name, from the book's folder on, of the file that a link
        on a page leads to.

        Raises:
            ValueError: if it is none in the folder of the book.
        """
        key = page.path, link
        if key not in self._files:  # looking takes its time
            self._files[key] = linked_file(self.config.folder, *key)
        return self._files[key]


def load_book(config: Config, strict: bool = True,
              handout: bool = False) -> Book:
    """Read all sources from the root page on and check what they refer to.

    Args:
        config: the book's.
        strict: whether to raise what is wrong; else it is in the Book's
            `errors`, and who makes pages of it must raise them in the end.
        handout: whether to leave out what config.ini says may be.

    Raises:
        BuildError: with all that is wrong; see builder.errors.
    """
    errors: list[BuildError] = []
    bibliography = load_bibliography(config.folder, config.bibliography,
                                     errors)
    reader = Reader(config, errors, handout)
    book = Book(config, bibliography or Bibliography(), reader.pages(),
                reader.labels.known)
    book.notes = reader.notes()
    book.citation = load_citation(config.folder, config.citation, errors)
    errors += [*_check_pages(book, bibliography), *_check_questions(book)]
    _ask_the_runs(book, errors, handout)
    book.leave_out(reader.left_out)
    book.translations = {language: _translation(book, language, errors)
                         for language in config.translations}
    if strict:
        raise_all(errors)
    book.errors = errors
    return book


def _translation(book: Book, language: str,
                 errors: list[BuildError]) -> Book:
    """Return the book in another language; its notes go to the book's."""
    html = book.config.html
    config = replace(
        book.config, language=language,
        title=book.config.translations[language],
        html=replace(html, site=html.site and f'{html.site}{language}/'))
    labels = Labels({name.lower(): '[links]' for name in config.links})
    pages = [translated(page, book.config, language, errors, book.notes)
             for page in book.pages]
    for page in (*pages, *book.left_out):
        errors += labels.number(page)
    found = replace(book, config=config, pages=pages, labels=labels.known,
                    translations={}, original=book)
    for page in pages:
        if page.translation:
            for text in page.texts:
                if text.id not in page.left:
                    errors += _check_files(found, page, text.prose)
    return found


def _check_pages(book: Book, bibliography: Bibliography | None,
                 ) -> Iterator[SourceError]:
    labels = Known([*book.labels, *book.config.links])
    keys = Known(bibliography) if bibliography is not None else None
    for page in book.pages:
        for text in page.texts:
            yield from check_roles(text.prose.roles, page, labels, keys)
            yield from _check_files(book, page, text.prose)


def _ask_the_runs(book: Book, errors: list[BuildError],
                  handout: bool) -> None:
    """Take in what the runs say of the claims of sentences, and of studies."""
    book.claims = judge_claims(book.config, _claims(book), errors)
    book.studies = tell_studies(book.config, book.claims, errors)
    if not errors:  # or what is known of studies may be a part of it
        errors += _check_effects(book)
    book.shows_claims = bool(book.studies) and not (
        handout and CLAIMS in book.config.without)


def _claims(book: Book) -> Iterator[tuple[Page, Role]]:
    for page in book.pages:
        for text in page.texts:
            for role in text.prose.roles:
                if role.name == 'claim':
                    yield page, role


def _check_questions(book: Book) -> Iterator[SourceError]:
    """Yield an error for each question that is called like another: browsers
    keep a reader's guesses by name."""
    named: dict[str, str] = {}
    for page in book.pages:
        for item in page.items:
            if isinstance(item, Question):
                here = f'{page.path}:{item.line}'
                where = named.setdefault(item.name, here)
                if where != here:
                    yield SourceError(page.path, item.line, 'a question '
                                      f'{item.name!r} exists already in '
                                      + where)


def _check_effects(book: Book) -> Iterator[SourceError]:
    for page in book.pages:
        for text in page.texts:
            for part in text.prose.floats:
                if part.kind == 'figure' and is_effects(part.content):
                    try:
                        effect_names(part.content, book.studies)
                    except ValueError as error:
                        yield SourceError(page.path, part.line, str(error))


def _check_files(book: Book, page: Page, prose: Prose,
                 ) -> Iterator[SourceError]:
    for part in prose.floats:
        if part.kind == 'cover' and (not book.config.html.cover
                                     or page in book.notebooks()):
            yield SourceError(page.written, part.line, 'a figure #cover, '
                              'expected it on a page without cells, and a '
                              'function that draws it in '
                              f'{book.config.file}: [html] cover')
    links = [(span.kind, span.content, span.line) for span in prose.spans
             if span.kind in ('image', 'link')]
    figures = [(part.content, part.line) for part in prose.floats
               if part.kind == 'figure' and not is_remote(part.content)]
    links += [('image', *figure) for figure in figures]
    for kind, link, line in links:
        if kind == 'image' and is_effects(link):
            if (link, line) not in figures:
                yield SourceError(page.written, line, f'the figure {link} '
                                  'inside a text, expected it in lines of its '
                                  'own')
            continue
        problem = _problem(book, page, kind, link)
        if problem:
            what = {'image': 'the image', 'link': 'the link to'}[kind]
            yield SourceError(page.written, line, f'{what} {link!r} is not '
                              f'a file in the folder of the book: {problem}')


def _problem(book: Book, page: Page, kind: str, link: str) -> str:
    """Return what is wrong with a link, or ''."""
    try:
        name = book.file(page, link)
    except ValueError as error:
        return str(error)
    if kind == 'image' and not name.lower().endswith(IMAGES):
        return f'expected {", ".join(IMAGES)}'
    return ''
