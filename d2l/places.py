"""Folders that environment variables name."""
import os
from pathlib import Path


def named_folder(variable: str) -> Path | None:
    """Return the folder that a variable names, None if it is not set.

    A `~` stands for the home directory. A relative path is refused: a
    notebook does not run where `make` does, and would look elsewhere.

    Raises:
        ValueError: if the path is relative, or its `~` stands for nothing.
    """
    value = os.environ.get(variable)
    if not value:
        return None
    try:
        folder = Path(value).expanduser()
    except RuntimeError as error:  # no such user, or no home
        raise ValueError(f'{variable}={value!r}: {error}') from None
    if not folder.is_absolute():
        raise ValueError(f'{variable} must be an absolute path, or one that '
                         f'begins with ~, got {variable}={value!r}')
    return folder
