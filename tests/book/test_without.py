"""A handout: a book that leaves pages out, solutions say."""
import io
import re
import subprocess
import zipfile
from dataclasses import replace

import pytest

from builder import __main__ as stages
from builder.config import load_config
from builder.errors import BuildError
from builder.publish import pdf
from builder.publish.html import build_html, make_sources
from builder.publish.zips import make_zips
from builder.record.recordings import Recordings
from builder.source.book import load_book

from .conftest import CONFIG

PAGES = {
    'text/index.md': '''
        # Waves
        ```toc
        :numbered:
        tides
        answers
        words
        ```
        ''',
    'text/tides.md': '''
        # Tides
        :label:`sec_tides`

        See :numref:`sec_answers`, :ref:`sec_moon` and :numref:`sec_words`, or
        [the *answers* \\[all [of] them\\]](answers.md "A (title)"), or
        [words](words.md).

        ```{.python .input}
        #@tab all
        print(1)
        ```
        ''',
    'text/answers.md': '''
        # Secret Answers
        :label:`sec_answers`

        ```toc
        moon
        ```

        ```{.python .input}
        #@tab all
        print(42)
        ```
        ''',
    'text/moon.md': '# Moon\n:label:`sec_moon`\n\nIt is far.\n',
    'text/words.md': '''
        # Words
        :label:`sec_words`

        ```{.python .input}
        #@tab all
        #@include answers before sec_words
        ```
        '''}
PAGES['text/answers.md'] += '\n        ## End\n        :label:`sec_end`\n'
PAGES['text/words.md'] = PAGES['text/words.md'].replace(
    'before sec_words', 'before sec_end')


@pytest.fixture
def folder(write_book, tmp_path, record_by_hand):
    whole = write_book(PAGES, **{'config.ini': CONFIG + '\n[zip]\nnote = x\n'})
    for page in whole.notebooks():
        for tab in whole.config.tabs:
            record_by_hand(whole, page, tab, {0: ['out\n']})
    return whole


def handout(whole, *names):
    config = replace(whole.config, without=names)
    return load_book(config, handout=True)


def test_pages_go_with_those_that_they_name(folder):
    book = handout(folder, 'answers')
    assert [page.name for page in book.pages] == ['index', 'tides', 'words']
    assert [page.name for page in book.left_out] == ['answers', 'moon']
    assert [page.name for page in load_book(
        replace(folder.config, without=('answers',))).pages] == [
            page.name for page in folder.pages]


def test_nothing_leads_there(folder):
    sources = make_sources(handout(folder, 'answers'))
    assert not [name for name in sources if re.search('answers|moon', name)]
    text = sources['tides.md'].decode()
    assert 'See Secret Answers, Moon and [Section 2](#sec_words)'.replace(
        'Section', 'Chapter') in text
    assert ('or\nthe *answers* \\[all [of] them\\], or\n[words](/words.md).'
            in text)
    assert '/answers' not in sources['index.md'].decode()
    for name, content in sources.items():
        if name.endswith(('.ipynb', '.md', '.txt')):
            assert not re.search(r'\]\([^)]*(answers|moon)', content.decode())
            assert b'left-out:' not in content, name
            assert not re.search(r'(?m)^(answers|moon)$', content.decode())


def test_numbers_are_those_that_sphinx_gives(folder, tmp_path):
    page = build_html(handout(folder, 'answers'), tmp_path / 'out').parent
    text = (page / 'tides.html').read_text('utf-8')
    assert 'Chapter 2' in text
    assert not (page / 'answers.html').exists()
    shown = (page / 'words.html').read_text('utf-8')
    assert re.search('section-number">2', shown) and '42' in shown


def test_a_pdf_has_the_code_of_what_it_leaves_out(folder):
    assert 'print(42)' not in pdf.make_sources(folder, 'mxnet')[
        'words.md'].decode()
    sources = pdf.make_sources(handout(folder, 'answers'), 'mxnet')
    assert 'answers.md' not in sources
    assert 'print(42)' in sources['words.md'].decode()


