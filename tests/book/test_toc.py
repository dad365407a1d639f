"""Tables of contents: which pages they may name, and in which order."""
import re

import pytest

from builder.errors import BuildError, SourceError, SourceErrors
from builder.publish.html import build_html

from .conftest import CONFIG


@pytest.mark.parametrize(('entry', 'message'), [
    ('../README', 'expected a path that stays in the folder of index.md'),
    ('../../README', 'expected a path that stays in the folder of index.md'),
    ('a/../../README', 'expected a path that stays in the folder of index.md'),
    ('/etc/passwd', 'expected a path that stays in the folder of index.md'),
    ('a\\b', 'expected a path that stays in the folder of index.md'),
    ('C:\\b', 'expected a path that stays in the folder of index.md'),
    ('https://d2l.ai/', 'expected a path that stays in the folder of index'),
    ('index', 'which stands already in config.ini'),
    ('./index', 'which stands already in config.ini'),
    ('ONE', 'which stands already in text/index.md:4'),
    ('one.md', 'which stands already in text/index.md:4'),
    ('a/../one', 'which stands already in text/index.md:4'),
    ('again', 'which stands already in text/index.md:4'),
    ('out', 'expected a file out.md: outside text'),
    ('away', 'expected a file away.md: outside text'),
    ('loop', 'expected a file loop.md: '),
    ('a', 'expected a file a.md: not a file'),
    ('other', 'expected a page, found other.txt'),
    ('x' * 300, 'expected a file xxx'),
    ('search', 'a name that the builder uses itself'),
    ('claims', 'a name that the builder uses itself'),
    ('Genindex', 'a name that the builder uses itself'),
    ('plots/one', 'a name that the builder uses itself'),
    ('_static/one', 'a name that the builder uses itself'),
    ('a/_one', 'a name that the builder uses itself'),
    ('.hidden', 'expected a file .hidden.md: hidden'),
])
def test_entries_of_a_table_of_contents(write_book, tmp_path, entry, message):
    others = {f'text/{name}.md': '# B\n' for name in (
        'one', 'ONE', 'search', 'claims', 'plots/one', '_static/one', 'a/_one',
        '.hidden', 'Genindex')}
    write_book('# A\n', **others, **{'README.md': 'x', 'text/a.md/b': 'x',
                                     'text/other.txt': 'x'})
    for name, target in (('again', 'one.md'), ('out', '../README.md'),
                         ('away', '/etc/passwd'), ('loop', 'loop.md'),
                         ('other', 'other.txt')):
        (tmp_path / 'text' / f'{name}.md').symlink_to(target)
    with pytest.raises(SourceError) as raised:
        write_book(f'# A\n\n```toc\none\n\n{entry}\n```\n')
    assert str(raised.value).startswith(
        f'text/index.md:6: the table of contents names {entry!r}, {message}')


def test_pages_that_name_each_other(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book({'text/index.md': '# A\n\n```toc\none\n```\n',
                    'text/one.md': '# B\n\n```toc\ntwo\n```\n',
                    'text/two.md': '# C\n\n```toc\none\nindex\ntwo\n```\n'})
    assert [str(error).split(',')[0] for error in raised.value.errors] == [
        f"text/two.md:{n}: the table of contents names '{name}'"
        for n, name in ((4, 'one'), (5, 'index'), (6, 'two'))]


def test_several_tables_of_contents(write_book):
    book = write_book({
        'text/index.md': '# A\n\n````\n```toc\nnone\n```\n````\n\n```toc\n'
                         'a/two.md\n```\n\nb\n\n```toc\n:numbered:\n\none\n'
                         '```\n',
        'text/a/two.md': '# Two\n\n```toc\n../three\n```\n',
        'text/three.md': '# Three\n', 'text/one.md': '# One\n:label:`o`\n'})
    assert [page.name for page in book.pages] == ['index', 'a/two', 'three',
                                                  'one']
    assert book.labels['o'].number == '1'


def test_a_chain_of_many_pages(write_book):
    pages = {f'text/p{n}.md': f'# P\n\n```toc\np{n + 1}\n```\n'
             for n in range(1500)}
    book = write_book({'text/index.md': '# A\n\n```toc\np0\n```\n', **pages,
                       'text/p1500.md': '# Last\n'})
    assert len(book.pages) == 1502 and book.pages[-1].title == 'Last'


def test_the_root_is_a_file_of_the_book(write_book, tmp_path):
    (tmp_path.parent / 'out.md').write_text('# A\n')
    for root, message in (
            ('../out.md', 'is not a path in'), ('/etc/passwd', 'is not a p'),
                          ('text/search.md', 'the builder uses this name')):
        config = f'[book]\ntitle = A\nroot = {root}\ntabs = a\n'
        with pytest.raises(BuildError, match=f'config.ini: .*root.*{message}'):
            write_book('# A\n', **{'config.ini': config,
                                   'text/search.md': '# A\n'})


NESTED = {
    'text/index.md': '# A\n\n## No page\n\n```toc\n:numbered:\n\none\n'
                     'two\n```\n',
    'text/one.md': '''# One
:label:`one`

```toc
a
b
```

## S
:label:`s`

### T
:label:`t`

```toc
c
```

#### U
:label:`u`

## V
:label:`v`

```toc
d
```

```toc
e
```

### W
:label:`w`
''',
    **{f'text/{name}.md': f'# {name}\n:label:`{name}`\n\n## {name} 1\n'
                          f':label:`{name}1`\n' for name in 'abcde'},
    'text/two.md': '# Two\n:label:`two`\n'}


def test_numbers_are_those_that_sphinx_counts(write_book, record_by_hand,
                                              tmp_path):
    """Wherever a table of contents stands among the sections of a page."""
    book = write_book(NESTED)
    pages = build_html(book, tmp_path / 'out').parent
    found = {}
    for path in pages.glob('*.html'):
        found |= {title: number.rstrip('. ') for number, title in re.findall(
            r'<h\d><span class="section-number">([\d. ]+)</span>(.*?)<a',
            path.read_text('utf-8'))}
    assert found == {label.title: label.number
                     for label in book.labels.values()}
    assert found['S'] == '1.3' and found['c'] == '1.3.1.1'
    assert found['e 1'] == '1.4.2.1' and found['Two'] == '2'


def test_a_table_for_a_tab_that_the_book_lacks(write_book):
    """Nobody sees it, so it names no page."""
    book = write_book({
        'text/index.md': '# A\n\n```toc\n:numbered:\n\none\n```\n',
        'text/one.md': '# One\n\n:begin_tab:`jax`\n```toc\ntwo\n'
                       '```\n:end_tab:\n',
        'text/two.md': '# Two\n'}, **{'config.ini': CONFIG.replace(
            'explicit_tabs = yes', 'explicit_tabs = no')})
    assert [page.name for page in book.pages] == ['index', 'one']
