"""A page and its recordings to MyST Markdown with tabs, for Sphinx."""
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from builder import escape
from builder.publish.colab import edit_link, host_links
from builder.publish.lines import mark
from builder.publish.markup import (
    code_block,
    directive,
    download_link,
    first_words,
    quoted,
)
from builder.publish.outputs import PageOutputs
from builder.publish.prose import MystProse
from builder.publish.sources import Sources
from builder.record.colophon import HOW, cite, licence_line
from builder.record.provenance import provenance_line
from builder.record.recording import Recording
from builder.source.book import Book
from builder.source.markdown import Code
from builder.source.page import Group, Item, Page, Text

_NOTHING = '```{raw} html\n<!-- -->\n```'


class PageWriter:
    """Writes one page as MyST; plots, images and notebooks go to
    `sources`."""

    prose_writer: Callable[[Book, Page, Sources], MystProse] = MystProse
    output_writer: Callable[[Sources], PageOutputs] = PageOutputs

    def __init__(self, book: Book, page: Page,
                 recordings: Mapping[str, Recording], sources: Sources):
        self.book, self.page, self.sources = book, page, sources
        self.recordings = recordings
        self.prose = self.prose_writer(book, page, sources)
        self.output = self.output_writer(sources)
        self.tabs = {tab: book.config.tabs[tab] for tab in recordings}
        self.heading = next((item for item in page.items
                             if isinstance(item, Text) and item.prose.level),
                            None)
        self.positions = {
            tab: {cell_id: n for n, (cell_id, _) in enumerate(page.code(tab))}
            for tab in self.tabs}

    def write(self, end: str = '') -> str:
        """Return the page; `end` stands before licences and citation."""
        writers: dict[str, Callable[[Any], Iterable[str]]] = {
            'groups': self.groups, 'texts': self.texts,
            'tab_texts': self.tab_texts}
        parts = [part for kind, items in groupby(self.page.items, _kind)
                 for part in writers[kind](items)]
        if not self.heading:
            parts.insert(0, self.top())
        parts += [self.prose.references(), end, self.colophon()]
        text = '\n\n'.join(part.strip('\n') for part in parts if part)
        return f'{self.front_matter()}\n{text}\n'

    def front_matter(self) -> str:
        """Return what previews of links and search engines are told."""
        if not self.heading:
            return ''
        prose = self.heading.prose
        body = self.prose.rendered(self.heading.id, prose).split('\n')
        words = first_words('\n'.join(body[prose.heading_lines:]))
        return (f'---\nog:description: {quoted(words)}\nmyst:\n'
                f'  html_meta:\n    description: {quoted(words)}\n---'
                if words else '')

    def colophon(self) -> str:
        """Return what stands at the end of the page."""
        edit = edit_link(self.book.config, self.page.path)
        line = ' · '.join(filter(None, (
            licence_line(self.book.config), edit and f'[Edit]({edit})')))
        cited = cite(self.book)
        parts = [line, cited and directive('dropdown', HOW, cited)]
        return directive('container', 'colophon', '\n\n'.join(
            filter(None, parts))) if any(parts) else ''

    def top(self) -> str:
        """Return what stands under the page's title, if it has code."""
        if self.page not in self.book.notebooks():
            return ''
        return f'{self.bar()}\n\n{self.provenance()}'

    def bar(self) -> str:
        """Return the buttons that choose a framework."""
        buttons = ''.join(
            f'<button data-tab="{escape.markup(name)}">'
            f'{escape.markup(tab.title)}</button>'
            for name, tab in self.tabs.items())
        return ('```{raw} html\n<div class="framework-bar" role="group" '
                f'aria-label="Framework">{buttons}</div>\n```')

    def provenance(self) -> str:
        return self.tab_set({
            tab: f'{provenance_line(self.tabs[tab], recording)}\n\n'
                 f'{self.downloads(tab)}'
            for tab, recording in self.recordings.items()},
            'prose provenance')

    def downloads(self, tab: str) -> str:
        """Return links to a tab's notebook, if there is one."""
        config, page = self.book.config, self.page.name
        path = config.notebook(tab, page)
        if not path.is_file():
            return ''
        name = f'notebooks/{tab}/{page}.ipynb'
        self.sources.add(name, self.sources.take(path)[1])
        links = [download_link('Notebook', name)]
        links += (f'[Open in {host}]({address})' for host, address in
                  host_links(config, tab, page).items())
        return ' · '.join(links)

    # Prose.

    def tab_texts(self, items: Iterable[Text]) -> Iterator[str]:
        """Yield prose for some tabs that stands together as one tab-set."""
        contents: dict[str, list[str]] = {}
        for item in items:
            for tab in item.prose.tabs or ():
                contents.setdefault(tab, []).append(self.body(item))
        yield self.tab_set({tab: '\n\n'.join(parts)
                            for tab, parts in contents.items()}, 'prose')

    def texts(self, items: Iterable[Text]) -> Iterator[str]:
        for item in items:
            yield self.body(item)

    def body(self, item: Text) -> str:
        return self.prose.body(item, self.top() if item is self.heading
                               else '')

    # Cells.

    def groups(self, items: Iterable[Group]) -> Iterator[str]:
        for group in items:
            line = mark(group.cells[0].line)
            yield f'({group.id})={line}\n{self.group(group)}'

    def group(self, group: Group) -> str:
        outputs = {tab: self.outputs(group, tab) for tab in self.tabs}
        if not group.common:
            cells = self.tab_set(
                {tab: '\n\n'.join(part for cell, output in outputs[tab]
                                  for part in (code_block(cell), output))
                 for tab in self.tabs if outputs[tab]}, 'cell')
            return self.folded(group, cells)
        shown = {tab: parts[0][1] for tab, parts in outputs.items()}
        code = code_block(group.cells[0])
        if not any(shown.values()):
            return code
        if len(set(shown.values())) == 1:
            return f'{code}\n\n{next(iter(shown.values()))}'
        return f'{code}\n\n{self.tab_set(shown, "cell")}'

    def folded(self, group: Group, cells: str) -> str:
        """Return the cells, folded if they repeat those of another page."""
        include = group.cells[0].include
        if include is None:
            return cells
        title = title_of(self.book, include[0])
        return directive('dropdown', f'Code of {title}',
                         f':class-container: included\n\n{cells}')

    def outputs(self, group: Group, tab: str) -> list[tuple[Code, str]]:
        """Return [(cell, its outputs as MyST)] of a group's cells in `tab`."""
        pairs = []
        for cell_id, cell in group.for_tab(tab):
            recorded = self.recordings[tab].outputs[
                self.positions[tab][cell_id]]
            parts = [self.output.write(
                output, f'{tab}/{self.page.name}-{cell_id}-{n}')
                for n, output in enumerate(recorded or ())]
            pairs.append((cell, '\n\n'.join(parts)))
        return pairs

    def tab_set(self, contents: Mapping[str, str], kind: str) -> str:
        """Return a tab-set of all tabs; one without content says so.

        It never lacks a tab: one that did would keep showing another
        framework when the reader has chosen this one.
        """
        items = []
        for name, tab in self.tabs.items():
            title = escape.markdown(tab.title)
            content = contents.get(name) or (
                _NOTHING if kind == 'prose' else
                f'*No cell for {title} here.*')
            items.append(directive('tab-item', title,
                                   f':sync: {name}\n\n{content}'))
        return directive('tab-set', '', f':sync-group: tab\n:class: {kind}'
                         '\n\n' + '\n\n'.join(items))


def title_of(book: Book, name: str) -> str:
    """Return the title of the page `name`, as Markdown."""
    return next(page.title for page in book.pages if page.name == name)


def _kind(item: Item) -> str:
    """Return which of PageWriter's methods writes an item."""
    if isinstance(item, Group):
        return 'groups'
    return 'texts' if item.prose.tabs is None else 'tab_texts'
