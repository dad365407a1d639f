"""A page and its recordings to MyST Markdown with tabs, for Sphinx."""
import html
from itertools import groupby

from builder.errors import BuildError
from builder.publish.colab import colab_link
from builder.publish.markup import (
    code_block,
    copy_path,
    directive,
    download_link,
    fenced,
    page_svg,
    quoted,
    ref_label,
    without_marks,
)
from builder.record.notebook import (
    caption_text,
    citation_text,
    reference_text,
    render,
    tagged,
)
from builder.record.provenance import provenance_line
from builder.source.book import Group
from builder.source.inline import Span

_NOTHING = '```{raw} html\n<!-- -->\n```'
LONG = 30  # lines of output that are folded


class PageWriter:
    """Writes one page as MyST; plots go to `files`."""

    def __init__(self, book, page, recordings, files):
        self.book, self.page, self.files = book, page, files
        self.recordings = recordings
        self.tabs = {tab: book.config.tabs[tab] for tab in recordings}
        self.has_code = page in book.notebooks()
        self.heading = next((item for item in page.items
                             if getattr(item, 'prose', None)
                             and item.prose.level), None)
        self.positions = {
            tab: {cell_id: n for n, (cell_id, _) in enumerate(page.code(tab))}
            for tab in self.tabs}

    def write(self):
        parts = [part for key, items in groupby(self.page.items, _kind)
                 for part in getattr(self, key)(items)]
        if not self.heading:
            parts.insert(0, self.top())
        parts.append(self.references())
        text = '\n\n'.join(part.strip('\n') for part in parts if part)
        front = '\n' if text.startswith('---') else ''  # a rule, not YAML
        return f'{front}{text}\n'

    def top(self):
        """Return what stands under the page's title, if it has code."""
        if not self.has_code:
            return ''
        return f'{self.bar()}\n\n{self.provenance()}'

    def bar(self):
        """Return the buttons that choose a framework."""
        buttons = ''.join(
            f'<button data-tab="{name}">{html.escape(tab.title)}</button>'
            for name, tab in self.tabs.items())
        return ('```{raw} html\n<div class="framework-bar" role="group" '
                f'aria-label="Framework">{buttons}</div>\n```')

    # Prose.

    def tab_texts(self, items):
        """Yield prose for some tabs that stands together as one tab-set."""
        contents = {}
        for item in items:
            for tab in item.prose.tabs:
                contents.setdefault(tab, []).append(self.body(item))
        yield self.tab_set({tab: '\n\n'.join(parts)
                            for tab, parts in contents.items()}, 'prose')

    def texts(self, items):
        for item in items:
            yield self.body(item)

    def body(self, item):
        prose = item.prose
        body = render(prose, self.role,
                      lambda *part: self.float(item.id, *part), self.span)
        top = self.top() if item is self.heading else ''
        if top:
            lines, at = body.split('\n'), prose.heading_lines
            body = '\n'.join([*lines[:at], '', top, '', *lines[at:]])
        floats = {part.label for part in prose.floats}
        labels = [f'({role.content})=' for role in prose.roles
                  if role.name == 'label' and role.content not in floats]
        return '\n'.join([*labels, body])

    def float(self, text_id, part, rows, caption):
        """Return a figure, a table or a numbered equation."""
        target = f'({part.label})=\n' if part.label else ''
        if part.kind == 'equation':
            return target + self.equation(text_id, part)
        caption = caption_text(self.page, text_id, part, caption)
        if part.kind == 'table':
            return target + (directive('table', caption, f'\n{rows}')
                             if caption else rows)
        path = self.image(part.content)
        options = [f':width: {quoted(part.width)}'] if part.width else []
        if caption:
            options.append(f':alt: {quoted(without_marks(caption))}')
        return target + directive('figure', f'/{path}', '\n'.join(
            [*options, '', caption]))

    def equation(self, text_id, part):
        return tagged(self.page, text_id, part)

    def span(self, span):
        """Return a table of contents, a place that names a file, or what only
        MyST would take for more than text."""
        if not isinstance(span, Span):
            entries = '\n'.join([*span.options, '', *(
                f'/{name}' for name in self.page.children[span])])
            return f'```{{toctree}}\n{entries}\n```\n'
        if span.kind == 'image':
            return f'/{self.image(span.content)}'
        if span.kind == 'link':
            return self.link(span.content)
        return {'comment': '', 'plain': f'\\{span.content}'}[span.kind]

    def link(self, link):
        """Return where a link to a file leads: to a page, or to a copy."""
        name, _, place = link.partition('#')
        name = self.book.file(self.page, name)
        for page in self.book.pages:
            if page.path == name:
                return f'/{page.name}.md' + (f'#{place}' if place else '')
        return f'path:/{self.copied(name)}'

    def image(self, link):
        """Take an image that the page links to along; return its path."""
        return self.copied(self.book.file(self.page, link))

    def copied(self, name):
        """Take a file of the book along; return its path."""
        path = copy_path(name)
        self.files[path] = (self.book.config.folder / name).read_bytes()
        return path

    def role(self, role):
        if role.name in ('label', 'eqlabel', 'width'):
            return ''
        if role.name in ('cite', 'citet'):
            return citation_text(self.book, role,
                                 lambda key: f'#{ref_label(key)}')
        if role.name == 'claim':
            text = self.book.claims[role.content].text
            return f'([{text}](#claim-{role.content}))'
        text, target = reference_text(self.book, role)
        if role.content in self.book.config.links:
            title = f'{target.title} ({self.book.config.links_name})'.replace(
                '"', '\\"')
            return f'[{text}]({target.url} "{title}")'
        return f'[{text}](#{role.content})'

    def references(self):
        lines = self.book.bibliography.references(self.page.cited())
        if not lines:
            return ''
        entries = '\n\n'.join(f'({ref_label(key)})=\n{text}'
                              for key, text in lines)
        return '## References\n\n' + directive('container', 'references',
                                               entries)

    def provenance(self):
        lines = {tab: provenance_line(self.tabs[tab], recording)
                 for tab, recording in self.recordings.items()}
        for tab in self.tabs:
            lines[tab] = f'{lines[tab]}\n\n{self.downloads(tab)}'
        return self.tab_set(lines, 'prose provenance')

    def downloads(self, tab):
        """Return links to a tab's notebook, if there is one."""
        path = self.book.config.notebook(tab, self.page.name)
        if not path.is_file():
            return ''
        links = [download_link('Notebook', path, f'notebooks/{tab}/'
                               f'{self.page.name}.ipynb', self.files)]
        colab = colab_link(self.book.config, tab, self.page.name)
        if colab:
            links.append(f'[Open in Colab]({colab})')
        return ' · '.join(links)

    # Cells.

    def groups(self, items):
        for group in items:
            yield f'({group.id})=\n{self.group(group)}'

    def group(self, group):
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

    def folded(self, group, cells):
        """Return the cells, folded if they repeat those of another page."""
        include = group.cells[0].include
        if include is None:
            return cells
        title = next(page.title for page in self.book.pages
                     if page.name == include[0])
        return directive('dropdown', f'Code of {title}',
                          f':class-container: included\n\n{cells}')

    def outputs(self, group, tab):
        """Return [(cell, its outputs as MyST)] of a group's cells in `tab`."""
        pairs = []
        for cell_id, cell in group.for_tab(tab):
            recorded = self.recordings[tab].outputs[
                self.positions[tab][cell_id]]
            parts = [self.output(o, f'{tab}/{self.page.name}-{cell_id}-{n}')
                     for n, o in enumerate(recorded or ())]
            pairs.append((cell, '\n\n'.join(parts)))
        return pairs

    def output(self, output, name):
        if output.output_type == 'stream':
            return self.literal(output.text)
        data = output.get('data', {})
        if 'image/svg+xml' in data:
            alt = ' '.join(data.get('text/plain', '').split())
            return self.plot(data, name, alt)
        if 'text/plain' in data:
            return self.literal(data['text/plain'])
        raise BuildError(f'{name}: an output of kind {sorted(data)}, expected '
                         'text or an SVG')

    def literal(self, text):
        """Return an output of text; a long one is folded."""
        block = directive('container', 'output',
                          fenced('text', text.rstrip()))
        lines = text.rstrip().count('\n') + 1
        return block if lines <= LONG else directive(
            'dropdown', f'{lines} lines of output', block)

    def plot(self, data, name, alt):
        svg, width, height = page_svg(data['image/svg+xml'])
        path = f'plots/{name}.svg'
        self.files[path] = svg.encode()
        return (f'```{{image}} /{path}\n:alt: {quoted(alt)}\n:class: plot\n'
                f':width: {width}\n:height: {height}\n:loading: lazy\n'
                '```')

    def tab_set(self, contents, kind):
        """Return a tab-set of all tabs; one without content says so.

        It never lacks a tab: one that did would keep showing another
        framework when the reader has chosen this one.
        """
        items = []
        for name, tab in self.tabs.items():
            content = contents.get(name) or (
                _NOTHING if kind == 'prose' else
                f'*No cell for {tab.title} here.*')
            items.append(directive('tab-item', tab.title,
                                    f':sync: {name}\n\n{content}'))
        return directive('tab-set', '', f':sync-group: tab\n:class: {kind}'
                          '\n\n' + '\n\n'.join(items))


def _kind(item):
    """Return which of PageWriter's methods writes an item."""
    if isinstance(item, Group):
        return 'groups'
    return 'texts' if item.prose.tabs is None else 'tab_texts'
