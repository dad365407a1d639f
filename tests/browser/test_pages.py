"""Our own pages in a real browser, from files, as a reader uses them."""
import gzip
import io
import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from builder.publish.katex import KATEX

from .conftest import CHAPTER, ROOT

AXE = KATEX.parents[1] / 'axe-core' / 'axe.min.js'


def chosen(page):
    """Return the tabs that are chosen in the page's tab-sets, and the one
    that the bar shows."""
    shown = page.evaluate('''() => [...new Set([...document.querySelectorAll(
        '.sd-tab-set > input:checked')].map(
        (input) => input.nextElementSibling.dataset.syncId))]''')
    pressed = page.locator('.framework-bar [aria-pressed=true]')
    return shown, pressed.inner_text()


def test_one_choice_for_the_whole_book(open_page):
    page = open_page()
    assert chosen(page) == (['pytorch'], 'PyTorch')
    page.locator('.framework-bar button', has_text='JAX').click()
    assert chosen(page) == (['jax'], 'JAX')
    assert page.get_by_text('JAX has no place of its own yet').is_visible()
    page.reload()
    assert chosen(page) == (['jax'], 'JAX')
    assert chosen(open_page())[0] == ['jax']


def test_an_address_chooses(open_page):
    assert chosen(open_page(query='?tab=mxnet')) == (['mxnet'], 'MXNet')
    assert chosen(open_page())[0] == ['mxnet']


def test_arrow_keys(open_page):
    page = open_page()
    page.locator('.framework-bar button').first.focus()
    page.keyboard.press('ArrowRight')
    assert chosen(page) == (['mxnet'], 'MXNet')
    page.keyboard.press('ArrowLeft')
    page.keyboard.press('ArrowLeft')
    assert chosen(page) == (['jax'], 'JAX')


IN_VIEW = '''() => {
  const edge = document.querySelector('.framework-bar')
    .getBoundingClientRect().bottom;
  window.seen = [...document.querySelectorAll(
    'article section > :not(section):not(.framework-bar)')].find((block) => {
    const box = block.getBoundingClientRect();
    return box.height > 0 && box.bottom > edge; });
  return window.seen.getBoundingClientRect().top; }'''


@pytest.mark.parametrize('width', [1280, 390])
def test_the_readers_place_is_held(open_page, width):
    page = open_page(width=width)
    height = page.evaluate('document.body.scrollHeight')
    moved = []
    for part in (0.2, 0.4, 0.6, 0.8):
        for tab in ('TensorFlow', 'PyTorch'):
            page.evaluate('(y) => window.scrollTo({top: y, behavior: '
                          '"instant"})', part * height)
            before, y = page.evaluate(IN_VIEW), page.evaluate('scrollY')
            page.locator('.framework-bar button', has_text=tab).click()
            page.wait_for_timeout(100)
            after = page.evaluate(
                'window.seen.getBoundingClientRect().top')
            assert abs(after - before) < 2, (part, tab)
            moved.append(page.evaluate('scrollY') != y)
    assert any(moved)  # or there was nothing to hold


def test_beside_the_bar_cells_have_no_rows_of_tabs(open_page):
    page = open_page(query='?tab=jax')
    labels = page.locator('.cell > label:visible')
    assert {*labels.all_inner_texts()} == {'JAX'}
    sets = page.locator('.cell.sd-tab-set').count()
    assert 0 < labels.count() < sets  # of outputs none
    assert page.locator('.cell > input:visible').count() == 0


def test_without_a_script_each_cell_has_its_row(open_page):
    page = open_page(java_script_enabled=False)
    assert not page.locator('.framework-bar').is_visible()
    row = page.locator('.cell.sd-tab-set').first.locator('> label')
    assert row.all_inner_texts() == ['PyTorch', 'MXNet', 'TensorFlow', 'JAX']
    row.nth(3).click()
    assert page.locator('.cell.sd-tab-set').first.locator(
        '> .sd-tab-content').nth(3).is_visible()


