"""Claims of sentences: their numbers on pages and in notebooks."""
from types import SimpleNamespace

import pytest

from builder import __main__ as stages
from builder.errors import BuildError, ClaimError, SourceError
from builder.publish.html import build_html, make_sources
from builder.record.notebook import make_notebook

from .conftest import CONFIG

PAGE = '# A\n\nRates fall.\nIt helps :claim:`it-helps`.\n'
JUDGED = CONFIG + '\n[evidence]\nclaims = tests.book.test_claims:judge\n'


def judge(name):
    if name == 'too-early':
        return SimpleNamespace(
            problem='too-early lacks 3 runs', title='Soon',
            text='not confirmed', runs=('none',), details='')
    if name not in ('it-helps', 'all-help'):
        raise ClaimError(f'{name}: the runs do not bear it out')
    runs = ('runs/some.jsonl', 'runs/more.jsonl')[:1 + (name == 'all-help')]
    return SimpleNamespace(
        problem='', title='It helps', text='+1.0 points, 4 seeds', runs=runs,
        details='| seed | a |\n|---|---|\n| 5 | 86 % |')


@pytest.fixture
def book(write_book):
    return write_book(PAGE, **{'config.ini': JUDGED,
                               'runs/some.jsonl': '{}\n'})


def test_on_a_page_it_leads_to_its_runs(book, tmp_path):
    assert ('It helps ([+1.0 points, 4 seeds](#claim-it-helps)).'
            in make_sources(book)['index.md'].decode())
    page = build_html(book, tmp_path / '_build')
    assert 'href="claims.html#claim-it-helps"' in page.read_text('utf-8')
    claims = (page.parent / 'claims.html').read_text('utf-8')
    assert '<td' in claims and '86 %' in claims and 'some.jsonl' in claims
    assert [path.read_text() for path in page.parent.rglob('some.jsonl')] == [
        '{}\n']


def test_in_a_notebook_it_leads_to_the_file(book):
    cell = make_notebook(book, book.pages[0], 'pytorch').cells[0]
    assert ('([+1.0 points, 4 seeds](../../runs/some.jsonl)).'
            in cell.source)


def test_one_on_several_files(write_book, tmp_path):
    book = write_book(PAGE.replace('it-helps', 'all-help'), **{
        'config.ini': JUDGED, 'runs/some.jsonl': '{}\n',
        'runs/more.jsonl': '{}\n'})
    page = build_html(book, tmp_path / '_build')
    assert {path.name for path in page.parent.rglob('*.jsonl')} == {
        'some.jsonl', 'more.jsonl'}
    cell = make_notebook(book, book.pages[0], 'pytorch').cells[0]
    assert '([+1.0 points, 4 seeds](../../runs)).' in cell.source


def test_one_without_runs_is_shown_and_fails_the_check(
        write_book, tmp_path, monkeypatch, capsys):
    book = write_book(PAGE.replace('it-helps', 'too-early'),
                      **{'config.ini': JUDGED})
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
        write_book(PAGE.replace('it-helps', 'other'),
                   **{'config.ini': JUDGED})


def test_a_book_without_evidence_makes_no_claims(write_book):
    with pytest.raises(SourceError, match='index.md:4: a claim, but config'):
        write_book(PAGE)


def test_a_page_of_that_name_is_not_overwritten(write_book):
    book = write_book(PAGE + '\n```toc\nclaims\n```\n', **{
        'config.ini': JUDGED, 'text/claims.md': '# Mine\n'})
    with pytest.raises(BuildError, match='call this one something else'):
        make_sources(book)
