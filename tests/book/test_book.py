"""Pages, labels, numbers, cell ids, citations."""
import pytest

from builder.config import load_config
from builder.errors import BuildError, SourceError, SourceErrors
from builder.record.checksums import checksum
from builder.record.notebook import make_notebook
from builder.source.book import Group, load_book

from .conftest import PAGE


def test_labels_are_numbered_as_the_table_of_contents_says(write_book):
    book = write_book({
        'text/index.md': '# Book\n\n```toc\n:maxdepth: 2\n:numbered:\n\n'
                         'one\ntwo\n```\n',
        'text/one.md': '# One\n:label:`one`\n## A\n### B\n## C\n'
                       ':label:`c`\n### D\n:label:`d`\n',
        'text/two.md': '# Two\n\n## E\n:label:`e`\n'})
    assert [page.name for page in book.pages] == ['index', 'one', 'two']
    assert {name: (label.number, label.title)
            for name, label in book.labels.items()} == {
        'one': ('1', 'One'), 'c': ('1.2', 'C'), 'd': ('1.2.1', 'D'),
        'e': ('2.1', 'E')}


def test_ids_survive_edits_elsewhere(write_book):
    def ids(text):
        page = write_book(text).pages[0]
        return [item.id for item in page.items]

    before = ids(PAGE)
    assert before == ['first-text-1', 'first-code-1', 'second-text-1',
                      'second-text-2', 'second-code-1', 'second-text-3']
    added = PAGE.replace('## Second', '```{.python .input}\n#@tab all\nx\n```'
                         '\n\n## Second')
    assert [i for i in ids(added) if i.startswith('second')] == before[2:]


def test_cells_for_different_tabs_are_one_group(sample):
    first, second = [i for i in sample.page.items if isinstance(i, Group)]
    assert not first.common and second.common
    assert [(i, c.source) for i, c in first.for_tab('mxnet')] == [
        ('first-code-1', 'import mxnet')]
    assert sample.page.code('pytorch')[1][0] == 'second-code-1'


def test_citations(sample):
    bibliography = sample.book.bibliography
    assert sample.page.cited() == ['Smith.2017', 'Three.2020']
    assert bibliography.authors('Three.2020') == 'Müller et al.'
    assert bibliography.url('Smith.2017') == (
        'https://arxiv.org/abs/1506.01186')
    assert [line for _, line in bibliography.references(
        sample.page.cited())] == [
        'Ada Müller, L. Von Werra & C. Third (2020). A Book. *Press*.',
        'Leslie N. Smith (2017). [On SGD](https://arxiv.org/abs/1506.01186). '
        '*arXiv:1506.01186*.']


@pytest.mark.parametrize(('text', 'message'), [
    ('# A\n:label:`a`\n\n## B\n:label:`a`\n',
     "text/index.md:5: label 'a' exists already in index:2"),
    ('# A\n:label:`sec_sgd`\n',
     "text/index.md:2: label 'sec_sgd' exists already in [links]"),
    ('# A\n:label:`sec_first`\n\nSee :numref:`sec_frist`.\n',
     "text/index.md:4: label 'sec_frist' does not exist, expected one of "
     'sec_first'),
    ('# A\n\nSee :cite:`Smith.2017, Smith.2071`.\n',
     "text/index.md:3: citation 'Smith.2071' is not in the bibliography, "
     'expected one of Smith.2017'),
    ('# A\n\n```toc\n\nmissing\n```\n',
     "text/index.md:5: the table of contents names 'missing', expected a "
     'file missing.md'),
    ('# A\n\n```{.python .input}\na\n```\n',
     'text/index.md:3: this cell names no tab'),
])
def test_mistakes_are_found_where_they_are(write_book, text, message):
    with pytest.raises(SourceError) as raised:
        write_book(text)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(('config', 'message'), [
    ('', r'config.ini: section \[book\] lacks title, root, tabs'),
    ('[book]\ntitle = A\nroot = no.md\ntabs = a\n',
     'no.md: not found'),
    ('title = A', 'config.ini: File contains no section headers'),
    ('[book]\ntitle=A\nroot=text/index.md\ntabs=a\n[links]\nx = 12.4\n',
     'links. x = 12.4: expected "number, page, title"'),
])
def test_mistakes_in_config(write_book, config, message):
    with pytest.raises(BuildError, match=message):
        write_book('# A\n', **{'config.ini': config})


CODE = '''
# Two

```{.python .input}
#@tab all
#@include one before end
```

```{.python .input}
#@tab pytorch
after = a
```
'''
ONE = PAGE.replace('## Second', '```{.python .input}\n#@tab all\na = 1\n'
                   '```\n\n## Second').replace('sec_second`\n\n$$',
                                               'end`\n\n$$').replace(
    ':numref:`sec_second`', '').replace(':ref:`sec_second`', '')
INDEX = '# Book\n\n```toc\none\ntwo\n```\n'


def test_code_of_an_earlier_page(write_book):
    book = write_book({'text/index.md': INDEX, 'text/one.md': ONE,
                       'text/two.md': CODE})
    page = book.pages[2]
    assert [(tab, [cell.source for _, cell in page.code(tab)])
            for tab in ('pytorch', 'mxnet')] == [
        ('pytorch', ['import torch\n\na = 1', 'after = a']),
        ('mxnet', ['import mxnet\n\na = 1'])]
    assert [len(item.cells) for item in page.items[1:]] == [2, 1]


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('one before end', 'one before last', 'text/two.md:3: .* no such page'),
    ('one before end', 'two before end', 'text/two.md:3: .* no such page'),
    ('one before end', 'one', 'text/two.md:3: #@include one, expected'),
    ('one before end', 'one before end\na = 2', 'two.md:3: #@include one b'),
])
def test_mistakes_in_includes(write_book, old, new, message):
    with pytest.raises(SourceError, match=message):
        write_book({'text/index.md': INDEX, 'text/one.md': ONE,
                    'text/two.md': CODE.replace(old, new)})


