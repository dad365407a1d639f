"""EPUBs: one for a tab, which the EPUB's own checker finds nothing wrong with.

The checker is epubcheck, a program in Java: Debian's package `epubcheck`.
"""
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from builder.config import load_config
from builder.publish.editions import current
from builder.publish.epub import build_epub
from builder.publish.html import build_html
from builder.source.book import load_book

from .conftest import CONFIG, PAGE, SVG

pytestmark = pytest.mark.slow

CHECKER = Path('/usr/share/java/epubcheck.jar')  # as Debian has it
SPACE = SVG.replace('</svg>', '<defs><path id="a" style=""/></defs></svg>')
LONG = '\n'.join(f'line {n} of <many> & more' for n in range(40)) + '\n'


def complaints(path):
    """Return what epubcheck says of a file, '' if nothing is wrong."""
    assert CHECKER.is_file() and shutil.which('java'), (
        'this test needs epubcheck: apt-get install epubcheck')
    run = subprocess.run(['java', '-jar', CHECKER, '-e', path],
                         capture_output=True, text=True, timeout=300)
    return '' if run.returncode == 0 else run.stdout + run.stderr


def files_of(path):
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


PAGES = {
    'text/index.md': PAGE.replace('## Second', '''
```predict which-one
Which one?

- [ ] the first
- [x] the second

Of $x < y$ and $a \\& b$, the second.
```

## Second''') + '\n```toc\nother\n```\n',
    'text/other.md': '''
        # Other & More
        :label:`sec_other`

        Back to :numref:`sec_first`; [a file](notes/a.txt).

        ![A figure of <its> own.](notes/a.svg)
        :label:`fig_own`

        ```{.python .input}
        #@tab all
        print('long')
        ```
        ''',
    'text/notes/a.svg': SVG, 'text/notes/a.txt': 'words'}


@pytest.fixture
def recorded(write_book, record_by_hand):
    """A recorded book, with plots, formulas, a question and a citation."""
    book = write_book(PAGES)
    for page, outputs in zip(book.pages, ({1: [SPACE, 'so & so\n']},
                                          {0: [LONG, SVG]})):
        for tab in ('pytorch', 'mxnet'):
            record_by_hand(book, page, tab, outputs)
    return book


def test_an_epub_is_one(recorded, tmp_path):
    path = build_epub(recorded, 'pytorch', tmp_path / '_build')
    assert path == tmp_path / '_build' / 'epub' / 'pytorch.epub'
    assert complaints(path) == ''
    files = files_of(path)
    page = files['index.xhtml'].decode()
    words = re.sub('<[^>]*>', '', page)
    assert 'import torch' in words and 'import mxnet' not in words
    assert '<math' in page and 'class="katex-html"' not in page
    assert 'properties="mathml"' in files['content.opf'].decode()
    assert 'Of ' in words.partition('Which one?')[2]  # the answer, unfolded
    plots = re.findall(r'<img [^>]*src="(_images/[^"]+\.svg)"', page)
    assert plots and all(files[plot].startswith(b'<svg') for plot in plots)
    assert 'line 39 of &lt;many&gt;' in files['other.xhtml'].decode()
    assert not [name for name in files if name.endswith('.js')]
    assert b'<script' not in b''.join(files.values())


def test_an_epub_is_of_the_day_of_its_runs(recorded, tmp_path):
    path = build_epub(recorded, 'mxnet', tmp_path / '_build')
    about = files_of(path)['content.opf'].decode()
    assert '<dc:date>2026-11-01T00:00:00Z</dc:date>' in about
    assert 'A Small Book: MXNet' in about


def test_pages_offer_an_epub_while_it_is_of_today(write_book, tmp_path):
    pages = {'text/index.md': PAGE}
    book, out = write_book(pages), tmp_path / '_build'
    built = build_epub(book, 'mxnet', out)
    shown = build_html(book, out).read_text('utf-8')
    assert 'MXNet edition' in shown and '<p>EPUB</p>' in shown
    offered, = out.glob('html/_downloads/*/mxnet.epub')
    assert offered.read_bytes() == built.read_bytes()
    changed = write_book({'text/index.md': PAGE + '\nMore.\n'})
    assert current('epub', changed, 'mxnet', out) is None
    assert 'MXNet edition' not in build_html(changed, out).read_text('utf-8')


def test_a_book_with_a_picture_has_a_cover(write_book, tmp_path):
    book = write_book('# A\n\n![Two.](#cover)\n\ntext\n', **{
        'config.ini': CONFIG + '\n[html]\ncover = lib.covers:draw\n',
        'lib/covers.py': f'def draw():\n    return {SVG!r}\n'})
    path = build_epub(book, 'mxnet', tmp_path / '_build')
    assert complaints(path) == ''
    files = files_of(path)
    item, = re.findall('<item [^>]*properties="cover-image"[^>]*>',
                       files['content.opf'].decode())
    name = re.search('href="([^"]*)"', item)[1]
    assert Image.open(io.BytesIO(files[name])).format == 'PNG'
    assert f'src="{name}"' in files['epub-cover.xhtml'].decode()


def test_nor_has_another_book_one(recorded, tmp_path):
    files = files_of(build_epub(recorded, 'mxnet', tmp_path / '_build'))
    assert not [name for name in files if 'cover' in name]


ROOT = Path(__file__).parents[2]
OURS = load_book(load_config(ROOT / 'config.ini'))


@pytest.mark.parametrize('tab', OURS.config.tabs)
def test_our_own_book(tab, tmp_path):
    """The checker has no complaint, and every page is there."""
    path = build_epub(OURS, tab, tmp_path)
    assert complaints(path) == ''
    files = files_of(path)
    assert {f'{name}.xhtml' for name in (
        'claims', 'api', 'epub-cover', *(page.name for page in OURS.pages))
            } <= {*files}