def test_the_bar_is_always_in_reach(open_page):
    for width in (1280, 390):
        page = open_page()
        page.set_viewport_size({'width': width, 'height': 800})
        page.evaluate('window.scrollTo({top: 3000, behavior: "instant"})')
        assert 0 <= page.locator('.framework-bar').bounding_box()['y'] < 100


def test_nothing_comes_from_elsewhere_and_little_at_all(open_page):
    page = open_page()
    assert page.said == []
    assert {urlsplit(url).scheme for url in page.asked} <= {'file', 'data'}
    files = {Path(unquote(urlsplit(url).path)) for url in page.asked
             if url.startswith('file:')}
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files
                 if path.suffix != '.svg')
    print(f'{len(files)} files, {weight / 1000:.0f} kB without plots')
    assert weight <= 200_000


def test_the_layout_is_stable_while_loading(open_page):
    page = open_page(query='?tab=jax')
    shift = page.evaluate('''() => new Promise((done) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of
        list.getEntries()) sum += entry.value;
      }).observe({type: 'layout-shift', buffered: true});
      setTimeout(() => done(sum), 300); })''')
    assert shift < 0.05


def test_a_citation_says_what_it_cites(open_page):
    page = open_page()
    page.locator('article a', has_text='LeCun et al., 1998').hover()
    preview = page.locator('#preview')
    assert 'Gradient-Based Learning Applied to Document' in (
        preview.inner_text())
    page.mouse.move(0, 0)
    assert not preview.is_visible()
    page.locator('article a', has_text='Xiao et al., 2017').focus()
    assert preview.is_visible()
    page.keyboard.press('Escape')
    assert not preview.is_visible()
    other = page.locator('article a', has_text='Section 12.6 of D2L').first
    assert other.get_attribute('title') == 'Momentum (D2L)'


CLAIM = 'article p a[href^="claims.html#claim-"]'


def test_a_number_says_what_it_means(open_page):
    """To the pointer and to the keyboard, once; and leads to its claim."""
    page = open_page()
    number = page.locator(f'{CLAIM}:visible', has_text='±').first
    preview = page.locator('#preview')
    assert number.get_attribute('title') is None
    for point in (number.hover, number.focus):
        point()
        said = preview.inner_text()
        for part in ('95 % interval', 'seeds', 'by Holm', 'Study: '):
            assert part in said, part
        assert number.get_attribute('aria-describedby') == 'preview'
        page.mouse.move(0, 0)
        page.keyboard.press('Escape')
        assert not preview.is_visible()
    number.click()
    page.wait_for_load_state()
    claim = page.url.partition('#')[2]
    assert claim.startswith('claim-')
    links = page.locator(f'section:has(> [id="{claim}"]), '
                         f'section[id="{claim}"]').last.locator('a')
    names = ' '.join(links.all_inner_texts())
    for part in ('claims.toml, line', 'First round', '.jsonl'):
        assert part in names, part


def test_a_number_without_a_script(open_page, site):
    page = open_page(java_script_enabled=False)
    links = page.locator(CLAIM)
    assert links.count() > 10
    claims = (site / 'claims.html').read_text('utf-8')
    for link in links.all():
        assert '95 % interval' in link.get_attribute('title') or (
            'means of' in link.get_attribute('title'))
        assert f'id="{link.get_attribute("href").partition("#")[2]}"' in claims


@pytest.mark.parametrize('width', [390, 1280])
def test_the_picture_of_effects_is_whole_or_can_be_moved(open_page, width):
    page = open_page('claims', width=width)
    figure = page.locator('figure.effects')
    assert figure.locator('img').get_attribute('alt').startswith('Forest')
    size = figure.evaluate('(f) => [f.scrollWidth, f.clientWidth]')
    if width == 1280:
        assert size[0] <= size[1]
    else:
        assert figure.evaluate(
            '(f) => { f.scrollLeft = 9999; return f.scrollLeft; }') > 0


def test_links_to_cells(open_page):
    page = open_page()
    link = page.locator('.cell-link').nth(3)
    target = link.get_attribute('href')[1:]
    page.locator(f'[id="{target}"]').hover()
    link.click()
    assert page.url.endswith(f'#{target}')
    other = page.locator('.cell-link').nth(4)
    other.focus()  # the keyboard gets there, too
    assert other.evaluate('(link) => getComputedStyle(link).opacity') == '1'


