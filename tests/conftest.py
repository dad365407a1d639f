"""What tests of all kinds share."""
import os
import shutil

import pytest
from hypothesis import settings

# The same examples every time, so that a change is to blame for what it
# breaks; BUILDER_FUZZ looks for new ones.
settings.register_profile('same', derandomize=not os.environ.get(
    'BUILDER_FUZZ'), deadline=None)
settings.load_profile('same')


@pytest.fixture(scope='session')
def chromium():
    """One browser for all tests: Playwright runs once in a process."""
    from playwright.sync_api import sync_playwright
    path = shutil.which('chromium') or shutil.which('google-chrome')
    assert path, "these tests need Chromium; Debian's package is `chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path,
                                             args=['--no-sandbox'])
        yield browser
        browser.close()
