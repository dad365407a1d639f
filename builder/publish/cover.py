"""The picture on a book's cover: an SVG that a function of the book draws."""
from builder.config import Config
from builder.errors import BuildError
from builder.record.svg import check_svg
from builder.source.functions import called, load_function


def cover_svg(config: Config) -> bytes:
    """Return the picture that config.ini names; b'' if it names none.

    Raises:
        BuildError: if the function fails, or draws no SVG that a page may
            hold.
    """
    cover = config.html.cover
    if not cover:
        return b''
    where = f'{config.file}: [html] cover = {cover}'
    svg = called(config, where, load_function(config, where, cover))
    if not isinstance(svg, str):
        raise BuildError(f'{where}: expected an SVG as text, got {svg!r:.60}')
    try:
        check_svg(svg)
    except ValueError as error:
        raise BuildError(f'{where}: an SVG that no page may hold: {error}'
                         ) from None
    return svg.encode()