def test_nothing_moves_after_a_change_elsewhere(open_page):
    page = open_page()
    page.evaluate('window.scrollTo({top: 4000, behavior: "instant"})')
    page.evaluate("""() => { const box = document.querySelector(
      '.sidebar-search, input[type=checkbox]');
      box.dispatchEvent(new Event('change', {bubbles: true})); }""")
    assert page.evaluate('scrollY') == 4000


@pytest.mark.parametrize('width', [320, 390, 768, 1200, 1300])
def test_no_page_is_wider_than_the_screen(open_page, site, width):
    for path in sorted(site.glob('*.html')):
        page = open_page(path.stem, width=width)
        over = page.evaluate('document.documentElement.scrollWidth'
                             ' - window.innerWidth')
        assert over <= 0, path.name


@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('name', ['index', CHAPTER, f'{CHAPTER}-practice',
                                  f'{CHAPTER}-modern', 'claims',
                                  f'de/{CHAPTER}'])
def test_axe_finds_nothing_serious(open_page, name, scheme):
    page = open_page(name, color_scheme=scheme)
    page.add_script_tag(path=AXE)
    found = page.evaluate('axe.run({resultTypes: ["violations"]})')
    serious = [(v['id'], v['help'], [node['html'][:120] for node in
                                     v['nodes'][:4]])
               for v in found['violations']
               if v['impact'] in ('serious', 'critical')]
    assert serious == [], json.dumps(serious, indent=1)


def test_search_finds_code(open_page):
    page = open_page('search', query='?q=CosineAnnealingLR')
    page.locator('#search-results li a').first.wait_for()
    assert CHAPTER in page.locator(
        '#search-results li a').first.get_attribute('href')


@pytest.mark.parametrize('tab', ['pytorch', 'jax'])
def test_the_notebook_of_the_chosen_tab(open_page, site, tab):
    page = open_page(query=f'?tab={tab}')
    link = page.locator('.provenance a.download:visible').first
    got = json.loads((site / link.get_attribute('href')).read_text('utf-8'))
    ours = json.loads((ROOT / 'notebooks' / tab / f'{CHAPTER}.ipynb'
                       ).read_text('utf-8'))
    assert got == ours


def test_print_shows_no_controls(open_page):
    page = open_page()
    page.emulate_media(media='print')
    assert not page.locator('.framework-bar').is_visible()


def test_a_link_into_the_page_arrives_at_once(open_page):
    page = open_page()
    page.emulate_media(reduced_motion='no-preference')
    links = page.locator('article p a.internal[href^="#"]')
    last = links.nth(links.count() - 1)
    last.evaluate('(link) => link.scrollIntoView()')
    target = page.locator(f'[id="{last.get_attribute("href")[1:]}"]')
    there = last.evaluate('(link) => { link.click(); return scrollY; }')
    page.wait_for_timeout(300)
    assert page.evaluate('scrollY') == there
    assert 0 <= target.bounding_box()['y'] < 800


def edges(page, block):
    """Return the darkest pixel in the columns at both edges of a block."""
    picture = Image.open(io.BytesIO(block.screenshot())).convert('L')
    width, height = picture.size
    return [picture.crop((x, 8, x + 1, height - 8)).getextrema()[0]
            for x in (2, width - 3)]


def test_code_that_goes_on_says_so(open_page):
    page = open_page(width=390, color_scheme='light')
    blocks = page.locator('article .highlight-python pre:visible').all()
    over = '(pre) => pre.scrollWidth > pre.clientWidth'
    wide = next(block for block in blocks if block.evaluate(over))
    narrow = next(block for block in blocks if not block.evaluate(over))
    page.add_style_tag(content=
                       '.highlight pre * { color: transparent !important }')
    ground = max(edges(page, narrow))
    assert edges(page, narrow) == [ground, ground]
    left, right = edges(page, wide)
    assert left == ground and right < ground - 20
    wide.evaluate('(pre) => pre.scrollTo(pre.scrollWidth, 0)')
    left, right = edges(page, wide)
    assert left < ground - 20 and right == ground


