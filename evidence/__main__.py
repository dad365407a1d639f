"""python -m evidence TAB: make the runs of a tab that are still missing.

    --study NAME           of this study; without, of all, in their order
    --scheduler ADDRESS    use this running Dask cluster
    --workers N            at most so many runs at once
    --list                 name the missing runs and make none

python -m evidence --table [TAB] [--study NAME]: print the exploring runs.
python -m evidence --choose NAME: choose the peaks that a study confirms.

Runs in the tab's environment. It can be stopped at any moment: finished runs
stay, and the next call makes the others.
"""
import argparse
import sys
from collections.abc import Sequence

from builder.errors import BuildError
from evidence import EvidenceError, stages
from evidence.studies import FIRST


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _dispatch(options)
    except BuildError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted; finished runs are kept', file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m evidence', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tab', nargs='?')
    parser.add_argument('--study', metavar='NAME')
    parser.add_argument('--scheduler', metavar='ADDRESS')
    parser.add_argument('--workers', metavar='N', type=count)
    what = parser.add_mutually_exclusive_group()
    what.add_argument('--list', action='store_true')
    what.add_argument('--table', action='store_true')
    what.add_argument('--choose', metavar='NAME')
    return parser


def count(text: str) -> int:
    """Return the number of an option, one at least."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'expected 1 or more, got {text!r}')
    return int(text)


def _dispatch(options: argparse.Namespace) -> int:
    if options.choose:
        return stages.choose_peaks(options.choose, options.tab)
    if options.table:
        return stages.show_table(options.tab or FIRST, options.study)
    if not options.tab:
        raise EvidenceError('which tab? For example: python -m evidence '
                            f'{FIRST}')
    if options.list:
        return stages.list_runs(options.tab, options.study)
    return stages.make_runs(options.tab, options.study, options.scheduler,
                            options.workers)


if __name__ == '__main__':
    sys.exit(main())
