"""What a page may name: files of the book. All else is text, or refused."""
import html
import re

import nbformat
import pytest

from builder.errors import BuildError, SourceError
from builder.publish import sphinx_build
from builder.publish.html import build_html, make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.notebook import make_notebook

from .conftest import SVG

SECRET = 'sesame-17'


@pytest.fixture
def secret(tmp_path):
    """A file beside the book's folder, and the book's folder below it."""
    path = tmp_path.parent / 'secret.txt'
    path.write_text(SECRET)
    yield path
    path.unlink()


def shown(page):
    """Return a page's own text, as a reader sees it."""
    body = re.search(r'<article.*?>(.*)</article>', page, re.DOTALL)[1]
    body = re.sub(r'<(script|style).*?</\1>', '', body, flags=re.DOTALL)
    text = html.unescape(re.sub('<[^>]+>', '', body))
    for typographic, plain in (('\u201d', '"'), ('\u2013', '--'), ('¶', '')):
        text = text.replace(typographic, plain)
    return ' '.join(text.split())


# What MyST would run, and what the page shows of it.
TEXT = [
    (':::{include} SECRET\n:::', ':::{include} SECRET :::'),
    (':::{literalinclude} SECRET\n:::', '{literalinclude} SECRET'),
    ('> :::{include} SECRET\n> :::', ':::{include} SECRET'),
    (':::{eval-rst}\n.. include:: SECRET\n:::', '.. include:: SECRET'),
    (':::{raw} html\n<script>x()</script>\n:::', '<script>x()</script>'),
    ('A {download}`SECRET` b', '{download}SECRET'),
    ('A {ref}`first`, {sub-ref}`today`', '{ref}first, {sub-ref}today'),
    ('% a remark', '% a remark'),
    ('+++ a break', '+++ a break'),
    ('(target)=\n\nText', '(target)='),
    ('A\n(target)=\nb', 'A (target)= b'),
    ('A {{ key }} b', 'A {{ key }} b'),
    ('[text]{.class} and {#id}', '[text]{.class} and {#id}'),
    ('A <script>x()</script> b', 'A <script>x()</script> b'),
    ('<script>\nx()\n</script>', '<script> x() </script>'),
    ('<img src="x" onerror="y()">', '<img src="x" onerror="y()">'),
    ('<div>\n\n*a*\n\n</div>', '<div> a </div>'),
    ('<path:SECRET> and <project:#first>', '<path:SECRET> and <project:#fir'),
    ('<a:b> and <https://d2l.ai/>', '<a:b> and https://d2l.ai/'),
    ('[^a] note\n\n[^a]: A note', 'A note'),
    ('Term\n: Meaning', 'Term : Meaning'),
    (':orphan:\n:field: value', ':orphan: :field: value'),
    ('- [ ] task', '[ ] task'),
    ('.. include:: SECRET', '.. include:: SECRET'),
    ('$$a$$ (label)', '(label)'),
    ('|{download}`SECRET`|\n|-|\n|a|', '{download}SECRET'),
]


@pytest.mark.parametrize(('text', 'expected'), TEXT)
def test_what_is_not_d2l_markdown_is_shown(write_book, tmp_path, secret, text,
                                           expected):
    def real(words):
        return words.replace('SECRET', '../../secret.txt')

    book = write_book(f'# A\n:label:`first`\n\n{real(text)}\n')
    page = build_html(book, tmp_path / '_build')
    assert real(expected) in shown(page.read_text('utf-8'))
    for path in (tmp_path / '_build').rglob('*'):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()
    article = re.search('<article.*?</article>', page.read_text('utf-8'),
                        re.DOTALL)[0]
    assert '<script>x' not in article and '<img src="x"' not in article


def test_a_rule_at_the_top_is_no_front_matter(write_book, tmp_path):
    book = write_book('---\nmyst:\n  title_to_header: true\n---\n\nA\n')
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert 'title_to_header: true' in shown(page)


