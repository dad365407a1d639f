"""The chapter's marks of slides: what they make, and that they cost nothing
elsewhere."""
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from builder.config import load_config
from builder.publish.pages import PageWriter
from builder.publish.sources import Sources
from builder.record.notebook import make_notebook
from builder.record.recording import load_recording
from builder.source.book import load_book
from builder.source.deck import Cells, make_slides

ROOT = Path(__file__).parents[2]
BOOK = load_book(load_config(ROOT / 'config.ini'))
CHAPTER = BOOK.notebooks()[0]
TABS = [*BOOK.config.tabs]


def unmarked(text):
    """Return a source without the marks of slides, by a rule of its own: they
    stand on no line of code, and nowhere as plain text."""
    parts = re.split(r'^(```+.*?^```+)$', text, flags=re.M | re.DOTALL)
    parts[::2] = [re.sub(r'[\[(]\*\*|\*\*[\])]', '', re.sub(
        r'[\[(]~~.*?~~[\])]', '', part, flags=re.DOTALL))
        for part in parts[::2]]
    return ''.join(parts)


@pytest.fixture(scope='module')
def plain(tmp_path_factory):
    """The book with a chapter that has no marks."""
    folder = tmp_path_factory.mktemp('book')
    config = (ROOT / 'config.ini').read_text('utf-8')
    judges = re.compile(r'^(\w+) = (evidence\.[\w.]+):(\w+)$', re.M)
    for key, module, function in judges.findall(config):
        # A judge must be in the book's folder; this one passes questions on.
        (folder / f'plain_{key}.py').write_text(
            f'from {module} import {function}\n')
    (folder / 'config.ini').write_text(
        judges.sub(r'\1 = plain_\1:\3', config), 'utf-8')
    pages = Path(CHAPTER.path).parent
    for name in ('d2l', 'evidence', 'static', 'requirements', 'notebooks',
                 pages):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / 'CITATION.cff', folder)
    path = folder / CHAPTER.path
    path.write_text(unmarked(path.read_text('utf-8')), 'utf-8')
    return load_book(load_config(folder / 'config.ini'))


def test_marks_change_no_page_and_no_notebook(plain):
    """But for the marks, which are taken out before anything is read."""
    page = plain.notebooks()[0]
    assert sum(len(text.prose.slides) for text in CHAPTER.texts) > 50
    assert not any(text.prose.slides for text in page.texts)
    assert written(BOOK, CHAPTER) == written(plain, page)
    for tab in TABS:
        assert (make_notebook(BOOK, CHAPTER, tab)
                == make_notebook(plain, page, tab))


def written(book, page):
    """Return a page as Sphinx gets it, without what its lab takes from
    modules of ours."""
    book = replace(book, config=replace(book.config, lab_images='',
                                        lab_runs=''))
    recordings = {tab: load_recording(book, page, tab) for tab in TABS}
    return PageWriter(book, page, recordings, Sources(book.config)).write()


@pytest.mark.parametrize('tab', TABS)
def test_the_slides(tab):
    """Some forty of them before what does not fit is cut; none has only a
    title, and each has something to say about it."""
    errors = []
    slides = make_slides(CHAPTER, tab, errors)
    assert errors == [] and 28 <= len(slides) <= 45
    assert all(slide.parts for slide in slides)
    shown = {cell.source for slide in slides for part in slide.parts
             if isinstance(part, Cells) and part.code
             for _, cell in part.cells}
    assert any('def train(' in source for source in shown)
    assert any('class CosineScheduler' in source for source in shown)
