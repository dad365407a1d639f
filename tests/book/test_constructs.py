"""The constructs of d2l-Markdown that real books use, one small book each."""
import re

import pytest

from builder.config import load_config
from builder.errors import SourceError, SourceErrors
from builder.publish.html import build_html, make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.notebook import make_notebook
from builder.source.book import load_book
from builder.source.markdown import Choice, merge, split
from builder.source.slides import take_marks

from .conftest import SVG

CONFIG = '''
[book]
title = A Bare Book
root = text/index.md
tabs = one, two, three
'''


@pytest.fixture
def bare(write_book):
    """Return a function that makes a book of a page, as other builders have
    them: no tab need be named, and there is a drawing."""
    def write(page, **others):
        return write_book(page, **{'config.ini': CONFIG, 'text/a.svg': SVG,
                                   **others})
    return write


def myst(book, name='index'):
    return make_sources(book)[f'{name}.md'].decode()


def markdown(book, tab='one'):
    return '\n\n'.join(cell.source for cell in make_notebook(
        book, book.pages[0], tab).cells if cell.cell_type == 'markdown')


def floats(book):
    return [part for text in book.pages[0].texts for part in text.prose.floats]


def code(book, page=0):
    page = book.pages[page]
    return {tab: [cell.source for _, cell in page.code(tab)]
            for tab in book.config.tabs}


# Slides' marks.

@pytest.mark.parametrize(('text', 'plain', 'shown'), [
    ('a [**b**] c', 'a b c', [('b', True, False)]),
    ('a (**b *i***) c', 'a b *i* c', [('b *i*', False, False)]),
    ('a [~~b~~] c', 'a  c', [('b', True, True)]),
    ('(~~b\nc~~)d', '\nd', [('b\nc', False, True)]),
    ('[**a\n\nb**]', 'a\n\nb', [('a\n\nb', True, False)]),
    ('[**a**](b.md)', '[**a**](b.md)', []),
    ('[**a**](~~b~~)', 'a', [('a', True, False), ('b', False, True)]),
    ('[**a**](:ref:`b`)', 'a(:ref:`b`)', [('a', True, False)]),
    ('(**a `f(**b)` c**)', 'a `f(**b)` c', [('a `f(**b)` c', False, False)]),
    ('`(**a**)` b', '`(**a**)` b', []),
    ('```\n(**a**)\n```\n(**b**)', '```\n(**a**)\n```\nb',
     [('b', False, False)]),
    ('(**a', '(**a', []), ('a**)', 'a**)', []), ('`(** a **)', '` a ',
                                                [(' a ', False, False)]),
])
def test_marks_of_slides(text, plain, shown):
    found, parts = take_marks(text)
    assert found == plain
    assert [(p.text, p.begins, p.only) for p in parts] == shown


def test_what_slides_show_is_kept_at_its_line():
    text = '# A\n\n[**b**]\n\n## C\n(~~d~~)\n'
    blocks = split(text, 'x.md', ['one'])
    assert merge(blocks) == text
    assert [[(p.text, p.line) for p in b.slides] for b in blocks] == [
        [('b', 3)], [('d', 6)]]


def test_a_formula_in_marks_has_its_number(bare):
    book = bare('# A\n\nBy :eqref:`e`.\n\n(**$$a = b$$**)\n:eqlabel:`e`\n')
    assert '(e)=' in myst(book) and 'a = b \\tag{1}' in markdown(book)
    assert '**' not in myst(book) + markdown(book)


# Formulas.

@pytest.mark.parametrize('text', [
    'text\n$$a$$\n:eqlabel:`e`\ntext', '$$a$$ :eqlabel:`e`',
    '$$a$$\n\n:eqlabel:`e`', '$$\na\n$$ :eqlabel:`e`\n',
    'text\n$$\na\n$$\n:eqlabel:`e`', '$x$ and\n$$a$$\n:eqlabel:`e`'])
def test_where_the_label_of_a_formula_may_stand(bare, text):
    book = bare(f'# A\n\n{text}\n\nSee :eqref:`e`.\n')
    part, = floats(book)
    assert (part.kind, part.content, part.label) == ('equation', 'a', 'e')
    assert re.search(r'\n\n\(e\)=\n\$\$\na \\tag\{1\}\n\$\$\n\n', myst(book))
    assert '\n\n$$\na \\tag{1}\n$$\n' in markdown(book)


