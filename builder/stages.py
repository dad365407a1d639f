"""The stages of `python -m builder`: each returns whether all is well.

Every stage takes the book's config.ini first, whatever it is called. What it
does lives in the rooms, which are imported when a stage needs them: `env`,
`tabs` and `skip` run on a Python that has nothing installed.
"""
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.config import Config, Tab, load_config
from builder.environment import ensure_environment, obstacle
from builder.errors import BuildError

if TYPE_CHECKING:
    from builder.record.recordings import Recordings
    from builder.source.book import Book

BUILD = '_build'
KATEX = Path(__file__).parent / 'publish' / 'katex'  # what it needs of npm


def env(file: Path, *names: str) -> bool:
    """Make environments."""
    for name in names:
        tab = load_config(file).tabs.get(name)
        if tab and obstacle(tab):
            raise BuildError(obstacle(tab))
        ensure_environment(file.parent, name)
    return True


def katex(file: Path) -> bool:
    """Install KaTeX into this Python's environment, for the pages."""
    from builder.install import Installer
    with open(os.devnull, 'w') as lock:
        Installer(Path(sys.prefix), lock.fileno()).install_katex(KATEX)
    return True


def new(file: Path) -> bool:
    """Write a config.ini for a book that has none, or has d2lbook's."""
    from builder.new import write_config
    path = write_config(file)
    print(f'{os.path.relpath(path)}: written; see what it says, then: '
          f'python -m builder --config {os.path.relpath(path)} html')
    return True


def tabs(file: Path) -> bool:
    """Print the names of the tabs."""
    print(*load_config(file).tabs)
    return True


def skip(file: Path, tab: str) -> bool:
    """Print why this Python cannot run a tab; all is well if it cannot."""
    reason = obstacle(_tab(load_config(file), tab))
    if reason:
        print(f'SKIPPED {tab}: {reason}')
    return bool(reason)


def run(file: Path, tab: str, *names: str) -> bool:
    """Run and record a tab's notebooks: of the pages named, or of all."""
    from builder.record.execute import record
    book = _book(file)
    pages = {page.name: page for page in book.notebooks()}
    for name in names:
        if name not in pages:
            raise BuildError(f'unknown page {name!r}, expected some of '
                             f'{", ".join(pages)}')
    for name in names or pages:
        record(book, pages[name], _tab(book.config, tab).name)
    return True


def notebooks(file: Path) -> bool:
    """Bring the prose of recorded notebooks, and Colab's copies, up to date,
    and write those that were never run; all is well if no recording is
    stale."""
    from builder.publish.colab import update_colab
    recordings = _recordings(file)
    config = recordings.book.config
    for page, tab in recordings.notebooks():
        done = recordings.update_text(page, tab)
        path = config.notebook(tab, page.name)
        print(f'{os.path.relpath(path, file.parent)}: {done}')
    for path in update_colab(config, recordings.notebooks()):
        print(f'{os.path.relpath(path, file.parent)}: written')
    return not any(recording.problems for recording in (
        recordings[page.name, tab] for page, tab in recordings.notebooks())
        if recording.about)


def lab(file: Path, tab: str) -> bool:
    """Copy the notebooks of a tab, and say where they are."""
    from builder.publish.lab import copy_notebooks
    book = _book(file)
    copies = copy_notebooks(book, _tab(book.config, tab).name,
                            file.parent / BUILD)
    for path, state in copies.items():
        print(f'{os.path.relpath(path, file.parent)}: '
              + ('kept as you left it; remove it to begin anew'
                 if state == 'changed' else f'a copy, {state}'))
    return True


def html(file: Path, *, without: str = '') -> bool:
    """Build the pages, without these, and say what `check` would."""
    from builder.publish.unchanged import (
        Built,
        built,
        note_built,
        project_checksum,
    )
    start, out = time.perf_counter(), file.parent / BUILD
    project = project_checksum(file, out, without)
    left = built(out, project)
    if left:
        _say(left.said)
    else:
        from builder.publish.html import build_html
        recordings = _handout(file, without)
        said = _say(_notes(recordings.book) + _problems(recordings))
        left = Built(build_html(recordings.book, out, recordings), said)
        note_built(out, project, left)
    print(f'pages: {time.perf_counter() - start:.1f} s')
    print(f'open {os.path.relpath(left.page)}')
    return True


