"""A page and its recordings to MyST Markdown with tabs, for Sphinx."""
import re
import xml.etree.ElementTree as ElementTree
from itertools import groupby

from builder.book import Group, table_of_contents
from builder.errors import BuildError
from builder.hosted import colab_link
from builder.notebook import (
    caption_text,
    citation_text,
    reference_text,
    render,
    tagged,
)
from builder.provenance import provenance_line

LONG = 30  # lines of output that are folded


class PageWriter:
    """Writes one page as MyST; plots go to `files`."""

    def __init__(self, book, page, recordings, files):
        self.book, self.page, self.files = book, page, files
        self.recordings = recordings
        self.tabs = {tab: book.config.tabs[tab] for tab in recordings}
        self.has_code = page in book.notebooks()
        self.positions = {
            tab: {cell_id: n for n, (cell_id, _) in enumerate(page.code(tab))}
            for tab in self.tabs}

    def write(self):
        parts = [part for key, items in groupby(self.page.items, _kind)
                 for part in getattr(self, key)(items)]
        if self.has_code:
            title, _, rest = parts[0].partition(f'{self.page.title}\n')
            parts[0] = '\n\n'.join([f'{title}{self.page.title}', self.bar(),
                                    self.provenance(), rest])
        parts.append(self.references())
        return '\n\n'.join(part.strip('\n') for part in parts if part) + '\n'

    def bar(self):
        """Return the buttons that choose a framework; page.js moves them."""
        buttons = ''.join(f'<button data-tab="{name}">{tab.title}</button>'
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
        toc = table_of_contents(prose)
        body = render(prose, self.role, lambda part, caption: self.float(
            item.id, part, caption))
        if toc:
            entries = '\n'.join([*toc[2], '', *toc[1]])
            body = body.replace(toc[0][0], f'```{{toctree}}\n{entries}\n```')
        floats = {part.label for part in prose.floats}
        labels = [f'({role.content})=' for role in prose.roles
                  if role.name == 'label' and role.content not in floats]
        return '\n'.join([*labels, body])

    def float(self, text_id, part, caption):
        """Return a figure, a table or a numbered equation."""
        target = f'({part.label})=\n' if part.label else ''
        if part.kind == 'equation':
            return target + self.equation(text_id, part)
        caption = caption_text(self.page, text_id, part, caption)
        if part.kind == 'table':
            return (f'{target}:::{{table}} {caption}\n\n{part.content}\n:::'
                    if caption else f'{target}{part.content}')
        source = (self.book.config.folder / self.page.path).parent
        path = self.image((source / part.content).resolve())
        options = [f':width: {part.width}'] if part.width else []
        options += [f':alt: {caption}'] if caption else []
        return (f'{target}:::{{figure}} /{path}\n' + '\n'.join(
            [*options, '', caption, ':::']))

    def equation(self, text_id, part):
        return tagged(self.page, text_id, part)

    def image(self, path):
        """Take an image file of the book's along; return its path there."""
        try:
            name = path.relative_to(self.book.config.folder).as_posix()
            self.files[name] = path.read_bytes()
        except (OSError, ValueError):
            raise BuildError(f'{self.page.path}: the image {path.name} is not '
                             'in the folder of the book') from None
        return name

    def role(self, role):
        if role.name in ('label', 'eqlabel', 'width'):
            return ''
        if role.name in ('cite', 'citet'):
            return citation_text(self.book, role, lambda key: f'#{_ref(key)}')
        if role.name == 'claim':
            text = self.book.claims[role.content].text
            return f'([{text}](#claim-{role.content}))'
        text, target = reference_text(self.book, role)
        if role.content in self.book.config.links:
            title = f'{target.title} ({self.book.config.links_name})'
            return f'[{text}]({target.url} "{title}")'
        return f'[{text}](#{role.content})'

    def references(self):
        lines = self.book.bibliography.references(self.page.cited())
        if not lines:
            return ''
        entries = '\n\n'.join(f'({_ref(key)})=\n{text}' for key, text in lines)
        return ('## References\n\n::::{container} references\n'
                f'{entries}\n::::')

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
        return (f':::::::{{dropdown}} Code of {title}\n:class-container: '
                f'included\n\n{cells}\n:::::::')

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
        fence = _fence(text)
        block = (f':::{{container}} output\n{fence}text\n{text.rstrip()}\n'
                 f'{fence}\n:::')
        lines = text.rstrip().count('\n') + 1
        return block if lines <= LONG else (
            f'::::{{dropdown}} {lines} lines of output\n{block}\n::::')

    def plot(self, data, name, alt):
        svg, width, height = page_svg(data['image/svg+xml'])
        path = f'plots/{name}.svg'
        self.files[path] = svg.encode()
        return (f'```{{image}} /{path}\n:alt: {alt}\n:class: plot\n'
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
                '<!-- -->' if kind == 'prose' else
                f'*Not needed in {tab.title}.*')
            items.append(f':::::{{tab-item}} {tab.title}\n:sync: {name}\n\n'
                         f'{content}\n:::::')
        return (f'::::::{{tab-set}}\n:sync-group: tab\n:class: {kind}\n\n'
                + '\n\n'.join(items) + '\n::::::')


def _kind(item):
    """Return which of _PageWriter's methods writes an item."""
    if isinstance(item, Group):
        return 'groups'
    return 'texts' if item.prose.tabs is None else 'tab_texts'


def page_svg(svg):
    """Return (SVG for a page, width, height in CSS pixels).

    Its background is transparent, so that the page's shows, and its size is
    left to the page.
    """
    ElementTree.register_namespace('', 'http://www.w3.org/2000/svg')
    ElementTree.register_namespace('xlink', 'http://www.w3.org/1999/xlink')
    root = ElementTree.fromstring(svg)
    name = '{http://www.w3.org/2000/svg}'
    for metadata in root.findall(f'{name}metadata'):
        root.remove(metadata)
    for patch in root.iter(f'{name}path'):
        style = patch.get('style', '')
        patch.set('style', re.sub(r'fill: #ffffff(?=;|$)', 'fill: none',
                                  style))
    _, _, width, height = map(float, root.get('viewBox').split())
    text = ElementTree.tostring(root, encoding='unicode')
    return text, round(width * 4 / 3), round(height * 4 / 3)


def download_link(text, path, name, files):
    """Take the file at `path` along as `name`; return a link to it."""
    files[name] = path.read_bytes()
    return f'{{download}}`{text} </{name}>`'


def code_block(cell):
    """Return a code cell as a fence."""
    fence = _fence(cell.source)
    return f'{fence}python\n{cell.source}\n{fence}'


def _fence(text):
    """Return a fence longer than any run of backticks in `text`."""
    longest = max((len(run) for run in re.findall('`+', text)), default=0)
    return '`' * max(3, longest + 1)


def _ref(key):
    return 'ref-' + re.sub(r'[^a-z0-9]+', '-', key.lower())
