"""Licences, how to cite, and what a site says of itself."""
import re
from xml.etree import ElementTree

import pytest
import yaml
from PIL import Image
from pybtex.database import parse_string

from builder.__main__ import ROOT
from builder.errors import BuildError
from builder.publish import pdf
from builder.publish.html import build_html, make_sources
from builder.record.notebook import make_notebook
from builder.record.recordings import Recordings

from .conftest import CONFIG, PAGE

CITED = """
cff-version: 1.2.0
message: Please cite it.
title: "Waves & Tides: 100 % of {both}"
version: 2.1.0
date-released: 2025-03-04
url: https://example.org/waves
authors:
  - family-names: Verne
    given-names: Ada
    name-particle: de
  - name: Friends of the Sea
"""
WHOLE = CONFIG.replace('root = text', 'citation = CITATION.cff\n'
                       'root = text') + """
[licences]
text = CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
code = MIT, https://opensource.org/license/mit
"""
LINE = ('Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/) · '
        'Code: [MIT](https://opensource.org/license/mit)')
WORDS = ('Ada de Verne & Friends of the Sea (2025). Waves & Tides: 100 % of '
         '{both}, version 2.1.0. https://example.org/waves.')


@pytest.fixture
def book(write_book):
    return write_book(PAGE, **{'config.ini': WHOLE, 'CITATION.cff': CITED})


def test_it_is_cited_in_words_and_as_bibtex(book):
    assert book.citation.text == WORDS
    (key, entry), = parse_string(book.citation.bibtex,
                                 'bibtex').entries.items()
    assert key == 'verne-2025' and entry.type == 'software'
    first, second = entry.persons['author']
    assert first.last_names == ['Verne'] and first.first_names == ['Ada']
    assert first.prelast_names == ['de']
    assert second.last_names == ['{Friends of the Sea}']
    assert entry.fields['title'] == (
        r'{Waves \& Tides: 100 \% of \{both\}}')
    assert entry.fields['year'] == '2025'


def test_every_page_pdf_and_notebook_says_it(book):
    page = make_sources(book)['index.md'].decode()
    sheet = pdf.make_sources(book, 'mxnet')['index.md'].decode()
    notebook = make_notebook(book, book.pages[0], 'pytorch').cells[-1].source
    for text in (page, sheet, notebook):
        assert text.count(LINE) == 1 and text.count(WORDS) == 1
        assert text.count('title = {{Waves') == 1


def test_a_book_without_them_says_nothing(sample):
    page = make_sources(sample.book)['index.md'].decode()
    assert 'colophon' not in page and 'How to cite' not in page
    cells = make_notebook(sample.book, sample.page, 'pytorch').cells
    assert cells[-1].id == 'references'


@pytest.mark.parametrize('old, new, said', [
    ('title: ', 'tilte: ', 'CITATION.cff:3: tilte: Extra inputs'),
    ('title: ', 'tilte: ', 'CITATION.cff:1: title: Field required'),
    ('version: 2.1.0', 'version: 2.1', "CITATION.cff:4: version: Input should "
     'be a valid string, got 2.1'),
    ('1.2.0', '1.1.0', "CITATION.cff:1: cff-version: Input should be '1.2.0'"),
    ('authors:', 'authors: []\nreferences:', 'CITATION.cff:7: authors: List '
     'should have at least 1 item'),
    ('message: P', 'message: [P', 'CITATION.cff:3: no YAML'),
    ('2025-03-04', 'soon', 'CITATION.cff:5: date-released: Input should be a '
     "valid date, got 'soon'"),
])
def test_what_is_wrong_with_it_is_named(write_book, old, new, said):
    with pytest.raises(BuildError, match=re.escape(said)):
        write_book(PAGE, **{'config.ini': WHOLE, 'CITATION.cff':
                            CITED.replace(old, new)})


@pytest.mark.parametrize('wrong', ['MIT', 'MIT, nowhere', 'MIT https://a.b/'])
def test_a_licence_has_a_name_and_an_address(write_book, wrong):
    with pytest.raises(BuildError, match='expected "name, address"'):
        write_book(PAGE, **{'config.ini': CONFIG
                            + f'\n[licences]\ntext = {wrong}\n'})


