"""config.ini: what it may say, and how it is told what it may not."""
import subprocess
import sys
from pathlib import Path

import pytest

from builder.config import load_config
from builder.errors import BuildError

ROOT = Path(__file__).parents[2]
FILES = ('book/index.md', 'book/a.bib', 'book/icon.svg', 'book/a.css',
         'lib/all.py', 'lib/one.py', 'runs/one.jsonl', 'runs/two.jsonl')
FULL = '''\
[book]
title = A <b>"Book"</b> & 50 % more: été
authors = A. Writer
language = fr
root = book/index.md
tabs = one, two
explicit_tabs = yes
bibliography = book/a.bib
repository = https://example.org/a/b.git
branch = main
[tab one]
title = Number 1
modules = lib/one.py
packages = numpy, scikit-learn
device = lib.one:device
pythons = 3.11, 3.12
colab = no
[tab two]
[recording]
modules = lib/all.py
reads = runs/{tab}.jsonl
data = lib.all:data
limits = A_LIMIT
[evidence]
chapter = book/index.md
claims = lib.all:judge
runs =
[html]
theme = furo
favicon = book/icon.svg
styles = book/a.css
[links]
name = Other
url = https://example.org/
sec_x = 12.4, x.html, X, and more
'''


@pytest.fixture
def load(tmp_path):
    """Return a function that loads a config.ini of this text."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('')

    def load(text):
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / 'config.ini').write_bytes(content)
        return load_config(tmp_path / 'config.ini')
    return load


def test_everything_is_read(load, tmp_path):
    config = load(FULL)
    assert config.title == 'A <b>"Book"</b> & 50 % more: été'
    assert [*config.tabs] == ['one', 'two'] and config.explicit_tabs is True
    one, two = config.tabs.values()
    assert (one.title, one.device) == ('Number 1', 'lib.one:device')
    assert one.modules == ('lib/all.py', 'lib/one.py')
    assert one.packages == ('numpy', 'scikit-learn')
    assert (one.pythons, one.colab) == (('3.11', '3.12'), False)
    assert (two.title, two.modules, two.packages) == (
        'two', ('lib/all.py',), ())
    assert (two.pythons, two.colab) == ((), True)
    assert config.reads == ('runs/one.jsonl', 'runs/two.jsonl')
    assert config.limits == ('A_LIMIT',)
    assert config.root == tmp_path / 'book' / 'index.md'
    assert config.html.favicon == tmp_path / 'book' / 'icon.svg'
    assert config.html.styles == (tmp_path / 'book' / 'a.css',)
    assert config.links['sec_x'].title == 'X, and more'
    assert config.links['sec_x'].url == 'https://example.org/x.html'


@pytest.mark.parametrize('change', [
    lambda text: text.replace('\n', '\r\n'), lambda text: '\ufeff' + text,
    lambda text: text.replace('A. Writer', 'A.\n    Writer'),
    lambda text: text.replace('= yes', '= TRUE')])
def test_other_spellings_are_the_same_book(load, change):
    assert change(FULL) != FULL
    assert load(change(FULL)) == load(FULL)


def test_a_new_tab_reads_its_runs_once_it_has_them(load, tmp_path):
    more = FULL.replace('one, two', 'one, two, three')
    assert load(more).reads == ('runs/one.jsonl', 'runs/two.jsonl')
    (tmp_path / 'runs' / 'three.jsonl').write_text('')
    assert load(more).reads[2:] == ('runs/three.jsonl',)


def test_a_tab_can_be_left_out_though_it_has_a_section(load):
    config = load(FULL.replace('tabs = one, two', 'tabs = two'))
    assert [*config.tabs] == ['two']


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('title = A', 'titel = A',
     "[book] has an unknown key 'titel', did you mean 'title'?"),
    ('title = A', 'Title = A', "'Title', did you mean 'title'?"),
    ('packages', 'package', "[tab one] has an unknown key 'package', did"),
    ('[recording]', '[recordings]',
     "unknown section [recordings], did you mean 'recording'?"),
    ('[recording]', '[DEFAULT]', 'unknown section [DEFAULT]'),
    ('[tab one]', '[tab onne]', "is of no tab, did you mean 'one'?"),
    ('[tab one]', '[tab]', 'unknown section [tab], did you mean'),
    ('[html]', '[html page]', "unknown section [html page], did you mean"),
    ('explicit_tabs = yes', 'explicit_tabs = perhaps',
     '[book] explicit_tabs = perhaps: expected yes or no'),
    ('colab = no', 'colab = 2', '[tab one] colab = 2: expected yes or no'),
    ('one, two', 'one, one', "[book] tabs = one, one: names 'one' twice"),
    ('one, two', 'one, to-day', "got 'to-day'"),
    ('one, two', 'one, ../x', "got '../x'"),
    ('one, two', 'one, 2', "got '2'"),
    ('one, two', 'one, tüll', "got 'tüll'"),
    ('one, two', 'one, Book', "the name 'Book' is taken"),
    ('one, two', ',', 'section [book] lacks tabs'),
    ('root = book/index.md', 'root = book/no.md',
     '[book] root = book/no.md: not found'),
    ('root = book/index.md', 'root = book', '[book] root = book: not found'),
    ('root = book/index.md', 'root = book/a.bib', 'expected a file NAME.md'),
    ('root = book/index.md', 'root = {outside}', 'is not a path in the book'),
    ('= lib/all.py', '= ../outside.py', "'../outside.py' is not a path in"),
    ('= lib/one.py', '= {outside}', 'is not a path in the book'),
    ('= lib/one.py', '= .lib/one.py', "'.lib/one.py' is hidden"),
    ('= lib/one.py', '= lib/one.py, lib/no.py', "'lib/no.py' was not found"),
    ('= lib/one.py', '= lib\\one.py', "is not a path in the book"),
    ('= lib/one.py', '= lib/link.py', "'lib/link.py' is not a path in"),
    ('= book/a.css', '= book/\0.css', '[html] styles'),
    ('= runs/{tab}', '= ../runs/{tab}', "[recording] reads"),
    ('favicon = book/icon.svg', 'favicon = book/icon.svg, book/a.css',
     'expected one file'),
    ('chapter = book/index.md', 'chapter = no.md', '[evidence] chapter'),
    ('numpy, sc', 'numpy; sc', "[tab one] packages"),
    ('3.11, 3.12', '3.11 3.12', "[tab one] pythons"),
    ('device = lib.one:device', 'device = cpu', 'expected module:function'),
    ('claims = lib.all:judge', 'claims = __import__("os")',
     'expected module:function'),
    ('A_LIMIT', 'A LIMIT', 'expected names of variables'),
    ('https://example.org/a/b.git', 'https://a/"; rm -r .', 'repository'),
    ('branch = main', 'branch = "; x', '[book] branch = "; x: expected'),
    ('runs =\n', 'runs = file:///etc\n', '[evidence] runs = file:///etc'),
    ('language = fr', 'language = french!', '[book] language = french!'),
    ('theme = furo', 'theme = a b', '[html] theme = a b: expected the name'),
    ('A. Writer', 'A.\x1b[31m', '[book] authors'),
    ('12.4, x.html, X, and more', '12.4', '[links] sec_x = 12.4: expected'),
    ('title = A', 'title = B\ntitle = A', "option 'title' in section 'book'"),
    ('[book]', 'here', 'File contains no section headers'),
])
def test_mistakes_are_named(load, tmp_path, old, new, message):
    outside = tmp_path.with_suffix('.md')
    outside.write_text('')
    (tmp_path / 'lib' / 'link.py').symlink_to(outside)
    assert old in FULL
    with pytest.raises(BuildError) as caught:
        load(FULL.replace(old, new.replace('{outside}', str(outside)), 1))
    assert str(caught.value).startswith('config.ini: ')
    assert message in str(caught.value)


def test_files_that_are_none(load, tmp_path):
    with pytest.raises(BuildError, match='config.ini: not UTF-8'):
        load(FULL.encode('latin-1'))
    with pytest.raises(BuildError, match='no.ini: No such file'):
        load_config(tmp_path / 'no.ini')


def test_the_tabs_are_known_before_anything_is_installed():
    found = subprocess.run(
        [sys.executable, '-I', '-S', '-c',
         'import sys; sys.path.insert(0, "."); '
         'from builder.__main__ import main; sys.exit(main(["tabs"]))'],
        cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stderr) == (0, '')
    assert found.stdout.split() == [*load_config(ROOT / 'config.ini').tabs]
