"""Sphinx's settings: what pages and PDFs share, and what only one has."""
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from docutils.nodes import make_id
from sphinx.util import texescape

from builder.config import Config
from builder.escape import markup
from builder.publish.languages import TEMPLATE, UNLISTED, script
from builder.publish.plain import EXTRA
from builder.publish.sources import Sources
from builder.words import catalog_path

# Cards for previews of links, a sitemap, a page for wrong addresses.
SITE = 'sphinxext.opengraph', 'sphinx_sitemap', 'notfound.extension'
STATIC = '_book'  # the folder of styles, scripts and icon among the Sources
# The styles of pages in look/, in this order.
LOOK = ('plots', 'code', 'page', 'frameworks', 'predict', 'effects',
        'colours')
_HERE = Path(__file__).parent
EPUB_COVER = f'{STATIC}/cover.png'
_FONTS = r'''
\setmainfont{TeX Gyre Pagella}
\setsansfont{TeX Gyre Heros}
\setmonofont{DejaVu Sans Mono}[Scale=0.76]
'''
_PREAMBLE = r'''
\usepackage{microtype}
% Captions bring their numbers along, the same ones as on pages.
\usepackage{caption}
\captionsetup{labelformat=empty,labelsep=none}
% A figure floats to where it fits, and leaves no page half empty.
\renewcommand{\topfraction}{0.9}
\renewcommand{\bottomfraction}{0.8}
\renewcommand{\textfraction}{0.07}
\renewcommand{\floatpagefraction}{0.8}
% A table that goes on need not say so, with a number that it has not got.
\renewcommand*{\sphinxtablecontinued}[1]{}
% A column of single short words is as wide as its words are.
\setlength{\tymin}{36pt}
% Outputs: no box, a rule at the left.
\newenvironment{sphinxclassoutput}{%
  \sphinxsetup{VerbatimColor={named}{white}}%
  \def\FrameCommand{\textcolor{gray}{\vrule width 2pt}\hspace{6pt}}%
  \MakeFramed{\advance\hsize-\width \FrameRestore}}{\endMakeFramed}
% A space in code is a character, so that copied code keeps its indentation.
\makeatletter
\def\spx@verbatim@space{\nobreak\hskip\z@skip\discretionary
  {\copy\sphinxvisiblespacebox}{\sphinxafterbreak}{\char32}}
\makeatother
\newenvironment{sphinxclassreferences}{\parindent=-1.5em\leftskip=1.5em
  \sloppy}{}
'''
# In formulas, too.
_CHINESE = r'\xeCJKsetup{CJKmath=true}' + '\n'


# What pages are made of: directives in ``` and ~~~, labels (name)=, formulas.
# The rest of MyST is off, so that in the sources it is text; and no directive
# reads a file. Copies of the book's files are no pages.
MYST = {
    'myst_enable_extensions': ['dollarmath'],
    'myst_disable_syntax': ['myst_role', 'myst_line_comment',
                            'myst_block_break', 'html_block', 'html_inline'],
    # Addresses that begin with / lead to the host of the pages, settings of a
    # lab to the page itself.
    'myst_url_schemes': {'http': None, 'https': None, 'mailto': None,
                         'ftp': None, 'site': '{{path}}',
                         'lab': '#{{path}}'},
    'myst_dmath_allow_labels': False, 'myst_dmath_double_inline': True,
    'exclude_patterns': ['plots', 'files', STATIC, EXTRA],
}
_DOCUTILS = b'[general]\nfile_insertion_enabled: off\n'


def _shared(config: Config) -> dict[str, Any]:
    return {
        'project': config.title, 'author': config.authors,
        'copyright': config.authors, 'language': config.language,
        'extensions': ['myst_parser', 'sphinx_design',
                       'builder.publish.directives', 'builder.publish.guard'],
        'root_doc': config.root.stem, 'nitpicky': True,
        **MYST,
        # A line such as `!ls` is no Python, and no mistake either; headings
        # that leave a level out are told by builder.source.notes.
        'suppress_warnings': ['misc.highlighting_failure', 'myst.header'],
    }


def add_html_conf(config: Config, sources: Sources,
                  api_names: Sequence[str] = (),
                  languages: Mapping[str, Any] | None = None) -> None:
    """Add conf.py for pages, and the styles and scripts that it names; with
    names of the package that lead to its page, and what
    builder.publish.languages has to know of a book in several."""
    shared = _shared(config)
    _add_conf(sources, {
        **shared,
        'extensions': [*shared['extensions'], 'sphinx_copybutton',
                       'builder.publish.katex', 'builder.publish.once',
                       'builder.publish.api_links',
                       *(['builder.publish.languages'] if languages else []),
                       *(SITE if config.html.site else ())],
        **_of_api(api_names),
        'html_theme': config.html.theme,
        # The theme's templates take it for HTML.
        'html_title': markup(config.title),
        **_of_site(config),
        'html_theme_options': {'top_of_page_buttons': []},
        'html_extra_path': [EXTRA],
        **_look(config, sources, bool(languages)),
        'html_copy_source': False, 'html_show_sourcelink': False,
        'html_show_sphinx': False, 'html_scaled_image_link': False,
        'copybutton_selector': 'div.highlight-python div.highlight > pre',
        'pygments_style': 'a11y-high-contrast-light',
        'pygments_dark_style': 'a11y-high-contrast-dark',
        **(languages or {})})


