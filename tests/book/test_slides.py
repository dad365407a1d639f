"""Slides: which text, code and outputs are on which, and nothing else."""
import re
from html.parser import HTMLParser

import pytest

from builder.errors import BuildError
from builder.publish.html import build_html
from builder.publish.slides import build_slides, current_slides
from builder.record.recordings import Recordings

from .conftest import SVG

CELL = '\n```{{.python .input}}\n#@tab {}\n{}\n```\n'


class Reader(HTMLParser):
    """Reads a deck as a browser does: slides as (title, words, elements)."""

    def __init__(self, text):
        super().__init__()
        self.slides, self.tags, self.within = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == 'section':
            self.slides.append({'h2': '', 'body': '', 'notes': ''})
            self.within = 'body'
        elif tag in ('h1', 'h2') and self.within == 'body':
            self.within = 'h2'
        elif tag == 'aside':
            self.within = 'notes'

    def handle_endtag(self, tag):
        if tag in ('h1', 'h2') and self.within == 'h2':
            self.within = 'body'
        elif tag == 'section':
            self.within = None

    def handle_data(self, data):
        if self.within:
            self.slides[-1][self.within] += data


def deck(book, out, tab='pytorch', page='index'):
    path = build_slides(book, tab, out).paths[page]
    return Reader(path.read_text('utf-8'))


def words(reader, part='body'):
    """Return the words of each slide but the first."""
    return [' '.join(slide[part].split()) for slide in reader.slides[1:]]


def cell(source, tabs='all'):
    return CELL.format(tabs, source)


@pytest.mark.parametrize(('body', 'shown'), [
    ('[**one**] no', ['One']),
    ('[**one,**] no (**two:**)\n\n(**three.**)', ['One Two Three.']),
    ('[**one**] [**two**]', ['One', 'Two']),
    ('(**one**) no', ['One']),  # there is no slide to go on with
    ('[~~one~~] (~~two~~) no', ['One Two']),
    ('[**one**]' + cell('a = 1') + cell('b = 2'), ['One a = 1 b = 2']),
    ('[**one**]' + cell('a = 1') + 'no' + cell('b = 2'), ['One a = 1']),
    ('no' + cell('a = 1') + '[**one**]' + cell('b = 2'), ['One b = 2']),
    ('[**one**]\n\nno' + cell('a = 1'), ['One a = 1']),
    ('[**one**]\n\n## Two\n\nno' + cell('a = 1'), ['One a = 1']),
    ('[**one**]' + cell('a = 1') + '(**two**)' + cell('b = 2'),
     ['One a = 1 Two b = 2']),
    ('[**one**] (~~~~)' + cell('a = 1') + '(**two**)' + cell('b = 2'),
     ['One Two b = 2']),
    ('[**one**]' + cell('a = 1', 'mxnet') + 'no' + cell('b = 2'),
     ['One b = 2']),
    ('[**one**]\n\n:begin_tab:`mxnet`\n(**two**)\n:end_tab:\n'
     + cell('a = 1'), ['One a = 1']),
    ('[**one**]' + cell('class A:  #@save\n    pass'),
     ['One class A: pass']),
    ('[**one**]' + cell('#@save\na = 1'), ['One a = 1']),
    ('no' + cell('a = 1'), None),
])
def test_what_is_on_which_slide(write_book, tmp_path, body, shown):
    book = write_book('# A Page\n\n' + body + '\n')
    decks = build_slides(book, 'pytorch', tmp_path / '_build')
    if shown is None:
        assert decks == ({}, ['text/index.md'])
    else:
        assert decks.without == []
        assert words(deck(book, tmp_path / '_build')) == shown


PLOTTED = ('# A Page\n\n%s' + cell('plot()')
           + '\n![%s](#output)\n:label:`fig_a`\n\n%s\n')


