"""Claims of sentences: their numbers on pages and in notebooks."""
import re
import sys

import pytest

from builder import __main__ as stages
from builder.errors import BuildError, SourceError, SourceErrors
from builder.publish.html import build_html, make_sources
from builder.record.notebook import make_notebook

from .conftest import CONFIG

PAGE = '# A\n\nRates fall.\nIt helps :claim:`it-helps`.\n'
JUDGED = CONFIG + '\n[evidence]\nclaims = lib.judges:judge\n'
JUDGES = '''
from types import SimpleNamespace

from builder.errors import BuildError, ClaimError, SourceError


def judge(name):
    if name == 'too-early':
        return SimpleNamespace(
            problem='too-early lacks 3 runs', title='Soon',
            text='not confirmed', runs=('none',), details='')
    if name == 'half-written':
        raise SourceError('claims.toml', 3, 'expected a bound')
    if name.startswith('lost'):
        raise BuildError('claims.toml: No such file or directory')
    if name not in ('it-helps', 'all-help'):
        raise ClaimError(f'{name}: the runs do not bear it out')
    runs = ('runs/some.jsonl', 'runs/more.jsonl')[:1 + (name == 'all-help')]
    return SimpleNamespace(
        problem='', title='It helps', text='+1.0 points, 4 seeds', runs=runs,
        short='+1.0', beside='So "sure".',
        details='| seed | a |\\n|---|---|\\n| 5 | 86 % |')
'''
FILES = {'config.ini': JUDGED, 'lib/judges.py': JUDGES,
         'runs/some.jsonl': '{}\n'}


@pytest.fixture(autouse=True)
def forget():
    """Let each book import its own modules."""
    yield
    for name in [*sys.modules]:
        if name.partition('.')[0] == 'lib':
            del sys.modules[name]


@pytest.fixture
def book(write_book):
    return write_book(PAGE, **FILES)


def test_on_a_page_it_leads_to_its_runs(book, tmp_path):
    assert ('It helps ([+1.0](#claim-it-helps "It helps: +1.0 points, 4 '
            'seeds. So \\"sure\\".")).'
            in make_sources(book)['index.md'].decode())
    page = build_html(book, tmp_path / '_build')
    assert ('href="claims.html#claim-it-helps" title="It helps: +1.0 points, '
            '4 seeds. So &quot;sure&quot;."') in page.read_text('utf-8')
    claims = (page.parent / 'claims.html').read_text('utf-8')
    assert '<td' in claims and '86 %' in claims and 'some.jsonl' in claims
    assert [path.read_text() for path in page.parent.rglob('some.jsonl')] == [
        '{}\n']


def test_the_page_of_claims_is_in_the_list_of_pages(book, tmp_path):
    page = build_html(book, tmp_path / '_build')
    for name in ('index.html', 'claims.html'):
        text = (page.parent / name).read_text('utf-8')
        assert re.search(r'<li class="toctree-l1[^>]*><a [^>]*href="('
                         + ('#' if name == 'claims.html' else 'claims.html')
                         + ')">Claims and Runs</a>', text), name


def test_in_a_notebook_it_leads_to_the_file(book):
    cell = make_notebook(book, book.pages[0], 'pytorch').cells[0]
    assert ('([+1.0](../../runs/some.jsonl "It helps: +1.0 points, 4 '
            'seeds.")).') in cell.source


def test_one_on_several_files(write_book, tmp_path):
    book = write_book(PAGE.replace('it-helps', 'all-help'), **{
        **FILES, 'runs/more.jsonl': '{}\n'})
    page = build_html(book, tmp_path / '_build')
    assert {path.name for path in page.parent.rglob('*.jsonl')} == {
        'some.jsonl', 'more.jsonl'}
    cell = make_notebook(book, book.pages[0], 'pytorch').cells[0]
    assert '([+1.0](../../runs "It helps: ' in cell.source


