"""A book in a second language, section by section."""
import hashlib
import json
import re
from dataclasses import replace

import pytest

from builder import __main__ as stages
from builder.errors import BuildError, SourceError
from builder.publish import pdf
from builder.publish.html import build_html, make_sources
from builder.record.notebook import make_notebook
from builder.source.book import load_book
from builder.source.translation import CHANGED, MISSING, sections_of

from .conftest import CONFIG, SVG, make_book, write_recording

GERMAN = CONFIG + '\n[translation de]\ntitle = Ein kleines Buch\n'
INDEX = '''
# Waves
:label:`sec_waves`

Some "quoted" words, as :cite:`Smith.2017` has them.

```toc
:numbered:
tides
```

## Strings

A string, see :numref:`fig_string` and :numref:`sec_air`.

```{.python .input}
#@tab pytorch
import torch
```

```{.python .input}
#@tab all
print(1)
```

![A string, "drawn".](#output)
:label:`fig_string`

Between cells.

```{.python .input}
#@tab all
print(2)
```

:begin_tab:`mxnet`
Only *here*.
:end_tab:

## Air
:label:`sec_air`

It is "thin", see :ref:`sec_waves` and [tides](tides.md).

```predict high
Higher?

- [ ] yes
- [x] no

It is :ref:`sec_air`.
```
'''
DE = '''
# Wellen
:label:`sec_waves`
<!-- source: waves {waves} -->

Ein paar "Worte" nach :cite:`Smith.2017`.

```toc
:numbered:
tides
```

## Saiten
<!-- source: strings {strings} -->

Eine Saite: :numref:`fig_string`, :numref:`sec_air`.

```{{.python .input}}
```

![Eine Saite, "gezeichnet".](#output)
:label:`fig_string`

Zwischen Zellen.

```{{.python .input}}
```

:begin_tab:`mxnet`
Nur *hier*.
:end_tab:
'''
AIR = '''
## Luft
:label:`sec_air`
<!-- source: air {air} -->

Sie ist "dünn", siehe :ref:`sec_waves` und [Gezeiten](tides.md).

```predict high
Höher?

- [ ] ja
- [x] nein

Es ist :ref:`sec_air`.
```
'''
TIDES = '# Tides\n\nThe moon\'s "pull".\n'


def marks(index=INDEX):
    """Return the checksums of the sections, by what the module says of them:
    prose without its spaces, # for a cell, the name of a question."""
    def checksum(*words):
        return hashlib.sha256('\n'.join(words).encode()).hexdigest()[:8]

    waves, strings, air = re.split('(?m)^(?=## )', index)
    code = r'(?ms)^```\{.*?^```$'
    first, second, third = re.split(
        r'(?s)```\{.*```\n\n(?=!\[)|```\{.*?```\n', strings)
    figure, _, between = second.partition('\n\n')
    tab = re.search('(?s)`mxnet`\n(.*)\n:end_tab:', third)[1]
    assert not re.search(code, first + second)
    question = re.search('(?s)Higher.*?\n\n(.*?)\n\n(.*)```', air)

    def flat(text):
        return ' '.join(text.split())

    return {'waves': checksum(flat(waves)), 'strings': checksum(
        flat(first), '#', flat(figure), flat(between), '#',
        f'mxnet {flat(tab)}'),
        'air': checksum(flat(air.partition('```predict')[0]), 'high 2',
                        'Higher?', flat(question[1]), flat(question[2]))}


def pages(german, index=INDEX, **changes):
    return {'text/index.md': index, 'text/tides.md': TIDES,
            'text/index_de.md': german.format(**{**marks(), **changes})}


@pytest.fixture
def write(write_book):
    """Return a function that writes the book with this German, and loads it;
    `changes` are marks, or the source."""
    def write(german=DE + AIR, **changes):
        return write_book(pages(german, **changes), **{'config.ini': GERMAN})
    return write


