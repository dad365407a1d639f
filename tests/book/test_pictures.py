"""Bitmaps and drawings in outputs, on pages, slides and PDFs."""
import base64
import io
import time

import nbformat
import pytest
from nbformat.v4 import new_output
from PIL import Image

from builder.errors import BuildError
from builder.publish.html import make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.outputs import recorded_outputs, shown_form
from builder.record.png import png_file, png_size

from .conftest import SVG


def bitmap(width=30, height=20, **options):
    """Return a PNG file that another program wrote."""
    file = io.BytesIO()
    Image.new('RGB', (width, height), 'red').save(file, 'PNG', **options)
    return file.getvalue()


def text_of(content):
    return base64.encodebytes(content).decode()


def picture(content=None, text='<Figure size 640x480 with 1 Axes>', **noted):
    return new_output('display_data', {
        'image/png': text_of(content or bitmap()), 'text/plain': text},
        metadata={'image/png': noted} if noted else {})


@pytest.mark.parametrize('options', [{}, {'optimize': True},
                                     {'dpi': (72, 72)}])
def test_bitmaps_are_read(options):
    content = bitmap(**options)
    assert png_file(text_of(content)) == content
    assert png_size(content) == (30, 20)
    assert shown_form(picture(content)) == ('image/png', text_of(content))
    assert recorded_outputs([picture(content)]) == [picture(content)]


WHOLE = bitmap()


@pytest.mark.parametrize('content', [
    b'', b'GIF89a', WHOLE[:8], WHOLE[:-1], WHOLE[:-12], WHOLE + b'<script>',
    WHOLE + WHOLE[-12:], WHOLE[:8] + WHOLE[33:], WHOLE[:33] + WHOLE[-12:],
    WHOLE.replace(b'IDAT', b'IDAX'), WHOLE[:20] + b'\xff' + WHOLE[21:],
    b'%PDF-1.4\n' + WHOLE])
def test_what_is_no_whole_bitmap_is_refused(content):
    with pytest.raises(ValueError, match='not a whole PNG file in base64'):
        png_file(text_of(content))
    with pytest.raises(ValueError, match='not a whole PNG file in base64'):
        png_file(f'!{text_of(content)}')


def test_a_bitmap_that_no_browser_can_hold_is_refused():
    with pytest.raises(ValueError, match='8,000 by 7,000 pixels'):
        png_file(text_of(bitmap(8000, 7000)))


def test_a_megabyte_of_chunks_takes_no_time():
    chunk = b'\0\0\0\0teXt\x00\x00\x00\x00'
    start = time.process_time()
    with pytest.raises(ValueError, match='not a whole PNG'):
        png_file(text_of(WHOLE[:33] + chunk * 80_000))
    assert time.process_time() - start < 2


@pytest.fixture
def shown(sample, record_by_hand):
    """Return a function that records an output of the sample's first cell in
    PyTorch and returns what Sphinx reads, for pages and for a PDF."""
    def write(output):
        path = record_by_hand(sample.book, sample.page, 'pytorch', {})
        notebook = nbformat.read(path, 4)
        cell = next(c for c in notebook.cells if c.cell_type == 'code')
        cell.outputs = [output]
        nbformat.write(notebook, path)
        return (make_sources(sample.book),
                pdf_sources(sample.book, 'pytorch'))
    return write


def files(sources, kind):
    return {name: content for name, content in sources.items()
            if name.startswith('plots/') and name.endswith(kind)}


def test_a_bitmap_stands_on_pages_and_in_pdfs(shown):
    page, sheet = shown(picture(bitmap(900, 20)))
    (name, content), = files(page, '.png').items()
    assert content == bitmap(900, 20)
    assert f'{{image}} /{name}' in page['index.md'].decode()
    assert ':width: 900\n:height: 20' in page['index.md'].decode()
    assert 'plot bitmap' in page['index.md'].decode()
    assert 'Figure size' not in page['index.md'].decode()
    (name, content), = files(sheet, '.png').items()
    assert content == bitmap(900, 20)
    assert f'/{name}\n:align: center\n:width: 600px' in (
        sheet['index.md'].decode())


@pytest.mark.parametrize(('noted', 'size'), [
    ({'width': 15, 'height': 10}, (15, 10)), ({'width': 15}, (30, 20)),
    ({'width': 15, 'height': '1"'}, (30, 20)),
    ({'width': True, 'height': True}, (30, 20)),
    ({'width': 10 ** 9, 'height': 10}, (30, 20))])
def test_the_size_that_a_notebook_notes(shown, noted, size):
    page, _ = shown(picture(**noted))
    assert ':width: {}\n:height: {}\n'.format(*size) in (
        page['index.md'].decode())


def test_a_drawing_without_a_pdf_form_becomes_one(shown):
    output = new_output('display_data', {
        'image/svg+xml': f'<?xml version="1.0"?>\n{SVG}',
        'text/plain': '<Figure size 96x48 with 1 Axes>'})
    page, sheet = shown(output)
    assert len(files(page, '.svg')) == 1
    (name, content), = files(sheet, '.pdf').items()
    assert content.startswith(b'%PDF-')
    assert f'/{name}\n:align: center\n:width: 76px' in (
        sheet['index.md'].decode())
    assert files(shown(output)[1], '.pdf') == {name: content}


@pytest.mark.parametrize(('form', 'content', 'said'), [
    ('image/png', 'iVBORw0=', 'not a whole PNG'),
    ('image/svg+xml', SVG.replace('<path', '<script/><path', 1), '<script>'),
    ('image/svg+xml', SVG.replace('<path', '<image href="file:///etc/passwd"'
                                  '/><path', 1), 'leads outside')])
def test_hostile_pictures_end_the_build_at_their_cell(shown, form, content,
                                                      said):
    with pytest.raises(BuildError, match=f'pytorch/index-.*{said}'):
        shown(new_output('display_data', {form: content, 'text/plain': 'a'}))
