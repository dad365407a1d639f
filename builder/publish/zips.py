"""What readers take along: a zip for each tab, which works by itself.

In it lie the tab's notebooks, each called by its page and the tab, all files
that they read and link to, the wheel of the book's package, and a README. Two
zips of the same book are equal to the last byte.
"""
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from builder import escape
from builder.config import Config
from builder.publish.sources import Sources
from builder.publish.wheel import make_wheel, named_files
from builder.record.needs import needs
from builder.record.notebook import NotebookProse, make_notebook
from builder.record.recording import Recording, code_cells, notebook_bytes
from builder.record.recordings import Recordings
from builder.source.book import Book, Page

_TIME = (1980, 1, 1, 0, 0, 0)  # of all files: the first that a zip can hold
_MODE = 0o100644  # readable for all


class ZipProse(NotebookProse):
    """Prose of a notebook in a zip: its links lead to what lies there, whose
    names go to `linked`, to the book's site, or nowhere."""

    def __init__(self, book: Book, page: Page, tab: str, wheel: str,
                 linked: set[str]):
        super().__init__(book, page, tab)
        self.folder = (book.config.folder / page.name).parent
        self.wheel, self.files = wheel, linked

    def install(self) -> str:
        return needs(self.book.config, self.tab, self.wheel)

    def linked(self, link: str) -> str:
        path, _, place = link.partition('#')
        try:
            name = self.book.file(self.page, path)
        except ValueError:  # a mistake that is told elsewhere
            return ''
        for page in self.book.pages:
            if page.path == name and self.page_address(page.name):
                return self.page_address(page.name) + (
                    f'#{place}' if place else '')
        self.files.add(name)
        return super().linked(link)

    def page_address(self, name: str) -> str:
        if super().page_address(name):
            return self.beside(f'{name}-{self.tab}.ipynb')
        site = self.book.config.html.site
        return site and f'{site}{name}.html'

    def claim_address(self, name: str) -> str:
        self.files.update(self.book.claims[name].runs)
        return super().claim_address(name)


def zip_names(book: Book) -> dict[str, str]:
    """Return {tab: name} of all zips; none if config.ini has no section
    [zip]."""
    name = book.config.package or 'notebooks'
    return {tab: f'{name}-{tab}.zip' for tab in book.config.tabs
            if book.config.zip and any(page.code(tab) for page in book.pages)}


def make_zips(book: Book, out: Path,
              recordings: Recordings) -> dict[str, tuple[str, bytes]]:
    """Return {tab: (name, content)} of all zips.

    Args:
        book: the Book.
        out: the build folder.
        recordings: the book's.

    Raises:
        BuildError: if the wheel cannot be built.
    """
    wheel = make_wheel(book.config, out)
    return {tab: (name, packed(name.removesuffix('.zip'), zip_files(
        book, tab, recordings, wheel)))
        for tab, name in zip_names(book).items()}


def zip_files(book: Book, tab: str, recordings: Recordings,
              wheel: tuple[str, bytes] | None) -> dict[str, bytes]:
    """Return {name: content} of the files in a tab's zip."""
    name, content = wheel or ('', b'')
    files, linked = {name: content} if name else {}, set[str]()
    for page in book.pages:
        if page.code(tab):
            files[f'{page.name}-{tab}.ipynb'] = shown_notebook(
                book, page, tab, recordings[page.name, tab],
                ZipProse(book, page, tab, name, linked))
    files['README.md'] = _readme(book.config, tab, name, [*files]).encode()
    for each in {*linked, *book.config.reads}:
        path = book.config.folder / each
        if path.is_file():  # runs may not be made yet
            files[each] = path.read_bytes()
    if book.config.zip:
        files |= named_files(book.config, 'files', book.config.zip.files)
    return files


def shown_notebook(book: Book, page: Page, tab: str, recording: Recording,
                   prose: NotebookProse) -> bytes:
    """Return a page's notebook with this prose and the recorded outputs."""
    notebook = make_notebook(book, page, tab, prose)
    for n, (cell, outputs) in enumerate(zip(
            code_cells(notebook), recording.outputs, strict=True), 1):
        cell.outputs = outputs or []
        cell.execution_count = None if outputs is None else n
    return notebook_bytes(notebook)


def offer_notebook(book: Book, page: Page, tab: str, recording: Recording,
                   sources: Sources) -> str:
    """Take a page's notebook along, for pages that offer it; return its name,
    or '' if there is none. That of a handout names nothing that is left out,
    and a translated book offers those of its original.
    """
    if book.original:
        book = book.original
        page = next(each for each in book.pages if each.name == page.name)
    path = book.config.notebook(tab, page.name)
    if not path.is_file():
        return ''
    name = f'notebooks/{page.name}-{tab}.ipynb'  # as it will be called
    _, content = sources.take(path)
    sources.add(name, shown_notebook(
        book, page, tab, recording, NotebookProse(book, page, tab))
        if book.left_out else content)
    return name


def packed(folder: str, files: Mapping[str, bytes]) -> bytes:
    """Return a zip of a folder with these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, 'w') as made:
        for name in sorted(files):
            about = zipfile.ZipInfo(f'{folder}/{name}', _TIME)
            about.create_system, about.external_attr = 3, _MODE << 16
            made.writestr(about, files[name], zipfile.ZIP_DEFLATED)
    return content.getvalue()


_APART = (
    'First make an environment of its own, which some systems demand: '
    '`python3 -m venv env`, then `. env/bin/activate`; on Windows '
    '`py -m venv env`, then `env\\Scripts\\activate`.')


def _readme(config: Config, tab: str, wheel: str, names: list[str]) -> str:
    """Return the README, some paragraphs of a line each."""
    notebooks = ', '.join(f'`{name}`' for name in names
                          if name.endswith('.ipynb'))
    title = f'{config.title}: {config.tabs[tab].title}'
    parts = [f'# {escape.markdown(title)}', _APART,
             needs(config, tab, wheel),
             'Then `pip install jupyterlab`, `jupyter lab`, and open a '
             f'notebook: {notebooks}.', config.zip.note if config.zip else '',
             config.html.site and f'The pages of the book: {config.html.site}']
    return '\n\n'.join(filter(None, parts)) + '\n'
