"""Our own pages in a real browser, from files, as a reader uses them."""
from pathlib import Path

import pytest

from builder.config import load_config
from builder.publish.html import build_html
from builder.source.book import load_book

ROOT = Path(__file__).parents[2]
CHAPTER = 'lr-scheduler'


@pytest.fixture(scope='session')
def site(tmp_path_factory):
    """The folder of the pages, built anew."""
    book = load_book(load_config(ROOT / 'config.ini'))
    return build_html(book, tmp_path_factory.mktemp('site')).parent


@pytest.fixture
def open_page(site, chromium):
    """Return a function that opens a page in a browser of its own; its
    `said` and `asked` list messages on the console and addresses."""
    contexts = []

    def open_page(name=CHAPTER, query='', width=1280, **options):
        if not contexts:
            contexts.append(chromium.new_context(
                viewport={'width': width, 'height': 800}, **options))
        page = contexts[0].new_page()
        page.said, page.asked = [], []
        page.on('console', lambda message: page.said.append(message.text))
        page.on('pageerror', lambda error: page.said.append(str(error)))
        page.on('request', lambda request: page.asked.append(request.url))
        page.goto(f'{(site / name).as_uri()}.html{query}')
        return page

    yield open_page
    for context in contexts:
        context.close()
