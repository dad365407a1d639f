"""README and CONTRIBUTING: what they name is there."""
import re
from pathlib import Path

import pytest

from builder.config import load_config

ROOT = Path(__file__).parents[2]
CONFIG = load_config(ROOT / 'config.ini')
PAGES = ('README.md', 'CONTRIBUTING.md')
# Not of a clone: what is made, and what is elsewhere.
# Made by commands.
MADE = ('_build/', '.venvs', 'evidence/runs/<', 'evidence/choices/',
        'evidence/certificates/')
TARGETS = re.findall(r'^([a-z]+):', (ROOT / 'Makefile').read_text('utf-8'),
                     re.MULTILINE)


def text_of(page):
    return (ROOT / page).read_text('utf-8')


def filled(name):
    """A name with each tab, or framework's module, in its <place>."""
    modules = [Path(tab.device.partition(':')[0].replace('.', '/')).name
               for tab in CONFIG.tabs.values()]
    for place, values in (('<tab>', CONFIG.tabs), ('<framework>', modules)):
        if place in name:
            return [name.replace(place, value) for value in values]
    return [name]


def paths(page):
    """What looks like a path: in backticks, links and the picture."""
    text = text_of(page)
    words = re.findall(r'(?<!`)`([^`\s]+)`(?!`)', text)
    words += re.findall(r'\]\(([^):#]+)\)', text)
    for picture in re.findall(r'^```\n(.*?)^```', text, re.DOTALL | re.M):
        words += re.findall(r'[\w./<>-]+', picture)
    for word in words:
        if re.fullmatch(r'[\w.-]*[\w<>-]+/[\w./<>-]*|[\w.-]+\.'
                        r'(?:md|py|ini|toml|txt|in|cff|js|css)', word):
            yield from filled(word)


@pytest.mark.parametrize('page', PAGES)
def test_every_path_exists(page):
    named = {name for name in paths(page) if not name.startswith(MADE)}
    assert len(named) > 10
    missing = [name for name in sorted(named)
               if not (ROOT / name.rstrip(':')).exists()]
    assert missing == []


@pytest.mark.parametrize('page', PAGES)
def test_every_target_exists(page):
    named = re.findall(r'(?:`|^|; )make ([a-z]+)', text_of(page), re.M)
    assert len(named) > 5 and {*named} <= {*TARGETS}


def rows(heading):
    section = text_of('README.md').partition(f'\n## {heading}\n')[2]
    lines = section.partition('\n## ')[0].splitlines()
    return [[cell.strip() for cell in line.strip('|').split('|')]
            for line in lines if line.startswith('|')][2:]


def test_rows_say_what_to_open_and_what_then():
    table = rows('To change X, open Y')
    assert len(table) > 10
    for what, where, then in table:
        assert re.search('`[^`]+`', where), what
        assert re.search('`make [a-z]+', then), what


def test_the_row_on_plots():
    """That no recording is stale for the look of its plots."""
    row, = [row for row in rows('To change X, open Y')
            if 'plotting.py' in row[1]]
    assert '`make check` does not ask for it' in row[2]
    assert not any('plotting.py' in name for tab in CONFIG.tabs.values()
                   for name in tab.modules)


def test_the_picture_has_the_rooms():
    picture = re.search(r'^```\n(.*?)^```', text_of('README.md'),
                        re.DOTALL | re.M)[1]
    rooms = {path.parent.name for path in
             (ROOT / 'builder').glob('*/__init__.py')}
    assert {*re.findall(r'builder/(\w+)/', picture)} == rooms
