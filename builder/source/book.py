"""The book: pages in reading order, their cells, labels and numbers.

A cell's id is made of its section and its place there, such as
`toy-problem-code-2`, so that it survives edits elsewhere and is the same in
every tab: consecutive cells for different tabs are one group.
"""
import re
from dataclasses import dataclass, field, replace

from builder.config import Config
from builder.errors import BuildError, SourceError
from builder.source.citations import Bibliography, citation_keys
from builder.source.claims import judge_claims
from builder.source.labels import Label, check_roles, number_labels
from builder.source.markdown import Code, Prose, split


@dataclass(frozen=True)
class Group:
    """Code cells that stand for each other in different tabs."""
    id: str
    cells: tuple[Code, ...]

    @property
    def common(self):
        """Whether this is one cell for all tabs."""
        return self.cells[0].tabs is None

    def for_tab(self, tab):
        """Return [(cell id, cell)] of the cells that `tab` runs."""
        cells = [cell for cell in self.cells
                 if cell.tabs is None or tab in cell.tabs]
        return [(self.id + (f'-{n}' if n else ''), cell)
                for n, cell in enumerate(cells)]


@dataclass(frozen=True)
class Text:
    """Prose with the id that it has as a notebook cell."""
    id: str
    prose: Prose


@dataclass
class Page:
    """A source file: its name, as in links, and its items in order."""
    name: str
    path: str
    items: list = field(default_factory=list)
    children: tuple[str, ...] = ()
    numbered: bool = False
    numbers: dict = field(default_factory=dict)  # (text id, Float) -> number

    @property
    def title(self):
        """The page's first heading."""
        return next((i.prose.title for i in self.items
                     if isinstance(i, Text) and i.prose.level), self.name)

    def code(self, tab):
        """Return [(cell id, cell)] of all code cells of a tab."""
        return [pair for item in self.items if isinstance(item, Group)
                for pair in item.for_tab(tab)]

    def cited(self):
        """Return the keys of all citations, in the order of their use."""
        keys = [key for item in self.items if isinstance(item, Text)
                for role in item.prose.roles if role.name in ('cite', 'citet')
                for key in citation_keys(role)]
        return list(dict.fromkeys(keys))


@dataclass
class Book:
    """All pages of a book, in reading order."""
    config: Config
    bibliography: Bibliography
    pages: list[Page] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)

    def notebooks(self):
        """Return the pages that have code."""
        return [page for page in self.pages
                if any(isinstance(item, Group) for item in page.items)]


def load_book(config):
    """Read all sources from the root page on and check what they refer to.

    Raises:
        SourceError: at the first mistake in a source.
        BuildError: if a file is missing.
    """
    book = Book(config, Bibliography(config.bibliography))
    _add_page(book, config.root.stem, ())
    for page in book.pages:
        for item in page.items:
            if isinstance(item, Text):
                check_roles(book, page, item.prose)
                book.claims.update(judge_claims(config, page, item.prose))
    return book


def _add_page(book, name, number):
    path = book.config.root.parent / f'{name}.md'
    shown = path.relative_to(book.config.folder).as_posix()
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise BuildError(f'{shown}: not found') from None
    except UnicodeDecodeError as error:
        line = error.object.count(b'\n', 0, error.start) + 1
        raise SourceError(shown, line, 'not UTF-8') from None
    blocks = split(text, shown, book.config.tabs, book.config.explicit_tabs)
    blocks = [part for block in blocks for part in _included(book, shown,
                                                             block)]
    page = Page(name, shown, _items(blocks))
    book.pages.append(page)
    number_labels(book, page, number)
    for block in blocks:
        if isinstance(block, Prose):
            _toc(book, page, block, number)


def _included(book, shown, block):
    """Yield the block; or, if it includes code, a cell for each of its tabs
    with the code of the page that it names."""
    if not isinstance(block, Code) or block.include is None:
        yield block
        return
    name, label = block.include
    page = next((page for page in book.pages if page.name == name), None)
    end = page and next((n for n, item in enumerate(page.items)
                         if isinstance(item, Text) and _has(item, label)),
                        None)
    if end is None:
        raise SourceError(shown, block.line, f'{block.source}: there is no '
                          'such page before this one with such a label')
    for tab in block.tabs or book.config.tabs:
        source = '\n\n'.join(
            cell.source for item in page.items[:end]
            if isinstance(item, Group) for _, cell in item.for_tab(tab))
        yield replace(block, source=source, tabs=(tab,))


def _has(text, label):
    return any(role.name == 'label' and role.content == label
               for role in text.prose.roles)


_TOC = re.compile(r'^```toc[ \t]*\n(.*?)^```', re.DOTALL | re.MULTILINE)


def table_of_contents(prose):
    """Return (match, entries, options) of the toc in `prose`, or None."""
    found = _TOC.search(prose.body)
    if not found:
        return None
    lines = [line.strip() for line in found[1].splitlines() if line.strip()]
    return (found, [line for line in lines if not line.startswith(':')],
            [line for line in lines if line.startswith(':')])


def _toc(book, page, prose, number):
    toc = table_of_contents(prose)
    if not toc:
        return
    found, entries, options = toc
    page.numbered = ':numbered:' in options
    page.children += tuple(entries)
    for n, entry in enumerate(entries, 1):
        folder = page.name.rpartition('/')[0]
        child = f'{folder}/{entry}' if folder else entry
        if not (book.config.root.parent / f'{child}.md').is_file():
            line = prose.line + prose.body.count('\n', 0, found.start())
            raise SourceError(page.path, line, f'the table of contents names '
                              f'{entry!r}, expected a file {child}.md')
        if child in [p.name for p in book.pages]:
            raise SourceError(page.path, prose.line, f'{entry!r} stands twice '
                              'in the tables of contents')
        counted = page.numbered or number
        _add_page(book, child, (*number, n) if counted else ())


def _items(blocks):
    """Return texts and groups of cells, with ids, in the order of blocks."""
    items, used = [], set()
    slug, counts = _unused('text', used), {'text': 0, 'code': 0}

    def next_id(kind):
        counts[kind] += 1
        return f'{slug}-{kind}-{counts[kind]}'

    group = []

    def close_group():
        if group:
            items.append(Group(next_id('code'), tuple(group)))
            group.clear()

    for block in blocks:
        if isinstance(block, Code):
            if block.tabs is None or (group and (
                    group[0].tabs is None
                    or group[0].include != block.include)):
                close_group()
            group.append(block)
        elif isinstance(block, Prose) and block.body.strip():
            close_group()
            if block.level:
                slug = _unused(_slug(block), used)
                counts.update(text=0, code=0)
            items.append(Text(next_id('text'), block))
    close_group()
    return items


def _slug(prose):
    label = next((r.content for r in prose.roles if r.name == 'label'),
                 prose.title)
    words = re.sub(r'[^a-z0-9]+', '-', label.lower().removeprefix('sec_'))
    return words.strip('-')[:40] or 'section'


def _unused(slug, used):
    name, n = slug, 1
    while name in used:
        n += 1
        name = f'{slug}-{n}'
    used.add(name)
    return name
