"""Predict, then see, in a real browser; and figures of plots."""
import json

import pytest

from builder.publish.html import build_html

from ..book.conftest import SVG, make_book, write_recording
from .test_pages import AXE

CELL = '```{.python .input}\n#@tab all\ndraw()\n```\n\n'
PAGE = fr'''# Rates
:label:`sec_rates`

{CELL}![The rate $\eta$.](#output)
:label:`fig_rate`

```predict two-rates
See :numref:`fig_rate`. Which ends higher?

- [ ] the *constant* rate
- [x] the cosine, at $\eta_T$
- [ ] neither

Because it *falls*.
```

The text of :ref:`sec_rates` goes on.

```predict another
Another?

- [x] yes
- [ ] no

Yes.
```
'''
STATES = [(scheme, script, forced) for scheme in ('light', 'dark')
          for script in (True, False) for forced in ('none', 'active')]


@pytest.fixture(scope='module')
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp('questions')
    book = make_book(folder, PAGE)
    for tab in book.config.tabs:
        write_recording(book, book.pages[0], tab, {0: [SVG]})
    return build_html(book, folder / '_build').as_uri()


@pytest.fixture
def visit(address, chromium):
    """Return a function that opens the page in a browser of its own."""
    contexts = []

    def visit(script=True, blocked=False, **options):
        contexts.append(chromium.new_context(
            viewport={'width': options.pop('width', 1280), 'height': 800},
            java_script_enabled=script, **options))
        if blocked:
            contexts[-1].add_init_script(
                """Object.defineProperty(window, 'localStorage', {get() {
                throw new DOMException('blocked', 'SecurityError'); }});""")
        page = contexts[-1].new_page()
        page.said = []
        page.on('pageerror', lambda error: page.said.append(str(error)))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()


def question(page, name='two-rates'):
    return page.locator(f'#predict-{name}')


def state(box):
    """Return what a question shows: the choice that is pressed, whether the
    answer is open, and what is said."""
    pressed = box.locator('[aria-pressed=true]').all_inner_texts()
    return (pressed, box.locator('details').get_attribute('open') is not None,
            box.get_by_role('status').inner_text())


@pytest.mark.parametrize(('choice', 'said'), [
    ('constant', 'It comes out differently:'),
    ('cosine', 'Just as you guessed:')])
def test_a_click_opens_the_answer_and_is_kept(visit, choice, said):
    page = visit()
    box = question(page)
    assert state(box) == ([], False, '')
    assert not page.get_by_text('Because it falls').is_visible()
    assert not box.get_by_role('button', name='Guess again').is_visible()
    button = box.get_by_role('button').filter(has_text=choice)
    before = button.bounding_box()
    button.click()
    assert button.bounding_box()['y'] == before['y']
    for _ in range(2):
        pressed, opened, told = state(box)
        assert len(pressed) == 1 and choice in pressed[0]
        assert opened and told == said
        assert page.get_by_text('Because it falls').is_visible()
        assert box.locator('button.right').count() == 1
        page.reload()
    assert state(question(page, 'another')) == ([], False, '')
    box.get_by_role('button', name='neither').click(force=True)
    assert choice in state(box)[0][0]  # the guess stays until it is taken back
    box.get_by_role('button', name='Guess again').click()
    assert state(box) == ([], False, '')
    page.reload()
    assert state(box) == ([], False, '') and page.said == []


def test_the_keyboard_alone(visit):
    page = visit()
    box = question(page)
    group = page.get_by_role('group', name='Which ends higher?')
    assert group.get_by_role('button').count() == 3
    box.get_by_role('button').first.focus()
    page.keyboard.press('Tab')
    assert state(box)[1] is False  # to pass a choice is not to choose
    page.keyboard.press('Enter')
    assert state(box)[1:] == (True, 'Just as you guessed:')
    page.keyboard.press('Tab')
    page.keyboard.press('Tab')
    page.keyboard.press('Space')
    assert state(box) == ([], False, '')
    assert page.evaluate('document.activeElement.innerText'
                         ) == 'the constant rate'


def test_where_nothing_can_be_kept_it_works_as_well(visit):
    page = visit(blocked=True)
    question(page).get_by_role('button', name='neither').click()
    assert state(question(page))[1]


def test_without_a_script_it_is_a_list_and_a_fold(visit):
    page = visit(script=False)
    box = question(page)
    assert box.get_by_role('button').count() == 0
    assert box.locator('fieldset li').all_inner_texts()[0] == (
        'the constant rate')
    assert not page.get_by_text('Because it falls').is_visible()
    box.locator('summary').click()
    assert page.get_by_text('Because it falls').is_visible()
    assert box.locator('details .right').inner_text().startswith('the cosine')


@pytest.mark.parametrize('script', [True, False])
def test_printed_all_is_open(visit, script):
    page = visit(script=script)
    page.emulate_media(media='print')
    for name, words in (('two-rates', 'Because it falls'),
                        ('another', 'Yes.')):
        answer = question(page, name).get_by_text(words, exact=False).last
        assert answer.bounding_box()['height'] > 10
        assert answer.evaluate('(p) => p.checkVisibility()')
    assert not page.locator('.again').first.is_visible()


@pytest.mark.parametrize(('scheme', 'script', 'forced'), STATES)
def test_axe_finds_nothing_serious(visit, scheme, script, forced):
    page = visit(color_scheme=scheme, forced_colors=forced)
    if script:
        question(page).get_by_role('button', name='neither').click()
    page.add_script_tag(path=AXE)
    found = page.evaluate('axe.run({resultTypes: ["violations"]})')
    serious = [(v['id'], [node['html'][:120] for node in v['nodes'][:4]])
               for v in found['violations']
               if v['impact'] in ('serious', 'critical')]
    assert serious == [], json.dumps(serious, indent=1)


def test_a_figure_has_its_number_and_its_preview(visit):
    page = visit()
    figure = page.locator('figure.plots')
    assert figure.locator('img').count() == 1
    assert figure.locator('figcaption').inner_text().startswith(
        'Figure 1: The rate')
    page.get_by_role('link', name='Figure 1').first.hover()
    said = page.locator('#preview').inner_text()
    assert 'The rate' in said and '\\eta' not in said
    assert page.locator('#preview a').count() == 0
    page.mouse.move(0, 0)
    page.locator('article p a', has_text='Rates').first.hover()
    assert page.locator('#preview').inner_text() == 'Rates'
