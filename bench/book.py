"""python -m bench.book FOLDER/config.ini: what the pages of a book cost.

Reads a book and builds all its pages from nothing, in a folder that is thrown
away, and prints one line: pages, mistakes that stand in its sources, seconds
of the processor, seconds on the clock, and the most memory of a process, in
MB. A book with mistakes is built as far as theirs are told.
"""
import gc
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from builder.config import load_config
from builder.errors import BuildError, SourceErrors
from builder.publish.html import build_html
from builder.source.book import load_book

_MEGABYTE = 1_000_000 if sys.platform == 'darwin' else 1_000  # of maxrss


def measure(path: Path) -> str:
    """Return the line for the book of this config.ini."""
    began, clock = _worked(), time.perf_counter()
    mistakes = 0
    book = load_book(load_config(path), strict=False)
    with tempfile.TemporaryDirectory() as folder:
        try:
            build_html(book, Path(folder))
        except SourceErrors as error:
            mistakes = len(error.errors)
        except BuildError:
            mistakes = 1
    memory = max(resource.getrusage(who).ru_maxrss for who in (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (f'{len(book.pages)} pages, {mistakes} mistakes, '
            f'{_worked() - began:.1f} s, '
            f'{time.perf_counter() - clock:.1f} s on the clock, '
            f'{memory // _MEGABYTE} MB')


def _worked() -> float:
    """Return the seconds of the processor that this process and those that it
    has waited for have used."""
    return sum(os.times()[:4])


if __name__ == '__main__':
    gc.set_threshold(200_000, 20, 100)  # as in builder.__main__
    print(measure(Path(sys.argv[1])))