@pytest.mark.parametrize(('text', 'before', 'after'), [
    ('so $$a$$ :eqlabel:`e`', 'so', ''),
    ('so $$a$$ :eqlabel:`e` then', 'so', 'then'),
    ('so $$a$$\n:eqlabel:`e` then', 'so', 'then'),
    ('so\n$$a$$ :eqlabel:`e` then', 'so', 'then'),
    ('$$a$$ :eqlabel:`e` then', '', 'then'),
    ('$$\na\n$$\n:eqlabel:`e`, then', '', ', then'),
    ('so $$\na\n$$ :eqlabel:`e` then\nmore', 'so', 'then\nmore'),
    ('(**so $$a$$**) :eqlabel:`e`\nthen', 'so', 'then'),
    ('$x$ so $$a$$:eqlabel:`e`$y$', '$x$ so', '$y$'),
])
def test_a_numbered_formula_in_the_middle_of_a_line(bare, text, before,
                                                    after):
    book = bare(f'# A\n\n{text}\n\nSee :eqref:`e`.\n')
    part, = floats(book)
    assert (part.kind, part.content, part.label) == ('equation', 'a', 'e')
    for page, formula in ((myst(book), '(e)=\n$$\na \\tag{1}\n$$'),
                          (markdown(book), '$$\na \\tag{1}\n$$')):
        assert f'{before}\n\n{formula}\n\n{after}' in page
        assert 'eqlabel' not in page


def test_numbered_formulas_stand_in_lists(bare, tmp_path):
    page = build_html(bare(
        '# A\n\n- One $$a$$ :eqlabel:`e` of two.\n- $$b$$ :eqlabel:`f`\n'
        '  More.\n\nTwo $$c$$ :eqlabel:`g` and $$d$$ :eqlabel:`h`.\n'),
        tmp_path / '_build').read_text('utf-8').split('<article')[1]
    items = re.findall('<li>(.*?)</li>', page, re.DOTALL)
    assert [item.count('katex-display') for item in items[:2]] == [1, 1]
    assert 'of two.' in items[0] and 'More.' in items[1]
    assert re.findall(r'\\tag\{(.)\}', page) == ['1', '2', '3', '4']
    assert [f'id="{name}"' in page for name in 'efgh'] == [True] * 4


@pytest.mark.parametrize('text', [
    'so $a$ :eqlabel:`e`', ':eqlabel:`e` then', '$$a$$ b :eqlabel:`e`',
    '`$$a$$` :eqlabel:`e`', '> so $$a$$ :eqlabel:`e`', '$$a$$\n\nb\n'
    ':eqlabel:`e`', '# B $$a$$ :eqlabel:`e`',
    '|a|\n|-|\n|$$a$$ :eqlabel:`e`|'])
def test_a_label_without_a_formula_is_one_mistake(bare, text):
    with pytest.raises(SourceError, match=':eqlabel: belongs behind'):
        bare(f'# A\n\n{text}\n')


def test_formulas_in_a_paragraph_are_displayed(bare, tmp_path):
    page = build_html(bare('# A\n\nWith $$a$$ and $$\nb\n$$ so\n$$c$$\nend, '
                           '$d$.\n\n- In a list $$e$$ too.\n'),
                      tmp_path / '_build').read_text('utf-8')
    assert page.count('class="katex-display"') == 4
    assert page.count('class="katex"') == 5


def test_roles_after_a_formula_in_a_paragraph_are_roles(bare):
    book = bare('# A\n:label:`a`\n\n$$x$$ y $z$ :ref:`a` $$w$$ :ref:`a` $\n')
    assert myst(book).count('[A](#a)') == 2


@pytest.mark.parametrize(('formula', 'aligned'), [
    (r'a &= b \\ c &= d', True), (r'a \\ b', True), ('a & b', True),
    (r'\begin{aligned} a &= b \\ c \end{aligned}', False),
    (r'\substack{a \\ b}', False), (r'a \& b', False), ('a', False)])
