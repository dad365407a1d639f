"""Functions of the book's own, which config.ini names: modules in its folder.

They are the book's code, by design, so what they raise is a fault of it, and
is told as one, with the line that it comes from.
"""
import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from builder.errors import BuildError
from builder.source.files import file_in


def load_function(folder: Path, where: str,
                  value: str) -> Callable[..., Any]:
    """Return the function that config.ini names.

    Args:
        folder: the book's.
        where: the setting, for errors.
        value: its value, module:function.

    Raises:
        BuildError: if it is not a function in a module of the folder.
    """
    name, _, function = value.partition(':')
    expected = _module_file(folder, name)
    if expected is None:
        raise BuildError(f'{where}: expected a module in the folder of the '
                         'book')
    try:
        module = _imported(folder, name)
    except (Exception, SystemExit) as error:
        raise BuildError(f'{where}: {told(folder, error)}') from None
    if Path(module.__file__ or '').resolve() != expected:
        raise BuildError(f'{where}: Python finds another module of that name')
    found = getattr(module, function, None)
    if not callable(found):
        raise BuildError(f'{where}: the module has no such function')
    return cast(Callable[..., Any], found)


def told(folder: Path, error: BaseException) -> str:
    """Return what an error says, and the last line of the book's that it
    comes from."""
    said = f'{type(error).__name__}: {error}'
    places = [f'{Path(frame.filename).relative_to(folder)}:{frame.lineno}'
              for frame in traceback.extract_tb(error.__traceback__)
              if Path(frame.filename).is_relative_to(folder)]
    return f'{places[-1]}: {said}' if places else said


def _module_file(folder: Path, module: str) -> Path | None:
    path = folder.joinpath(*module.split('.'))
    for file in (path / '__init__.py', path.with_suffix('.py')):
        if file.is_file():
            try:
                return (folder / file_in(folder, file)).resolve()
            except ValueError:
                return None
    return None


def _imported(folder: Path, module: str) -> ModuleType:
    """Import a module as if Python had been started in `folder`."""
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(module)
    finally:
        sys.path.remove(str(folder))
