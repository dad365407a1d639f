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
    framework_bar,
    plain,
    tab_set,
)
from builder.publish.outputs import PageOutputs, Shown
from builder.publish.preview import front_matter
from builder.publish.prose import MystProse
from builder.publish.sources import Sources
from builder.publish.untranslated import Languages
from builder.publish.zips import offer_notebook
from builder.record.colophon import HOW, cite, licence_line
from builder.record.provenance import provenance_line
from builder.record.recording import Recording
from builder.source.book import Book
from builder.source.markdown import Code
from builder.source.page import Group, Item, Page, Question, Text
from builder.words import words

Outputs = list[tuple[Code, list[Shown]]]
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
        self.say = words(book.config.language)
        self.languages = Languages(book, page) if book.original else None
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
            'tab_texts': self.tab_texts, 'questions': self.questions}
        parts = [part for kind, items in groupby(self.page.items, _kind)
                 for part in writers[kind](items)]
        if not self.heading:
            parts[:0] = [f'# {self.page.title}', self.top()]
        parts += [self.prose.references(), end, self.colophon()]
        text = '\n\n'.join(part.strip('\n') for part in parts if part)
        return f'{self.front_matter()}\n{text}\n'

    def front_matter(self) -> str:
        """Return what previews of links and search engines are told."""
        if not self.heading:
            return ''
        prose = self.heading.prose
        body = self.prose_of(self.heading).rendered(
            self.heading.id, prose).split('\n')
        words = first_words('\n'.join(body[prose.heading_lines:]))
        return front_matter(self.sources, self.page.name,
                            plain(self.page.title), words)

    def colophon(self) -> str:
        """Return what stands at the end of the page."""
        edit = edit_link(self.book.config, self.page.written)
        line = ' · '.join(filter(None, (
            licence_line(self.book.config, self.say),
            edit and f'[{self.say("Edit")}]({edit})')))
        cited = cite(self.book)
        parts = [line, cited and directive('dropdown', self.say(HOW), cited)]
        return directive('container', 'colophon', '\n\n'.join(
            filter(None, parts))) if any(parts) else ''

    def top(self) -> str:
        """Return what stands under the page's title, if it has code."""
        if self.page not in self.book.notebooks():
            labs = any(text.prose.labs for text in self.page.texts)
            return framework_bar(self.tabs, self.say) if labs else ''
        bar = framework_bar(self.tabs, self.say)
        return f'{bar}\n\n{self.provenance()}'.strip()

    def provenance(self) -> str:
        return self.tab_set({
            tab: f'{provenance_line(self.tabs[tab], recording, self.say)}\n\n'
                 f'{self.downloads(tab)}'
            for tab, recording in self.recordings.items()},
            'prose provenance')

    def downloads(self, tab: str) -> str:
        """Return links to a tab's notebook, if there is one."""
        name = offer_notebook(self.book, self.page, tab, self.recordings[tab],
                              self.sources)
        if not name:
            return ''
        links = [download_link(self.say('Notebook'), name)]
        links += (f'[{self.say("Open in {}").format(host)}]({address})'
                  for host, address in host_links(
                      self.book.config, tab, self.page.name).items())
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

    def questions(self, items: Iterable[Question]) -> Iterator[str]:
        for item in items:
            yield self.prose_of(item.question).asked(item)

    def body(self, item: Text) -> str:
        under = [self.top()] if item is self.heading else []
        if self.languages:
            under.append(self.languages.of_section(item))
        return self.prose_of(item).body(item, '\n\n'.join(
            filter(None, under)))

    def prose_of(self, item: Text) -> MystProse:
        """Return what writes a text in its language."""
        if item.id not in self.page.left:
            return self.prose
        original = self.book.original or self.book
        return MystProse(self.book, self.page, self.sources,
                         words(original.config.language))

    # Cells.

    def groups(self, items: Iterable[Group]) -> Iterator[str]:
        for group in items:
            line = mark(group.cells[0].line)
            yield f'({group.id})={line}\n{self.group(group)}'

    def group(self, group: Group) -> str:
        """Return cells and their outputs; plots that are a figure are by
        themselves, below the rest."""
        cells = {tab: self.outputs(group, tab) for tab in self.tabs}
        plots = {tab: [shown.text for _, outputs in pairs for shown in outputs
                       if shown.plot] for tab, pairs in cells.items()}
        if group.figure:
            cells = {tab: [(cell, [shown for shown in outputs
                                   if not shown.plot])
                           for cell, outputs in pairs]
                     for tab, pairs in cells.items()}
        parts = [self.cells(group, cells)]
        if group.figure:
            parts.append(self.prose_of(group.figure).plots(
                group.figure, '\n\n'.join(self.merged(plots))))
        return '\n\n'.join(parts)

    def cells(self, group: Group, cells: Mapping[str, Outputs]) -> str:
        """Return cells with these outputs."""
        if group.common:
            return '\n\n'.join([code_block(group.cells[0]), *self.merged({
                tab: [shown.text for _, outputs in pairs for shown in outputs]
                for tab, pairs in cells.items()})])
        return self.folded(group, self.tab_set(
            {tab: written(pairs) for tab, pairs in cells.items() if pairs},
            'cell'))

    def merged(self, outputs: Mapping[str, list[str]]) -> Iterator[str]:
        """Yield outputs of all tabs: once, where they are equal in all of
        them, and the others as tab-sets."""
        first, *others = outputs.values()
        if any(len(other) != len(first) for other in others):
            yield self.outputs_of_tabs(outputs)
            return
        for same, places in groupby(range(len(first)), lambda n: all(
                other[n] == first[n] for other in others)):
            if same:
                yield from (first[n] for n in places)
            else:
                at = [*places]
                yield self.outputs_of_tabs({
                    tab: [texts[n] for n in at]
                    for tab, texts in outputs.items()})

    def without(self, said: str, tab: str) -> str:
        return f'*{said.format(escape.markdown(self.tabs[tab].title))}*'

    def outputs_of_tabs(self, outputs: Mapping[str, list[str]]) -> str:
        return self.tab_set({
            tab: '\n\n'.join(texts) or
            self.without(self.say('No output for {} here.'), tab)
            for tab, texts in outputs.items()}, 'cell shown')

    def folded(self, group: Group, cells: str) -> str:
        """Return the cells, folded if they repeat those of another page."""
        include = group.cells[0].include
        if include is None:
            return cells
        title = self.say('Code of {}').format(title_of(self.book, include[0]))
        return directive('dropdown', title,
                         f':class-container: included\n\n{cells}')

    def outputs(self, group: Group, tab: str) -> Outputs:
        """Return [(cell, its outputs)] of a group's cells in `tab`; the page
        that a cell includes shows these already."""
        pairs = []
        for cell_id, cell in group.for_tab(tab):
            recorded = () if cell.include else self.recordings[tab].outputs[
                self.positions[tab][cell_id]]
            parts = [self.output.write(
                output, f'{tab}/{self.page.name}-{cell_id}-{n}')
                for n, output in enumerate(recorded or ())]
            pairs.append((cell, parts))
        return pairs

    def tab_set(self, contents: Mapping[str, str], kind: str) -> str:
        """Return a tab-set of all tabs; one without content says so.

        It never lacks a tab of the page: one that did would keep showing
        another framework when the reader has chosen this one.
        """
        if len(self.tabs) < 2:
            content = ''.join(contents.get(name, '') for name in self.tabs)
            return content and directive('container', kind, content)

        def shown(tab: str) -> str:
            return contents.get(tab) or (
                _NOTHING if kind == 'prose' else
                self.without(self.say('No cell for {} here.'), tab))

        return tab_set({name: (escape.markdown(tab.title), shown(name))
                        for name, tab in self.tabs.items()}, kind)


def written(pairs: Outputs) -> str:
    """Return cells, each with its outputs below it."""
    return '\n\n'.join(part for cell, outputs in pairs for part in (
        code_block(cell), *(shown.text for shown in outputs)))


def title_of(book: Book, name: str) -> str:
    """Return the title of the page `name`, as Markdown."""
    return next(page.title for page in [*book.pages, *book.left_out]
                if page.name == name)


def _kind(item: Item) -> str:
    """Return which of PageWriter's methods writes an item."""
    if isinstance(item, Group):
        return 'groups'
    if isinstance(item, Question):
        return 'questions'
    return 'texts' if item.prose.tabs is None else 'tab_texts'