def _add_words(config: Config, sources: Sources) -> list[str]:
    """Add what pages, their theme and scripts say in the book's language;
    return the names of scripts."""
    catalog = catalog_path(config.language)
    if catalog is None:
        return []
    language = config.language.replace('-', '_')
    sources.add(f'locales/{language}/LC_MESSAGES/sphinx.po',
                catalog.read_bytes())
    sources.add(f'{STATIC}/words.js', script(config))
    return ['words.js']


def _look(config: Config, sources: Sources, several: bool,
          ) -> dict[str, Any]:
    """Add styles, scripts and icon, the builder's and the book's, and return
    what names them; with a choice of languages, if there are several."""
    if several:
        sources.add(*TEMPLATE)
        for end in ('css', 'js'):
            name = f'languages.{end}'
            sources.add(f'{STATIC}/{name}', (_HERE / name).read_bytes())
    sources.add(f'{STATIC}/page.css', page_styles())
    sources.add(f'{STATIC}/page.js', (_HERE / 'page.js').read_bytes())
    icon = [config.html.favicon] if config.html.favicon else []
    for path in (*config.html.styles, *icon):
        sources.add(f'{STATIC}/{path.name}', sources.take(path)[1])
    return {
        'html_static_path': [STATIC],
        'html_js_files': [*_add_words(config, sources), 'page.js'],
        'html_css_files': ['page.css', *(path.name for path in
                                         config.html.styles)],
        'html_favicon': f'{STATIC}/{icon[0].name}' if icon else None}


def page_styles() -> bytes:
    """Return the look of pages as one style sheet, on top of the theme's.
    Colours come from the theme's variables, so light and dark follow it."""
    return b'\n'.join((_HERE / 'look' / f'{name}.css').read_bytes()
                      for name in LOOK)


def _of_api(names: Sequence[str]) -> dict[str, Any]:
    """Return how the package's page is written, and what links to it."""
    return {'api_names': {name: name for name in names},
            'toc_object_entries_show_parents': 'hide'} if names else {}


def _of_site(config: Config) -> dict[str, Any]:
    """Return what pages say of themselves, if their address is known."""
    if not config.html.site:
        return {}
    return {
        'html_baseurl': config.html.site, 'ogp_site_url': config.html.site,
        'ogp_site_name': config.title,
        'ogp_social_cards': {'enable': False},  # builder.publish.preview's are
        'ogp_custom_meta_tags': [
            '<meta name="twitter:card" content="summary_large_image">'],
        'sitemap_url_scheme': '{link}', 'sitemap_excludes': [*UNLISTED],
        'notfound_urls_prefix': urlsplit(config.html.site).path}


def add_latex_conf(config: Config, tab: str, sources: Sources) -> None:
    """Add conf.py for a tab's PDF."""
    texescape.init()
    title, authors = (texescape.escape(text, 'xelatex') for text in (
        f'{config.title}: {config.tabs[tab].title}', config.authors))
    shared = _shared(config)
    _add_conf(sources, {
        **shared, 'today': ' ',
        'extensions': [*shared['extensions'], 'builder.publish.tex_lines'],
        'latex_engine': 'xelatex', 'latex_show_urls': 'no',
        'latex_documents': [(config.root.stem, 'book.tex', title, authors,
                             'howto')],
        'latex_elements': {
            'papersize': 'a4paper', 'pointsize': '10pt',
            'fontpkg': _FONTS,
            'preamble': _PREAMBLE + _CHINESE * (
                config.language.startswith('zh')),
            'figure_align': 'htbp',
            'sphinxsetup': 'hmargin={25mm,25mm},vmargin={25mm,25mm},'
                           'VerbatimColor={rgb}{0.97,0.97,0.97},'
                           'pre_border-width=0pt,pre_border-radius=0pt',
            'releasename': ' '},
        'pygments_style': 'friendly'})


def add_epub_conf(config: Config, tab: str, date: str,
                  sources: Sources, api_names: Sequence[str] = (),
                  cover: bool = False) -> None:
    """Add conf.py for a tab's EPUB, which is as old as `date`; with names of
    the package that lead to its page, and with a cover if there is one."""
    style = _HERE / 'epub.css'
    sources.add(f'{STATIC}/{style.name}', style.read_bytes())
    title = f'{config.title}: {config.tabs[tab].title}'
    shared = _shared(config)
    _add_conf(sources, {
        **shared, 'version': date, 'epub_date': date,
        'extensions': [name for name in shared['extensions']
                       if name != 'sphinx_design'  # it brings scripts
                       ] + ['builder.publish.epub_format',
                            'builder.publish.api_links'],
        'api_names': {name: make_id(name) for name in api_names},
        'html_static_path': [STATIC], 'epub_css_files': [style.name],
        **({'epub_cover': ('_static/cover.png', 'epub-cover.html')}
           if cover else {}),
        'epub_basename': 'book', 'epub_title': title,
        'epub_description': title, 'epub_contributor': config.authors or title,
        'epub_author': config.authors or title,
        'epub_publisher': config.authors or title,
        'epub_copyright': config.authors or title,
        'epub_identifier': uuid5(NAMESPACE_URL, config.html.site + title).urn,
        'epub_scheme': 'UUID', 'epub_uid': 'book', 'epub_use_index': False,
        'epub_show_urls': 'no', 'epub_tocdepth': 2,
        'html_domain_indices': False, 'pygments_style': 'friendly'})


def _add_conf(sources: Sources, settings: dict[str, Any]) -> None:
    sources.add('docutils.conf', _DOCUTILS)
    sources.add('conf.py', ''.join(
        f'{name} = {value!r}\n' for name, value in settings.items()).encode())