def pdf(file: Path, *names: str, without: str = '') -> bool:
    """Build the PDFs of these tabs, or of all, without these pages."""
    from builder.publish.pdf import build_pdf
    return _editions(file, build_pdf, names, without)


def epub(file: Path, *names: str, without: str = '') -> bool:
    """Build the EPUBs of these tabs, or of all, without these pages."""
    from builder.publish.epub import build_epub
    return _editions(file, build_epub, names, without)


def _editions(file: Path, build: Callable[..., Path], names: tuple[str, ...],
              without: str) -> bool:
    recordings = _handout(file, without)
    book = recordings.book
    _say(_notes(book))
    for tab in [_tab(book.config, name) for name in names or
                book.config.tabs]:
        start = time.perf_counter()
        path = build(book, tab.name, file.parent / BUILD, recordings)
        print(f'{os.path.relpath(path)}: {time.perf_counter() - start:.1f} s')
    return True


def slides(file: Path, *names: str) -> bool:
    """Build the slides of these tabs, or of all."""
    from builder.publish.slides import build_slides
    recordings = _recordings(file)
    book = recordings.book
    _say(_notes(book))
    for tab in [_tab(book.config, name) for name in names or
                book.config.tabs]:
        decks = build_slides(book, tab.name, file.parent / BUILD, recordings)
        for path in decks.paths.values():
            print(os.path.relpath(path, file.parent))
        for name in decks.without:
            print(f'{name}: no deck for {tab.name}, since it marks nothing '
                  'for slides')
    return True


def translation(file: Path, language: str) -> bool:
    """Print what is not translated, with the marks that sections need."""
    from builder.source.translation import sections_of
    book = _book(file)
    if language not in book.translations:
        raise BuildError(f'{file.name} has no section [translation '
                         f'{language}]')
    done = book.translations[language]
    for page, other in zip(book.pages, done.pages, strict=True):
        for section in sections_of(page):
            why = section.texts and other.left.get(section.texts[0].id)
            if why:
                print(f'{page.path}:{section.line}: {section.title}: {why}: '
                      f'{section.mark}')
    return True


def linkcheck(file: Path) -> bool:
    """Ask for all addresses that the pages name."""
    from builder.publish.html import check_links
    check_links(_book(file), file.parent / BUILD)
    print('all addresses answer')
    return True


def check(file: Path) -> bool:
    """Print what is stale, and which claims lack runs."""
    recordings = _recordings(file)
    _say(_notes(recordings.book))
    return not _say(_problems(recordings))


def _say(problems: list[str]) -> list[str]:
    for problem in problems:
        print(problem)
    return problems


def _problems(recordings: 'Recordings') -> list[str]:
    """Return all that `check` fails for."""
    from builder.publish.colab import update_colab
    config = recordings.book.config
    book = recordings.book
    lacking = [claim.problem for claim in book.claims.values()]
    lacking += [study.problem for study in book.studies]
    outdated = update_colab(config, recordings.notebooks(), write=False)
    return [*filter(None, dict.fromkeys(lacking))] + recordings.problems() + [
        f'{os.path.relpath(path, config.folder)} is '
        + ('not of today. Refresh' if path.is_file() else 'missing. Write')
        + ' it: make notebooks' for path in outdated]


def _notes(book: 'Book') -> list[str]:
    return [f'note: {note}' for note in book.notes]


def _tab(config: Config, name: str) -> Tab:
    if name not in config.tabs:
        raise BuildError(f'unknown tab {name!r}, expected one of '
                         f'{", ".join(config.tabs)}')
    return config.tabs[name]


def _book(file: Path) -> 'Book':
    from builder.source.book import load_book
    return load_book(load_config(file))


def _recordings(file: Path) -> 'Recordings':
    from builder.record.recordings import Recordings
    return Recordings(_book(file))


def _handout(file: Path, without: str) -> 'Recordings':
    """Return the recordings of the book, mistakes and all, without what
    config.ini leaves out, and these pages."""
    from builder.record.recordings import Recordings
    from builder.source.book import load_book
    config = load_config(file)
    names = [*config.without, *without.replace(',', ' ').split()]
    config = replace(config, without=tuple(dict.fromkeys(names)))
    return Recordings(load_book(config, strict=False, handout=True))


Stage = Callable[..., bool]
STAGES: dict[str, Stage] = {
    stage.__name__: stage for stage in (
        new, katex, env, tabs, skip, notebooks, run, lab, html, pdf, epub,
        slides, translation, linkcheck, check)}
