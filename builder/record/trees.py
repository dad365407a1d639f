"""The project as it was at a commit, in a folder of its own, for a while."""
import io
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError
from builder.record.certificates import FOLDER
from builder.record.git import git
from builder.record.machine import ONE_THREAD


@dataclass(frozen=True)
class Tree:
    """The project's files at a commit, and the folder that holds them."""
    commit: str
    folder: Path

    def variables(self) -> dict[str, str]:
        """Return the environment variables with which a process imports the
        project from here, whatever else is installed, on one thread."""
        return {**ONE_THREAD, 'PYTHONPATH': str(self.folder),
                'PYTHONDONTWRITEBYTECODE': '1'}


@contextmanager
def two_trees(folder: Path, before: str) -> Iterator[tuple[Tree, Tree]]:
    """Give the project before and today.

    Args:
        folder: the project's folder.
        before: the older commit, as git understands it.

    Raises:
        BuildError: if there is no such commit, it is not an ancestor of
            today's, or today's state is not committed, certificates aside.
    """
    changed = git(folder, 'status', '--porcelain', '--', '.',
                  f':!{FOLDER.as_posix()}').decode()
    if changed:
        raise BuildError('commit first, a certificate names commits; git '
                         f'status shows: {changed.splitlines()[0]}')
    commits = [git(folder, 'rev-parse', '--verify', '--quiet',
                   f'{name}^{{commit}}').decode().strip()
               for name in (before, 'HEAD')]
    git(folder, 'merge-base', '--is-ancestor', *commits)
    with tempfile.TemporaryDirectory(prefix='trees-') as parent:
        old, new = (Tree(commit, Path(parent, name)) for commit, name in
                    zip(commits, ('before', 'after')))
        for tree in (old, new):
            content = io.BytesIO(git(folder, 'archive', tree.commit))
            with tarfile.open(fileobj=content) as archive:
                archive.extractall(tree.folder, filter='data')
        yield old, new
