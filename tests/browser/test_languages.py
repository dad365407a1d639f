"""The choice of a language, in a real browser."""
import pytest

from .conftest import CHAPTER
from .test_pages import chosen

AT = '''() => {
  const edge = innerHeight / 4;
  const places = [...document.querySelectorAll(
    'article :is(section, div[id*="-code-"])')];
  const place = places.filter(
    (each) => each.getBoundingClientRect().top <= edge).pop();
  return [place.id, place.getBoundingClientRect().top]; }'''


def go_to(page, y):
    page.evaluate('(y) => scrollTo({top: y, behavior: "instant"})', y)


def switch(page):
    """Choose the other language: where the page has no room for the list of
    pages, it opens by a button, which stays in reach."""
    link = page.locator('.languages a')
    if page.viewport_size['width'] < 1000:
        page.locator('.nav-overlay-icon:visible').click()
        page.wait_for_timeout(400)
    with page.expect_navigation(wait_until='load'):
        link.click()
    page.wait_for_function('!location.hash')


@pytest.mark.parametrize('width', [1280, 390])
def test_the_choice_keeps_page_place_and_framework(open_page, width):
    page = open_page(width=width)
    page.locator('.framework-bar button', has_text='JAX').click()
    for part in (0.05, 0.15, 0.6):
        go_to(page, part * page.evaluate('document.body.scrollHeight'))
        place, before = page.evaluate(AT)
        y = page.evaluate('scrollY')
        switch(page)
        assert page.url.endswith(f'/de/{CHAPTER}.html')
        assert page.locator('html').get_attribute('lang') == 'de'
        there, after = page.evaluate(AT)
        assert there == place and abs(after - before) < 800
        assert chosen(page) == (['jax'], 'JAX')
        switch(page)
        assert page.url.endswith(f'/{CHAPTER}.html')
        assert '/de/' not in page.url
        assert abs(page.evaluate('scrollY') - y) < 8, part


def test_from_the_top_it_leads_to_the_top(open_page):
    page = open_page('de/index')
    assert page.locator('.languages [aria-current]').inner_text() == 'Deutsch'
    switch(page)
    assert page.url.endswith('/index.html') and '#' not in page.url
    assert page.evaluate('scrollY') == 0
    assert page.said == []


def test_without_a_script_it_is_a_link(open_page):
    page = open_page('index', java_script_enabled=False)
    with page.expect_navigation():
        page.locator('.languages a').click()
    assert page.url.endswith('/de/index.html')


def test_scripts_speak_the_language_of_the_place(open_page):
    """A question that is not translated speaks English."""
    page = open_page(f'de/{CHAPTER}')
    german, english = (page.locator(f'#predict-{name}') for name in (
        'constant-rate', 'multi-factor-cut'))
    german.locator('button').nth(1).click()
    assert german.locator('.said').inner_text() == 'Richtig geschätzt:'
    assert german.locator('.again').inner_text() == 'Noch einmal schätzen'
    english.locator('button').first.click()
    assert english.locator('.again').inner_text() == 'Guess again'
    assert page.locator('.toc-overlay-icon').first.get_attribute(
        'aria-label') == 'Abschnitte dieser Seite'
    assert page.said == []


def test_search_in_german(open_page):
    page = open_page('de/search', query='?q=Konditionszahlen')
    link = page.locator('#search-results li a').first
    link.wait_for()
    assert link.inner_text() == 'Lernraten planen'


@pytest.mark.parametrize('width', [320, 768, 1280])
@pytest.mark.parametrize('name', ['index', CHAPTER])
def test_no_page_is_wider_than_the_screen(open_page, name, width):
    page = open_page(f'de/{name}', width=width)
    assert page.evaluate('document.documentElement.scrollWidth') <= width
