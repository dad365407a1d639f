"""A book as a PDF for one tab: MyST Markdown without tabs, Sphinx, XeLaTeX.

Only that tab's prose, code, outputs and provenance are in it. Its plots are
the PDF form of the recorded ones, so they are sharp at any size.
"""
import base64
import hashlib
import os
import re
import shutil
import subprocess

from sphinx.util import texescape

from builder.errors import BuildError
from builder.publish.claims_page import CLAIMS_PAGE, claims_page
from builder.publish.markup import code_block, fenced
from builder.publish.myst import PageWriter
from builder.publish.sphinx_build import MYST, run_sphinx, write_sources
from builder.record.checksums import checksum
from builder.record.notebook import tagged
from builder.record.provenance import provenance_line
from builder.record.recording import load_recording

_SCALE = 80  # percent of a plot's size on a page, so that two fit on a sheet
# From here on the table of contents has titles of pages only.
_SHORT_CONTENTS = r'''```{raw} latex
\addtocontents{toc}{\protect\setcounter{tocdepth}{1}}
```'''
DEBIAN = ('latexmk texlive-xetex texlive-latex-recommended '
          'texlive-latex-extra texlive-fonts-recommended fonts-texgyre '
          'fonts-dejavu')


def build_pdf(book, tab, out):
    """Build `out`/pdf/<tab>.pdf, unless it is there, and return its path.

    Args:
        book: the Book.
        tab: a tab's name.
        out: the build folder; sources go to `out`/latex/<tab>.

    Raises:
        BuildError: if Sphinx complains, if LaTeX is missing or complains, or
            if it says that a line is too long or a glyph is missing.
    """
    if not (shutil.which('latexmk') and shutil.which('xelatex')):
        raise BuildError('a PDF needs latexmk and XeLaTeX. On Debian and '
                         f'Ubuntu: apt-get install {DEBIAN}')
    sources = make_sources(book, tab)
    built = current_pdf(book, tab, out, sources)
    if built:
        return built
    folder = out / 'latex' / tab
    write_sources(folder / 'source', sources)
    run_sphinx(folder / 'source', folder / 'tex', folder / 'doctrees',
               'latex')
    _latex(folder / 'tex')
    target = out / 'pdf' / f'{tab}.pdf'
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / 'tex' / 'book.pdf', target)
    target.with_suffix('.made-from').write_text(_made_from(sources))
    return target


def current_pdf(book, tab, out, sources=None):
    """Return the path of a tab's PDF if it is built and of today, or None."""
    path = out / 'pdf' / f'{tab}.pdf'
    mark = path.with_suffix('.made-from')
    if not (path.is_file() and mark.is_file()):
        return None
    try:
        now = _made_from(sources or make_sources(book, tab))
    except BuildError:
        return None  # there cannot be one; `make pdf` says why
    return path if mark.read_text() == now else None


def _made_from(sources):
    return checksum([(name, hashlib.sha256(content).hexdigest())
                     for name, content in sorted(sources.items())])


def make_sources(book, tab):
    """Return {path: bytes} of all that Sphinx reads for a tab's PDF."""
    recordings = [load_recording(book, page, tab) for page in book.pages]
    runs = [f'*{page.title}*: '
            + provenance_line(book.config.tabs[tab], recording)
            for page, recording in zip(book.pages, recordings)
            if page.code(tab)]
    files, texts = {}, {}
    for page, recording in zip(book.pages, recordings):
        writer = TabWriter(book, page, tab, recording, files)
        if page is book.pages[0]:
            writer.front = '\n\n'.join(runs)
        texts[page.name] = writer.write()
    if book.claims:
        texts[CLAIMS_PAGE] = claims_page(book, download=False)
        texts[book.pages[0].name] += (
            f'\n{_SHORT_CONTENTS}\n\n```{{toctree}}\n{CLAIMS_PAGE}\n```\n')
    files |= {f'{name}.md': text.encode() for name, text in texts.items()}
    files['conf.py'] = _conf(book.config, tab).encode()
    return files


