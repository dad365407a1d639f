"""What is written can be read: whatever theme, medium, script or storage."""
import io
import re

import pytest
from PIL import Image

from .conftest import CHAPTER, ROOT

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

    def browse(script, storage, theme, page_name=PAGE, **options):
        contexts.append(chromium.new_context(
            viewport={'width': 1280, 'height': 800}, **options,
            color_scheme=request.param, java_script_enabled=script))
        if script and not storage:
            contexts[-1].add_init_script(BLOCKED)
        page = contexts[-1].new_page()
        page.set_default_timeout(5000)
        page.goto((site / f'{page_name}.html').as_uri())
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


def test_every_curve_stands_out_in_the_dark(browse):
    """The colours of d2l's plots, as patches in a plot."""
    colours = re.findall('#[0-9A-F]{6}', (
        ROOT / 'd2l' / 'plotting.py').read_text('utf-8'))
    assert len(colours) == 7
    page, _ = browse(True, True, 'dark')
    for colour in colours:
        page.evaluate("""colour => {
          const plot = document.createElement('img');
          plot.className = 'plot patch';
          plot.src = 'data:image/svg+xml,' + encodeURIComponent(
            `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">
             <rect width="30" height="40" fill="${colour}"/></svg>`);
          document.querySelectorAll('.patch').forEach(old => old.remove());
          document.querySelector('article').prepend(plot);
          return plot.decode(); }""", colour)
        strength, ground = contrast(shot(page.locator('.patch')))
        assert strength >= 4.5 and ground < 0.2, colour


@pytest.mark.parametrize('script', [True, False])
@pytest.mark.parametrize('theme', ['light', 'dark', None])
def test_all_stands_out_in_the_systems_own_colours(browse, script, theme):
    if theme and not script:
        return  # nobody can choose one
    page, _ = browse(script, True, theme, forced_colors='active')
    canvas = page.evaluate("""() => {
      const probe = document.createElement('p');
      probe.style.backgroundColor = 'Canvas';
      document.body.append(probe);
      return getComputedStyle(probe).backgroundColor; }""") if script else None
    for selector in ('article p', 'article .highlight pre'):
        strength, ground = contrast(shot(page.locator(
            f'{selector}:visible').nth(1)))
        assert strength >= 7, selector
        if canvas:
            assert (ground < 0.2) == (canvas == 'rgb(0, 0, 0)'), selector
    picture = shot(page.locator('.plot:visible').first)
    labels = picture.crop((0, 0, picture.width // 12, picture.height))
    strength, ground = contrast(labels)
    assert strength >= 7 and ground > 0.9  # a white card in any colours


@pytest.mark.parametrize('media', ['screen', 'print'])
@pytest.mark.parametrize('script', [True, False])
def test_small_labels_stand_out(browse, script, media):
    page, _ = browse(script, True, None, CHAPTER)
    page.emulate_media(media=media)
    labels = ['.cell > input:checked + label', '.provenance p']
    labels += ['.toc-tree li:nth-child(2) a'] * (media == 'screen')
    labels += ['.framework-bar button'] * (script and media == 'screen')
    for selector in labels:
        label = page.locator(f'{selector}:visible').first
        strength, _ = contrast(shot(label))
        assert strength >= 4.5, selector


@pytest.mark.parametrize('media', ['screen', 'print'])
def test_the_cover_is_seen(browse, media):
    page, dark = browse(True, True, None, 'index')
    page.emulate_media(media=media)
    strength, ground = contrast(shot(page.locator('.cover')))
    assert strength >= 3 and (ground < 0.2) == (dark and media == 'screen')
