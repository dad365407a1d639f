"""A deck of slides in a real browser, from files."""
import pytest

from builder.publish.slides import build_slides

from ..book.conftest import SVG, make_book, write_recording

CELL = '\n```{.python .input}\n#@tab all\n%s\n```\n\n'
CODE = '\n'.join(f'def function_{n}(argument):\n    return {n * 10**60}\n'
                 for n in range(20))
TALL = SVG.replace('0 0 72 36', '0 0 200 300')
PAGE = (r'''
# A Page with Quite a Long Title, Which Somebody Thought Would Be a Good One

[**Some text.**]
''' + CELL % 'plot()' + r'''
[**Other text, with a formula,**]

(**$$\sum_{i=1}^n \frac{a_i}{b_i} + \sum_{j=1}^m \frac{c_j}{d_j} = 1$$**)
''' + CELL % CODE + f'[**{"A long text. " * 100}**]\n' + r'''
[**
| a table | of words |
|---|---|
''' + f'| {"words " * 20} | {"words " * 20} |\n' * 6 + r'''
**]
''' + CELL % 'print()' + '[**Last.**]' + CELL % "plot('tall')" + 'end\n')
OUTSIDE = '''() => {
  const slide = Reveal.getCurrentSlide();
  const box = slide.getBoundingClientRect();
  return [...slide.querySelectorAll(':scope > :not(aside), .body *')].filter(
    (part) => { const own = part.getBoundingClientRect();
      return own.width && (own.left < box.left - 1 || own.right > box.right + 1
        || own.top < box.top - 1 || own.bottom > box.bottom + 1); }).map(
    (part) => part.outerHTML.slice(0, 80)); }'''


@pytest.fixture(scope='module')
def deck(tmp_path_factory):
    folder = tmp_path_factory.mktemp('slides')
    book = make_book(folder, PAGE)
    write_recording(book, book.pages[0], 'pytorch', {
        0: [SVG], 2: ['a very long line of words ' * 20 + '\n'],
        3: [TALL, 'printed\n']})
    return build_slides(book, 'pytorch', folder / 'out').paths['index']


@pytest.fixture
def open_deck(deck, chromium):
    """Return a function that opens the deck; see open_page."""
    contexts = []

    def open_deck(query='', **options):
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.said, page.asked = [], []
        page.on('console', lambda message: page.said.append(message.text))
        page.on('pageerror', lambda error: page.said.append(str(error)))
        page.on('request', lambda request: page.asked.append(request.url))
        page.goto(f'{deck.as_uri()}{query}')
        page.wait_for_function('Reveal.isReady()')
        return page

    yield open_deck
    for context in contexts:
        context.close()


@pytest.mark.parametrize('size', [(1280, 720), (1024, 768), (400, 700)])
def test_through_all_slides(open_deck, size):
    page = open_deck(viewport=dict(zip(('width', 'height'), size)))
    total = page.evaluate('Reveal.getTotalSlides()')
    assert total > 8
    for n in range(1, total + 1):
        assert page.locator('.slide-number').inner_text().split() == [
            f'{n}', '/', f'{total}']
        assert page.evaluate(OUTSIDE) == []
        page.keyboard.press('ArrowRight')
    assert page.evaluate('Reveal.isLastSlide()')
    assert page.said == []
    assert len(page.asked) > 5
    assert [url for url in page.asked if not url.startswith('file:')] == []


def test_a_tall_plot_has_a_side_for_itself(open_deck):
    page = open_deck()
    box = page.evaluate('''() => { Reveal.slide(Reveal.getTotalSlides() - 1);
      const [plot, text] = ['.plot', '.printed'].map((name) => Reveal
        .getCurrentSlide().querySelector(name).getBoundingClientRect());
      return [plot.right <= text.left, plot.height / innerHeight]; }''')
    assert box[0] and box[1] > 0.7


def test_letters_are_large(open_deck):
    """In print a slide has 1280 pixels; code has 20 of them."""
    page = open_deck(viewport={'width': 1280, 'height': 720})
    sizes = page.evaluate('''() => Reveal.getSlides().flatMap((slide) =>
      [...slide.querySelectorAll('pre.code')].map(
        (code) => parseFloat(getComputedStyle(code).fontSize)))''')
    assert len(sizes) > 4 and min(sizes) >= 18


def test_the_speaker_has_notes(open_deck):
    page = open_deck()
    page.keyboard.press('ArrowRight')
    with page.context.expect_page() as opened:
        page.keyboard.press('s')
    speaker = opened.value
    speaker.get_by_text('Some text.').first.wait_for()
    assert page.said == []


def test_print(open_deck):
    page = open_deck('?print-pdf')
    page.wait_for_selector('.pdf-page')
    total = page.evaluate('Reveal.getTotalSlides()')
    assert page.locator('.pdf-page').count() == total
