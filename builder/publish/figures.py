"""Whether a figure of recorded plots has some."""
from collections.abc import Iterable, Iterator

from builder.errors import SourceError, raise_all
from builder.record.outputs import PLOTS, shown_form
from builder.record.recordings import Recordings
from builder.source.book import Book, Page
from builder.source.page import Group


def check_figures(book: Book, recordings: Recordings,
                  tabs: Iterable[str]) -> None:
    """Raise SourceError, or SourceErrors, at the figures of plots whose cells
    were recorded in one of these tabs, and drew none."""
    raise_all(error for page in book.pages for tab in tabs
              if tab in page.tabs
              for error in _without_plots(page, recordings, tab))


def _without_plots(page: Page, recordings: Recordings,
                   tab: str) -> Iterator[SourceError]:
    groups = [item for item in page.items if isinstance(item, Group)]
    outputs = iter(recordings[page.name, tab].outputs if groups else ())
    for group in groups:
        shown = [next(outputs) for _ in group.for_tab(tab)]
        known = [part for part in shown if part is not None]
        if group.figure and known and len(known) == len(shown) and not any(
                shown_form(output)[0] in PLOTS
                for part in known for output in part):
            line = group.figure.prose.floats[0].line
            yield SourceError(page.path, line, 'a figure #output, but the '
                              f'cell above it drew no plot in {tab}')
