"""What is the same for all pages: as Sphinx and furo make it, but once."""
import re

import pytest
from bs4 import BeautifulSoup
from sphinx.builders.html import StandaloneHTMLBuilder

from bench.book import measure
from builder.errors import SourceError
from builder.publish import html as publish
from builder.publish.html import build_html
from builder.publish.katex import Renderer
from builder.publish.once import Sidebar

from .test_folders import contents

CONFIG = '''
[book]
title = Trees
root = index.md
tabs = python
'''
PAGES = {
    'index.md': '# Trees\n\n```toc\nwoods/index\none\n```\n\n'
                '```toc\nend\n```\n',
    'woods/index.md': '# Woods & *`current`* "checked"\n\n## A Part\n\n'
                      '```toc\n:numbered:\n\noak\nfar/pine\n```\n',
    'woods/oak.md': '# Oak\n', 'woods/far/pine.md': '# Pine\n\nA *word*.\n',
    'one.md': '# One\n', 'end.md': '# End current checked=""\n'}


def lists(folder):
    """Return the list beside each page, as another parser reads it."""
    found = {}
    for path in sorted(folder.rglob('*.html')):
        soup = BeautifulSoup(path.read_text('utf-8'), 'html.parser')
        tree = soup.find(class_='sidebar-tree')
        found[path.relative_to(folder).as_posix()] = [
            (tag.name, tag.text, {
                name: {*value} if isinstance(value, list) else value
                for name, value in tag.attrs.items()})
            for tag in tree.find_all(True) if tag.name != 'ul']
    return found


def test_it_is_what_furo_makes_for_each_page(write_book, tmp_path,
                                             monkeypatch):
    book = write_book(PAGES, **{'config.ini': CONFIG})
    ours = lists(build_html(book, tmp_path / 'ours').parent)
    add = publish.add_html_conf

    def without(config, sources, names, languages):
        add(config, sources, names, languages)
        sources['conf.py'] = sources['conf.py'].replace(
            b"'builder.publish.once', ", b'')
    monkeypatch.setattr(publish, 'add_html_conf', without)
    theirs = lists(build_html(book, tmp_path / 'theirs').parent)
    assert {*ours} == {'genindex.html', 'search.html', *(
        name.replace('.md', '.html') for name in PAGES)}
    marked = [name for name in ours if any(
        'current-page' in tag[2].get('class', ()) for tag in ours[name])]
    assert len(marked) == len(PAGES) - 1
    assert ours == theirs


@pytest.mark.parametrize('changes', [
    {'woods/oak.md': '# Elm\n'}, {'end.md': '# Fin\n',
                                    'one.md': '# One\n\nA.\n'},
    {'woods/index.md': PAGES['woods/index.md'].replace('oak\nfar/pine',
                                                       'far/pine\noak')},
    {'woods/index.md': PAGES['woods/index.md'].replace(':numbered:\n', '')},
    {'woods/oak.md': '# Oak\n\n```toc\nnew\n```\n',
     'woods/new.md': '# New\n'}], ids=[
         'a title', 'another', 'the order', 'numbers', 'a page'])
def test_pages_that_did_not_change_have_the_list_of_today(
        write_book, tmp_path, changes):
    folder = build_html(write_book(PAGES, **{'config.ini': CONFIG}),
                        tmp_path / 'out').parent
    book = write_book({**PAGES, **changes}, **{'config.ini': CONFIG})
    build_html(book, tmp_path / 'out')
    assert contents(folder) == contents(
        build_html(book, tmp_path / 'fresh').parent)


def test_pages_are_not_written_again_for_a_text(write_book, tmp_path,
                                                monkeypatch):
    build_html(write_book(PAGES, **{'config.ini': CONFIG}), tmp_path / 'out')
    written = []
    write = StandaloneHTMLBuilder.write_doc
    monkeypatch.setattr(StandaloneHTMLBuilder, 'write_doc', lambda *given: (
        written.append(given[1]), write(*given)))
    build_html(write_book({**PAGES, 'woods/far/pine.md': '# Pine\n\nNo.\n'},
                          **{'config.ini': CONFIG}), tmp_path / 'out')
    assert 'woods/far/pine' in written and 'one' not in written


