"""What a translated page says of the parts that are not translated.

They stand on it in the source's language, and are marked so: for the voice
that reads them, for quotation marks and for the browser's hyphens.
"""
from builder.publish.markup import directive
from builder.source.book import Book
from builder.source.page import Page, Text
from builder.source.translation import CHANGED, MISSING, sections_of
from builder.words import Words, words


class Languages:
    """Says in which language each section of a translated page is.

    Args:
        book: the translation.
        page: its page.
    """

    def __init__(self, book: Book, page: Page) -> None:
        self.language = book.config.language
        self.source = language_of_source(book)
        self.say = words(self.language)
        self.whole = not page.translation
        # Of each section's first text: why it is not translated, and why the
        # one before it is not.
        self.sections: dict[str, tuple[str, str]] = {}
        before = ''
        for section in sections_of(page):
            if section.texts and page.left:
                text = section.texts[0].id
                why = page.left.get(text, '')
                self.sections[text] = why, before
                before = why

    def of_section(self, item: Text) -> str:
        """Return what stands under a heading that the language changes at."""
        if item.id not in self.sections:
            return ''
        why, before = self.sections[item.id]
        if not why:
            return spoken(self.language)
        told = spoken(self.source)
        if why == MISSING == before:
            return told
        name = self.say.name(self.source)
        said = {MISSING: self.say('From here on, this page is not translated '
                                  'yet: it goes on in {}.'),
                CHANGED: self.say('The source of this section has changed '
                                  'since it was translated. This is the '
                                  'source, in {}.')}[why].format(name)
        if self.whole:
            said = of_page(self.say, self.source)
        return f'{told}\n\n{note(said, self.language)}'


def language_of_source(book: Book) -> str:
    """Return the language that a book is translated from."""
    return (book.original or book).config.language


def of_page(say: Words, source: str) -> str:
    """Return what a page says that is not translated at all."""
    return say('This page is not translated yet: it is in {}.').format(
        say.name(source))


def made_page(book: Book, text: str) -> str:
    """Return a page that the builder made, which a translation has as it is,
    and which says so under its title."""
    if not book.original:
        return text
    source, language = language_of_source(book), book.config.language
    before, title, rest = text.partition('\n# ' if (
        not text.startswith('# ')) else '# ')
    heading, _, rest = rest.partition('\n')
    said = note(of_page(words(language), source), language)
    return (f'{before}{title}{heading}\n\n{spoken(source)}\n\n{said}\n'
            f'{rest}')


def spoken(language: str) -> str:
    """Return the mark of a section in this language."""
    return directive('spoken', language.replace('_', '-'), '')


def note(said: str, language: str) -> str:
    """Return what is said of a part, in the language of the page."""
    name = f'untranslated language-{language.replace("_", "-")}'
    return directive('container', name, said)