def test_sections_take_the_places_of_the_sources(write):
    book = write(DE)
    assert book.notes == []
    (index, tides), (source, _) = book.translations['de'].pages, book.pages
    assert [text.prose.title for text in index.texts if text.prose.level] == [
        'Wellen', 'Saiten', 'Air']
    assert index.code('mxnet') == source.code('mxnet')
    assert index.code('pytorch') == source.code('pytorch')
    assert index.left == {text.id: MISSING for text in
                          sections_of(source)[2].texts}
    assert tides.left and not tides.translation
    assert [*index.children.values()] == [['tides']]
    labels = book.translations['de'].labels
    assert {name: (label.title, label.number) for name, label
            in labels.items()} == {
        'sec_waves': ('Wellen', ''), 'sec_air': ('Air', ''),
        'fig_string': ('Eine Saite, "gezeichnet".', '1')}
    assert book.labels['sec_waves'].title == 'Waves'


@pytest.mark.parametrize(('old', 'new'), [
    ('A string, see', 'A chord, see'), ('"drawn"', '"sketched"'),
    ('Only *here*', 'Only *there*'), ('## Strings', '## Chords'),
    ('`mxnet`', '`pytorch`'), (
        'Between cells.', '```{.python .input}\n#@tab all\nx\n```\n\nB.'),
    ('Between cells.\n\n```{.python .input}\n#@tab all\nprint(2)\n```',
     'Between cells.')])
def test_a_changed_section_is_noted_and_falls_back(write, old, new):
    """It is no mistake: who changes English need not know German."""
    assert old in INDEX
    book = write(index=INDEX.replace(old, new))
    note, = book.notes
    assert note.startswith("text/index_de.md:12: 'Saiten' ")
    if new != '## Chords':
        assert "is out of date: text/index.md:11 'Strings' has ch" in note
        assert re.search(r'it is <!-- source: strings \w{8} -->$', note)
    else:
        assert "translates 'strings', which is no section of text/ind" in note
    page = book.translations['de'].pages[0]
    assert [text.prose.title for text in page.texts if text.prose.level] == [
        'Wellen', new.removeprefix('## ') if new[0] == '#' else 'Strings',
        'Luft']
    assert {*page.left.values()} == {MISSING if new[0] == '#' else CHANGED}


def test_a_new_mark_says_that_it_holds_again(write):
    index = INDEX.replace('A string, see', 'A string: see')
    note, = write(index=index).notes
    now = re.search(r'<!-- source: strings (\w{8}) -->', note)[1]
    book = write(index=index, strings=now)
    assert (book.notes, book.translations['de'].pages[0].left) == ([], {})


@pytest.mark.parametrize(('old', 'new'), [
    ('print(1)', 'print(3)'), ('Between cells.', 'Between\ncells.'),
    ('A string, see', 'A [**string**], see'), (
        '#@tab all\nprint(1)\n```',
        '#@tab all\nprint(1)\n```\n\n```{.python .input}\n#@tab all\nx\n```')])
def test_code_lines_and_slides_may_change(write, old, new):
    book = write(index=INDEX.replace(old, new))
    assert book.notes == []
    assert book.translations['de'].pages[0].left == {}


@pytest.mark.parametrize(('old', 'new', 'said'), [
    (':numref:`fig_string`, ', '', "text/index_de.md:12: 'Saiten' differs "
     'from text/index.md:11: it lacks :numref:`fig_string`'),
    ('Zwischen', ':cite:`Three.2020`', 'it has :cite:`Three.2020`'),
    (':label:`sec_waves`\n', '', ':1:.* it lacks :label:`sec_waves`'),
    ('- [x] nein\n', '- [x] nein\n- [ ] egal\n', 'it lacks question high, its '
     'answer 2 of 2 and it has question high, its answer 2 of 3'),
    ('```{{.python .input}}\n```\n\n:b', ':b', 'it lacks empty cell 2$'),
    ('\n![Eine Saite, "gezeichnet".](#output)\n:label:`fig_string`\n', '',
     'it lacks .*empty cell 1 with a figure and it has empty cell 1$'),
    ('tides\n```', '```', 'it lacks contents tides and it has contents '),
    ('input}}\n', 'input}}\nprint(2)\n', 'a cell with code in a translation'),
    ('<!-- source: strings {strings} -->\n', '', ":12: 'Saiten' has 0 marks "
     'of what it translates, expected one <!-- source: NAME CHECKSUM -->, '
     'expected one of .*strings'),
    ('<!-- source: air {air} -->\n', '', "'Luft' has 0 marks .* expected one "
     '<!-- source: air '),
    ('air {air}', 'waves {waves}', "section 'waves' is translated twice"),
    ('(tides.md)', '(moon.md)', r"index_de.md:\d+: the link to 'moon.md'"),
    (':end_tab:', '', ':begin_tab: is never closed')])