def test_printed_code_is_whole(open_page):
    page = open_page(width=600)
    page.emulate_media(media='print')
    assert page.evaluate("""() => [...document.querySelectorAll(
      'article .highlight pre')].filter((pre) => pre.offsetParent
      && pre.scrollWidth > pre.clientWidth + 1).length""") == 0


def in_view(page, selector):
    """Return whether the middle of an element is on the screen."""
    box = page.locator(selector).bounding_box()
    size = page.viewport_size
    return bool(box) and (0 <= box['x'] + box['width'] / 2 < size['width']
                          and 0 <= box['y'] + 10 < size['height'])


@pytest.mark.parametrize('width', [1600, 1300, 1190])
def test_a_wide_page_shows_its_sections(open_page, width):
    page = open_page(width=width)
    page.evaluate('window.scrollTo({top: 4000, behavior: "instant"})')
    assert in_view(page, '.toc-drawer .toc-tree')
    article = page.locator('article').bounding_box()
    drawer = page.locator('.toc-drawer').bounding_box()
    assert article['x'] + article['width'] <= drawer['x']
    assert article['width'] >= 600
    assert page.locator('.toc-overlay-icon:visible').count() == 0


@pytest.mark.parametrize('width', [1180, 1024, 700, 390])
@pytest.mark.parametrize('script', [True, False])
def test_a_button_opens_the_sections(open_page, width, script):
    page = open_page(width=width, java_script_enabled=script)
    page.mouse.wheel(0, 4000)
    page.wait_for_function('scrollY > 3000') if script else (
        page.wait_for_timeout(300))
    links = page.locator('.toc-tree a')
    assert not links.nth(1).is_visible()
    button = page.locator('.toc-overlay-icon:visible')
    assert button.count() == 1 and 0 <= button.bounding_box()['y'] < 60
    button.click()
    page.wait_for_timeout(400)
    assert in_view(page, '.toc-drawer .toc-tree')
    if script:
        before = page.evaluate('scrollY')
        assert before > 3000  # nothing jumped
        links.nth(3).click()
        page.wait_for_timeout(400)
        assert not in_view(page, '.toc-drawer')
        target = links.nth(3).get_attribute('href')[1:]
        assert 0 <= page.locator(f'[id="{target}"]').bounding_box()['y'] < 200


def test_the_keyboard_opens_the_sections(open_page):
    page = open_page(width=1024)
    button = page.get_by_role('button', name='Sections of this page')
    assert button.get_attribute('aria-expanded') == 'false'
    button.focus()
    page.keyboard.press('Enter')
    assert button.get_attribute('aria-expanded') == 'true'
    assert page.evaluate(
        "document.activeElement.closest('.toc-drawer') !== null")
    page.keyboard.press('Escape')
    assert button.get_attribute('aria-expanded') == 'false'
    assert page.evaluate('document.activeElement.getAttribute("role")'
                         ) == 'button'


@pytest.mark.parametrize('motion', ['no-preference', 'reduce'])
def test_a_link_from_elsewhere_arrives_at_once(open_page, motion):
    page = open_page('index', reduced_motion=motion)
    target = open_page().locator('article section section').last
    name = target.get_attribute('id')
    page.goto(page.url.replace('index.html', f'{CHAPTER}.html#{name}'))
    there = page.evaluate('scrollY')
    page.wait_for_timeout(300)
    assert there > 4000 and page.evaluate('scrollY') == there


def test_code_on_a_phone_is_a_little_smaller(open_page):
    size = """(pre) => parseFloat(getComputedStyle(pre).fontSize)"""
    sizes = []
    for width in (1280, 390):
        page = open_page()
        page.set_viewport_size({'width': width, 'height': 800})
        sizes.append(page.locator('article .highlight-python pre').first
                     .evaluate(size))
    assert 11 <= sizes[1] < sizes[0]