def test_comments_vanish_from_pages(write_book, tmp_path):
    book = write_book('# A\n\nb <!-- c\nd --> e\n\n<!--\n\n```{include} x\n'
                      '```\n\n:ref:`none`\n\n-->\n\nf <!-- g\n')
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert shown(page).startswith('A b e f <!-- g')
    cell = make_notebook(book, book.pages[0], 'pytorch').cells[0]
    assert '<!-- c\nd -->' in cell.source


@pytest.mark.parametrize(('text', 'message'), [
    ('```{include} SECRET\n```', 'index.md:3: unknown kind of cell {include}'),
    ('~~~{eval-rst}\n~~~', 'index.md:3: unknown kind of cell {eval-rst}'),
    ('> ```{note}\n> ```', 'index.md:3: unknown kind of cell {note}'),
    ('```\\{note}\n```', 'index.md:3: unknown kind of cell {note}'),
    ('```&lbrace;note}\n```', 'index.md:3: unknown kind of cell {note}'),
    ('[^a]: ```{note}\n    ```\n\n[^a]', 'index.md:3: unknown kind of cell'),
    ('<pre>\n```{include} x\n```\n</pre>', 'index.md:4: unknown kind of cell'),
    (':label:`a` ```{include} x\n\n```\n```', 'index.md:3: text after :label'),
    ('- :label:`a` ~~~{include} x', 'index.md:3: text after :label'),
    ('<!-- a -->```{include} x\n\n```\n```', 'index.md:3: text after a comm'),
    ('<!--\na -->```{include} x\n\n```\n```', 'index.md:4: text after a comm'),
    ('> <!-- a -->```{include} x', 'index.md:3: text after a comment'),
    ('b\n\n![c](SECRET)\n', "index.md:5: the image 'SECRET' is not a file"),
    ('a\nb ![c](SECRET) d', "index.md:4: the image 'SECRET' is not a file"),
    ('[c](SECRET)', "index.md:3: the link to 'SECRET' is not a file in the"),
    ('[c](<SECRET>)', "index.md:3: the link to 'SECRET' is not a file"),
    ('[c](SECRET "title")', "index.md:3: the link to 'SECRET' is not a file"),
    ('[c][d]\n\n[d]: SECRET', "index.md:5: the link to 'SECRET' is not a fil"),
    ('![c][d]\n\n[d]:\n  SECRET', "index.md:6: the link to 'SECRET' is not"),
    ('[c](&#46;./%2e./secret.txt)', 'index.md:3: the link to'),
    ('![c](/etc/passwd) d', 'index.md:3: the image'),
    ('[c](file:///etc/passwd)', 'index.md:3: the link to'),
    ('[c](path:SECRET)', 'index.md:3: the link to'),
    ('[c](javascript:x)', 'index.md:3: the link to'),
    ('[c](..\\\\a)', 'index.md:3: the link to'),
    ('![c](small.bib) d', "index.md:3: the image 'small.bib' is not a file "),
    ('![c](linked.svg) d', "index.md:3: the image 'linked.svg' is not a"),
    ('[c](../.git/config)', 'index.md:3: the link to'),
    ('[c](../text)', "index.md:3: the link to '../text' is not a file"),
])
def test_what_leaves_the_book_is_refused(write_book, tmp_path, secret, text,
                                         message):
    write_book('# A\n', **{'.git/config': 'a'})
    (tmp_path / 'text' / 'linked.svg').symlink_to(secret)
    with pytest.raises(SourceError) as raised:
        write_book('# A\n\n' + text.replace('SECRET', '../../secret.txt'))
    assert str(raised.value).startswith(
        'text/' + message.replace('SECRET', '../../secret.txt'))


def test_a_link_that_the_builder_does_not_see_ends_in_sphinx(
        write_book, tmp_path, secret):
    text = '# A\n\n> - [a]: <../../secret.txt>\n>\n>   ![a]\n'
    with pytest.raises(BuildError, match='secret.txt is not a file of the b'):
        build_html(write_book(text), tmp_path / '_build')


