"""Sources and recorded notebooks to pages: MyST Markdown, then Sphinx.

Nothing is run here. Files are written only if they differ, so that Sphinx
rebuilds what changed and no more.
"""
import io
import re
import shutil
import xml.etree.ElementTree as ElementTree
from itertools import groupby
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from builder.book import Group, table_of_contents
from builder.claims import claims_page
from builder.errors import BuildError
from builder.notebook import citation_text, reference_text, render
from builder.provenance import provenance_line
from builder.recording import load_recording

CLAIMS_PAGE = 'claims'


def build_html(book, out):
    """Build the pages into `out`/html and return the index page's path.

    Args:
        book: the Book.
        out: the build folder; MyST sources and plots go to `out`/source.

    Raises:
        BuildError: if Sphinx reports an error or a warning.
    """
    source = out / 'source'
    written = {source / name: content
               for name, content in make_sources(book).items()}
    written[source / 'conf.py'] = _conf(book.config).encode()
    for path in source.rglob('*') if source.exists() else ():
        if path.is_file() and path not in written:
            path.unlink()
    for path, content in written.items():
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    _sphinx(source, out)
    return out / 'html' / f'{book.pages[0].name}.html'


def make_sources(book):
    """Return {path: bytes} of all that Sphinx reads: pages and plots."""
    files = {}
    for page in book.pages:
        recordings = {tab: load_recording(book, page, tab)
                      for tab in book.config.tabs}
        text = _PageWriter(book, page, recordings, files).write()
        files[f'{page.name}.md'] = text.encode()
    if book.claims:
        files[f'{CLAIMS_PAGE}.md'] = claims_page(book).encode()
    for claim in book.claims.values():
        for path in claim.runs if not claim.problem else ():
            files[path] = (book.config.folder / path).read_bytes()
    return files


class _PageWriter:
    """Writes one page as MyST; plots go to `files`."""

    def __init__(self, book, page, recordings, files):
        self.book, self.page, self.files = book, page, files
        self.recordings, self.tabs = recordings, book.config.tabs
        self.has_code = page in book.notebooks()
        self.positions = {
            tab: {cell_id: n for n, (cell_id, _) in enumerate(page.code(tab))}
            for tab in self.tabs}

    def write(self):
        parts = [part for key, items in groupby(self.page.items, _kind)
                 for part in getattr(self, key)(items)]
        if self.has_code:
            title, _, rest = parts[0].partition(f'{self.page.title}\n')
            parts[0] = (f'{title}{self.page.title}\n\n{self.provenance()}'
                        f'\n\n{rest}')
        parts.append(self.references())
        return '\n\n'.join(part.strip('\n') for part in parts if part) + '\n'

    # Prose.

    def tab_texts(self, items):
        """Yield prose for some tabs that stands together as one tab-set."""
        contents = {}
        for item in items:
            for tab in item.prose.tabs:
                contents.setdefault(tab, []).append(self.body(item.prose))
        yield self.tab_set({tab: '\n\n'.join(parts)
                            for tab, parts in contents.items()}, 'prose')

    def texts(self, items):
        for item in items:
            yield self.body(item.prose)

    def body(self, prose):
        toc = table_of_contents(prose)
        body = render(prose, self.role)
        if toc:
            entries = '\n'.join([*toc[2], '', *toc[1]])
            body = body.replace(toc[0][0], f'```{{toctree}}\n{entries}\n```')
        labels = [f'({role.content})=' for role in prose.roles
                  if role.name == 'label']
        return '\n'.join([*labels, body])

    def role(self, role):
        if role.name == 'label':
            return ''
        if role.name in ('cite', 'citet'):
            return citation_text(self.book, role, lambda key: f'#{_ref(key)}')
        if role.name == 'claim':
            text = self.book.claims[role.content].text
            return f'([{text}](#claim-{role.content}))'
        text, target = reference_text(self.book, role)
        if role.content in self.book.config.links:
            return f'[{text}]({target.url})'
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
        return self.tab_set(lines, 'provenance')

    # Cells.

    def groups(self, items):
        for group in items:
            yield self.group(group)

    def group(self, group):
        outputs = {tab: self.outputs(group, tab) for tab in self.tabs}
        if not group.common:
            cells = self.tab_set(
                {tab: '\n\n'.join(part for cell, output in outputs[tab]
                                  for part in (_code(cell), output))
                 for tab in self.tabs if outputs[tab]}, 'cell')
            return self.folded(group, cells)
        shown = {tab: parts[0][1] for tab, parts in outputs.items()}
        code = _code(group.cells[0])
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
            return _literal(output.text)
        data = output.get('data', {})
        if 'image/svg+xml' in data:
            svg, width, height = page_svg(data['image/svg+xml'])
            path = f'plots/{name}.svg'
            self.files[path] = svg.encode()
            alt = ' '.join(data.get('text/plain', '').split())
            return (f'```{{image}} /{path}\n:alt: {alt}\n:class: plot\n'
                    f':width: {width}px\n:height: {height}px\n'
                    f':loading: lazy\n```')
        if 'text/plain' in data:
            return _literal(data['text/plain'])
        raise BuildError(f'{name}: an output of kind {sorted(data)}, expected '
                         'text or an SVG')

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


