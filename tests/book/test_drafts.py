"""The whole chapter as drafted, before its notebooks are recorded: it is a
sound book, and what its runs rest on is what the recorded runs rest on."""
import dataclasses
from pathlib import Path

import pytest

from builder.book import load_book
from builder.cells import definition_cells
from builder.config import load_config
from builder.html import make_sources

ROOT = Path(__file__).parents[2]
CONFIG = load_config(ROOT / 'config.ini')


@pytest.fixture(scope='module')
def drafts():
    """Labels, citations and includes are right, and no claim fails."""
    return load_book(dataclasses.replace(
        CONFIG, root=ROOT / 'drafts' / 'index.md'))


def test_pages_can_be_made_of_them(drafts):
    assert [page.name for page in drafts.pages] == [
        'index', 'lr-scheduler', 'lr-scheduler-solutions']
    assert len(drafts.claims) > 15
    assert 'lr-scheduler.md' in make_sources(drafts)


@pytest.mark.parametrize('tab', CONFIG.tabs)
def test_their_training_is_that_of_the_recorded_runs(drafts, tab):
    cells = [cell.source for _, cell in drafts.pages[1].code(tab)]
    for source in definition_cells(tab):
        code = [line.partition('  # ')[0] for line in source.split('\n')
                if not line.strip().startswith('# ')]
        assert any([line.partition('  # ')[0] for line in cell.split('\n')
                    if not line.strip().startswith('# ')] == code
                   for cell in cells), source


def test_their_cells_are_narrow_enough_to_print(drafts):
    wide = [line for page in drafts.pages for tab in CONFIG.tabs
            for _, cell in page.code(tab)
            for line in cell.source.split('\n') if len(line) > 78]
    assert wide == []