def test_no_directive_reads_a_file(write_book, tmp_path, secret, monkeypatch):
    book = write_book('# A\n')
    files = make_sources(book)
    for directive in ('```{include} SECRET\n```', '```{literalinclude} SECRET'
                      '\n```', '```{raw} html\n:file: SECRET\n```',
                      '```{csv-table}\n:file: SECRET\n```'):
        files['index.md'] = ('# A\n\n' + directive.replace(
            'SECRET', str(secret))).encode()
        files['conf.py'] = b"extensions = ['myst_parser']"
        with pytest.raises(BuildError):
            sphinx_build.build(tmp_path / 'work' / 'html', files, 'html')


PAGES = {
    'text/index.md': '# Book\n\n```toc\none/a\none/b\n```\n',
    'text/one/a.md': '# A\n\nText ![an *x*](../img/x%20y.svg "T") and '
                     '![z](<../img/z_(1).svg>).\nSee [B](b.md#part), '
                     '[data](../data/é.csv) and [all][d].\n\n'
                     '[d]: ../data/d.csv\n\n'
                     '```{.python .input}\n#@tab all\na\n```\n',
    'text/one/b.md': '# B\n\n## P\n:label:`part`\n\n- '
                     '![y](../img/x%20y.svg)\n',
}
FILES = {'text/img/x y.svg': SVG, 'text/img/z_(1).svg': SVG,
         'text/data/é.csv': '1,2\n', 'text/data/d.csv': '3,4\n'}


def test_images_and_files_inside_text(write_book, tmp_path):
    book = write_book(PAGES, **FILES)
    page = build_html(book, tmp_path / '_build').with_name('one') / 'a.html'
    body = page.read_text('utf-8')
    images = re.findall(r'<img[^>]*?src="([^"]+)"', body)
    assert len(images) == 2
    assert {(page.parent / src).read_text() for src in images} == {SVG}
    data = re.findall(r'href="([^"]*_downloads[^"]*)"', body)
    found = [(page.parent / link).read_text('utf-8') for link in data
             if link.endswith('.csv')]
    assert found == ['1,2\n', '3,4\n']
    assert re.search(r'href="b\.html#part"', body)


def test_images_and_files_in_a_notebook(write_book, tmp_path):
    book = write_book(PAGES, **FILES)
    notebook = make_notebook(book, book.pages[1], 'pytorch')
    nbformat.validate(notebook)
    folder = book.config.notebook('pytorch', 'one/a').parent
    text = notebook.cells[0].source
    paths = re.findall(r'(?:\]\(|\]: )(\.\.[^)\s#]+)', text)
    assert len(paths) == 5
    for path in paths:
        path = path.replace('%20', ' ').replace('%28', '(').replace(
            '%29', ')').replace('%C3%A9', 'é')
        assert (folder / path).resolve().is_file()


def test_images_and_files_in_a_pdf(write_book):
    files = pdf_sources(write_book(PAGES, **FILES), 'pytorch')
    text = files['one/a.md'].decode()
    paths = re.findall(r'!\[[^]]*\]\(/(\S+\.pdf)', text)
    assert len(paths) == 2
    assert all(files[path].startswith(b'%PDF') for path in paths)


def test_a_copy_is_no_page(write_book, tmp_path):
    """A linked source is offered as it stands, and Sphinx reads no copy."""
    book = write_book('# A\n\n[b](../notes/b.md), [c](../conf.py)\n', **{
        'notes/b.md': '# B\n\n```{include} x\n```\n', 'conf.py': 'exit(1)\n'})
    page = build_html(book, tmp_path / '_build')
    assert {path.name for path in (page.parent / '_downloads').rglob('*.*')
            if path.is_file()} == {'b.md', 'conf.py'}
    assert not [*page.parent.rglob('b.html')]


def test_a_formula_cannot_leave_its_fence(write_book):
    book = write_book('# A\n\n$$\na\n```\n```{include} x\n```\n$$\n'
                      ':eqlabel:`e`\n')
    text = pdf_sources(book, 'pytorch')['index.md'].decode()
    assert '````{math}\n' in text and text.count('````') == 2