def test_ours_has_the_version_of_the_package():
    from builder.config import load_config
    from builder.source.citation_file import load_citation
    config = load_config(ROOT / 'config.ini')
    errors = []
    cited = load_citation(ROOT, config.citation, errors)
    assert not errors
    found = re.search("__version__ = '(.+)'", (
        ROOT / 'd2l/__init__.py').read_text('utf-8'))
    assert cited.version == found[1]
    assert cited.license == config.licences['code'].name
    assert yaml.safe_load(config.citation.read_text('utf-8'))[
        'license'] == 'MIT'


def test_the_page_leads_to_where_it_is_edited(write_book):
    book = write_book(PAGE, **{'config.ini': CONFIG.replace(
        'root = text', 'repository = https://github.com/someone/waves\n'
        'branch = next\nroot = text')})
    assert ('[Edit](https://github.com/someone/waves/edit/next/text/index.md)'
            ) in make_sources(book)['index.md'].decode()


def test_a_site_says_what_it_is(write_book, record_by_hand, tmp_path):
    book = write_book({
        'text/index.md': PAGE + '\n```toc\nother\n```\n',
        'text/other.md': '# Other\n\nSee :numref:`sec_second`.\n'}, **{
        'config.ini': WHOLE + '\n[html]\nsite = https://example.org/waves\n',
        'CITATION.cff': CITED})
    site = build_html(book, tmp_path / 'out').parent
    page = (site / 'index.html').read_text('utf-8')
    tags = dict(re.findall('<meta property="(og:[a-z:]+)" content="(.*?)"',
                           page))
    assert tags['og:title'] == 'First Steps'
    assert tags['og:url'] == 'https://example.org/waves/index.html'
    assert tags['og:description'].startswith('See')
    image = tags['og:image'].removeprefix('https://example.org/waves/')
    with Image.open(site / image) as card:
        assert card.format == 'PNG' and card.size == (1200, 630)
    assert (tags['og:image:width'], tags['og:image:height']) == ('1200', '630')
    assert tags['og:image:alt'] == 'A Small Book: First Steps'
    assert page.count('property="og:image"') == 1
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert '<link rel="canonical" href="https://example.org/waves/index.' in (
        page)
    places = [place.text for place in ElementTree.parse(
        site / 'sitemap.xml').iter() if place.tag.endswith('loc')]
    assert places == [f'https://example.org/waves/{name}.html'
                      for name in ('index', 'other')]
    lost = (site / '404.html').read_text('utf-8')
    assert 'href="/waves/_static/styles/furo.css' in lost
    assert 'href="/waves/other.html">' in lost
    assert 'href="other.html">' in page


def test_programs_can_read_the_pages(write_book, record_by_hand):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36"/>'
    book = write_book({
        'text/index.md': PAGE.replace('# First', '```toc\nb/other\n```\n'
                                      '# First').replace(
            'Only for', 'Only ![a dot](dot.svg) for'),
        'text/b/other.md': '# Other\n\nSee :numref:`sec_second`.\n',
        'text/dot.svg': svg})
    record_by_hand(book, book.pages[0], 'pytorch', {1: ['both\n', svg]})
    sources = make_sources(book, Recordings(book))
    text = sources['_extra/markdown/pytorch/index.md'].decode()
    assert '```python\nimport torch\n```' in text and 'mxnet' not in text
    assert '```text\nboth\n```' in text and '*Plot:* A white card.' in text
    assert '![a dot](../files/text/dot.svg)' in (
        sources['_extra/markdown/mxnet/index.md'].decode())
    assert sources['_extra/markdown/files/text/dot.svg'] == svg.encode()
    assert '../index.md#Second' in (
        sources['_extra/markdown/pytorch/b/other.md'].decode())
    index = sources['_extra/llms.txt'].decode()
    assert '- [Other](markdown/mxnet/b/other.md)' in index
    assert index.startswith('# A Small Book\n')


def test_plain_pages_lead_to_each_other(write_book):
    sources = make_sources(write_book({
        'text/index.md': '# A\n\n```toc\nb/two words\n```\n\nSee [it]'
                         '(b/two%20words.md#end) and [this](small.txt).\n',
        'text/b/two words.md': '# Two\n\nBack [there](../index.md).\n',
        'text/small.txt': 'Small.\n'}))
    folder = '_extra/markdown/pytorch'
    index = sources[f'{folder}/index.md'].decode()
    assert '[it](b/two%20words.md#end)' in index
    assert '[this](../files/text/small.txt)' in index
    assert '[there](../index.md)' in (
        sources[f'{folder}/b/two words.md'].decode())
    assert '- [Two](markdown/pytorch/b/two%20words.md)' in (
        sources['_extra/llms.txt'].decode())