class TabWriter(PageWriter):
    """Writes one page as MyST for a single tab; plots go to `files`."""

    def __init__(self, book, page, tab, recording, files):
        super().__init__(book, page, {tab: recording}, files)
        self.tab = tab
        self.front = ''  # what stands under the book's title: the runs

    def tab_texts(self, items):
        for item in items:
            if self.tab in item.prose.tabs:
                yield self.body(item)

    def top(self):
        return self.front

    def group(self, group):
        include = group.cells[0].include
        if include:
            return self.included(include)
        return '\n\n'.join(part for cell, output in self.outputs(group,
                                                                 self.tab)
                           for part in (code_block(cell), output) if part)

    def included(self, include):
        name, label = include
        title = next(page.title for page in self.book.pages
                     if page.name == name)
        return (f'*The code of {title}, up to '
                f'[{self.book.labels[label].title}](#{label}), comes first.*')

    def equation(self, text_id, part):
        # Within $$ it would be split, where LaTeX allows no \tag.
        formula = tagged(self.page, text_id, part).strip('$\n')
        return fenced('{math}', ':nowrap:\n\n\\begin{equation*}\n'
                      f'{formula}\n\\end{{equation*}}')

    def image(self, link):
        path = super().image(link)
        if not path.endswith('.svg'):
            return path
        name = self.book.file(self.page, link)
        del self.files[path]
        self.files[f'{path}.pdf'] = _converted(self.book.config.folder / name,
                                               name)
        return f'{path}.pdf'

    def plot(self, data, name, alt):
        if 'application/pdf' not in data:
            raise BuildError(f'{name}: this plot has no PDF form')
        path = f'plots/{name}.pdf'
        self.files[path] = base64.b64decode(data['application/pdf'])
        return (f'```{{image}} /{path}\n:align: center\n:scale: {_SCALE}\n'
                '```')


def _converted(path, name):
    """Return an SVG file as PDF."""
    if not shutil.which('rsvg-convert'):
        raise BuildError(f'{name} must become a PDF, which needs rsvg-convert.'
                         ' On Debian and Ubuntu: apt-get install '
                         'librsvg2-bin')
    run = subprocess.run(  # the same bytes every time
        ['rsvg-convert', '-f', 'pdf', path], capture_output=True,
        env={**os.environ, 'SOURCE_DATE_EPOCH': '0'})
    if run.returncode:
        raise BuildError(f'{name}: {run.stderr.decode(errors="replace")}')
    return run.stdout


# What LaTeX says of a page that is not as it should be.
_COMPLAINTS = re.compile(
    r'^(?:Overfull \\hbox.*|Missing character:.*|.*Warning: (?:Reference|'
    r'Citation|Hyper reference).*|.*multiply.defined.*)$', re.MULTILINE)


def _latex(folder):
    """Run XeLaTeX as often as it needs, and look at what it says."""
    run = subprocess.run(
        ['latexmk', '-xelatex', '-interaction=nonstopmode', '-halt-on-error',
         '-file-line-error', 'book.tex'], cwd=folder, capture_output=True,
        text=True, errors='replace')
    log = folder / 'book.log'
    text = log.read_text('utf-8', 'replace') if log.is_file() else run.stderr
    if run.returncode:
        lines = text.splitlines()
        at = [n for n, line in enumerate(lines)
              if re.match(r'!|\S+:\d+: ', line)]
        said = lines[at[0]:at[0] + 12] if at else (
            (run.stdout + run.stderr).splitlines()[-12:])
        raise BuildError('XeLaTeX failed:\n' + '\n'.join(said))
    # TeX breaks the lines of its log at 79 characters.
    said = _COMPLAINTS.findall(text)
    if said:
        raise BuildError('the PDF is not as it should be:\n'
                         + '\n'.join(dict.fromkeys(said)))


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


def _conf(config, tab):
    """Return the conf.py that Sphinx reads."""
    texescape.init()
    title = texescape.escape(f'{config.title}: {config.tabs[tab].title}',
                             'xelatex')
    settings = {
        'project': config.title, 'author': config.authors,
        'copyright': config.authors, 'language': config.language,
        'extensions': ['myst_parser', 'sphinx_design',
                       'builder.publish.guard'],
        'root_doc': config.root.stem, 'nitpicky': True, 'today': ' ',
        **MYST,
        'suppress_warnings': ['misc.highlighting_failure'],
        'latex_engine': 'xelatex', 'latex_show_urls': 'no',
        'latex_documents': [(config.root.stem, 'book.tex', title,
                             texescape.escape(config.authors, 'xelatex'),
                             'howto')],
        'latex_elements': {
            'papersize': 'a4paper', 'pointsize': '10pt',
            'fontpkg': _FONTS, 'preamble': _PREAMBLE, 'figure_align': 'H',
            'sphinxsetup': 'hmargin={25mm,25mm},vmargin={25mm,25mm},'
                           'VerbatimColor={rgb}{0.97,0.97,0.97},'
                           'pre_border-width=0pt,pre_border-radius=0pt',
            'releasename': ' '},
        'pygments_style': 'friendly',
    }
    return ''.join(f'{name} = {value!r}\n'
                   for name, value in settings.items())