@pytest.mark.parametrize(('texts', 'shown'), [
    (('[**one**]', 'c', ''), ['One plot() [plot] printed Figure 1: c']),
    (('[**one**]', '(**c**)', ''), ['One plot() printed [plot] Figure 1: c']),
    (('[**one**]', '[**c**]', '(**two**)'),
     ['One plot() printed', '[plot] Figure 1: c Two']),
    (('no', '[**c**]', ''), ['[plot] Figure 1: c']),
    (('[**one**] (~~~~)', '(**c**)', ''), ['One [plot] Figure 1: c']),
])
def test_a_marked_caption_shows_plots(write_book, record_by_hand, tmp_path,
                                      texts, shown):
    book = write_book(PLOTTED % texts)
    record_by_hand(book, book.pages[0], 'pytorch', {0: [SVG, 'printed\n']})
    path = build_slides(book, 'pytorch', tmp_path / 'out').paths['index']
    text = path.read_text('utf-8')
    picture, = re.findall(r'src="(plots/[^"]+\.svg)"', text)
    assert (path.parent / picture).read_text('utf-8').startswith('<svg')
    text = re.sub(r'<img class="plot"[^>]*>', ' [plot] ', text)
    assert words(Reader(text)) == shown


def test_titles_and_notes(write_book, tmp_path):
    book = write_book('# A *Page*\n\n[**one**] and more\n\n## Two $x$ `<b>`\n'
                      '\nunmarked [**two**]\n\n### Three\n\nall else\n')
    read = deck(book, tmp_path / 'out')
    titles = [slide['h2'] for slide in read.slides]
    assert titles[:2] == ['A Page', 'A Page']
    assert titles[2].startswith('Two ') and titles[2].endswith(' <b>')
    notes = words(read, 'notes')
    assert 'one and more' in notes[0] and 'Two' not in notes[0]
    assert 'unmarked two' in notes[1] and 'all else' in notes[1]


EVIL = '<img src=x onerror=alert(1)><script>alert(1)</script>'


def test_nothing_is_markup(write_book, record_by_hand, tmp_path):
    book = write_book(
        f'# A {EVIL} Page\n\n## Head {EVIL}\n\n[**text {EVIL}**] ${EVIL}$ '
        f'(**![{EVIL} "q](https://example.org/a.png)**)'
        + cell(f'"""{EVIL}"""'))
    record_by_hand(book, book.pages[0], 'pytorch', {0: [f'</pre>{EVIL}\n']})
    read = deck(book, tmp_path / 'out')
    assert not [tag for tag, attributes in read.tags
                if 'onerror' in attributes or tag == 'img']
    assert [attributes for tag, attributes in read.tags if tag == 'script'
            ] == [{'src': f'_assets/{name}.js'}
                  for name in ('reveal', 'notes', 'slides')]
    body = words(read)[0]
    assert f'text {EVIL}'.capitalize()[0] + f'text {EVIL}'[1:] in body
    assert f'"""{EVIL}"""' in body and f'</pre>{EVIL}' in body


def test_formulas_are_made_here(write_book, tmp_path):
    book = write_book('# A Page\n\n[**with $a$ comes\n\n$$b = 1$$**]\n')
    text = build_slides(book, 'pytorch', tmp_path / 'out').paths[
        'index'].read_text('utf-8')
    assert text.count('class="katex-display"') == 1
    assert text.count('class="katex"') == 2


@pytest.mark.parametrize(('mark', 'message'), [
    (r'(**$\nope$**)', r'index\.md:4: a formula on a slide: .*nope'),
    ('(~~:numref:`sec_nowhere`~~)', r'index\.md:4: label .sec_nowhere'),
    ('(~~:cite:`No.1900`~~)', r'index\.md:4: .*No\.1900'),
    ('(~~:claim:`none`~~)', r'index\.md:4: .*claim .none'),
    ('(~~![a](no.png)~~)', r'index\.md:4: .*no\.png'),
    ('(~~:nope:`a`~~)', r'index\.md:4: unknown role :nope:'),
])
def test_mistakes_have_their_lines(write_book, tmp_path, mark, message):
    book = write_book(f'# A Page\n\n[**one**]\n{mark}\n')
    with pytest.raises(BuildError, match=message):
        build_slides(book, 'pytorch', tmp_path / 'out')


