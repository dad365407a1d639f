"""Colours in outputs can be read, in light and dark and on paper; in a
system's own colours the words are there."""
import pytest

from builder.publish.html import build_html

from ..book.conftest import PAGE, make_book, write_recording
from .test_themes import contrast, luminance, shot

ORDERS = [*range(31, 37), 90, *range(41, 47), 100, 7]


@pytest.fixture(scope='module')
def page_of_colours(tmp_path_factory):
    """A page that shows every colour, as ink and as ground."""
    folder = tmp_path_factory.mktemp('colours')
    book = make_book(folder, PAGE)
    for tab in book.config.tabs:
        write_recording(book, book.pages[0], tab, {1: [''.join(
            f'\x1b[{order}mMHMHM\x1b[0m plain\n' for order in ORDERS)]})
    return build_html(book, folder / '_build')


@pytest.fixture
def look(page_of_colours, chromium):
    """Return a function that opens the page."""
    contexts = []

    def look(**options):
        contexts.append(chromium.new_context(
            viewport={'width': 1280, 'height': 800}, **options))
        page = contexts[-1].new_page()
        page.goto(page_of_colours.as_uri())
        return page

    yield look
    for context in contexts:
        context.close()


COLOURS = """() => {
  const pixel = (colour) => colour.match(/[0-9.]+/g).map(Number);
  return [...document.querySelectorAll('.output span[class^=ansi-]')].filter(
    (span) => span.offsetParent).map((span) => {
      const probe = document.createElement('span');
      probe.style.background = 'var(--ground)';
      span.parentNode.append(probe);
      const own = getComputedStyle(span);
      const ground = own.backgroundColor === 'rgba(0, 0, 0, 0)'
        ? getComputedStyle(probe).backgroundColor : own.backgroundColor;
      probe.remove();
      return [span.className, pixel(own.color), pixel(ground)]; }); }"""


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_every_colour_can_be_read(look, scheme):
    page = look(color_scheme=scheme)
    for theme in (None, 'auto', 'light', 'dark'):  # None: without a script
        page.evaluate('theme => theme ? document.body.dataset.theme = theme '
                      ': delete document.body.dataset.theme', theme)
        dark = theme == 'dark' or scheme == 'dark' and theme != 'light'
        for media in ('screen', 'print'):
            page.emulate_media(media=media)
            found = page.evaluate(COLOURS)
            assert len(found) == len(ORDERS)
            for name, ink, ground in found:
                low, high = sorted(map(luminance, (ink[:3], ground[:3])))
                assert (high + 0.05) / (low + 0.05) >= 4.5, (media, name)
                if '-on-' not in name:
                    assert (low == luminance(ground[:3])) == (
                        dark and media == 'screen'), (media, name)
            assert len({str(ink) for _, ink, _ in found[:7]}) == 7
            assert len({str(ground) for *_, ground in found[7:]}) == 8


def test_in_the_systems_own_colours_words_are_left(look):
    page = look(forced_colors='active')
    words = page.locator('.output span[class^=ansi-]:visible')
    for n in (0, 7, 14):
        assert contrast(shot(words.nth(n)))[0] >= 7
