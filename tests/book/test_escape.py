"""Text that is nobody's markup reaches pages and PDFs as it stands."""
import html.parser
import re

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from builder import escape
from builder.errors import BuildError
from builder.publish import pdf
from builder.publish.html import build_html
from builder.record.basis import outputs_checksum

from .conftest import BIB, CONFIG, PAGE

MEAN = ('<img src=x onerror=alert(1)>"a" *b* __c__ `d` [e](f) $g$ \\h | &amp; '
        '{ref}`i` ~~j~~ # k')


class Reader(html.parser.HTMLParser):
    """The text of a page as a reader sees it, and its elements."""

    def __init__(self, page):
        super().__init__()
        self.text, self.elements = '', []
        self.feed(page)

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))


def words(text):
    """Return text on one line, with the quotes that a keyboard has."""
    return ' '.join(re.sub('[“”]', '"', text).split())


def set_recording(path, change):
    """Change a recording and its checksum."""
    notebook = nbformat.read(path, 4)
    cells = [c for c in notebook.cells if c.cell_type == 'code']
    change(notebook.metadata['recording'], cells)
    notebook.metadata['recording']['outputs'] = outputs_checksum(cells)
    nbformat.write(notebook, path)


@given(st.text(alphabet=st.sampled_from('\\`*_[]()<>$~|#&;!{}:a1. \n"\'')))
def test_markdown_shows_text_as_it_is(text):
    shown = Reader(MarkdownIt('commonmark').renderInline(
        escape.markdown(text)))
    assert words(shown.text) == words(text) and not shown.elements


@given(st.text())
def test_markup_is_text_in_an_attribute_and_in_an_element(text):
    safe = escape.markup(text)
    page = Reader(f'<p title="{safe}">{safe}</p>')
    (tag, attributes), = page.elements
    assert (tag, attributes.get('title')) == ('p', page.text)
    assert page.text == escape.printable(text)


@pytest.mark.parametrize(('text', 'shown'), [
    ('\x1b[1;31mred\x1b[0m', 'red'), ('\x1b]0;title\x07text', 'text'),
    ('a\x00b\x08c\x7f\x85', 'abc'), ('a\tb\r\nc', 'a\tb\nc'),
    ('\ud800half', 'half'), ('\ufdd0mark\uffff', 'mark'),
    ('±−√ 🙂 é', '±−√ 🙂 é'), ('\x1b[38;5;196mx\x1b[K', 'x')])
def test_printable(text, shown):
    assert escape.printable(text) == shown


def test_addresses_end_where_they_end():
    url = escape.address('https://a.b/(c) "d"<e>\\f?g=h&i#j')
    link = MarkdownIt('commonmark').renderInline(f'[x]({url})')
    assert link.count('<a ') == 1 and link.endswith('>x</a>')


@pytest.fixture
def mean_book(write_book, record_by_hand):
    """A book all of whose titles, names and facts look like markup."""
    config = CONFIG.replace('title = A Small Book', f'title = {MEAN}').replace(
        'title = MXNet', f'title = {MEAN}').replace(
        'name = D2L', f'name = {MEAN}').replace(
        'root =', f'authors = {MEAN}\nroot =').replace(
        'Stochastic Gradient Descent', MEAN)
    plain = re.sub(r'[\\{}$#&~_]', '', MEAN)  # marks that BibTeX knows
    bib = BIB.replace('On {SGD}', plain).replace('year=2017', 'year={[1*]}')
    page = PAGE.replace('# First Steps', r'# First `<b>` | *Steps*')
    book = write_book(page, **{'config.ini': config, 'text/small.bib': bib})
    for tab in book.config.tabs:
        path = record_by_hand(book, book.pages[0], tab, {1: ['out\n']})
        set_recording(path, lambda about, cells: about.update(
            processor=MEAN, python=MEAN))
    return book