def test_mistakes_of_a_translation_have_their_places(write, old, new, said):
    german = DE + AIR
    assert old in german
    with pytest.raises(BuildError, match=said):
        write(german.replace(old, new, 1))


def test_a_mistake_in_a_section_of_another_day_is_none(write):
    book = write((DE + AIR).replace(':label:`fig_string`', ''),
                 index=INDEX.replace('Between', 'Amid'))
    assert len(book.notes) == 1 and book.errors == []


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    """The folder of the pages, and the book, of which one section is not
    translated and one is out of date."""
    folder = tmp_path_factory.mktemp('book')
    book = make_book(folder, pages(DE, waves='00000000'),
                     **{'config.ini': GERMAN})
    for tab in ('pytorch', 'mxnet'):
        write_recording(book, book.pages[0], tab, {
            1: [SVG]} if tab == 'pytorch' else {0: [SVG]})
    return build_html(book, folder / 'out').parent, book


def read(site, name):
    return (site[0] / f'{name}.html').read_text('utf-8')


def test_pages_in_both_languages(site):
    english, german = read(site, 'index'), read(site, 'de/index')
    assert '<html class="no-js" lang="en"' in english
    assert '<html class="no-js" lang="de"' in german
    assert '<title>Ein kleines Buch</title>' in german
    # Of today's German; of a section that has changed; of one without German.
    sections = re.findall('<section ([^>]*)>\n.*?<h[12]>([^<]*)<', german,
                          re.DOTALL)
    assert [(re.findall('lang="(..)"', tag), title) for tag, title
            in sections] == [(['en'], 'Waves'), (['de'], 'Saiten'),
                             (['en'], 'Air'), ([], 'Literatur'),
                             ([], 'Notebooks')]
    for said in ('Some “quoted” words', 'Eine Saite, „gezeichnet“.',
                 'Abbildung 1: Eine', 'It is “thin”', 'Die Antwort',
                 'Literatur', 'Das Original dieses Abschnitts hat sich',
                 'Ab hier ist diese Seite noch nicht übersetzt, sie geht auf '
                 'Englisch weiter.', 'Ausgeführt am 1. November 2026', '1,5 m',
                 'Nur <em>hier</em>', 'Auf dieser Seite', 'Suche'):
        assert said in german.replace('The answer', 'Die Antwort'), said
    assert 'Predict, then see.' in german  # with an English question
    assert 'noch nicht' not in english
    tides = read(site, 'de/tides')
    assert 'Diese Seite ist noch nicht übersetzt, sie steht hier auf ' in tides
    assert 'moon’s “pull”' in tides


def test_languages_name_each_other(site):
    head = '<link rel="alternate" hreflang="{}" href="{}">'
    for name, up in (('index', ''), ('de/index', '../')):
        text = read(site, name)
        for code, way in (('en', ''), ('x-default', ''), ('de', 'de/')):
            assert head.format(code, f'{up}{way}index.html') in text
    assert '<a href="de/index.html" lang="de" hreflang="de">Deutsch</a>' in (
        read(site, 'index'))
    assert '<a href="../index.html" lang="en" hreflang="en">English</a>' in (
        read(site, 'de/index'))
    assert 'rel="alternate"' not in read(site, 'tides') + read(site,
                                                               'de/tides')
    assert '<link rel="canonical" href="../tides.html">' in read(
        site, 'de/tides')
    assert 'href="de/tides.html"' in read(site, 'tides')


def test_links_lead_to_what_is_there(site):
    folder, _ = site
    for path in folder.rglob('*.html'):
        for link in re.findall('href="([^"#:?]+)["#?]',
                               path.read_text('utf-8')):
            assert (path.parent / link).exists(), (path.name, link)
    links = re.findall('<a class="reference download[^>]*href="([^"]*)"',
                       read(site, 'de/index'))
    assert len(links) == 4 and all(
        link.startswith('../_downloads/') for link in links)
    assert not (folder / 'de/_downloads').exists()
    assert not (folder / 'de/markdown').exists()