def test_long_code_goes_on(write_book, tmp_path):
    lines = [f'a{n} = {n}' for n in range(50)]
    book = write_book('# A Page\n\n[**one**]' + cell('\n'.join(lines)))
    read = deck(book, tmp_path / 'out')
    assert [slide['h2'] for slide in read.slides[1:]] == [
        'A Page 1/4', 'A Page 2/4', 'A Page 3/4', 'A Page 4/4']
    assert ' '.join(words(read)) == 'One ' + ' '.join(lines)


def test_a_deck_has_all_that_it_needs(write_book, tmp_path):
    """On a page in a folder, too; what it names is there, and nothing leads
    away."""
    book = write_book({
        'text/index.md': '# A Book\n\n```toc\none/two\n```\n',
        'text/one/two.md': '# A Page\n\n[**![a](../i.svg)**]\n',
        'text/i.svg': SVG, 'text/one/other.txt': 'a'})
    path = build_slides(book, 'mxnet', tmp_path / 'out').paths['one/two']
    read = Reader(path.read_text('utf-8'))
    named = [value for _, attributes in read.tags
             for key, value in attributes.items() if key in ('src', 'href')]
    assert len(named) == 8
    assert all((path.parent / name).is_file() for name in named)
    assert (path.parents[1] / '_assets' / 'LICENSE').is_file()
    styles = (path.parents[1] / '_assets' / 'katex' / 'katex.min.css')
    fonts = re.findall(r'url\(([^)]+)\)', styles.read_text('utf-8'))
    assert fonts and all((styles.parent / font).is_file() for font in fonts)


def test_pages_link_to_decks_of_today(write_book, tmp_path):
    text = '# A Page\n\n[**one**] two' + cell('a = 1')
    book, out = write_book(text), tmp_path / '_build'
    assert 'slides/' not in build_html(book, out).read_text('utf-8')
    build_slides(book, 'pytorch', out)
    index = build_html(book, out)
    assert 'href="slides/pytorch/index.html"' in index.read_text('utf-8')
    assert (index.parent / 'slides/pytorch/index.html').is_file()
    assert (index.parent / 'slides/pytorch/_assets/reveal.js').is_file()
    book = write_book(text.replace('two', 'three'))
    assert current_slides(book, 'pytorch', out, Recordings(book)) == {}
    assert 'slides/' not in build_html(book, out).read_text('utf-8')
    assert not (index.parent / 'slides').exists()


def test_a_changed_deck_is_not_linked(write_book, tmp_path):
    book, out = write_book('# A Page\n\n[**one**]\n'), tmp_path / 'out'
    path = build_slides(book, 'pytorch', out).paths['index']
    assert current_slides(book, 'pytorch', out, Recordings(book)) == {
        'index': path}
    path.write_text('', 'utf-8')
    assert current_slides(book, 'pytorch', out, Recordings(book)) == {}


def test_the_command(write_book, tmp_path, capsys):
    from builder.stages import slides
    write_book({'text/index.md': '# A Book\n\n```toc\ntwo\n```\n',
                'text/two.md': '# Two\n\n[**one**]\n'})
    assert slides(tmp_path / 'config.ini', 'mxnet')
    assert capsys.readouterr().out.splitlines() == [
        '_build/slides/mxnet/two.html',
        'text/index.md: no deck for mxnet, since it marks nothing for slides']
    assert slides(tmp_path / 'config.ini')
    assert {path.name for path in (tmp_path / '_build/slides').iterdir()} == {
        'pytorch', 'pytorch.json', 'mxnet', 'mxnet.json'}
