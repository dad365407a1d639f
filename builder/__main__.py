"""python -m builder [--config FILE] STAGE: the stages that the Makefile calls.

    new                write a config.ini for the book in this folder
    katex              install KaTeX, which pages need, beside the builder
    env NAME ...       make the virtual environments
    tabs               print the names of the tabs
    skip TAB           say so if this Python cannot run a tab; else fail
    notebooks          bring the prose of recorded notebooks up to date, and
                       the copies for Colab; write those that were never run
    run TAB PAGE ...   run notebooks of a tab and record them: of the pages
                       that are named, or of all
    lab TAB            copy a tab's notebooks to _build/lab/TAB, to be changed
    html               build the pages into _build/html; --without PAGE,...
                       leaves pages out, of PDFs and EPUBs too: solutions, say,
                       or the pages claims and api
    pdf TAB ...        build _build/pdf/TAB.pdf; without names, of all tabs
    epub TAB ...       build _build/epub/TAB.epub; without names, of all tabs
    slides TAB ...     build _build/slides/TAB, a deck for each page that marks
                       text for slides; without names, of all tabs
    translation LANGUAGE  print the sections that are not translated, and the
                       marks of their translations
    linkcheck          ask for every address that the pages name
    check              fail if a recorded notebook is stale, or a claim
                       lacks its runs

FILE is the book's config.ini; its folder is the book's. Without it, it is
config.ini in the folder where you are.

The exit status is 0 if all is well, 1 if something is wrong with the book,
2 if this command is, and 130 after Ctrl-C.
"""
import argparse
import gc
import inspect
import sys
from collections.abc import Sequence
from pathlib import Path

from builder.errors import BuildError
from builder.stages import STAGES

ROOT = Path.cwd()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; return the exit status."""
    parser = argparse.ArgumentParser(
        prog='python -m builder', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--config', metavar='FILE', type=Path)
    parser.add_argument('--without', metavar='PAGE,...', default='')
    parser.add_argument('stage', choices=STAGES, metavar='STAGE')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args(arguments)
    stage = STAGES[options.stage]
    file = (options.config or ROOT / 'config.ini').resolve()
    named = {'without': options.without} if options.without else {}
    try:
        inspect.signature(stage).bind(file, *options.names, **named)
    except TypeError:
        parser.error(f'{options.stage}: wrong number of names, or --without, '
                     'which html, pdf and epub take')
    try:
        return 0 if stage(file, *options.names, **named) else 1
    except (BuildError, OSError) as error:  # a full disk, say
        print(f'error: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted', file=sys.stderr)
        return 130


def run() -> None:
    """Run one stage and exit."""
    # A build makes millions of objects and few circles of them; to look for
    # these as often as Python does would take a sixth of the time.
    gc.set_threshold(200_000, 20, 100)
    sys.exit(main())


if __name__ == '__main__':
    run()
