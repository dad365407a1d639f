"""Functions that config.ini names, as module:function: the book's own code, in
modules of its folder, that every build runs."""
import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from builder.config import Config
from builder.errors import BuildError
from builder.source.files import file_in


def load_function(config: Config, where: str, named: str,
                  ) -> Callable[..., Any]:
    """Return the function that config.ini names.

    Args:
        config: the Config.
        where: what errors call the setting.
        named: what it says, as module:function.

    Raises:
        BuildError: if it is not a function in a module of the book's folder.
    """
    name, _, function = named.partition(':')
    expected = _module_file(config.folder, name)
    if expected is None:
        raise BuildError(f'{where}: expected a module in the folder of the '
                         'book')
    try:
        module = _imported(config.folder, name)
    except (Exception, SystemExit) as error:  # it is the book's own code
        raise BuildError(f'{where}: {_told(config.folder, error)}') from None
    if Path(module.__file__ or '').resolve() != expected:
        raise BuildError(f'{where}: Python finds another module of that name')
    found = getattr(module, function, None)
    if not callable(found):
        raise BuildError(f'{where}: the module has no such function')
    made: Callable[..., Any] = found
    return made


def called(config: Config, where: str, function: Callable[..., Any],
           *arguments: object) -> Any:
    """Return what a function of the book's returns.

    Raises:
        BuildError: its own, or of whatever else it raises, where.
    """
    try:
        return function(*arguments)
    except BuildError:
        raise
    except (Exception, SystemExit) as error:
        raise BuildError(f'{where}: {_told(config.folder, error)}') from error


def _told(folder: Path, error: BaseException) -> str:
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
