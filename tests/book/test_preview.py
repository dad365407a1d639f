"""What is shown of a page where its address is shared."""
import io

import numpy
import pytest
from PIL import Image

from builder.publish.markup import first_words
from builder.publish.preview import front_matter
from builder.publish.sources import Sources
from builder.publish.title_picture import Words

from .conftest import CONFIG
from .test_cover import LINE

ROOM = 345  # rows that words have


@pytest.fixture
def drawn(write_book, tmp_path):
    """Return what draws the picture of a page with a title, in a book that is
    called Waves: which of its pixels are dark."""
    book = write_book('# Ships\n', **{
        'config.ini': CONFIG.replace('A Small Book', 'Waves') + (
            '\n[html]\nsite = https://example.org/waves\n'
            f'cover = lib.{tmp_path.name}:draw\n'),
        f'lib/{tmp_path.name}.py': f'def draw():\n    return {LINE!r}\n'})
    sources = Sources(book.config)

    def draw(title):
        front_matter(sources, title, title, 'words')
        image = Image.open(io.BytesIO(sources[f'_book/cards/{title}.png']))
        return numpy.asarray(image.convert('L')) < 128

    return draw


def box(dark):
    """Return the first and last row and column that are not bare."""
    return [place for axis in (1, 0) for place in
            numpy.flatnonzero(dark.any(axis))[[0, -1]].tolist()]


def test_the_words_end_where_they_should(drawn):
    for title in ('Ships', 'Ships and how they sail, ' * 9, '学习率调度' * 9,
                  'ADAPTIVE METHODS: RMSPROP, ADAM', 'x' * 80):
        top, bottom, left, right = box(drawn(title)[:ROOM])
        assert top >= 70 and bottom < ROOM - 5
        assert 65 < left < 90 and right < 1130


@pytest.mark.parametrize(('text', 'lines'), [
    ('', []), ('One two', ['One two']),
    ('one two three', ['one two', 'three']),
    ('one two three four five', ['one two', 'three …']),
    ('x' * 25, ['x' * 10, 'x' * 8 + ' …']), ('x' * 15, ['x' * 10, 'x' * 5]),
    ('学习率调度学习', ['学习率调度', '学习']),
    ('学习率调度' * 4, ['学习率调度', '学习率调 …']),
    ('rates 🎉 and on', ['rates 🎉', 'and on']),
    ('ADAM AND SGD', ['ADAM', 'AND SGD'])])
def test_lines_are_filled(text, lines):
    assert Words(text, 10, letters=10, most=2).lines() == lines


def test_the_books_picture_stands_below_them(drawn):
    dark = drawn('Ships')
    assert not dark[ROOM - 5:350].any()
    top, bottom, left, _ = box(dark[ROOM:])
    assert bottom - top > 200 and bottom + ROOM < 590 and 70 <= left < 73


def test_the_books_name_stands_above_that_of_a_page(drawn):
    ships, waves = (drawn(title)[:ROOM] for title in ('Ships', 'Waves'))
    assert ships[70:120].any() and box(ships)[0] < box(waves)[0]
    assert box(ships)[1] > box(waves)[1]
    assert not drawn('Waves: an Introduction')[:ROOM][70:85].any()


@pytest.mark.parametrize(('text', 'words'), [
    ('One *two* three.\n\nFour.', 'One two three.'),
    ('(label)=\n\n~~~{figure} a.svg\n:alt: x\n\nA caption.\n~~~\n\nOne.',
     'One.'),
    ('```python\nx = 1\n\ny = 2\n```\n\n- a list\n\n  of words\n\n> Said.\n\n'
     '$$x$$\n\n| a |\n|---|\n| b |\n\n"One"', '"One"'),
    ('# Nothing', '')])
def test_what_a_page_is_about_is_its_first_paragraph(text, words):
    assert first_words(text) == words
