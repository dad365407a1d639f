"""What is written can be read: whatever theme, medium, script or storage."""
import io

import pytest
from PIL import Image

from .conftest import CHAPTER

PAGE = f'{CHAPTER}-solutions'
BLOCKED = """Object.defineProperty(window, 'localStorage', {get() {
  throw new DOMException('blocked', 'SecurityError'); }});"""
# (script, storage, theme): without a script nobody can choose a theme.
STATES = [(False, True, None), (True, False, None)] + [
    (True, storage, theme) for storage in (True, False)
    for theme in ('auto', 'light', 'dark')]


def luminance(pixel):
    """Return the relative luminance of an sRGB pixel, as WCAG 2 has it."""
    linear = [value / 12.92 if value <= 0.04045
              else ((value + 0.055) / 1.055) ** 2.4
              for value in (channel / 255 for channel in pixel)]
    return sum(weight * value for weight, value in zip(
        (0.2126, 0.7152, 0.0722), linear))


def contrast(picture):
    """Return (contrast of the strongest mark with the ground, luminance of
    the ground); the ground is the most common pixel."""
    pixels = picture.getcolors(maxcolors=picture.width * picture.height)
    ground = luminance(max(pixels)[1])
    return max((max(ground, mark) + 0.05) / (min(ground, mark) + 0.05)
               for mark in (luminance(pixel) for _, pixel in pixels)), ground


def shot(locator):
    locator.scroll_into_view_if_needed()
    return Image.open(io.BytesIO(locator.screenshot())).convert('RGB')


@pytest.fixture(params=['light', 'dark'])
def browse(request, site, chromium):
    """Return a function that opens a page under a system's preference."""
    contexts = []

    def browse(script, storage, theme):
        contexts.append(chromium.new_context(
            viewport={'width': 1280, 'height': 800},
            color_scheme=request.param, java_script_enabled=script))
        if script and not storage:
            contexts[-1].add_init_script(BLOCKED)
        page = contexts[-1].new_page()
        page.set_default_timeout(5000)
        page.goto((site / f'{PAGE}.html').as_uri())
        if theme:
            page.evaluate(f'document.body.dataset.theme = "{theme}"')
        dark = theme == 'dark' or (request.param == 'dark'
                                   and theme != 'light')
        return page, dark

    yield browse
    for context in contexts:
        context.close()


@pytest.mark.parametrize(('script', 'storage', 'theme'), STATES)
def test_labels_and_words_stand_out(browse, script, storage, theme):
    page, dark = browse(script, storage, theme)
    plot, words, code = (page.locator(f'{name}:visible') for name in (
        '.plot', 'article p', 'article .highlight pre'))
    for media in ('screen', 'print'):
        page.emulate_media(media=media)
        picture = shot(plot.first)
        # At the left there is nothing but the numbers of an axis.
        labels = picture.crop((0, 0, picture.width // 12, picture.height))
        for picture in (labels, shot(words.nth(2)), shot(code.first)):
            strength, ground = contrast(picture)
            assert strength >= 7, (media, strength)
            assert (ground < 0.2) == (dark and media == 'screen'), media
