"""What this book's recordings and runs rest on, tried on a copy of it."""
import re
import shutil

import pytest

from builder.config import load_config
from builder.record.basis import reached
from builder.record.recording import load_recording
from builder.source.book import load_book
from evidence import fingerprint as runs
from evidence.chapter import ROOT

pytestmark = pytest.mark.slow

# Modules whose definitions count for no number: the look, and how the data,
# whose content is verified, gets here.
UNCOUNTED = {'d2l/plotting.py', 'd2l/axes.py',
             'd2l/training_curves.py', 'd2l/fetch.py', 'd2l/quiet.py',
             'd2l/download.py', 'd2l/places.py'}


@pytest.fixture(scope='module')
def project(tmp_path_factory):
    """A copy of what recordings and runs rest on."""
    folder = tmp_path_factory.mktemp('project')
    for name in ('config.ini', 'CITATION.cff', 'requirements',
                 'chapter_optimization',
                 'static', 'd2l', 'notebooks', 'evidence/runs',
                 'evidence/certificates'):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, folder / name)
    book = load_book(load_config(ROOT / 'config.ini'))
    book.config = load_config(folder / 'config.ini')
    return book


@pytest.fixture
def edit(project, monkeypatch):
    """Return a function that edits modules of the copy, for one test."""
    folder = project.config.folder
    monkeypatch.setattr(runs, 'ROOT', folder)
    before = {}

    def edit(name, *pairs):
        path = folder / name
        text = before.setdefault(path, path.read_text('utf-8'))
        for old, new in zip(pairs[::2], pairs[1::2]):
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, 'utf-8')

    yield edit
    for path, text in before.items():
        path.write_text(text, 'utf-8')


def problems(book):
    return {(page.name, tab): load_recording(book, page, tab).problems
            for page in book.notebooks() for tab in book.config.tabs}


def codes(book):
    return {tab: runs.fingerprint(tab)[0] for tab in book.config.tabs}


def test_what_does_not_touch_numbers(project, edit):
    before = problems(project), codes(project)
    edit('d2l/schedulers.py', '@dataclass(frozen=True)\nclass SquareRoot', '''
@dataclass(frozen=True)
class NewScheduler:
    lr: float = 0.1

    def __call__(self, t):
        return self.lr


@dataclass(frozen=True)
class SquareRoot''')
    edit('d2l/torch.py', 'def set_lr(trainer: Trainer, lr: SupportsFloat) -> '
         'None:\n    """Set', 'def set_lr(trainer, lr):\n    """Choose')
    edit('d2l/data.py', '_limited', '_part_of', '_idx', '_array_in')
    edit('d2l/jax.py', '_num_correct', '_count')
    assert (problems(project), codes(project)) == before


def test_what_sets_the_rate(project, edit):
    before = problems(project), codes(project)
    edit('d2l/torch.py', "group['lr'] = lr", "group['lr'] = 2 * lr")
    after = problems(project), codes(project)
    for key, found in after[0].items():
        assert before[0][key] == []
        assert ('set_lr' in '; '.join(found)) is ('pytorch' in key)
        assert bool(found) is ('pytorch' in key)
    assert {tab for tab in after[1] if after[1][tab] != before[1][tab]} == {
        'pytorch'}


def test_a_schedule_is_no_matter_of_runs(project, edit):
    before = codes(project)
    edit('d2l/schedulers.py', 'math.cos', 'math.sin')
    assert codes(project) == before
    changed = {key for key, found in problems(project).items() if re.search(
        'd2l/schedulers.py: CosineScheduler.* changed', '\n'.join(found))}
    assert changed == {
        (page.name, tab) for page in project.notebooks()
        for tab in project.config.tabs
        if any('d2l.CosineScheduler' in cell.source
               for _, cell in page.code(tab))}
    assert {tab for _, tab in changed} == {*project.config.tabs}


def test_every_module_that_counts_is_listed(project):
    """A definition that cells reach in a module that config.ini does not
    list would change numbers unseen."""
    for page in project.notebooks():
        for tab in project.config.tabs:
            sources = [cell.source for _, cell in page.code(tab)]
            found = reached(project.config, tab, sources).unlisted
            assert {path for path, _ in found} <= UNCOUNTED
    for tab in project.config.tabs:
        assert {path for path, _ in runs.reached(tab).unlisted} <= UNCOUNTED
