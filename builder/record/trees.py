"""The project as it was at a commit, in a folder of its own, for a while."""
import datetime
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.errors import BuildError
from builder.record.certificates import FOLDER

# Sums depend on how many threads share them. The frameworks read these when
# they are imported.
ONE_THREAD = {
    'OMP_NUM_THREADS': '1', 'MKL_NUM_THREADS': '1',
    'TF_NUM_INTRAOP_THREADS': '1', 'TF_NUM_INTEROP_THREADS': '1',
    'XLA_FLAGS': '--xla_cpu_multi_thread_eigen=false'}


@contextmanager
def two_trees(folder: Path, before: str
              ) -> Iterator[tuple[tuple[str, Path], tuple[str, Path]]]:
    """Give (commit, folder) of the project before and today.

    Args:
        folder: the project's folder.
        before: the older commit, as git understands it.

    Raises:
        BuildError: if there is no such commit, it is not an ancestor of
            today's, or today's state is not committed, certificates aside.
    """
    changed = _git(folder, 'status', '--porcelain', '--', '.',
                   f':!{FOLDER.as_posix()}').decode()
    if changed:
        raise BuildError('commit first, a certificate names commits; git '
                         f'status shows: {changed.splitlines()[0]}')
    commits = [_git(folder, 'rev-parse', '--verify', '--quiet',
                    f'{name}^{{commit}}').decode().strip()
               for name in (before, 'HEAD')]
    _git(folder, 'merge-base', '--is-ancestor', *commits)
    with tempfile.TemporaryDirectory(prefix='trees-') as parent:
        trees = [Path(parent, name) for name in ('before', 'after')]
        for commit, tree in zip(commits, trees):
            content = io.BytesIO(_git(folder, 'archive', commit))
            with tarfile.open(fileobj=content) as archive:
                archive.extractall(tree, filter='data')
        yield (commits[0], trees[0]), (commits[1], trees[1])


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(['git', *arguments], cwd=folder, check=True,
                              capture_output=True).stdout
    except OSError as error:
        raise BuildError(f'git is needed here: {error.strerror}') from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip() or 'it says no'
        raise BuildError(f'git {" ".join(arguments)}: {said}') from None


def environment(tree: Path) -> dict[str, str]:
    """Return the variables for a process that imports the project from
    `tree`, whatever else is installed, and computes in one thread."""
    return {**os.environ, **ONE_THREAD, 'PYTHONPATH': str(tree),
            'PYTHONDONTWRITEBYTECODE': '1'}


def now() -> str:
    """Return the moment in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec='seconds')
