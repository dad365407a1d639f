"""Pages as a web site: MyST Markdown with tabs, then Sphinx.

Nothing is run here. Files are written only if they differ, so that Sphinx
rebuilds what changed and no more.
"""
from pathlib import Path

from builder.publish.claims_page import CLAIMS_PAGE, claims_page
from builder.publish.markup import download_link
from builder.publish.myst import PageWriter
from builder.publish.pdf import current_pdf
from builder.publish.sphinx_build import MYST, run_sphinx, write_sources
from builder.record.recording import load_recording


def build_html(book, out):
    """Build the pages into `out`/html and return the index page's path.

    Args:
        book: the Book.
        out: the build folder; MyST sources and plots go to `out`/source.

    Raises:
        BuildError: if Sphinx reports an error or a warning.
    """
    pdfs = {tab: current_pdf(book, tab, out) for tab in book.config.tabs}
    _write(book, out, {tab: path for tab, path in pdfs.items() if path})
    run_sphinx(out / 'source', out / 'html', out / 'doctrees', 'html')
    return out / 'html' / f'{book.pages[0].name}.html'


def check_links(book, out):
    """Ask for every address that the pages name, over the network.

    Raises:
        BuildError: with those that do not answer, and where they stand.
    """
    _write(book, out, {})
    run_sphinx(out / 'source', out / 'linkcheck', out / 'doctrees',
               'linkcheck')


def _write(book, out, pdfs):
    write_sources(out / 'source', {**make_sources(book, pdfs),
                                   'conf.py': _conf(book.config).encode()})


def make_sources(book, pdfs=()):
    """Return {path: bytes} of all that Sphinx reads: pages and plots.

    Args:
        book: the Book.
        pdfs: {tab: path} of the PDFs that the pages link to.
    """
    files = {}
    for page in book.pages:
        recordings = {tab: load_recording(book, page, tab)
                      for tab in book.config.tabs}
        writer = PageWriter(book, page, recordings, files)
        text = writer.write()
        if page is book.pages[0] and book.notebooks():
            text += downloads(book, files, pdfs)
        files[f'{page.name}.md'] = text.encode()
    if book.claims:
        files[f'{CLAIMS_PAGE}.md'] = claims_page(book).encode()
    for claim in book.claims.values():
        for path in claim.runs if not claim.problem else ():
            files[path] = (book.config.folder / path).read_bytes()
    return files


def downloads(book, files, pdfs):
    """Return a table of all notebooks and PDFs; they go to `files`."""
    title = 'Notebooks and PDFs' if pdfs else 'Notebooks'
    lines = ['', f'## {title}', '',
             '| | Notebooks |' + ' PDF |' * bool(pdfs),
             '|---|---|' + '---|' * bool(pdfs)]
    for name, tab in book.config.tabs.items():
        notebooks = [download_link(page.title, book.config.notebook(
            name, page.name), f'notebooks/{name}/{page.name}.ipynb', files)
            for page in book.notebooks()
            if book.config.notebook(name, page.name).is_file()]
        line = f'| {tab.title} | {", ".join(notebooks)} |'
        if pdfs:
            pdf = name in pdfs and download_link(
                f'{tab.title} edition', pdfs[name], f'pdf/{name}.pdf', files)
            line += f' {pdf or ""} |'
        lines.append(line)
    return '\n'.join(lines) + '\n'


def _conf(config):
    """Return the conf.py that Sphinx reads."""
    here = Path(__file__).parent
    styles = (here / 'page.css', *config.styles)
    settings = {
        'project': config.title, 'author': config.authors,
        'copyright': config.authors, 'language': config.language,
        'extensions': ['myst_parser', 'sphinx_design', 'sphinx_copybutton',
                       'builder.publish.katex', 'builder.publish.guard'],
        'root_doc': config.root.stem, 'nitpicky': True,
        **MYST,
        # A line such as `!ls` is no Python, and no mistake either.
        'suppress_warnings': ['misc.highlighting_failure'],
        'html_theme': config.theme, 'html_title': config.title,
        'html_theme_options': {'top_of_page_buttons': []},
        'html_static_path': [str(path) for path in
                             (*styles, here / 'page.js')],
        'html_css_files': [path.name for path in styles],
        'html_js_files': ['page.js'],
        'html_favicon': str(config.favicon) if config.favicon else None,
        'html_copy_source': False, 'html_show_sourcelink': False,
        'html_show_sphinx': False, 'html_scaled_image_link': False,
        'copybutton_selector': 'div.highlight-python div.highlight > pre',
        'pygments_style': 'a11y-high-contrast-light',
        'pygments_dark_style': 'a11y-high-contrast-dark',
    }
    return ''.join(f'{name} = {value!r}\n'
                   for name, value in settings.items())