def test_nor_is_it_in_a_zip(folder, tmp_path):
    book = handout(folder, 'answers')
    _, content = make_zips(book, tmp_path, Recordings(book))['pytorch']
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert sorted(made.namelist()) == [
            f'notebooks-pytorch/{name}' for name in (
                'README.md', 'tides-pytorch.ipynb', 'words-pytorch.ipynb')]
        assert b'answers.md' not in made.read(
            'notebooks-pytorch/tides-pytorch.ipynb')


def test_recordings_are_not_complained_of(folder):
    assert Recordings(handout(folder, 'answers')).problems() == []


def test_all_sources_are_still_checked(folder):
    path = folder.config.folder / 'text/moon.md'
    path.write_text('# Moon\n:label:`sec_moon`\n\n:ref:`sec_none`\n', 'utf-8')
    with pytest.raises(BuildError, match="moon.md:4: label 'sec_none'"):
        handout(folder, 'answers')


@pytest.mark.parametrize('load', [load_book, lambda config: load_book(
    config, handout=True)])
@pytest.mark.parametrize('name', ['answer', 'index', 'answers.md'])
def test_unknown_names_are_errors(folder, load, name):
    with pytest.raises(BuildError, match=re.escape(
            f"[book] without '{name}': the book has no such page")):
        load(replace(folder.config, without=('words', name)))


def test_a_link_that_cannot_be_taken_away(folder):
    path = folder.config.folder / 'text/words.md'
    path.write_text(path.read_text('utf-8') + '\n[one][two]\n\n'
                    '[two]: answers.md\n', 'utf-8')
    with pytest.raises(BuildError, match='a link to a page or a lab'):
        make_sources(handout(folder, 'answers'))


def test_the_command_and_the_file_name_what_is_left_out(folder, tmp_path,
                                                        monkeypatch, capsys):
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    site = tmp_path / '_build/html'

    def pages():
        return {path.stem for path in site.glob('*.html')} & {
            'tides', 'answers', 'moon', 'words'}

    assert stages.main(['html']) == 0
    assert pages() == {'tides', 'answers', 'moon', 'words'}
    assert stages.main(['--without', 'answers', 'html']) == 0
    assert pages() == {'tides', 'words'}
    assert stages.main(['--without', 'moon words', 'html']) == 0
    assert pages() == {'tides', 'answers'}
    assert stages.main(['html']) == 0
    assert pages() == {'tides', 'answers', 'moon', 'words'}
    config = tmp_path / 'config.ini'
    config.write_text(config.read_text('utf-8').replace(
        '[book]', '[book]\nwithout = moon'), 'utf-8')
    assert stages.main(['--without', 'answers', 'html']) == 0
    assert pages() == {'tides', 'words'}
    assert stages.main(['check']) == 0
    assert stages.main(['--without', 'tide', 'html']) == 1
    assert "expected one of tides" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        stages.main(['--without', 'moon', 'check'])


def test_claims_can_be_left_out():
    config = load_config(stages.ROOT / 'config.ini')
    whole = load_book(config)
    book = load_book(replace(config, without=('claims',)), handout=True)
    assert whole.studies and len(book.pages) == len(whole.pages)
    name = next(page.name for page in book.pages if any(
        role.name == 'claim' for text in page.texts
        for role in text.prose.roles))
    for make in (make_sources, lambda each: pdf.make_sources(each, 'jax')):
        full, short = make(whole), make(book)
        assert 'claims.md' in full and '#claim-' in full[f'{name}.md'].decode()
        assert 'claims.md' not in short
        assert '_extra/claims.json' not in short
        for each, text in short.items():
            assert not each.endswith('.md') or not re.search(
                rb'#claim-|\(/claims.md\)', text), each
        numbers = re.search(r'\(\[([^]]+)\]\(#claim-', full[
            f'{name}.md'].decode())[1]
        assert f'({numbers})' in short[f'{name}.md'].decode()


def test_make_takes_it(monkeypatch):
    for name in ('MAKEFLAGS', 'MAKELEVEL'):
        monkeypatch.delenv(name, raising=False)
    said = subprocess.run(
        ['make', '-n', 'html', 'pdf', 'TAB=jax', 'WITHOUT=answers claims'],
        cwd=stages.ROOT, capture_output=True, text=True, check=True).stdout
    assert '-m builder --without "answers claims" html\n' in said
    assert '-m builder --without "answers claims" pdf "jax"\n' in said
