"""What stands where on a page: sections and wide tables."""
import pytest


@pytest.mark.parametrize('width', [1400, 1920])
def test_the_list_of_sections_marks_where_a_link_leads(open_page, width):
    page = open_page(width=width)
    page.add_style_tag(content='* { scroll-behavior: auto !important; }')
    links = page.locator('.toc-tree a:not([href="#"])')
    assert links.count() > 15
    for n in range(links.count()):
        target = links.nth(n).get_attribute('href')
        page.evaluate('(to) => { location.hash = to; }', target)
        page.wait_for_selector(
            f'.toc-tree li.scroll-current > a[href="{target}"]', timeout=5000)
        below, words = page.evaluate('''(to) => {
          const words = document.createRange();
          words.selectNodeContents(document.querySelector(to)
            .closest('section').querySelector(':scope > :is(h2, h3, h4)'));
          return [document.querySelector('.framework-bar'), words].map(
            (it) => it.getBoundingClientRect()).map(
            (box, n) => n ? box.top : box.bottom);
        }''', target)
        assert below < words < 100


def test_the_table_of_claims_is_seen_whole(open_page):
    page = open_page('claims', width=1400)
    table, room = page.evaluate('''() => {
      const table = document.querySelector('table.claims');
      return [table.scrollWidth, table.parentElement.clientWidth]; }''')
    assert 600 < table <= room