def test_all_mistakes_are_named_at_once(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book({
            'text/index.md': '# A\n:label:`a`\n\n:ref:`b` :foo:`c`\n\n```toc\n'
                             'one\nnone\none.md\n:option:\n```\n',
            'text/one.md': '# B\n:label:`A`\n\n```{.python .input}\n#@tab jx\n'
                           '```\n\n```{.python .input}\nb\n```\n\n'
                           ':cite:`c`\n\n![d](e.svg)\n\n:end_tab:\n\n```{note}\n```\n\n'
                           ':label:`f g` :eqlabel:`h`\n'})
    lines = str(raised.value).splitlines()
    assert [line.split(': ')[0] for line in lines] == [
        *(f'text/index.md:{n}' for n in (4, 4, 8, 9, 10)),
        *(f'text/one.md:{n}' for n in (2, 5, 8, 12, 14, 16, 18, 21, 21))]
    words = ['unknown role :foo:', "label 'b' does not", 'expected a file no',
             'which stands already in text/index.md:7', 'unknown option :opt',
             "label 'A' exists already in index:2", "unknown tab 'jx'",
             'this cell names no tab', "citation 'c'", "image 'e.svg'",
             ':end_tab: without', 'unknown kind of cell {note}',
             "label 'f g', expected letters", ':eqlabel: belongs be']
    assert sorted(words) == sorted(w for w in words if w in str(raised.value))


def test_many_mistakes_are_counted(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book('# A\n\n' + ':ref:`b` x\n' * 60)
    lines = str(raised.value).splitlines()
    assert len(lines) == 51 and lines[-1] == 'and 10 more mistakes'
    assert lines[0].startswith('text/index.md:3:')


@pytest.mark.parametrize('convert', [
    lambda text: text.replace('\n', '\r\n'),
    lambda text: text.replace('\n', '\r'),
    lambda text: '\ufeff' + text,
    lambda text: '\ufeff' + text.replace('\n', '\r\n'),
    lambda text: text.rstrip('\n')])
def test_one_book_on_every_system(write_book, tmp_path, convert):
    pages = {'text/index.md': INDEX.replace('# Book', PAGE.replace(
        'sec_', 'top_').replace('top_sgd', 'sec_sgd')), 'text/one.md': ONE,
        'text/two.md': CODE}
    book = write_book(pages)
    for name in [*pages, 'text/small.bib']:
        path = tmp_path / name
        path.write_bytes(convert(path.read_bytes().decode()).encode())
    other = load_book(load_config(tmp_path / 'config.ini'))
    assert len(other.pages) == 3 and other.labels == book.labels
    for page, same in zip(book.pages, other.pages):
        assert [item.id for item in page.items] == [
            item.id for item in same.items]
        for tab in book.config.tabs:
            assert make_notebook(book, page, tab) == make_notebook(
                other, same, tab)
            assert checksum([cell.source for _, cell in page.code(tab)]) == (
                checksum([cell.source for _, cell in same.code(tab)]))


@pytest.mark.parametrize('mark', ['\u2028', '\u2029', '\xa0'])
def test_a_line_ends_at_its_end_only(write_book, mark):
    book = write_book(f'# A{mark}B\n:label:`a`\n\n```{{.python .input}}\n'
                      f'#@tab all\n"a{mark}b"\n```\n\n:ref:`a`{mark}c\n')
    page, = book.pages
    assert page.code('mxnet')[0][1].source == f'"a{mark}b"'
    assert [role.line for role in page.texts[-1].prose.roles] == [9]


@pytest.mark.parametrize('mark', [*'\0\x0b\x0c\x1b\x1c\x85'])
def test_control_characters_are_refused(write_book, mark):
    with pytest.raises(SourceError, match=r'^text/index.md:3: a control '
                       rf'character, U\+{ord(mark):04X}, expected text'):
        write_book(f'# A\n\nb{mark}c :numref:`sec_sgd`\n')


def test_a_source_that_is_not_utf_8(write_book, tmp_path):
    write_book('# A\n')
    (tmp_path / 'text' / 'index.md').write_bytes(b'# A\r\r\nb\n\xff c\n')
    with pytest.raises(SourceError, match='^text/index.md:4: not UTF-8$'):
        load_book(load_config(tmp_path / 'config.ini'))


def test_code_that_is_included_has_an_end(write_book):
    """Pages that include all pages before them double in size each time."""
    pages = {f'text/p{n}.md': '# P\n\n' + ''.join(
        '```{.python .input}\n#@tab all\n'
        f'#@include p{k} before e{k}\n```\n\n'
        for k in range(n)) + '```{.python .input}\n#@tab all\nlong_name = 1\n'
        f'```\n\n## E\n:label:`e{n}`\n' for n in range(25)}
    with pytest.raises(BuildError, match='more than 1,000,000 characters of '
                       'code on one page'):
        write_book({'text/index.md': '# A\n\n```toc\n' + ''.join(
            f'p{n}\n' for n in range(25)) + '```\n', **pages})
