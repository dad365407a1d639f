"""python -m builder STAGE: the stages that the Makefile calls.

    env NAME ...       make the virtual environments
    tabs               print the names of the tabs
    skip TAB           say so if this Python cannot run a tab; else fail
    notebooks          bring the prose of recorded notebooks up to date, and
                       the copies for Colab
    run TAB            run all notebooks of a tab and record them
    lab TAB            copy a tab's notebooks to _build/lab/TAB, to be changed
    html               build the pages into _build/html
    pdf TAB ...        build _build/pdf/TAB.pdf; without names, of all tabs
    linkcheck          ask for every address that the pages name
    check              fail if a recorded notebook is stale, or a claim
                       lacks its runs
"""
import argparse
import os
import sys
import time
from pathlib import Path

from builder.errors import BuildError

ROOT = Path.cwd()


def main(arguments=None):
    """Run one stage; return the exit status."""
    parser = argparse.ArgumentParser(
        prog='python -m builder', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('stage', choices=STAGES, metavar='STAGE')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args(arguments)
    try:
        return STAGES[options.stage](*options.names) or 0
    except TypeError as error:
        if 'positional argument' not in str(error):
            raise
        parser.error(f'{options.stage}: wrong number of names')
    except BuildError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted', file=sys.stderr)
        return 130


def _config():
    from builder.config import load_config
    return load_config(ROOT / 'config.ini')


def _book():
    from builder.source.book import load_book
    return load_book(_config())


def _tab(config, name):
    if name not in config.tabs:
        raise BuildError(f'unknown tab {name!r}, expected one of '
                         f'{", ".join(config.tabs)}')
    return config.tabs[name]


def env(*names):
    """Make environments."""
    from builder.environment import ensure_environment, obstacle
    for name in names:
        tab = _config().tabs.get(name)
        if tab and obstacle(tab):
            raise BuildError(obstacle(tab))
        ensure_environment(ROOT, name)


def tabs():
    """Print the names of the tabs."""
    print(*_config().tabs)


def skip(tab):
    """Print why this Python cannot run a tab; fail if it can."""
    from builder.environment import obstacle
    reason = obstacle(_tab(_config(), tab))
    if not reason:
        return 1
    print(f'SKIPPED {tab}: {reason}')


def run(tab):
    """Run and record all notebooks of a tab."""
    from builder.record.execute import record
    book = _book()
    for page in book.notebooks():
        record(book, page, _tab(book.config, tab).name)


def notebooks():
    """Write today's prose into recorded notebooks whose code is today's."""
    from builder.publish.colab import update_colab
    from builder.record.notebook import make_notebook
    from builder.record.recording import load_recording, write_notebook
    book = _book()
    stale = 0
    for page, tab in _pairs(book):
        recording = load_recording(book, page, tab)
        path = book.config.notebook(tab, page.name)
        shown = path.relative_to(ROOT)
        if recording.problems:
            stale += 1
            print(f'{shown}: left alone, {recording.problems[0]}; '
                  f'make run TAB={tab}')
        elif recording.text_differs:
            notebook = make_notebook(book, page, tab)
            cells = [c for c in notebook.cells if c.cell_type == 'code']
            for n, (cell, outputs) in enumerate(
                    zip(cells, recording.outputs), 1):
                cell.outputs, cell.execution_count = outputs, n
            notebook.metadata['recording'] = recording.about
            write_notebook(notebook, path)
            print(f'{shown}: text updated, outputs kept')
        else:
            print(f'{shown}: up to date')
    for path in update_colab(book.config, _pairs(book)):
        print(f'{path.relative_to(ROOT)}: written')
    return stale


def lab(tab: str) -> None:
    """Copy the notebooks of a tab, and say where they are."""
    from builder.publish.lab import copy_notebooks
    book = _book()
    copies = copy_notebooks(book, _tab(book.config, tab).name, ROOT / '_build')
    for path, state in copies.items():
        print(f'{path.relative_to(ROOT)}: '
              + ('kept as you left it; remove it to begin anew'
                 if state == 'changed' else f'a copy, {state}'))


def html():
    """Build the pages."""
    from builder.publish.html import build_html
    start = time.perf_counter()
    book = _book()
    _report(book)
    index = build_html(book, ROOT / '_build')
    print(f'pages: {time.perf_counter() - start:.1f} s')
    print(f'open {os.path.relpath(index)}')


def pdf(*names):
    """Build the PDFs of these tabs, or of all."""
    from builder.publish.pdf import build_pdf
    book = _book()
    for tab in [_tab(book.config, name) for name in names or
                book.config.tabs]:
        start = time.perf_counter()
        path = build_pdf(book, tab.name, ROOT / '_build')
        print(f'{os.path.relpath(path)}: {time.perf_counter() - start:.1f} s')


def linkcheck():
    """Fail unless all addresses answer."""
    from builder.publish.html import check_links
    check_links(_book(), ROOT / '_build')
    print('all addresses answer')


def check():
    """Fail unless all notebooks are fresh and all claims have their runs."""
    return _report(_book())


def _report(book):
    """Print what is wrong with recordings and claims; return how many are."""
    from builder.publish.colab import update_colab
    from builder.record.recording import load_recording
    problems = [c.problem for c in book.claims.values() if c.problem]
    print(*problems, sep='\n', end='\n' * bool(problems))
    wrong = len(problems)
    for page, tab in _pairs(book):
        recording = load_recording(book, page, tab)
        name = f'notebooks/{tab}/{page.name}.ipynb'
        if recording.problems:
            print(f'{name} is stale: {"; ".join(recording.problems)}. '
                  f'Refresh it: make run TAB={tab}')
        elif recording.text_differs:
            print(f'{name}: its text is not that of the source. '
                  'Refresh it: make notebooks')
        wrong += bool(recording.problems or recording.text_differs)
    for path in update_colab(book.config, _pairs(book), write=False):
        print(f'{path.relative_to(ROOT)} is not of today. '
              'Refresh it: make notebooks')
        wrong += 1
    return wrong


def _pairs(book):
    return [(page, tab) for page in book.notebooks()
            for tab in book.config.tabs if page.code(tab)]


STAGES = {stage.__name__: stage
          for stage in (env, tabs, skip, notebooks, run, lab, html,
                        pdf, linkcheck, check)}

if __name__ == '__main__':
    sys.exit(main())