def test_search_is_of_the_language(site):
    words = (site[0] / 'de/searchindex.js').read_text('utf-8')
    assert '"sait":0' in words and '"zell":0' in words
    assert 'GermanStemmer' in (
        site[0] / 'de/_static/language_data.js').read_text('utf-8')


def test_scripts_speak_it(site):
    said = (site[0] / 'de/_static/words.js').read_text('utf-8')
    found = json.loads(re.match(r'Object.assign\(Documentation.TRANSLATIONS, '
                                r'(.*)\);\n', said)[1])
    assert found['Guess again'] == 'Noch einmal schätzen'
    assert 'Figure {}' not in found


def test_notebooks_and_pdfs_are_the_sources(site):
    _, book = site
    cells = make_notebook(book, book.pages[0], 'mxnet').cells
    assert 'Saite' not in ''.join(cell.source for cell in cells)
    assert 'Saite' not in pdf.make_sources(book, 'mxnet')['index.md'].decode()


def test_a_handout_has_the_sources_notebooks_too(write):
    """They are made anew, without what is left out, on pages and in the table
    of all."""
    config = write().config
    book = load_book(replace(config, without=('tides',)), handout=True)
    for page in book.pages:
        for tab in page.tabs:
            path = config.notebook(tab, page.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(make_notebook(book, page, tab)))
    here, there = make_sources(book), make_sources(book.translations['de'])
    names = [name for name in here if name.endswith('.ipynb')]
    assert names and [name for name in there
                      if name.endswith('.ipynb')] == names
    assert all(here[name] == there[name] for name in names)


def test_a_book_in_one_language_has_none_of_it(write_book):
    sources = make_sources(write_book({'text/index.md': INDEX,
                                       'text/tides.md': TIDES}))
    assert not [name for name in sources if re.search(
        'languages|locales|words', name)]
    assert b'languages' not in sources['conf.py']


def test_a_site_has_whole_addresses(write_book, tmp_path):
    book = write_book(pages(DE), **{
        'config.ini': GERMAN + '\n[html]\nsite = https://localhost/waves\n'})
    site = build_html(book, tmp_path / 'out').parent
    german = (site / 'de/index.html').read_text('utf-8')
    for place in ('rel="canonical" href="https://localhost/waves/de/index.h',
                  'hreflang="en" href="https://localhost/waves/index.html"',
                  'content="https://localhost/waves/de/index.html"'):
        assert place in german, place
    assert 'canonical" href="https://localhost/waves/tides.html"' in (
        site / 'de/tides.html').read_text('utf-8')
    sitemap = (site / 'de/sitemap.xml').read_text('utf-8')
    assert re.findall('<loc>(.*?)</loc>', sitemap) == [
        'https://localhost/waves/de/index.html']


def test_check_notes_what_is_out_of_date(write, tmp_path, monkeypatch,
                                         capsys):
    book = write(DE, waves='00000000')
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    assert stages.main(['notebooks']) in (0, 1)
    capsys.readouterr()
    stages.main(['check'])
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if 'out of date' in line] == [
        f'note: {note}' for note in book.notes]
    assert stages.main(['translation', 'de']) == 0
    known = marks()
    assert capsys.readouterr().out.splitlines()[:2] == [
        f'text/index.md:1: Waves: changed: <!-- source: waves '
        f'{known["waves"]} -->',
        f'text/index.md:39: Air: missing: <!-- source: air {known["air"]} -->']
    assert stages.main(['translation', 'fr']) == 1


@pytest.mark.parametrize(('old', 'new', 'said'), [
    ('[translation de]', '[translation en]', 'another than the book'),
    ('[translation de]', '[translation Deutsch!]', 'expected a language'),
    ('[translation de]', '[translation]', r'unknown section \[translation\]'),
    ('title = Ein', 'titel = Ein', "unknown key 'titel', did you mean")])
def test_mistakes_in_config(write_book, old, new, said):
    with pytest.raises(BuildError, match=said):
        write_book('# A\n', **{'config.ini': GERMAN.replace(old, new)})


def test_no_page_has_the_folder_of_a_language(write_book):
    with pytest.raises(SourceError, match='a name that the builder uses'):
        write_book({'text/index.md': '# A\n\n```toc\nde/b\n```\n',
                    'text/de/b.md': '# B\n'}, **{'config.ini': GERMAN})
