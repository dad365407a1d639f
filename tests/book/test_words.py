"""What the builder says in other languages."""
import ast
import datetime
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from builder.words import HERE, words

BUILDER = HERE.parent
CATALOGS = sorted(HERE.glob('*.po'))


def catalog(path):
    with path.open('rb') as file:
        return {message.id: message.string for message in read_po(file)
                if message.id}


def literals():
    """Return all texts in the builder's modules, scripts and theme."""
    found = set()
    for path in BUILDER.rglob('*.py'):
        found |= {node.value for node in ast.walk(ast.parse(
            path.read_text('utf-8'))) if isinstance(node, ast.Constant)
            and isinstance(node.value, str)}
    return found


def said():
    """Return what is said by `say` in modules and scripts."""
    found = set()
    for path in BUILDER.rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text('utf-8'))):
            if isinstance(node, ast.Call) and getattr(
                    node.func, 'attr', getattr(node.func, 'id', '')) == 'say':
                found |= {each.value for each in ast.walk(node.args[0])
                          if isinstance(each, ast.Constant)
                          and isinstance(each.value, str)}
    for path in BUILDER.glob('publish/*.js'):
        found |= {*re.findall(r"\bsay\('([^']+)'", path.read_text('utf-8'))}
    return found


@pytest.mark.parametrize('path', CATALOGS, ids=lambda path: path.stem)
def test_a_catalog_has_all_labels(path):
    known = catalog(path)
    assert {'Figure {}', 'Table {}', 'Section {}', 'Chapter {}', '{} of {}',
            'References'} - {*known} == set()
    assert all(known.values())


@pytest.mark.parametrize('language', ['de', 'ja', 'ko', 'zh'])
def test_a_whole_catalog_has_all_that_is_said(language):
    assert {text for text in said() if ' ' in text or '{' in text
            } - {*catalog(HERE / f'{language}.po')} == set()


@pytest.mark.parametrize('path', CATALOGS, ids=lambda path: path.stem)
def test_and_nothing_else(path):
    import furo
    theme = ''.join(each.read_text('utf-8') for each in Path(
        furo.__file__).parent.rglob('*.html'))
    ours = literals() | said() | {'Text', 'Code'}
    assert [text for text in catalog(path)
            if text not in ours and text not in theme] == []


@pytest.mark.parametrize('path', CATALOGS, ids=lambda path: path.stem)
def test_places_are_kept(path):
    def names(text):
        return sorted(f'{name}' for _, name, _, _ in
                      string.Formatter().parse(text) if name is not None)

    for text, told in catalog(path).items():
        assert names(text) == names(told), text


def test_numbers_and_days():
    german, english = words('de'), words('en')
    assert german.count(60_000) == '60.000'
    assert english.count(60_000) == '60,000'
    assert german.decimals('+2.1 ± 0.4') == '+2,1 ± 0,4'
    day = datetime.date(2026, 11, 1)
    assert (german.day(day), english.day(day)) == ('1. November 2026',
                                                   '1 November 2026')


def test_names_of_languages():
    assert words('de').name('de') == 'Deutsch'
    assert words('de').name('en') == 'Englisch'
    assert words('en').name('en') == 'English'
    assert words('pt-br').name('pt-br').startswith('português')
    assert words('en').name('xx') == 'xx'


@pytest.mark.parametrize('language', ['fr', 'xx', 'en', 'zh_TW', 'zh-Hant'])
def test_without_a_catalog_it_is_english(language):
    assert words(language)('Figure {}') == 'Figure {}'


def test_a_region_has_its_languages_catalog():
    assert words('de-at')('Figure {}') == 'Abbildung {}'
    assert words('zh_CN')('Figure {}') == words('zh_Hans')('Figure {}') == (
        '图{}')
    assert words('pt_BR')('Figure {}') == 'Figura {}'