def _code(cell):
    fence = _fence(cell.source)
    return f'{fence}python\n{cell.source}\n{fence}'


def _literal(text):
    fence = _fence(text)
    return (f':::{{container}} output\n{fence}text\n'
            f'{text.rstrip()}\n{fence}\n:::')


def _fence(text):
    """Return a fence longer than any run of backticks in `text`."""
    longest = max((len(run) for run in re.findall('`+', text)), default=0)
    return '`' * max(3, longest + 1)


def _ref(key):
    return 'ref-' + re.sub(r'[^a-z0-9]+', '-', key.lower())


def _sphinx(source, out):
    """Run Sphinx over `source`; warnings are errors."""
    nocolor()
    warnings = io.StringIO()
    try:
        with patch_docutils(source), docutils_namespace():
            Sphinx(source, source, out / 'html', out / 'doctrees', 'html',
                   status=None, warning=warnings).build()
    except SphinxError as error:
        warnings.write(f'{error}')
    said = warnings.getvalue().strip()
    if said:
        # Pages that Sphinx thinks are done would not be complained of again.
        shutil.rmtree(out / 'doctrees', ignore_errors=True)
        raise BuildError(f'the pages have errors:\n{said}')


def _conf(config):
    """Return the conf.py that Sphinx reads."""
    styles = (Path(__file__).with_name('page.css'), *config.styles)
    settings = {
        'project': config.title, 'author': config.authors,
        'copyright': config.authors, 'language': config.language,
        'extensions': ['myst_parser', 'sphinx_design', 'sphinx_copybutton',
                       'builder.katex'],
        'root_doc': config.root.stem, 'nitpicky': True,
        'exclude_patterns': ['plots'],
        'myst_enable_extensions': ['colon_fence', 'dollarmath'],
        # A line such as `!ls` is no Python, and no mistake either.
        'suppress_warnings': ['misc.highlighting_failure'],
        'html_theme': config.theme, 'html_title': config.title,
        'html_theme_options': {'top_of_page_buttons': []},
        'html_static_path': [str(path) for path in styles],
        'html_css_files': [path.name for path in styles],
        'html_favicon': str(config.favicon) if config.favicon else None,
        'html_copy_source': False, 'html_show_sourcelink': False,
        'html_show_sphinx': False, 'html_scaled_image_link': False,
        'copybutton_selector': 'div.highlight-python div.highlight > pre',
        'pygments_style': 'friendly', 'pygments_dark_style': 'github-dark',
    }
    return ''.join(f'{name} = {value!r}\n'
                   for name, value in settings.items())