def test_lines_and_columns_get_an_environment(bare, tmp_path, formula,
                                              aligned):
    book = bare(f'# A\n\n$$\n{formula}\n$$\n')
    assert ('\\begin{aligned}\n' in myst(book)) == aligned
    assert ('\\begin{aligned}\n' in markdown(book)) == aligned


@pytest.mark.parametrize('letters', ['学习', 'öğ', 'số', 'x′'])
def test_letters_of_any_language_in_formulas(bare, tmp_path, letters):
    book = bare(f'# A\n\n$x_{{{letters}}}$ and\n\n$$y^{{{letters}}}$$\n')
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert page.count('class="katex"') == 2


# Tables, figures.

@pytest.mark.parametrize('label', ['', '\n'])
@pytest.mark.parametrize('caption', ['Two of *them*', 'Two\nof *them*'])
def test_a_caption_above_a_table(bare, caption, label):
    book = bare(f'# A\n\n:{caption}\n\n|a|b|\n|-|-|\n|1|2|\n{label}'
                ':label:`t`\n\nSee :numref:`t`.\n')
    part, = floats(book)
    assert (part.kind, part.label) == ('table', 't')
    assert '~~~{table} Table 1: Two of *them*\n\n|a|b|' in myst(book)
    assert 'See [Table 1](#t)' in myst(book)
    assert '|1|2|\n\nTable 1: Two of *them*' in markdown(book)


def test_a_row_may_begin_without_a_bar(bare):
    book = bare('# A\n\n|a|b|\n|-|-|\n1|2|\n|3|4|\n:Four.\n')
    part, = floats(book)
    assert part.content.endswith('|-|-|\n1|2|\n|3|4|')
    assert '{table} Table 1: Four.' in myst(book)


def test_a_role_above_a_table_is_no_caption(bare):
    book = bare('# A\n:label:`a`\n\n:ref:`a` says:\n\n|a|\n|-|\n|1|\n')
    part, = floats(book)
    assert part.caption == (0, 0) and 'A](#a) says:' in myst(book)


@pytest.mark.parametrize('gap', ['', '\n'])
def test_a_label_after_an_empty_line_is_the_figures(bare, gap):
    book = bare(f'# A\n\n![A line.](a.svg)\n{gap}:width:`9px`\n:label:`f`\n\n'
                'See :numref:`f`.\n')
    assert book.labels['f'].kind == 'figure'
    assert 'See [Figure 1](#f)' in myst(book)
    assert ':width: "9px"' in myst(book)


def test_figures_and_what_stands_around_them(bare, tmp_path):
    book = bare('''
        # A

        text
        ![One line,
        and more.](a.svg)
        :height:`30px`
        ![Two.](a.svg)
        :label:`two`
        text, see :numref:`two`

        ![](a.svg)

        ![Five](a.svg) :label:`five`

        a ![Three](a.svg) b

        - item

          ![Four](a.svg)
          :width:`5px`

          still the item
        ''')
    text = myst(book)
    assert text.count('{figure} /files/text/a.svg') == 4
    assert ':height: "30px"' in text and 'One line, and more.' in text
    assert 'a ![Three](/files/text/a.svg) b' in text
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert page.count('<img') == 6 and page.count('<figure') == 4
    item = re.search(r'<li>.*?</li>', page, re.DOTALL)[0]
    assert 'Four' in item and 'still the item' in item
    assert markdown(book).count('](') == 7


@pytest.mark.parametrize('source', [
    '![A](https://localhost/a.svg)\n:label:`a`', 'x ![A](https://localhost/a'
    '.svg) y'])
def test_an_image_on_the_web_stays_there(bare, source):
    book = bare(f'# A\n\n{source}\n')
    assert 'https://localhost/a.svg' in myst(book)
    assert 'https://localhost/a.svg' in markdown(book)
    assert 'localhost' not in pdf_sources(book, 'one')['index.md'].decode()
    note, = book.notes
    assert note.startswith('text/index.md:3: the image https://localhost/')


# Cells and their tabs.

CELL = '```{{.python .input}}\n{}\n```\n\n'