def test_pages_show_titles_and_facts_as_they_are(mean_book, tmp_path):
    index = build_html(mean_book, tmp_path / '_build')
    for path in index.parent.glob('*.html'):
        text = path.read_text('utf-8')
        page = Reader(text)
        assert not [attributes for _, attributes in page.elements
                    if 'onerror' in attributes], path
        # Title, and the theme's head, foot and list of pages.
        assert words(page.text).count(words(MEAN)) >= 2, path
    page = Reader(index.read_text('utf-8'))
    assert f'on 2 cores of {MEAN} in 1.5 min' in words(page.text)
    assert f'Section 12.4 of {MEAN}' in words(page.text)
    buttons = re.search('<div class="framework-bar".*?</div>',
                        index.read_text('utf-8'))[0]
    assert Reader(buttons).text == f'PyTorch{MEAN}'
    assert '<img src=x onerror=alert(1)>"a" *b* c `d` [e](f) g h |' in words(
        page.text)  # the title of a work
    titles = {attributes.get('title') for _, attributes in page.elements}
    assert f'{MEAN} ({MEAN})' in titles
    cells = re.findall('<td>(.*?)</td>', index.read_text('utf-8'), re.DOTALL)
    assert [words(Reader(cell).text) for cell in cells][:2] == [
        'PyTorch', 'First <b> | Steps']


def test_a_link_behind_an_exclamation_mark_is_no_image(write_book, tmp_path):
    book = write_book(PAGE + '\nHow short!:numref:`sec_first` And escaped'
                      '\\!:numref:`sec_first`\n')
    build_html(book, tmp_path)
    page = Reader((tmp_path / 'html' / 'index.html').read_text('utf-8'))
    assert 'How short!First Steps And escaped!First Steps' in words(
        page.text)
    assert not [e for e in page.elements if e[0] == 'img'
                and 'sec' in e[1].get('src', '')]


@pytest.mark.slow
def test_a_pdf_shows_them_too(write_book, record_by_hand, tmp_path):
    from .test_pdf import text_of
    mean = r'A & \B_c {d} #1 $x$ 5% ~ ^ <e> *f*'
    book = write_book(PAGE, **{'config.ini': CONFIG.replace(
        'title = MXNet', f'title = {mean}')})
    path = record_by_hand(book, book.pages[0], 'mxnet', {1: ['out\n']})
    set_recording(path, lambda about, cells: about.update(processor=mean))
    text = ''.join(text_of(pdf.build_pdf(
        book, 'mxnet', tmp_path / '_build')).split())
    shown = mean.replace(' ', '')
    assert f'ASmallBook:{shown}' in text and f'coresof{shown}in1.5' in text


def test_outputs_have_no_control_characters(
        sample, record_by_hand, tmp_path):
    for tab in sample.book.config.tabs:
        record_by_hand(sample.book, sample.page, tab, {1: [
            '\x1b[31mred\x1b[0m\x00\x08 \x85text\x0c\n']})
    page = build_html(sample.book, tmp_path / '_build').read_text('utf-8')
    assert ('<span></span><span class="ansi-red">red</span> text\n</pre>'
            in page)
    assert not re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f]', page)
    source = pdf.make_sources(sample.book, 'mxnet')['index.md'].decode()
    assert 'red text' in source and '\x1b' not in source


@pytest.mark.parametrize('name', ['search', 'genindex', 'Search',
                                  '_static/a', 'plots/a'])
def test_a_page_named_like_one_that_is_made(write_book, tmp_path, name):
    with pytest.raises(BuildError, match='call (it|this one) something else'):
        build_html(write_book({
            'text/index.md': f'# Book\n\n```toc\n{name}\n```\n',
            f'text/{name}.md': '# Mine\n'}), tmp_path / '_build')


@pytest.mark.parametrize(('setting', 'value'), [
    ('favicon', '../secret.svg'), ('styles', '../secret.css'),
    ('favicon', 'nowhere.svg'), ('styles', '{folder}/../secret.css')])
def test_settings_that_lead_out_of_the_book(write_book, tmp_path, setting,
                                            value):
    value = value.format(folder=tmp_path)
    for kind in ('css', 'svg'):
        (tmp_path.parent / f'secret.{kind}').write_text('secret')
    with pytest.raises(BuildError, match='not a path in the book|not found'):
        write_book('# A\n', **{
            'config.ini': f'{CONFIG}\n[html]\n{setting} = {value}\n'})
