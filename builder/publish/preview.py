"""What is shown of a page where somebody shares its address, and by search
engines: its first words and, if the pages have an address, a picture with its
title."""
from builder.escape import address
from builder.publish.conf import STATIC
from builder.publish.cover import cover_svg
from builder.publish.markup import quoted
from builder.publish.pdf_images import converted
from builder.publish.sources import Sources
from builder.publish.title_picture import PALE, Frame, Words, drawn

FRAME = Frame(width=1200, height=630, margin=70, top=350, bottom=580)


def front_matter(sources: Sources, name: str, title: str, words: str) -> str:
    """Return the head of a page's Markdown, '' if there is nothing to say;
    the picture goes to `sources`.

    Args:
        sources: of the book.
        name, title: the page's.
        words: what it is about, as plain text.

    Raises:
        BuildError: if the picture cannot be drawn, or made a PNG file.
    """
    config = sources.config
    fields = _card(sources, name, title) if config.html.site else []
    if words:
        fields += [('og:description', words)]
    lines = [f'{field}: {quoted(value)}' for field, value in fields]
    if words:
        lines += ['myst:', '  html_meta:',
                  f'    description: {quoted(words)}']
    return '\n'.join(['---', *lines, '---']) if lines else ''


def _card(sources: Sources, name: str, title: str) -> list[tuple[str, str]]:
    """Add a page's picture, and return what tells of it."""
    path, config = f'cards/{name}.png', sources.config
    book = '' if title.startswith(config.title) else config.title
    texts = Words(book, 36, 52, 1, PALE), Words(title, 72, 28, 2)
    sources.add(f'{STATIC}/{path}', converted(
        f'the picture of page {name}',
        drawn(FRAME, texts, cover_svg(config)), 'png'))
    return [('og:title', title),  # without its number
            ('og:image', f'{config.html.site}_static/{address(path)}'),
            ('og:image:alt', ': '.join(filter(None, (book, title)))),
            ('og:image:width', str(FRAME.width)),
            ('og:image:height', str(FRAME.height))]
