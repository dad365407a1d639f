"""The cover of an EPUB: title and authors, and the picture of the book.

Only a book that has a picture has a cover; the others are shown by their title
page.
"""
from builder.config import Config
from builder.publish.cover import cover_svg
from builder.publish.pdf_images import converted
from builder.publish.title_picture import PALE, Frame, Words, drawn

FRAME = Frame(width=1200, height=1800, margin=110, top=846, bottom=1746)


def cover_png(config: Config, tab: str) -> bytes:
    """Return the cover of a tab's EPUB, a PNG file; b'' if the book has no
    picture.

    Raises:
        BuildError: if the picture cannot be drawn, or made a PNG file.
    """
    picture = cover_svg(config)
    title = config.tabs[tab].title if len(config.tabs) > 1 else ''
    texts = (Words(config.title, 104, 17, 4), Words(title, 60, 30, 4),
             Words(config.authors, 42, 44, 4, PALE))
    return converted('the cover', drawn(FRAME, texts, picture),
                     'png') if picture else b''
