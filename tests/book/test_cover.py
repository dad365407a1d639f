"""The picture on the cover, which a function of the book draws."""
import io
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from builder.config import load_config
from builder.errors import BuildError, SourceError
from builder.publish import html, pdf
from builder.publish.cover import cover_svg
from builder.publish.epub_cover import cover_png
from builder.source.book import load_book

from .conftest import CONFIG
from .test_predict import SVG

ROOT = Path(__file__).parents[2]
LINE = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4">'
        '<path d="M0 0L8 4L8 0Z"/></svg>')
PAGE = '# A\n\n![Three curves.](#cover)\n\ntext\n'


def config(name, setting=None):
    return CONFIG + f'\n[html]\ncover = {setting or f"lib.{name}:draw"}\n'


def test_it_is_drawn_for_pages_and_pdfs(write_book):
    book = write_book(PAGE, **{
        'config.ini': config('good'),
        'lib/good.py': f'def draw():\n    return {SVG!r}\n'})
    sources = html.make_sources(book)
    assert sources['plots/cover.svg'].decode() == SVG
    text = sources['index.md'].decode()
    assert '{figure} /plots/cover.svg' in text and 'Figure 1' not in text
    assert ':class: plot cover' in text and ':alt: "Three curves."' in text
    assert 'plots/cover.pdf' in pdf.make_sources(book, 'mxnet')


@pytest.mark.parametrize(('name', 'code', 'said'), [
    ('fails', 'def draw():\n    return 1 / 0\n',
     'lib/fails.py:2: ZeroDivisionError'),
    ('bytes', 'def draw():\n    return b""\n',
     'expected an SVG as text, got b'),
    ('hostile', 'def draw():\n    return """<svg xmlns="http://www.w3.org/2000'
     '/svg" viewBox="0 0 9 9"><script/></svg>"""\n', 'no page may hold'),
    ('other', 'draw = 3\n', 'no such function')])
def test_a_function_that_draws_none(write_book, name, code, said):
    book = write_book(PAGE, **{'config.ini': config(name),
                               f'lib/{name}.py': code})
    said = rf'^config.ini: \[html\] cover.*{said}'
    with pytest.raises(BuildError, match=said):
        html.make_sources(book)


def test_only_modules_of_the_book(write_book):
    book = write_book(PAGE, **{'config.ini': config('', 'os:getcwd')})
    with pytest.raises(BuildError, match='expected a module in the folder'):
        html.make_sources(book)


@pytest.mark.parametrize(('page', 'named'), [
    (PAGE, False),
    (PAGE + '\n```{.python .input}\n#@tab all\na\n```\n', True),
    ('# A\n\ntext ![a](#cover) text\n', True)])
def test_where_there_is_none(write_book, page, named):
    with pytest.raises(SourceError, match=r'^text/index\.md:3: a figure #cov'):
        write_book(page, **{'config.ini': config('x') if named else CONFIG})


def test_the_error_names_the_file_of_the_settings(write_book, tmp_path):
    write_book('# A\n', **{'small.ini': CONFIG})
    (tmp_path / 'text' / 'index.md').write_text(PAGE)
    with pytest.raises(SourceError, match=r'in small\.ini: \[html\] cover'):
        load_book(load_config(tmp_path / 'small.ini'))


def test_ours_shows_what_the_schedules_say():
    svg = cover_svg(load_config(ROOT / 'config.ini'))
    assert svg == cover_svg(load_config(ROOT / 'config.ini'))
    paths = re.findall(r'd="M([^"]*)"', svg.decode())
    assert len(paths) == 6
    curves = [[tuple(map(float, point.split())) for point in
               path.split(' L')] for path in paths]
    bottom = 150 - 6

    def rate(curve, n):  # at the n-th point
        return (bottom - curve[n][1]) * 0.3 / (bottom - 6)

    root, factor, cuts, power, cosine, warm = curves
    for n, t in ((0, 0), (45, 9), (152, 30)):
        for curve, expected in (
                (root, 0.3 / math.sqrt(t + 1)),
                (power, 0.3 * (1 - t / 30) ** 2),
                (cosine, 0.01 + 0.29 * (1 + math.cos(math.pi * t / 30)) / 2)):
            assert abs(rate(curve, n) - expected) < 2e-3
    assert cuts[50][0] == cuts[51][0] and cuts[50][1] < cuts[51][1]
    assert rate(warm, 0) < 1e-3 and abs(rate(warm, 25) - 0.3) < 1e-3
    assert abs(rate(cuts, 152) - 0.075) < 1e-3


def box(image, top, bottom):
    """Return the box of what is drawn between two rows, (left, top, right,
    bottom), or None."""
    part = image.crop((0, top, image.width, bottom))
    return ImageChops.difference(part, Image.new(
        'RGB', part.size, image.getpixel((0, 0)))).getbbox()


def test_an_epubs_cover_has_the_picture_and_words(write_book):
    book = write_book(PAGE, **{
        'config.ini': config('front'),
        'lib/front.py': f'def draw():\n    return {LINE!r}\n'})
    for title in ('Waves', 'Waves ' * 60, '学习率调度' * 9):
        whole = replace(book.config, title=title, authors='Ann and Bea')
        content = cover_png(whole, 'mxnet')
        image = Image.open(io.BytesIO(content)).convert('RGB')
        assert image.size == (1200, 1800)
        left, _, right, _ = box(image, 0, 1000)
        assert left > 90 and right < 1150
        left, top, right, bottom = box(image, 1000, 1800)
        assert (right - left) / (bottom - top) == pytest.approx(2, abs=0.1)
        assert content == cover_png(whole, 'mxnet')
        assert content != cover_png(whole, 'pytorch')


def test_a_book_without_a_picture_has_no_cover(sample):
    assert cover_png(sample.book.config, 'mxnet') == b''


def test_our_cover_shows_all_schedules():
    settings = load_config(ROOT / 'config.ini')
    image = Image.open(io.BytesIO(cover_png(settings, 'jax'))).convert('RGB')
    shown = {'#{:02X}{:02X}{:02X}'.format(*colour) for _, colour in
             image.getcolors(image.width * image.height)}
    assert {*re.findall('stroke="(#[0-9A-F]{6})"', cover_svg(
        settings).decode())} <= shown
