"""Reads a book's pages in the order of its tables of contents."""
import functools
import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from builder.config import Config
from builder.errors import BuildError, SourceError
from builder.source.files import file_in, read_text, scheme
from builder.source.labels import Known, Labels
from builder.source.markdown import Block, Choice, Code, read_blocks
from builder.source.notes import notes_of, unread_pages
from builder.source.page import Group, Page, Text, make_items, page_tabs
from builder.source.tabs import branch_for
from builder.source.toc import Toc

# Pages and folders that the builder itself puts beside a book's pages.
CLAIMS, API = 'claims', 'api'
_OURS = (CLAIMS, 'conf', 'files', 'genindex', 'modindex', 'plots',
         'py-modindex', 'search')
_MOST_CODE = 1_000_000  # characters on a page, with the code that it includes


@dataclass(frozen=True)
class _Entry:
    """A page to read: its name, its number, whether it is left out."""
    name: str
    number: tuple[int, ...]
    left_out: bool = False


class Reader:
    """Reads the pages of one book; what is wrong goes to `errors`."""

    def __init__(self, config: Config, errors: list[BuildError],
                 handout: bool = False) -> None:
        self.config, self.errors, self.handout = config, errors, handout
        self.folder = config.root.parent
        self.labels = Labels({name.lower(): '[links]'
                              for name in config.links})
        self.read: dict[str, Page] = {}
        self.left_out: set[str] = set()  # names of pages that are only read
        self.named: dict[str, str] = {}  # in lower case: where
        self.size: Counter[str] = Counter()  # of the code that is included

    def pages(self) -> list[Page]:
        """Return all pages."""
        root = _Entry(self.config.root.stem, ())
        if self._is_ours(root.name):
            self.errors.append(BuildError(
                f'{self.config.file}: root {root.name}.md: the builder uses '
                'this name itself'))
        self.named[root.name.lower()] = self.config.file
        entries = [root]
        while entries:
            entry = entries.pop()
            entries += reversed(self._page(entry))
        self._check_without(root.name)
        return [*self.read.values()]

    def _check_without(self, root: str) -> None:
        """Tell of what is left out and is not in the book, or is its root."""
        known = Known([CLAIMS, API, *self.read.keys() - {root}])
        for name in self.config.without:
            if name not in known.names:
                self.errors.append(BuildError(
                    f'{self.config.file}: [book] without {name!r}: the book '
                    'has no such page that could be left out'
                    + known.expected(name)))

    def _page(self, entry: _Entry) -> list[_Entry]:
        """Read a page; return those that it names."""
        path = self.folder / f'{entry.name}.md'
        shown = path.relative_to(self.config.folder).as_posix()
        text = read_text(path, shown, self.errors)
        page = Page(entry.name, shown, number=entry.number)
        blocks = [part for block in read_blocks(
            text, shown, self.config.tabs, self.config.explicit_tabs,
            self.errors) for part in self._expanded(page, block)]
        page.items = make_items(blocks)
        page.tabs = page_tabs(page.items, [
            tab for block in blocks if isinstance(block, Choice)
            for tab in block.tabs], (*self.config.tabs,),
            self.config.explicit_tabs)
        self.read[page.name] = page
        if entry.left_out:
            self.left_out.add(page.name)
        tocs = [toc for text in page.texts for toc in text.prose.tocs]
        names = [self._children(page, toc, entry) for toc in tocs]
        self.errors += self.labels.number(page)
        return [self._entry(page, toc, name, entry)
                for toc, below in zip(tocs, names, strict=True)
                for name in below]

    def _children(self, page: Page, toc: Toc, entry: _Entry) -> list[str]:
        """Return the pages that a table of contents names; it shows, and
        counts, those only that are not left out."""
        found = [name for name in (self._child(page, name, line)
                                   for name, line in toc.entries) if name]
        page.children[toc] = [name for name in found
                              if not self._left_out(name, entry)]
        return found

    def _left_out(self, name: str, above: _Entry) -> bool:
        return above.left_out or (self.handout and name in self.config.without)

    def _entry(self, page: Page, toc: Toc, name: str, above: _Entry,
               ) -> _Entry:
        """Return what to read of a page that another one names."""
        if self._left_out(name, above):
            return _Entry(name, (), left_out=True)
        if above.number:
            return _Entry(name, (*above.number, *page.places[name]))
        first = page.children[toc].index(name) + 1
        return _Entry(name, (first,) if toc.numbered else ())

    def _child(self, page: Page, entry: str, line: int) -> str:
        """Return the name of the page that an entry is of, or ''."""
        name = posixpath.normpath(posixpath.join(
            posixpath.dirname(page.name), entry.removesuffix('.md')))
        path = self.folder / f'{name}.md'

        def error(message: str) -> str:
            self.errors.append(SourceError(
                page.path, line, f'the table of contents names {entry!r}, '
                + message))
            return ''

        if ('\\' in entry or entry.startswith('/') or scheme(entry)
                or name.split('/')[0] == '..'):
            return error('expected a path that stays in the folder of '
                         f'{self.config.root.name}')
        try:
            found = file_in(self.folder, path)
        except ValueError as problem:
            return error(f'expected a file {name}.md: {problem}')
        if not found.endswith('.md'):
            return error(f'expected a page, found {found}')
        name = found.removesuffix('.md')
        if self._is_ours(name):
            return error('a name that the builder uses itself; call it '
                         'something else')
        where = self.named.setdefault(name.lower(), f'{page.path}:{line}')
        if where != f'{page.path}:{line}':
            return error(f'which stands already in {where}')
        return name

    def _is_ours(self, name: str) -> bool:
        """Return whether the builder uses a page's name itself."""
        # On some disks Claims.html and claims.html are one file.
        first, *_ = parts = name.lower().split('/')
        has_api = any(tab.api for tab in self.config.tabs.values())
        return (first in _OURS or first == API and has_api
                or first in self.config.translations
                or any(part.startswith('_') for part in parts))

    def notes(self) -> list[str]:
        """Return what is no mistake, but may not be what was meant."""
        return [*(note for page in self.read.values()
                  for note in notes_of(page)),
                *unread_pages(self.config, self.read.values())]

    def _expanded(self, page: Page, block: Block) -> Iterator[Block]:
        """Yield the block; or, if it is code that differs between tabs, a
        cell for each of them."""
        if isinstance(block, Code) and block.include:
            yield from self._included(page, block, block.include)
        elif isinstance(block, Code) and 'tab.selected' in block.source:
            yield from self._branches(block)
        else:
            yield block

    def _branches(self, block: Code) -> Iterator[Code]:
        """Yield a cell for each source that its branches make of it."""
        sources: dict[str, list[str]] = {}
        for tab in block.tabs or self.config.tabs:
            sources.setdefault(branch_for(block.source, tab), []).append(tab)
        for source, tabs in sources.items():
            if source.strip():
                yield replace(block, source=source, tabs=(*tabs,))

    def _included(self, page: Page, block: Code, include: tuple[str, str],
                  ) -> Iterator[Block]:
        """Yield a cell for each of its tabs with the code of the page that it
        names."""
        for tab in block.tabs or self.config.tabs:
            code = self._code_before(*include, tab)
            if code is None:
                self.errors.append(SourceError(
                    page.path, block.line, f'{block.source}: there is no such '
                    'page before this one with such a label'))
                return
            self.size[page.path] += len(code)
            if self.size[page.path] > _MOST_CODE:
                self.errors.append(SourceError(
                    page.path, block.line, f'{block.source}: more than '
                    f'{_MOST_CODE:,} characters of code on one page'))
                return
            yield replace(block, source=code, tabs=(tab,))

    @functools.cache  # noqa: B019, a reader lives for one book
    def _code_before(self, name: str, label: str, tab: str) -> str | None:
        """Return the code of a page that was read, up to a label."""
        items = self.read[name].items if name in self.read else []
        end = next((n for n, item in enumerate(items)
                    if isinstance(item, Text) and _has(item, label)), None)
        return None if end is None else '\n\n'.join(
            cell.source for item in items[:end] if isinstance(item, Group)
            for _, cell in item.for_tab(tab))


def _has(text: Text, label: str) -> bool:
    return any(role.name == 'label' and role.content == label
               for role in text.prose.roles)
