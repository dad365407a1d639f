"""What stands at the end of every page, PDF and notebook: what may be done
with the book, where its source is, how to cite it."""
from builder import escape
from builder.config import Config
from builder.source.book import Book
from builder.words import Words, words

HOW = 'How to cite'


def licence_line(config: Config, say: Words) -> str:
    """Return the book's licences as a line of Markdown, or ''."""
    return ' · '.join(
        f'{escape.markdown(say(kind.capitalize()))}: '
        f'[{escape.markdown(licence.name)}]({escape.address(licence.url)})'
        for kind, licence in config.licences.items())


def cite(book: Book) -> str:
    """Return how to cite the book, in words and as BibTeX, as Markdown; ''
    if nothing says how."""
    if book.citation is None:
        return ''
    return (f'{escape.markdown(book.citation.text)}\n\n'
            + escape.fenced('bibtex', book.citation.bibtex))


def colophon(book: Book) -> str:
    """Return all of it as Markdown, or ''."""
    cited, say = cite(book), words(book.config.language)
    return '\n\n'.join(filter(None, (
        licence_line(book.config, say),
        cited and f'**{say(HOW)}.** {cited}')))
