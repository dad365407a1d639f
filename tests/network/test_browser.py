"""The engine in a browser, from files."""
import pytest

from builder.config import load_config
from builder.lab.net import pack
from builder.lab.net.files import lab_files

from .conftest import ROOT

pytestmark = pytest.mark.slow

# Notes what runs say.
PAGE = '''<!DOCTYPE html><title>lab</title>
<script src="lab/train.js"></script>
<script>
  const settings = (epochs, rate) => ({seed: 3, momentum: 0.9, batchSize: 64,
    epochs, rates: new Float64Array(
      epochs * ScheduleLab.updatesPerEpoch(64)).fill(rate)});
  const run = (settings) => new Promise((resolve) => {
    const epochs = [];
    ScheduleLab.train(settings, {
      onEpoch: (values) => epochs.push(values),
      onEnd: (end) => resolve({epochs, end}),
      onError: (error) => resolve({epochs, error})});
  });
</script>'''


@pytest.fixture(scope='session')
def folder(tmp_path_factory, packed):
    folder = tmp_path_factory.mktemp('site with spaces')
    (folder / 'lab').mkdir()
    (folder / 'index.html').write_text(PAGE, 'utf-8')
    for name, content in lab_files(load_config(ROOT / 'config.ini')).items():
        (folder / 'lab' / name).write_bytes(content)
    return folder


@pytest.fixture
def page(chromium, folder):
    page = chromium.new_page()
    page.asked = []
    page.on('request', lambda request: page.asked.append(request.url))
    page.goto((folder / 'index.html').as_uri())
    yield page
    page.close()


def without_seconds(epochs):
    return [{name: value for name, value in values.items()
             if name != 'seconds'} for values in epochs]


def test_three_at_once_as_under_node(page, network, rates):
    """The same numbers, and nothing loads before the first run begins."""
    assert page.evaluate('ScheduleLab.problem()') == ''
    assert [url.split('/')[-1] for url in page.asked] == [
        'index.html', 'train.js']
    found = page.evaluate('''() => Promise.all(
        [0.02, 0.1, 1e6].map((rate) => run(settings(1, rate))))''')
    for rate, run in zip((0.02, 0.1, 1e6), found, strict=True):
        expected = network.train(rates(1, rate), 3, 0.9, 64, 1)
        assert without_seconds(run['epochs']) == without_seconds(
            expected['epochs'])
        words = run['end'].pop('words')
        assert run['end'] == expected['end']
        assert bool(words) == run['end']['dead']
    assert found[0]['epochs'][0]['testAcc'] > 0.6
    assert found[2]['end']['diverged']


def test_the_page_and_the_builder_count_the_same_updates(page):
    for size in (1, 63, 64, 256):
        assert page.evaluate('(n) => ScheduleLab.updatesPerEpoch(n)', size
                             ) == pack.updates_per_epoch(size)


@pytest.mark.parametrize('name', ['WebAssembly', 'Worker',
                                  'DecompressionStream'])
def test_a_browser_that_cannot_train_says_so(chromium, folder, name):
    page = chromium.new_page()
    page.add_init_script(f'delete globalThis.{name}')
    page.goto((folder / 'index.html').as_uri())
    said = f'This browser has no {name}, so it cannot train here.'
    assert page.evaluate('ScheduleLab.problem()') == said
    assert page.evaluate('''() => {
      try { ScheduleLab.train(settings(1, 0.1), {}); }
      catch (error) { return error.message; }
    }''') == said
    page.close()


def test_a_diverging_run_says_when(page):
    found = page.evaluate('run(settings(2, 1e30))')
    assert found['epochs'] == []
    assert found['end']['words'] == (
        f'After update {found["end"]["update"]} of 188, with the rate 1e+30, '
        'the weights were no longer finite numbers: training diverged.')


def test_what_is_cancelled_says_no_more(page):
    page.evaluate('''() => {
      window.said = [];
      const tell = (value) => said.push(value);
      window.handle = ScheduleLab.train(settings(50, 0.05), {
        onEpoch: tell, onEnd: tell, onError: tell});
    }''')
    page.wait_for_function('said.length > 0', timeout=60_000)
    count = page.evaluate('() => { handle.cancel(); return said.length; }')
    page.wait_for_timeout(2000)
    assert page.evaluate('said.length') == count
    assert page.workers == []


def test_a_file_that_is_missing_is_named(page, folder):
    moved = folder / 'images.js'
    (folder / 'lab' / 'images.js').rename(moved)
    failed = page.evaluate('run(settings(1, 0.1))')
    moved.rename(folder / 'lab' / 'images.js')
    assert failed['error'] == ('The network could not be trained: images.js '
                               'cannot be loaded.')
    assert page.evaluate('run(settings(1, 0.1))')['end']['dead'] is False


@pytest.mark.parametrize(('change', 'message'), [
    ('seed: -1', 'seed must be a whole number from 0 to 4294967295, got -1'),
    ('seed: 1.5', 'seed must be a whole number from 0 to 4294967295, got 1.5'),
    ('batchSize: 257', 'batchSize must be a whole number from 1 to 256, got '
     '257'),
    ('epochs: 0', 'epochs must be a whole number from 1 to 1000, got 0'),
    ('momentum: 1', 'momentum must be at least 0 and less than 1, got 1'),
    ('momentum: NaN', 'momentum must be at least 0 and less than 1, got NaN'),
    ('epochs: 2', 'rates must be a Float64Array of 188 rates, one an update, '
     'got 94'),
    ('rates: null', 'rates must be a Float64Array of 94 rates, one an update, '
     'got undefined'),
    ('rates: new Float64Array(94).fill(-1)', 'a rate must be a finite number '
     'and not less than 0, that of update 1 is -1'),
    ('rates: new Float64Array(94).fill(0.1).with(9, NaN)', 'a rate must be a '
     'finite number and not less than 0, that of update 10 is NaN')])
def test_bad_settings_are_shown(page, change, message):
    found = page.evaluate('''(change) => {
      const changed = {...settings(1, 0.1), ...eval(`({${change}})`)};
      try { ScheduleLab.train(changed, {}); }
      catch (error) { return [error.name, error.message]; }
    }''', change)
    assert found == ['RangeError', message]
    assert len(page.asked) == 2
