"""What git says of a folder."""
import subprocess
from pathlib import Path

from builder.errors import BuildError


def git(folder: Path, *arguments: str) -> bytes:
    """Return what a git command prints.

    Raises:
        BuildError: if it fails, with what it says, or there is no git.
    """
    try:
        return subprocess.run(['git', *arguments], cwd=folder, check=True,
                              capture_output=True).stdout
    except OSError as error:
        raise BuildError(f'git is needed here: {error.strerror}') from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip() or 'it says no'
        raise BuildError(f'git {" ".join(arguments)}: {said}') from None
