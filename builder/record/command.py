"""The command line of both programs that certify a change of code."""
import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Sequence

from builder.errors import BuildError

Certify = Callable[[str, str], Iterable[str]]


def run(program: str, description: str | None, certify: Certify,
        tabs: Collection[str], arguments: Sequence[str] | None) -> int:
    """Certify, and print what was done; return the exit status.

    Args:
        program: as it is called, `python -m ...`.
        description: what --help shows.
        certify: takes a tab and a commit, and yields what it does.
        tabs: the names of all tabs.
        arguments: of the command line; None for this process's own.
    """
    parser = argparse.ArgumentParser(
        prog=program, description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tab')
    parser.add_argument('--before', metavar='COMMIT', required=True)
    options = parser.parse_args(arguments)
    try:
        if options.tab not in tabs:
            raise BuildError(f'unknown tab {options.tab!r}, expected one of '
                             f'{", ".join(tabs)}')
        for line in certify(options.tab, options.before):
            print(line, flush=True)
    except BuildError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    return 0