def test_it_is_made_once(write_book, tmp_path, monkeypatch):
    from furo import navigation
    calls = []
    made = navigation.get_navigation_tree.__wrapped__
    monkeypatch.setattr('furo.get_navigation_tree', lambda html: (
        calls.append(html), made(html))[1])
    build_html(write_book(PAGES, **{'config.ini': CONFIG}), tmp_path / 'out')
    assert len([*filter(None, calls)]) == 1


@pytest.mark.parametrize('made', [
    '<ul><li class="other"><a href="a.html">A</a></li></ul>',
    '<ul><li><a class="reference internal" href="a.html">A</a></li></ul>'])
def test_another_form_of_it_is_left_to_furo(made):
    assert not Sidebar(made, 'a.html').known


def test_words_are_stemmed_once(write_book, tmp_path, monkeypatch):
    from sphinx.search.en import SearchEnglish
    stemmed = []
    stem = SearchEnglish.stem
    monkeypatch.setattr(SearchEnglish, 'stem', lambda self, word: (
        stemmed.append(word), stem(self, word))[1])
    pages = {'index.md': '# A\n\n```toc\n' + ''.join(
        f'p{n}\n' for n in range(5)) + '```\n'}
    pages |= {f'p{n}.md': '# B\n\nRunning words.\n' for n in range(5)}
    folder = build_html(write_book(pages, **{'config.ini': CONFIG}),
                        tmp_path / 'out').parent
    assert stemmed.count('Running') <= 2  # the first page is not remembered
    index = (folder / 'searchindex.js').read_text('utf-8')
    assert re.search(r'"?run"?:\[1,2,3,4,5\]', index)


def test_formatters_are_made_once(write_book, tmp_path, monkeypatch):
    from pygments.formatters.html import HtmlFormatter
    made = []
    make = HtmlFormatter._create_stylesheet
    monkeypatch.setattr(HtmlFormatter, '_create_stylesheet', lambda self: (
        made.append(self), make(self)))
    page = build_html(write_book(
        '# A\n\n' + '```python\nreturn 1\n```\n\n' * 9,
        **{'config.ini': CONFIG.replace('index', 'text/index')}),
        tmp_path / 'out').read_text('utf-8')
    assert page.count('<span class="k">return</span>') == 9
    assert 1 <= len(made) < 9


def test_a_formula_is_rendered_once(monkeypatch):
    asked = []
    monkeypatch.setattr(Renderer, '_render', lambda self, *formula: (
        asked.append(formula), (f'{formula}', ''))[1])
    render = Renderer()
    said = [render(*formula) for formula in [
        ('a', False), ('a', True), ('a', False), ('b', False)]]
    assert asked == [('a', False), ('a', True), ('b', False)]
    assert said[0] == said[2] == ("('a', False)", '')


@pytest.mark.parametrize(('pages', 'said'), [
    (PAGES, '6 pages, 0 mistakes, '),
    ({**PAGES, 'one.md': '# One\n\n:ref:`a` $\\no$\n'},
     '6 pages, 2 mistakes, '),
    ({**PAGES, 'one.md': '# One\n\n:ref:`a`\n'}, '6 pages, 1 mistakes, ')])
def test_what_a_book_costs(write_book, tmp_path, pages, said):
    try:
        write_book(pages, **{'config.ini': CONFIG})
    except SourceError:
        assert ':ref:' in pages['one.md']
    line = measure(tmp_path / 'config.ini')
    assert line.startswith(said)
    assert re.search(r', \d+\.\d s, \d+\.\d s on the clock, \d+ MB$', line)
