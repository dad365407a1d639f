"""Another book, with what ours lacks: several chapters, figures, tables,
equation labels, tabs that are missing here and there."""
import re
import time

import nbformat
import pytest

from builder.errors import BuildError, SourceError
from builder.publish.html import build_html
from builder.publish.pdf import build_pdf, current_pdf
from builder.record.notebook import make_notebook

from .test_pdf import text_of

CONFIG = '''
[book]
title = Waves
authors = A. Writer
root = book/index.md
tabs = numpy, julia, octave
bibliography = book/waves.bib
'''
INDEX = '''
# Waves

Two chapters.

```toc
:maxdepth: 1
:numbered:

one/strings
two
```
'''
STRINGS = r'''
# Strings
:label:`chap_strings`

A string moves as :eqref:`eq_wave` says; :numref:`fig_string` shows one, and
:numref:`tab_notes` lists notes. See :numref:`sec_air` and :ref:`chap_air`.

![A string, as :citet:`Euler.1748` drew it.](../img/string.svg)
:width:`300px`
:label:`fig_string`

$$
\frac{\partial^2 u}{\partial t^2} = c^2 \frac{\partial^2 u}{\partial x^2}
$$
:eqlabel:`eq_wave`

$$c = \sqrt{T / \mu}$$
:eqlabel:`eq_speed`

$$\lambda = c / f$$

## Notes

|Note|Frequency|
|:---|--------:|
|A   |440 Hz :cite:`Euler.1748`|
:Two notes, with :eqref:`eq_speed`.
:label:`tab_notes`

````md
```{.python .input}
shown, not run
```
````

```{.python .input}
1 + 1
```

```{.python .input}
#@tab julia, octave
2 + 2
```

:begin_tab:`octave`
Octave counts from one.
:end_tab:
'''
TWO = '''
# Air
:label:`chap_air`

## Pressure
:label:`sec_air`

No code here. Back to :numref:`fig_string` and :numref:`chap_strings`.

|a|b|
|-|-|
|1|2|
'''
BIB = ('@book{Euler.1748, title={Introductio}, author={Euler, Leonhard}, '
       'year=1748, publisher={Bousquet}}\n')
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
       '<path d="M 0 0 L 90 30" stroke="#000"/></svg>\n')
FILES = {'config.ini': CONFIG, 'book/waves.bib': BIB,
         'book/img/string.svg': SVG}
PAGES = {'book/index.md': INDEX, 'book/one/strings.md': STRINGS,
         'book/two.md': TWO}


@pytest.fixture
def book(write_book):
    return write_book(PAGES, **FILES)


def plain(html):
    body = re.search(r'<article.*?>(.*)</article>', html, re.DOTALL)[1]
    return ' '.join(re.sub('<[^>]+>', ' ', body).split())


def test_its_pages(book, tmp_path):
    folder = build_html(book, tmp_path / '_build').parent
    page = (folder / 'one' / 'strings.html').read_text('utf-8')
    words = plain(page)
    assert re.search(r'moves as \(1\.1\) says; Figure 1\.1 shows one, and '
                     r'Table 1\.1 lists notes\. See Section 2\.1 and Air',
                     words)
    assert 'Figure 1.1: A string, as Euler ( 1748 ) drew it.' in words
    assert re.search(r'Table 1\.1: Two notes, with \(1\.2\) ?\.', words)
    assert re.findall(r'\\tag\{(.*?)\}', page) == ['1.1', '1.2']
    for target in ('fig-string', 'tab-notes', 'eq-wave', 'chap-strings'):
        assert f'id="{target}"' in page
    assert 'A 440 Hz ( Euler, 1748 )' in words
    image = re.search(r'<img[^>]*src="([^"]+)"[^>]*>', page)
    assert 'width: 300px' in image[0]
    assert (folder / 'one' / image[1]).resolve().read_text() == SVG
    assert 'shown, not run' in page
    # A tab that lacks a cell says so; julia runs the cell for it alone.
    assert page.count('No cell for NumPy') == 0
    assert '>2</span>' in page and 'Octave counts' in page
    other = plain((folder / 'two.html').read_text('utf-8'))
    assert 'Back to Figure 1.1 and Chapter 1' in other


def test_its_notebooks(book):
    strings = book.pages[1]
    assert [page.name for page in book.notebooks()] == ['one/strings']
    assert [len(strings.code(tab)) for tab in book.config.tabs] == [1, 1, 1]
    notebook = make_notebook(book, strings, 'julia')
    nbformat.validate(notebook)
    text = '\n'.join(c.source for c in notebook.cells)
    assert '\\frac{\\partial^2 u}{\\partial t^2}' in text
    assert '\\tag{1.1}' in text and ':eqlabel:' not in text
    assert ('![Figure 1.1: A string, as Euler (1748) drew it.]'
            '(../../../book/img/string.svg)') in text
    assert 'Table 1.1: Two notes, with [(1.2)](#Strings)' in text
    assert '|A   |440 Hz (Euler, 1748)|' in text
    assert '[Figure 1.1](#Strings) shows one' in text
    assert ':width:' not in text and 'Octave' not in text


@pytest.mark.slow
def test_its_pdf(write_book, tmp_path):
    book = write_book(PAGES, **FILES)
    words = ' '.join(text_of(build_pdf(book, 'octave', tmp_path)).split())
    assert 'Figure 1.1: A string' in words and 'Table 1.1: Two notes' in words
    assert 'Figure 1:' not in words and 'Table 1:' not in words
    assert '(1.1)' in words and 'Octave counts from one' in words
    assert '1 + 1' not in words and '2 + 2' in words


@pytest.mark.slow
def test_a_pdf_with_a_figure_is_of_today(book, tmp_path):
    built = build_pdf(book, 'octave', tmp_path)
    time.sleep(1.1)  # dates in PDFs have seconds
    assert current_pdf(book, 'octave', tmp_path) == built


def test_a_pdf_says_what_it_needs_for_an_svg(book, monkeypatch):
    from builder.publish import pdf, pdf_images
    monkeypatch.setattr(pdf_images.shutil, 'which', lambda name: None)
    with pytest.raises(BuildError, match='string.svg must become .*librsvg2'):
        pdf.make_sources(book, 'octave')


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('../img/string.svg', '../img/rope.svg', "rope.svg' is not a file in"),
    ('../img/string.svg', '../img/%00.svg', 'is not a file in the folder'),
    ('../img/string.svg', '../img/\0.svg', 's.md:7: a control character'),
    (':eqlabel:`eq_speed`', ':eqlabel:``', "label 'eq_speed' does not exist"),
    ('$$c = \\sqrt{T / \\mu}$$\n', 'c\n\n', 'strings.md:.*eqlabel: belongs'),
    ('eqref:`eq_wave`', 'eqref:`eq_wafe`', "strings.md:4: label 'eq_wafe' d"),
    (':label:`tab_notes`', ':label:`fig_string`', "label 'fig_string' exists"),
])
def test_mistakes(write_book, tmp_path, old, new, message):
    assert old in STRINGS
    with pytest.raises((BuildError, SourceError), match=message):
        build_html(write_book({**PAGES, 'book/one/strings.md': STRINGS.replace(
            old, new)}, **FILES), tmp_path / '_build')