def test_one_without_runs_is_shown_and_fails_the_check(
        write_book, tmp_path, monkeypatch, capsys):
    book = write_book(PAGE.replace('it-helps', 'too-early'), **FILES)
    build_html(book, tmp_path / '_build')
    for page, words in (('index', 'not confirmed'), ('claims', 'lacks 3 run')):
        text = (tmp_path / '_build/html' / f'{page}.html').read_text('utf-8')
        assert words in text
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    assert stages.main(['check']) == 1
    assert capsys.readouterr().out == 'too-early lacks 3 runs\n'


def test_one_that_fails_is_a_mistake_in_the_source(write_book):
    with pytest.raises(SourceError, match='text/index.md:4: other: the runs '
                       'do not bear it out'):
        write_book(PAGE.replace('it-helps', 'other'), **FILES)


def test_a_fault_of_its_file_is_not_one_of_the_sentence(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book(PAGE + 'Not :claim:`half-written`.\n\nNor :claim:`a`.\n'
                   ':claim:`lost-1` :claim:`lost-2`\n', **FILES)
    assert str(raised.value).splitlines() == [
        'claims.toml: No such file or directory',
        'claims.toml:3: expected a bound',
        'text/index.md:7: a: the runs do not bear it out']


@pytest.mark.parametrize(('claims', 'message'), [
    ('os:system', 'expected a module in the folder of the book'),
    ('tests.book.conftest:CONFIG', 'expected a module in the folder of the b'),
    ('lib.common:judge', 'the module has no such function'),
    ('lib.common:A', 'the module has no such function'),
    ('lib.common', 'expected module:function'),
    ('../lib:a', 'expected module:function'),
    ('lib.needs:judge', "No module named 'nothing_like_this'"),
    ('json:loads', 'Python finds another module of that name'),
])
def test_only_a_function_of_the_book_judges(write_book, claims, message):
    with pytest.raises(BuildError) as raised:
        write_book(PAGE, **{
            **FILES, 'json.py': 'def loads(name): ...\n',
            'lib/needs.py': 'import nothing_like_this\n',
            'config.ini': JUDGED.replace('lib.judges:judge', claims)})
    assert str(raised.value).startswith('config.ini: [evidence] claims = '
                                        f'{claims}: ')
    assert message in str(raised.value)


@pytest.mark.parametrize(('code', 'message'), [
    ('def f(:\n', 'SyntaxError: invalid syntax (faulty.py, line 1)'),
    ('"""\n', 'SyntaxError: unterminated triple-quoted'),
    ('x = 1\n1 / 0\n', 'lib/faulty.py:2: ZeroDivisionError: division by zero'),
    ('raise SystemExit(0)\n', 'lib/faulty.py:1: SystemExit: 0'),
    ('def judge(name):\n    return {}[name]\n',
     "lib/faulty.py:2: KeyError: 'it-helps'"),
    ('def judge(name):\n    raise SystemExit(0)\n',
     'lib/faulty.py:2: SystemExit: 0'),
    ('def judge():\n    ...\n', 'TypeError: judge() takes 0 positional'),
    ('def judge(name):\n    ...\n',
     "of 'it-helps' it returned no judgement: it is None"),
    ('class judge:\n    def __init__(self, name):\n        self.title = name\n'
     '        self.text = 3\n', 'its text is 3'),
    ('class judge:\n    def __init__(self, name):\n        self.title = ""\n',
     'it returned no judgement: it lacks text'),
])
def test_a_judge_that_fails_is_named(write_book, code, message):
    with pytest.raises(BuildError) as raised:
        write_book(PAGE, **{
            **FILES, 'lib/faulty.py': code,
            'config.ini': JUDGED.replace('lib.judges', 'lib.faulty')})
    assert str(raised.value).startswith(
        'config.ini: [evidence] claims = lib.faulty:judge: ')
    assert message in str(raised.value)


def test_a_book_without_evidence_makes_no_claims(write_book):
    with pytest.raises(SourceError, match='index.md:4: a claim, but config'):
        write_book(PAGE)
