"""A lab in a book: its fence, its media, the runs that it is given."""
import json
import re

import pytest

from builder.errors import BuildError, SourceError, SourceErrors
from builder.lab.net import pack
from builder.lab.ui import scripts
from builder.lab.ui.recorded import recorded_script
from builder.publish import labs
from builder.publish.epub import make_sources as epub_sources
from builder.publish.html import make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.notebook import make_notebook
from builder.record.recordings import Recordings
from builder.source.lab import Lab
from tests.book.conftest import CONFIG

PAGE = '''
# A Page

Before.

```lab
schedules = warmup cosine, constant
peak = 0.2
epochs = 8
momentum = 0
```

After.
'''


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Small books have no network: it takes seconds to make."""
    monkeypatch.setattr(labs, 'lab_files', lambda config: {})


def page(options):
    return '# A Page\n\n```lab\n' + options + '\n```\n'


@pytest.mark.parametrize(('options', 'line', 'message'), [
    ('schedules = cosine, sine', 4, "unknown schedule 'sine', expected one"),
    ('schedules = warmup warmup cosine', 4, "schedule 'warmup warmup cosine'"),
    ('schedules =', 4, '0 schedules, expected 1 to 3'),
    ('schedules = cosine, cosine, cosine, cosine', 4, '4 schedules, expected'),
    ('peak = 2', 4, 'peak = 2, expected a number from 0.01 to 1'),
    ('peak = nan', 4, 'peak = nan, expected a number from 0.01 to 1'),
    ('\npeak = high', 5, 'peak = high, expected a number'),
    ('epochs = 2.5', 4, 'expected a whole number from 2 to 30'),
    ('epochs = 5\nepochs = 6', 5, 'epochs stands there twice'),
    ('rate = 0.1', 4, "unknown option 'rate', expected schedules, peak"),
    ('cosine', 4, "'cosine', expected NAME = VALUE"),
])
def test_options_are_checked(write_book, options, line, message):
    with pytest.raises(SourceError) as raised:
        write_book(page(options))
    assert raised.value.line == line and message in str(raised.value)


def test_all_mistakes_are_told(write_book):
    with pytest.raises(SourceErrors) as raised:
        write_book(page('peak = 2\nepochs = x'))
    assert [error.line for error in raised.value.errors] == [4, 5]


def test_a_fence_is_read(write_book):
    book = write_book(PAGE)
    lab, = book.pages[0].texts[0].prose.labs
    assert (lab.schedules, lab.peak, lab.epochs, lab.momentum) == (
        ('warmup cosine', 'constant'), 0.2, 8, 0)
    bare, = write_book(page('')).pages[0].texts[0].prose.labs
    assert bare == Lab(bare.start, bare.end, 3)


def test_a_page_has_figure_words_code_and_files(write_book):
    sources = make_sources(write_book(PAGE))
    text = sources['index.md'].decode()
    assert text.index('Before.') < text.index('schedule-lab') < text.index(
        'After.')
    assert '<svg' in text and 'B, constant: 0.2 at the start' in text
    assert text.count('d2l.set_lr(trainer, schedule(epoch + i / N))') == 2
    assert 'framework-bar' in text
    for name in ('lab.js', 'lab.css', 'runs.js'):
        assert f'_book/lab/{name}' in sources
    assert b'"groups":[]' in sources['_book/lab/runs.js']


def test_a_page_without_a_lab_has_none_of_it(write_book):
    sources = make_sources(write_book('# A Page\n'))
    assert not any('lab' in name for name in sources)


def test_pages_in_folders_and_several_labs(write_book):
    book = write_book({
        'text/index.md': '# A\n\n```toc\none/two\n```\n',
        'text/one/two.md': PAGE + page('peak = 0.1').replace('# A', '## A')})
    text = make_sources(book)['one/two.md'].decode()
    assert 'id="lab-1"' in text and 'id="lab-2"' in text
    # Loaded twice, the script would make every lab twice.
    for name in ('src="../_static/lab/lab.js', 'href="../_static/lab/lab.css'):
        assert text.count(f'{name}?v=') == 1


def test_addresses_of_files_change_with_any_of_them(write_book, monkeypatch):
    def version():
        text = make_sources(write_book(PAGE))['index.md'].decode()
        found = re.findall(r'_static/lab/lab\.\w+\?v=(\w+)"', text)
        assert len(found) == 2 and len({*found}) == 1
        return found[0]

    before = version()
    assert version() == before
    monkeypatch.setattr(labs, 'lab_files', lambda config: {'images.js': b'1'})
    assert version() != before


def test_pages_in_all_languages_share_the_files(write_book, monkeypatch):
    made = []
    monkeypatch.setattr(labs, 'lab_files', lambda config: {
        'images.js': made.append(config.language) or b'1'})
    book = write_book(PAGE, **{'config.ini': CONFIG + '\n[translation de]\n'
                               'title = Ein Buch\n'})
    first = make_sources(book)
    second = make_sources(book.translations['de'], original=first)
    assert made == ['en']
    files = [{name: each[name] for name in each if '/lab/' in name}
             for each in (first, second)]
    assert files[0]['_book/lab/images.js'] == b'1'
    alone = make_sources(book.translations['de'])
    assert made == ['en', 'de'] and len(files[1]) == 4
    assert files[1] == {name: alone[name] for name in alone
                        if '/lab/' in name}


LINK = 'seed=3&a=cosine&a.peak=0.3&b=none'


def test_a_link_gives_the_lab_a_setting(write_book):
    book = write_book(f'{PAGE}\n[Seed *3*](#lab&{LINK}) dies.\n\n'
                      '```{.python .input}\n#@tab all\n1\n```\n')
    text = make_sources(book)['index.md'].decode()
    assert f'[Seed *3*](lab:lab&{LINK}) dies.' in text
    notebook = make_notebook(book, book.pages[0], 'mxnet')
    assert '\nSeed *3* dies.' in notebook.cells[0].source


@pytest.mark.slow
def test_in_editions_such_a_link_is_text(write_book):
    book = write_book(f'{PAGE}\n[Seed *3*](#lab&{LINK}) dies.\n')
    for made in (pdf_sources, epub_sources):
        text = made(book, 'mxnet', Recordings(book))['index.md'].decode()
        assert '\nSeed *3* dies.' in text


@pytest.mark.parametrize(('page', 'message'), [
    (PAGE, 'index.md:15: the lab does not understand “a=sine” (expected'),
    ('# A Page\n', 'index.md:4: #lab&a=sine: the page has no lab')])
def test_a_link_to_no_setting_of_a_lab(write_book, page, message):
    with pytest.raises(SourceError) as raised:
        make_sources(write_book(f'{page}\n\n[a](#lab&a=sine)\n'))
    assert message in str(raised.value)


def test_what_depends_on_the_images_follows_their_number(monkeypatch):
    """6,000 images in minibatches of 64 are 93 updates and one of 48."""
    lab = Lab(0, 0, 1)
    assert b'"BATCH": 64, "UPDATES": 94}' in scripts.page_script()
    scripts.still.cache_clear()
    assert 'N = 10, 94 ' in scripts.still(lab, 700, 230, False)['code']['jax']
    monkeypatch.setattr(pack, 'TRAIN', 641)
    scripts.still.cache_clear()
    assert b'"BATCH": 64, "UPDATES": 11}' in scripts.page_script()
    assert 'N = 10, 11 ' in scripts.still(lab, 700, 230, False)['code']['jax']
    scripts.still.cache_clear()


def test_a_tab_that_the_lab_does_not_know_says_so(write_book):
    config = CONFIG.replace('tabs = pytorch, mxnet', 'tabs = pytorch, paddle')
    book = write_book(PAGE, **{'config.ini': config.replace(
        'tab mxnet', 'tab paddle').replace('MXNet', 'Paddle')})
    text = make_sources(book)['index.md'].decode()
    assert 'The lab has no code for Paddle.' in text


def test_a_notebook_says_that_there_is_a_lab(write_book):
    book = write_book(PAGE + '\n```{.python .input}\n#@tab all\n1\n```\n')
    cell = make_notebook(book, book.pages[0], 'mxnet').cells[0].source
    assert '(warmup cosine, constant, with a peak of 0.2)' in cell
    assert '```' not in cell and cell.endswith('After.')


@pytest.mark.slow
def test_a_pdf_has_the_figure(write_book):
    sources = pdf_sources(write_book(PAGE), 'mxnet')
    text = sources['index.md'].decode()
    assert '```{image} /plots/index-lab-5.pdf' in text
    assert 'A, warmup, cosine: 0 at the start' in text
    figure = next(content for name, content in sources.items()
                  if name.startswith('plots/index-lab'))
    assert figure.startswith(b'%PDF')


GROUP = {'name': 'x', 'rates': [0.1, 0.1], 'runs': [[0.5, 0.6]],
         'died': False}


def given(write_book, value):
    """Return a book whose function returns this for the lab."""
    return write_book(PAGE, **{
        'config.ini': CONFIG + '\n[lab]\nruns = lab_runs:recorded\n',
        'lab_runs.py': f'def recorded():\n    return {value!r}\n'})


@pytest.mark.parametrize(('value', 'message'), [
    ({'note': 'n'}, 'of what it returned, groups: Field required'),
    ({'note': 'n', 'groups': [{**GROUP, 'runs': []}]}, 'groups.0.runs'),
    ({'note': 'n', 'groups': [{**GROUP, 'runs': [[0.5, 1.5]]}]},
     'groups.0.runs.0.1: Input should be less than or equal to 1'),
    ({'note': 'n', 'groups': [{**GROUP, 'runs': [[0.5]]}]},
     "'x' has runs or rates of [1, 2] epochs, expected one length"),
])
def test_what_the_function_returns_is_checked(write_book, monkeypatch, value,
                                              message):
    monkeypatch.delitem(__import__('sys').modules, 'lab_runs', raising=False)
    book = given(write_book, value)
    with pytest.raises(BuildError) as raised:
        recorded_script(book.config)
    assert 'config.ini: [lab] runs = lab_runs:recorded' in str(raised.value)
    assert message in str(raised.value)


def test_the_runs_of_this_book():
    from evidence.lab_runs import recorded
    found = recorded()
    names = [group['name'] for group in found['groups']]
    assert len(names) == len({*names}) == 32
    died = {group['name'] for group in found['groups'] if group['died']}
    assert 'constant 1.0, 10 epochs' in died and 'constant 0.1' not in died
    assert all(len(run) == len(group['rates']) for group in found['groups']
               for run in group['runs'])
    assert len(json.dumps(found)) < 100_000
