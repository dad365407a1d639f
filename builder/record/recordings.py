"""All recordings of a book, each read once, and what is wrong with them."""
import os
from collections import Counter
from collections.abc import Iterator, Mapping

from builder.record.checksums import file_checksum
from builder.record.recording import (
    Recording,
    load_recording,
    update_text,
    write_unrun,
)
from builder.source.book import Book
from builder.source.page import Page


class Recordings(Mapping[tuple[str, str], Recording]):
    """{(a page's name, a tab's name): Recording}, each loaded when it is
    first asked for.

    sources: {path: checksum} of the files that the book was read from, as
        they were before anything was made of it.
    """

    def __init__(self, book: Book):
        self.book = book
        self.sources = {name: file_checksum(book.config.folder / name)
                        for name in _files(book)}
        self._pages = {page.name: page for page in book.pages}
        self._loaded: dict[tuple[str, str], Recording] = {}

    def __getitem__(self, key: tuple[str, str]) -> Recording:
        if key not in self._loaded:
            page, tab = key
            self._loaded[key] = load_recording(self.book, self._pages[page],
                                               tab)
        return self._loaded[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((page, tab) for page in self._pages
                for tab in self.book.config.tabs)

    def __len__(self) -> int:
        return len(self._pages) * len(self.book.config.tabs)

    def notebooks(self) -> list[tuple[Page, str]]:
        """Return (Page, tab's name) of all notebooks that there should be."""
        return [(page, tab) for page in self.book.notebooks()
                for tab in page.tabs if page.code(tab)]

    def problems(self) -> list[str]:
        """Return what is wrong with the recordings, and how to mend it."""
        never = self._never()
        said = [f'none of the {number} notebooks in notebooks/{tab} was ever '
                'recorded: pages show code without outputs. Record them: make '
                f'run TAB={tab}' for tab, number in never.items()]
        for page, tab in self.notebooks():
            if tab in never:
                continue
            recording = self[page.name, tab]
            name = f'notebooks/{tab}/{page.name}.ipynb'
            if recording.problems:
                said.append(f'{name} is stale: '
                            f'{"; ".join(recording.problems)}. '
                            f'Refresh it: make run TAB={tab}')
            elif recording.text_differs and not self.book.left_out:
                said.append(f'{name}: its text is not that of the source. '
                            'Refresh it: make notebooks')
        return said + self._strays()

    def _never(self) -> dict[str, int]:
        """Return {tab: number} of the notebooks of each tab that has several
        and no recording of any."""
        tabs = Counter(tab for _, tab in self.notebooks())
        run = {tab for page, tab in self.notebooks()
               if self.book.config.notebook(tab, page.name).exists()}
        return {tab: number for tab, number in tabs.items()
                if number > 1 and tab not in run}

    def _strays(self) -> list[str]:
        """Return the notebooks on disk of pages that the book has not."""
        wanted = {self.book.config.notebook(tab, page.name)
                  for page, tab in self.notebooks()}
        wanted |= {self.book.config.notebook(tab, page.name)
                   for page in self.book.left_out for tab in page.tabs}
        folder = self.book.config.folder
        found = [path.relative_to(folder) for path in sorted(
            (folder / 'notebooks').rglob('*.ipynb')) if path not in wanted]
        return [f'{path.as_posix()}: the book has no such notebook; remove '
                'it, or name its page in a table of contents'
                for path in found if path.parts[1] != 'colab'
                and not any(part.startswith('.') for part in path.parts)]

    def update_text(self, page: Page, tab: str) -> str:
        """Write today's prose into a recorded notebook whose code is
        today's, or a notebook that was never run; return what was done, in
        words."""
        done = write_unrun(self.book, page, tab)
        if done:
            self._loaded.pop((page.name, tab), None)
            return f'{done}, without outputs'
        found = update_text(self.book, page, tab)
        if found.problems:
            return f'left alone, {found.problems[0]}; make run TAB={tab}'
        if not found.text_differs:
            return 'up to date'
        self._loaded.pop((page.name, tab), None)
        return 'text updated, outputs kept'


def _files(book: Book) -> Iterator[str]:
    """Yield the paths of the files that a book was read from."""
    config = book.config
    yield config.file
    yield from (page.path for page in (*book.pages, *book.left_out))
    for path in (config.bibliography, config.citation):
        if path:
            yield os.path.relpath(path, config.folder)