def test_the_branch_of_a_tab_stays_and_is_dedented(bare):
    book = bare('# A\n\n' + CELL.format(
        '%%tab all\ndef f():\n    if tab.selected(\'one\'):\n        return 1'
        '\n    if tab.selected("two") or tab.selected("three"):\n'
        '        if x:\n            return 2\n    # the end\n\nf()'))
    assert code(book) == {
        'one': ['def f():\n    return 1\n    # the end\n\nf()'],
        'two': [two := 'def f():\n    if x:\n        return 2\n    # the end'
                       '\n\nf()'], 'three': [two]}


def test_a_choice_of_tabs_is_no_cell_and_sets_the_tabs(bare):
    source = ('# A\n\n' + CELL.format('%load_ext d2lbook.tab\ntab.interact_'
                                      "select(['one', 'two'])")
              + CELL.format('%%tab all\na'))
    book = bare(source)
    assert book.pages[0].tabs == ('one', 'two')
    assert code(book) == {'one': ['a'], 'two': ['a'], 'three': []}
    assert 'interact' not in myst(book) + markdown(book)
    blocks = split(source, 'x.md', ['one'])
    assert merge(blocks) == source
    assert [b.tabs for b in blocks if isinstance(b, Choice)] == [
        ('one', 'two')]


@pytest.mark.parametrize('line', ['#@tab two', '# @tab two', '%%tab two'])
def test_tab_lines_go_wherever_they_stand(bare, line):
    book = bare('# A\n\n' + CELL.format(f'# b\n{line}\nc\n#@tab three\nd'))
    assert code(book) == {'one': [], 'two': ['# b\nc\nd'], 'three': []}


def test_a_tab_that_a_page_lacks(bare):
    book = bare('# A\n\n' + CELL.format('a') + CELL.format('#@tab two\nb')
                + CELL.format('#@tab all\nc')
                + ':begin_tab:`three`\nonly three\n:end_tab:\n',
                **{'text/b.md': '# B\n\n' + CELL.format('#@tab all\nd'),
                   'text/c.md': '# C\n\n' + CELL.format('#@tab two\ne')})
    # Its prose names the third tab: so it has a notebook, as in d2lbook.
    assert book.pages[0].tabs == ('one', 'two', 'three')
    assert code(book) == {'one': ['a', 'c'], 'two': ['b', 'c'],
                          'three': ['c']}


@pytest.mark.parametrize(('cells', 'tabs'), [
    (['#@tab all\nd'], ('one',)), (['#@tab two\nd'], ('two',)),
    (['d'], ('one',)), (['#@tab all\nd', '#@tab two\ne'], ('one', 'two'))])
def test_only_tabs_that_a_page_has_are_shown(bare, cells, tabs):
    book = bare('# A\n\n' + ''.join(map(CELL.format, cells)))
    assert book.pages[0].tabs == tabs
    assert [tab for tab, found in code(book).items() if found] == [*tabs]
    text = myst(book)
    assert text.count('data-tab') == (len(tabs) if len(tabs) > 1 else 0)
    assert ':sync: three' not in text and 'No cell for three' not in text
    pdf = pdf_sources(book, 'three')['index.md'].decode()
    assert ')=' not in pdf and '```python' not in pdf


def test_tabs_that_the_book_leaves_out(bare, write_book):
    page = ('# A\n\n' + CELL.format('#@tab mxnet\na')
            + CELL.format('#@tab mxnet, two\nb')
            + ':begin_tab:`mxnet`\ntext\n:end_tab:\n')
    book = bare(page)
    assert code(book) == {'one': [], 'two': ['b'], 'three': []}
    assert 'text' not in markdown(book, 'two')
    with pytest.raises(SourceError, match="index.md:9: unknown tab 'thre', "):
        bare(page.replace('mxnet, two', 'thre'))
    with pytest.raises(SourceErrors, match="unknown tab 'mxnet'"):
        bare(page, **{'config.ini': CONFIG + 'explicit_tabs = yes\n'})


def test_a_cell_ends_with_as_many_backticks_as_it_began(bare):
    inner = '%%writefile a.md\n````toc\nb\n````'
    book = bare('# A\n\n' + CELL.format(inner) + 'text\n\n'
                + CELL.format('c') + '````\n```toc\nnone\n```\n````\n')
    assert code(book)['one'] == [inner, 'c']
    assert len(book.pages) == 1


def test_a_stored_output_of_any_kind_is_dropped(bare):
    book = bare('# A\n\n```{.python .output}\n3.5\n```\n\ntext\n')
    assert '3.5' not in myst(book) + markdown(book)


