"""What stands at the end of every page, PDF and notebook: what may be done
with the book, where its source is, how to cite it."""
from builder import escape
from builder.config import Config
from builder.source.book import Book

HOW = 'How to cite'


def licence_line(config: Config) -> str:
    """Return the book's licences as a line of Markdown, or ''."""
    return ' · '.join(
        f'{escape.markdown(kind.capitalize())}: '
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
    cited = cite(book)
    return '\n\n'.join(filter(None, (
        licence_line(book.config), cited and f'**{HOW}.** {cited}')))
