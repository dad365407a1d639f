"""A schedule lab in its media: on a page, and as a figure in a PDF."""
import json

from builder import escape
from builder.config import Config
from builder.errors import SourceError
from builder.escape import fenced
from builder.lab.net.files import lab_files
from builder.lab.ui.recorded import recorded_script
from builder.lab.ui.scripts import (
    HERE,
    Still,
    options,
    page_script,
    problems,
    still,
)
from builder.publish.conf import STATIC
from builder.publish.markup import directive, tab_set
from builder.publish.pdf_images import converted
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.source.inline import Span
from builder.source.lab import Lab
from builder.source.page import Page

_FOLDER = f'{STATIC}/lab/'  # of its files among the Sources
_PAGE, _SHEET = (700, 230), (560, 200)  # sizes of figures, in pixels
_HINT = ('With scripts, this page lets you change these schedules and trains '
         'a network under each of them, here in the browser.')


def lab_markup(config: Config, lab: Lab, page: str, number: int,
               sources: Sources) -> str:
    """Return a lab as MyST for a page, with the figure and the code that
    stand there until its scripts run; its files go to `sources`.

    Args:
        config: the Config.
        lab: the Lab.
        page: the name of its page.
        number: its place among the labs of the page.
        sources: what Sphinx reads.
    """
    if not files_of_labs(sources):
        _add_files(config, sources)
    shown = still(lab, *_PAGE, False)
    name = f'lab-{number}'
    data = escape.markup(json.dumps(options(lab)))
    html = (f'<div class="schedule-lab" id="{name}" data-options="{data}">\n'
            f'<figure>{shown["svg"]}\n<figcaption>'
            f'{escape.markup(" ".join([*shown["words"], _HINT]))}'
            f'</figcaption></figure>\n</div>')
    if number == 1:  # once for all labs of a page
        html = f'{_head(page, sources)}\n{html}'
    return (f'{fenced("{raw} html", html)}\n\n'
            f'{_code(config, name, shown)}\n')


def lab_link(page: Page, span: Span) -> str:
    """Return an address that gives the first lab of a page a setting.

    Raises:
        SourceError: if the page has none, or it has no such setting.
    """
    if not page.labs:
        raise SourceError(page.path, span.line, f'#{span.content}: the page '
                          'has no lab')
    unknown = problems(page.labs[0], span.content)
    if unknown:
        raise SourceError(page.path, span.line, 'the lab does not understand '
                          + ', '.join(unknown))
    return f'lab:{escape.address(span.content)}'


def _head(page: str, sources: Sources) -> str:
    """Return what loads style and scripts. What these load has the version
    in their address, too, so that a browser's cache mixes no two builds."""
    folder = '../' * page.count('/') + '_static/lab'
    version = bytes_checksum(b'\0'.join(
        files_of_labs(sources).values()))[:8]
    return (f'<link rel="stylesheet" href="{folder}/lab.css?v={version}">\n'
            f'<script defer src="{folder}/lab.js?v={version}"></script>')


def _code(config: Config, name: str, shown: Still) -> str:
    """Return the code of the first schedule in each tab."""
    contents = {}
    for tab, about in config.tabs.items():
        title = escape.markdown(about.title)
        code = shown['code'].get(tab)
        contents[tab] = title, (
            directive('container', f'lab-snippet lab-code-{name} '
                      f'lab-tab-{tab}', fenced('python', code.rstrip()))
            if code else f'*The lab has no code for {title}.*')
    return tab_set(contents, 'cell')


def files_of_labs(sources: Sources) -> dict[str, bytes]:
    """Return {name: content} of the files of labs among the Sources."""
    return {name: content for name, content in sources.items()
            if name.startswith(_FOLDER)}


def _add_files(config: Config, sources: Sources) -> None:
    files = {'lab.js': page_script(),
             'lab.css': (HERE / 'lab.css').read_bytes(),
             'runs.js': recorded_script(config), **lab_files(config)}
    for name, content in files.items():
        sources.add(f'{_FOLDER}{name}', content)


def lab_sheet(lab: Lab, page: str, sources: Sources,
              as_pdf: bool = True) -> str:
    """Return a lab as MyST without scripts: a figure of its schedules, as a
    PDF or as SVG."""
    shown = still(lab, *_SHEET, True)
    path = f'plots/{page.replace("/", "-")}-lab-{lab.line}.'
    svg = shown['svg'].encode()
    path += 'pdf' if as_pdf else 'svg'
    sources.add(path, converted(path, svg) if as_pdf else svg)
    words = [escape.markdown(text) for text in shown['words']]
    return (f'```{{image}} /{path}\n:align: center\n```\n\n'
            + ' '.join([*words, 'The book’s pages have a lab here, in which '
                        'these schedules can be changed and a network is '
                        'trained under each of them.']) + '\n')