# Tables of contents, what is left out, references.

def test_counted_in_root_and_child(bare, tmp_path):
    book = bare('# A\n\n```toc\n:numbered:\n\nb.md\n```\n\n```toc\nd\n```\n',
                **{'text/b.md': '# B\n\n```toc\n:numbered:\n\nc\n```\n',
                   'text/c.md': '# C\n:label:`c`\n', 'text/d.md': '# D\n'})
    assert [page.name for page in book.pages] == ['index', 'b', 'c', 'd']
    assert book.labels['c'].number == '1.1'
    build_html(book, tmp_path / '_build')


def test_pages_in_no_table_of_contents_are_named(bare):
    others = {'text/b.md': '# B\n', 'text/sub/c.md': '# C\n',
              'text/_build/d.md': '', 'text/.e/f.md': '', 'README.md': ''}
    note, = bare('# A\n', **others).notes
    assert note.startswith('2 in no table of contents: b.md, sub/c.md; name')
    exclude = {'config.ini': CONFIG + 'exclude = b.md, sub/*\n'}
    assert bare('# A\n', **others, **exclude).notes == []


def test_rst_is_left_out_and_said_so(bare, tmp_path):
    book = bare('```eval_rst\n.. only:: html\n\n   Works\n   =====\n```\n\n'
                'text\n')
    assert 'only::' not in myst(book) + markdown(book)
    assert book.pages[0].title == 'Works'
    note, = book.notes
    assert note == ('text/index.md:1: reStructuredText (eval_rst) is left '
                    'out')
    assert '<h1>Works' in build_html(book, tmp_path / 'b').read_text('utf-8')


def test_headings_that_leave_a_level_out(bare, tmp_path):
    book = bare('## A\n\ntext\n\n#### B\n')
    build_html(book, tmp_path / '_build')
    assert book.notes == ['text/index.md:1: a heading ## A, expected #',
                          'text/index.md:5: a heading #### B, expected ###']


def test_a_link_to_the_host(bare, tmp_path):
    book = bare('# A\n\n[a](/b/c.html) and [d](</e f>)\n')
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    assert 'href="/b/c.html"' in page and 'href="/e%20f"' in page
    assert len(book.notes) == 2


ROLES = '''# A

By :citep:`K` and :citet:`E`; :func:`a.b`, :class:`c_d`, :mod:`e`.

:bibliography:`../a.bib`
'''
BIB = ('@book{K, title={Small}, author={Key, Ada}, year=1999}\n'
       '@proceedings{E, title={Big}, editor={Ed, Ito}, year=2001}\n')


def test_roles_of_d2lbook(bare, tmp_path):
    book = bare(ROLES, **{'config.ini': CONFIG + 'bibliography = a.bib\n',
                          'a.bib': BIB})
    text = markdown(book)
    assert 'By (Key, 1999) and Ed (2001); `a.b`, `c_d`, `e`.' in text
    assert text.count('Ada Key (1999). Small.') == 2  # once on the page's own
    assert ':bibliography:' not in myst(book)
    build_html(book, tmp_path / '_build')


# All mistakes at once.

def test_mistakes_of_sources_and_of_pages_come_together(tmp_path):
    for name, text in {'config.ini': CONFIG, 'text/index.md': (
            '# A\n\nSee :ref:`none`, $\\nomacro$ and [a](none.md).\n\n'
            '![a](no.svg)\n\n```toc\nb\n```\n'), 'text/b.md': (
            '# B\n\n:cite:`Nobody`\n\n$$\\nomacro$$\n\n:begin_tab:`one`\n'),
            }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    book = load_book(load_config(tmp_path / 'config.ini'), strict=False)
    with pytest.raises(SourceErrors) as raised:
        build_html(book, tmp_path / '_build')
    said = [line for line in str(raised.value).split('\n')
            if line.startswith('text/')]
    assert [line.partition(': ')[0] for line in said] == [
        'text/b.md:3', 'text/b.md:5', 'text/b.md:7', 'text/index.md:3',
        'text/index.md:3', 'text/index.md:3', 'text/index.md:5']
    assert not (tmp_path / '_build' / 'html').exists()
