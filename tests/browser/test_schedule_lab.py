"""The schedule lab in a real browser, from files, as a reader uses it."""
import json
import re
from pathlib import Path

import pytest

from builder.config import load_config
from builder.publish import labs
from builder.publish.html import build_html
from builder.source.book import load_book
from tests.book.conftest import CONFIG

from .test_pages import AXE

ENGINE = Path(__file__).with_name('engine.js').read_bytes()
PAGE = '''
# A Lab

[This one](#lab&seed=3&a.peak=0.4&b=none).

```lab
schedules = constant, warmup cosine
peak = 0.2
epochs = 6
momentum = 0.9
```
'''
SHARED = ('#lab&epochs=12&seed=7&momentum=0.5&per=epoch'
          '&a=polynomial&a.warmup=none&a.peak=0.4&a.end=9&a.power=1.5'
          '&a.floor=0.02&b=none&c=one-cycle&c.warmup=constant&c.peak=0.25&c.end=12&c.rise=4&c.length=2'
          '&c.begin=0.5')


@pytest.fixture(scope='session')
def lab_site(tmp_path_factory):
    """The folder of a small book's pages, its network a stand-in."""
    folder = tmp_path_factory.mktemp('lab')
    for name, text in {
            'config.ini': CONFIG.replace(
                'tabs = pytorch, mxnet', 'tabs = pytorch, jax').replace(
                'tab mxnet', 'tab jax').replace('MXNet', 'JAX').replace(
                'bibliography = text/small.bib', '') + (
                '\n[lab]\nruns = shown_runs:recorded\n'),
            'shown_runs.py': RUNS, 'text/index.md': PAGE, 'lib/torch.py': '',
            'lib/common.py': '', 'requirements/pytorch.txt': 'numpy==2.4.6\n',
            'requirements/jax.txt': ''}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, 'utf-8')
    book = load_book(load_config(folder / 'config.ini'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labs, 'lab_files', lambda config: {'train.js': ENGINE})
        return build_html(book, folder / '_build').parent


RUNS = '''
def recorded():
    return {'note': 'Made by hand.', 'groups': [
        {'name': 'all live', 'rates': [0.2] * 9, 'died': False,
         'runs': [[0.5] * 9, [0.7] * 9]},
        {'name': 'one died', 'rates': [0.9] * 9, 'died': True,
         'runs': [[0.1] * 9, [0.8] * 9]},
        {'name': 'too short', 'rates': [0.2] * 3, 'died': False,
         'runs': [[0.5] * 3]}]}
'''


@pytest.fixture
def open_lab(lab_site, chromium):
    """Return a function that opens the lab; `said` lists messages."""
    contexts = []

    def open_lab(address='', width=1280, height=900, **options):
        contexts.append(chromium.new_context(
            viewport={'width': width, 'height': height}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.said, page.asked = [], []
        page.on('console', lambda message: page.said.append(message.text))
        page.on('pageerror', lambda error: page.said.append(str(error)))
        page.on('request', lambda request: page.asked.append(request.url))
        page.goto((lab_site / 'index.html').as_uri() + address)
        return page

    yield open_lab
    for context in contexts:
        context.close()


def curve(page, slot=0):
    return page.locator(f'.lab-rates .line.s{slot}').get_attribute('d')


def address(page):
    return page.evaluate('location.hash')


def begin(page):
    for n, guess in enumerate(page.locator('.lab-guess input').all()):
        guess.fill(str(60 + 5 * n))
    page.get_by_role('button', name='Train here').click()


def train(page):
    begin(page)
    page.get_by_text(re.compile('^(Done|No training)')).wait_for()


def test_a_slider_changes_curve_address_and_code(open_lab):
    page = open_lab()
    before = curve(page)
    slider = page.get_by_label('peak rate A, slider')
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.move(box['x'] + 0.2 * box['width'], box['y'] + 8)
    page.mouse.down()
    page.mouse.move(box['x'] + 0.5 * box['width'], box['y'] + 8)
    page.mouse.up()
    peak = slider.input_value()
    assert 0.4 < float(peak) < 0.6 and curve(page) != before
    assert page.get_by_label('peak rate A', exact=True).input_value() == peak
    page.wait_for_function(f'location.hash.includes("a.peak={peak}&")')
    code = page.locator('.lab-snippet:visible').inner_text()
    assert f'return {peak}' in code
    assert page.said == []


def test_a_shared_address_restores_all(open_lab):
    page = open_lab(SHARED)
    assert page.locator('.lab-note').inner_text() == ''
    assert page.get_by_label('schedule A').input_value() == 'polynomial'
    assert page.get_by_label('power A', exact=True).input_value() == '1.5'
    assert page.get_by_label('schedule B').input_value() == 'none'
    assert page.get_by_label('the rate changes').input_value() == 'epoch'
    assert page.locator('.lab-rates .line').count() == 2
    page.get_by_label('seed').fill('8')
    page.wait_for_function('location.hash.includes("seed=8")')
    assert address(page) == SHARED.replace('seed=7', 'seed=8')
    other = open_lab(address(page))
    assert curve(other) == curve(page) and curve(other, 2) == curve(page, 2)


def test_an_address_that_changes_is_followed(open_lab):
    page = open_lab()
    page.evaluate('(text) => { location.hash = text }', SHARED)
    page.wait_for_function("document.querySelector('#lab-1-epochs')"
                           ".value === '12'")
    page.evaluate("location.hash = 'a-lab'")  # a place of the page
    page.wait_for_timeout(100)
    assert page.get_by_label('epochs', exact=True).input_value() == '12'


def test_what_an_address_leaves_out_is_the_authors(open_lab):
    """Not what the reader made of it meanwhile."""
    page = open_lab()
    page.get_by_label('peak rate A', exact=True).fill('0.7')
    page.evaluate("location.hash = 'lab&epochs=7'")
    page.wait_for_function("document.querySelector('#lab-1-epochs')"
                           ".value === '7'")
    assert page.get_by_label('peak rate A',
                             exact=True).input_value() == '0.2'


def seen(page):
    """Whether the lab begins at the top of a low window."""
    return 0 <= page.locator('.schedule-lab').bounding_box()['y'] < 130


def test_a_link_sets_and_shows_the_lab(open_lab):
    """Again, too, after the reader changed it."""
    page = open_lab()
    page.set_viewport_size({'width': 1280, 'height': 300})
    for _ in range(2):
        page.evaluate('scrollTo(0, 0)')
        assert not seen(page)
        page.get_by_role('link', name='This one').click()
        page.wait_for_function('location.hash.includes("momentum=")')
        assert seen(page)
        assert page.evaluate('document.activeElement.id') == 'lab-1'
        assert page.get_by_label('seed').input_value() == '3'
        assert page.locator('.lab-rates .line').count() == 1
        page.get_by_label('seed').fill('4')
        page.wait_for_function('location.hash.includes("seed=4")')
    assert page.said == []


def test_a_shared_address_opens_at_the_lab(open_lab):
    page = open_lab(SHARED, height=300)
    assert seen(page)
    page.evaluate('scrollTo(0, 0)')
    page.reload()
    assert not seen(page)  # a reload leaves the reader where he was


@pytest.mark.parametrize(('text', 'words'), [
    ('epochs=banana', 'a whole number from 2 to 30'),
    ('epochs=1e9', 'a whole number from 2 to 30'),
    ('epochs=2.5', 'a whole number from 2 to 30'),
    ('momentum=-1', 'a number from 0 to 0.95'),
    ('a.peak=Infinity', 'a number from 0.01 to 1'),
    ('a.peak=', 'a number from 0.01 to 1'),
    ('a=sine', 'expected none, constant, square-root'),
    ('a=__proto__', 'expected none, constant'),
    ('a.power=2', 'a setting that is in use here'),
    ('x=<img src=y>', 'a setting that is in use here'),
    ('seed', 'a name and a value'),
    ('per=update&per=epoch', 'a name and a value, once'),
    ('x=' + 'y' * 5000, 'a setting that is in use here'),
    ('%E0%A4%A', 'a name and a value'),
])
def test_nonsense_in_the_address_is_told(open_lab, text, words):
    page = open_lab(f'#lab&{text}')
    note = page.locator('.lab-note').inner_text()
    assert words in note and len(note) < 500
    assert page.get_by_label('epochs', exact=True).input_value() == '6'
    assert page.locator('.lab-rates .line').count() == 2
    assert page.locator('.schedule-lab img').count() == 0
    assert page.said == []


def test_the_same_address_without_any_schedule_shows_one(open_lab):
    page = open_lab('#lab&a=none&b=none&c=none')
    assert page.locator('.lab-rates .line').count() == 1


def test_what_is_typed_is_kept_in_bounds(open_lab):
    page = open_lab()
    peak = page.get_by_label('peak rate A', exact=True)
    before = curve(page)
    peak.fill('7')
    assert curve(page) == before
    peak.press('Tab')
    assert peak.input_value() == '1'
    peak.fill('')
    peak.press('Tab')
    assert peak.input_value() == '1'


def test_by_keyboard(open_lab):
    page = open_lab()
    page.get_by_label('schedule C').focus()
    page.keyboard.press('l')  # linear to zero
    assert page.evaluate('document.activeElement.id') == 'lab-1-c'
    assert page.locator('.lab-rates .line').count() == 3
    page.keyboard.press('Tab')
    page.keyboard.press('Tab')
    before = curve(page, 2)
    page.keyboard.press('ArrowRight')
    assert curve(page, 2) != before
    page.get_by_label('warmup', exact=True).nth(2).select_option('constant')
    page.keyboard.press('Tab')
    assert page.evaluate('document.activeElement.id') == 'lab-1-c-length'
    page.get_by_role('button', name='Train here').focus()
    page.keyboard.press('Enter')
    assert 'What do you expect?' in page.locator('.lab-status').inner_text()
    assert page.evaluate('document.activeElement.id') == 'lab-1-guess-a'
    page.get_by_role('button', name='Train here').press('Enter')
    page.get_by_text(re.compile('^Done')).wait_for()


def test_a_run_shows_curves_table_and_prediction(open_lab):
    page = open_lab()
    train(page)
    for slot in (0, 1):
        for chart in ('accuracy', 'loss'):
            assert page.locator(f'.lab-{chart} .line.s{slot}').count() == 1
        assert page.locator(f'.lab-accuracy .guess.s{slot}').count() == 1
    assert page.locator('.lab-accuracy .band.s0').count() == 1
    said = page.locator('.lab-verdict').inner_text()
    assert 'You expected B to end highest, and it did.' in said
    assert 'A beside “all live” (2 seeds). Made by hand.' in said
    rows = page.locator('.lab-verdict tbody tr')
    assert rows.nth(0).inner_text().split('\t')[:3] == [
        'A: constant', '60 %', '30.0 %']
    assert rows.nth(0).inner_text().endswith('50–70 %')
    assert ('After 6 epochs, with seed 1 and momentum 0.9' in
            page.locator('.lab-verdict caption').inner_text())
    for chart, words in (('accuracy', 'B is at 84.9 % after epoch 6.'),
                         ('loss', 'B is at 0.333 after epoch 6.')):
        assert words in page.locator(f'.lab-{chart} svg').get_attribute(
            'aria-label')


def test_the_curves_as_a_table(open_lab):
    page = open_lab('#lab&epochs=3')
    fold = page.get_by_text('The curves as a table')
    assert not fold.is_visible()
    train(page)
    fold.click()
    rows = page.locator('.lab-curveTable tbody tr')
    assert [row.inner_text().split('\t') for row in rows.all()] == [
        ['1', '19.1 %', '2.000', '53.8 %', '2.000'],
        ['2', '26.0 %', '1.000', '73.6 %', '1.000'],
        ['3', '28.6 %', '0.667', '80.9 %', '0.667']]
    page.get_by_label('seed').fill('2')
    assert not fold.is_visible()


def test_nothing_moves_for_who_wants_less_motion(open_lab):
    page = open_lab(reduced_motion='reduce')
    page.evaluate('''() => {
      window.most = 0;
      const look = () => {
        most = Math.max(most, document.getAnimations().length);
        requestAnimationFrame(look);
      };
      look();
    }''')
    train(page)
    assert page.evaluate('most') == 0


def test_what_was_expected_to_end_alike_is_said_to(open_lab):
    page = open_lab()
    for guess in page.locator('.lab-guess input').all():
        guess.fill('70')
    page.get_by_role('button', name='Train here').click()
    page.get_by_text(re.compile('^Done')).wait_for()
    assert ('You expected A and B to end alike; B ended highest.'
            in page.locator('.lab-verdict').inner_text())


@pytest.mark.parametrize(('peak', 'epoch'), [('0.99', 1), ('1', 2)])
def test_a_run_that_diverges_has_no_end(open_lab, peak, epoch):
    page = open_lab(f'#lab&a=constant&a.peak={peak}')
    train(page)
    assert (f'A diverged in epoch {epoch}, B ends at 8' in
            page.locator('.lab-status').inner_text())
    for chart in ('accuracy', 'loss'):
        assert f'A diverged in epoch {epoch}. B is at' in page.locator(
            f'.lab-{chart} svg').get_attribute('aria-label')
    said = page.locator('.lab-verdict').inner_text()
    assert 'A: It diverged.' in said and 'B to end highest, and it' in said
    row = page.locator('.lab-verdict tbody tr').first.inner_text()
    assert row.split('\t')[1:5] == ['60 %', 'diverged', '–', '–']
    assert page.said == []


def test_who_end_alike_both_end_highest(open_lab):
    page = open_lab('#lab&a=constant&a.peak=0.05&b=linear&b.warmup=none'
                    '&b.peak=0.05')
    train(page)
    assert ('You expected B to end highest; A and B did.' in
            page.locator('.lab-verdict').inner_text())


def test_where_some_died_each_seed_is_drawn_as_far_as_the_run(open_lab):
    page = open_lab('#lab&epochs=4&a=constant&a.peak=0.9&b=none')
    train(page)
    faint = page.locator('.lab-accuracy .faint.s0')
    assert faint.count() == 2
    assert page.locator('.lab-accuracy .band').count() == 0
    points = faint.first.get_attribute('d').count('L') + 1
    assert points == 4


def test_a_change_ends_a_run(open_lab):
    page = open_lab('#lab&epochs=30')
    page.evaluate('window.pace = 1000')
    page.get_by_label('A ends at').fill('50')
    page.get_by_label('B ends at').fill('50')
    page.get_by_role('button', name='Train here').click()
    page.locator('.lab-accuracy .line.s0').wait_for()
    page.get_by_label('seed').fill('2')
    assert 'Stopped, since a setting' in page.locator(
        '.lab-status').inner_text()
    assert page.locator('.lab-accuracy .line').count() == 0
    page.wait_for_timeout(1500)
    assert page.locator('.lab-accuracy .line').count() == 0
    page.get_by_role('button', name='Train here').click()
    page.get_by_role('button', name='Stop').click()
    assert page.locator('.lab-status').inner_text() == 'Stopped.'


def test_without_the_files_of_the_network(open_lab, lab_site):
    engine = lab_site / '_static' / 'lab' / 'train.js'
    engine.rename(engine.with_suffix('.away'))
    try:
        page = open_lab()
        train(page)
    finally:
        engine.with_suffix('.away').rename(engine)
    assert ('No training here. The file train.js does not lie beside this'
            in page.locator('.lab-status').inner_text())
    assert page.get_by_role('button', name='Train here').is_visible()


def test_code_follows_the_chosen_framework(open_lab):
    page = open_lab()
    code = page.locator('.lab-snippet:visible')
    assert 'torch.optim.SGD' in code.inner_text()
    page.locator('.framework-bar button', has_text='JAX').click()
    assert 'nnx.Optimizer' in code.inner_text()
    page.get_by_text('the framework’s', exact=True).click()
    page.locator('.lab-radios').get_by_text('B', exact=True).click()
    assert 'optax.join_schedules(' in code.inner_text()
    page.get_by_label('the rate changes').select_option('epoch')
    assert 'schedule(n // N)' in code.inner_text()


def test_the_rates_as_a_table(open_lab):
    page = open_lab()
    page.get_by_text('The rates as a table').click()
    rows = page.locator('.lab-rateTable tbody tr')
    assert rows.count() == 6
    assert rows.nth(0).inner_text().split('\t') == ['0', '0.2', '0']
    label = page.locator('.lab-rates svg').get_attribute('aria-label')
    assert 'B, warmup, cosine: 0 at the start' in label


def test_without_scripts_there_is_a_figure_and_a_sentence(open_lab):
    page = open_lab(java_script_enabled=False)
    assert page.locator('.schedule-lab figure svg').is_visible()
    caption = page.locator('.schedule-lab figcaption').inner_text()
    assert 'With scripts, this page' in caption
    assert 'torch.optim.SGD' in page.locator(
        '.lab-snippet').first.inner_text()


@pytest.mark.parametrize('width', [320, 390, 768])
def test_it_fits_the_screen(open_lab, width):
    page = open_lab('#lab&c=warm-restarts', width=width)
    train(page)
    page.get_by_text('The curves as a table').click()
    assert page.evaluate('document.documentElement.scrollWidth') <= width


def test_labels_of_curves_do_not_collide(open_lab):
    page = open_lab('#lab&a=constant&b=constant&c=constant')
    train(page)
    for chart in ('rates', 'accuracy', 'loss'):
        letters = page.locator(f'.lab-{chart} text[class]')
        boxes = sorted(letter.bounding_box()['y'] for letter in letters.all())
        assert len(boxes) == 3
        assert min(b - a for a, b in zip(boxes, boxes[1:])) > 10


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_axe_finds_nothing_serious_in_the_lab(open_lab, scheme):
    page = open_lab('#lab&c=factor&c.warmup=linear&foo=1', color_scheme=scheme)
    train(page)
    page.get_by_text('The rates as a table').click()
    page.get_by_text('The curves as a table').click()
    page.add_script_tag(path=AXE)
    found = page.evaluate('axe.run({resultTypes: ["violations"]})')
    serious = [(v['id'], [node['html'][:160] for node in v['nodes'][:4]])
               for v in found['violations']
               if v['impact'] in ('serious', 'critical')]
    assert serious == [], json.dumps(serious, indent=1)


def test_print_shows_curves_and_no_controls(open_lab):
    page = open_lab(color_scheme='dark')
    train(page)
    page.emulate_media(media='print')
    for name in ('.lab-train', '.lab-guess', '.lab-code', '.lab-options'):
        assert not page.locator(name).is_visible()
    assert page.locator('.lab-rates svg').is_visible()
    assert page.locator('.lab-verdict table').is_visible()


def test_all_scripts_of_a_page_are_light(lab_site):
    import gzip
    folder = lab_site / '_static' / 'lab'
    weight = sum(len(gzip.compress((folder / name).read_bytes(), 6))
                 for name in ('lab.js', 'lab.css'))
    print(f'lab.js and lab.css: {weight / 1000:.1f} kB')
    assert weight < 30_000


def real_lab(open_page, address):
    """Open the lab of the book, with its network and its images."""
    page = open_page('schedule-lab', address)
    page.set_default_timeout(240_000)
    return page


@pytest.mark.slow
def test_a_network_is_trained_on_the_page(open_page):
    page = real_lab(open_page, '#lab&epochs=3&a=cosine&a.peak=0.05&b=none')
    assert not any('images.js' in url or 'network.js' in url
                   for url in page.asked)
    train(page)
    said = page.locator('.lab-status').inner_text()
    first = float(re.fullmatch(r'Done: A ends at ([\d.]+) %\.', said)[1])
    assert first > 70
    assert page.locator('.lab-accuracy .line.s0').get_attribute(
        'd').count('L') == 2
    page.get_by_role('button', name='Train here').click()
    page.get_by_text(re.compile('^Training')).wait_for()
    page.get_by_text(re.compile('^Done')).wait_for()
    assert page.locator('.lab-status').inner_text() == said  # the same seed
    assert {url.split(':')[0] for url in page.asked} <= {
        'file', 'data', 'blob'}
    assert page.said == []


@pytest.mark.slow
def test_closing_a_page_ends_its_runs(open_page):
    page = real_lab(open_page, '#lab&epochs=30')
    begin(page)
    page.locator('.lab-accuracy .s0:is(.dot, .line)').wait_for()
    ended, workers = [], page.workers
    for worker in workers:
        worker.on('close', lambda worker: ended.append(worker))
    page.close()
    assert len(workers) == 2 and len(ended) == 2
    other = real_lab(open_page, '#lab&epochs=2&a.peak=1&momentum=0.95&b=none')
    train(other)
    assert other.locator('.lab-status').inner_text().startswith('Done')
    assert other.said == page.said == []


@pytest.mark.slow
def test_the_page_answers_while_three_networks_train(open_page, chromium):
    """No task takes the main thread for 50 ms of its own time; what else the
    machine does meanwhile does not count."""
    page = real_lab(open_page, '#lab&epochs=2&c=linear')
    chromium.start_tracing(page=page, categories=['toplevel'])
    train(page)
    events = json.loads(chromium.stop_tracing())['traceEvents']
    assert 'C ends at' in page.locator('.lab-status').inner_text()
    main = {(event['pid'], event['tid']) for event in events
            if event['name'] == 'thread_name'
            and event['args']['name'] == 'CrRendererMain'}
    tasks = [event['tdur'] / 1000 for event in events
             if (event['pid'], event['tid']) in main and event['ph'] == 'X'
             and event['name'].endswith('::RunTask') and 'tdur' in event]
    print(f'{len(tasks)} tasks, the longest {max(tasks):.0f} ms')
    assert len(tasks) > 100 and max(tasks) < 50
