"""What sentences claim, and the runs that bear it out.

config.ini names a function that judges a claim by its name, in a module of
the book's folder. It returns a Judgement. If it raises a ClaimError, then the
sentence is wrong; any other BuildError is of the files that it read. The
module is the book's own code, so whatever else it raises is a fault of it, and
is told as one.
"""
import importlib
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from builder.config import Config
from builder.errors import BuildError, ClaimError, SourceError
from builder.source.files import file_in
from builder.source.inline import Role
from builder.source.page import Page


class Judgement(Protocol):
    """What the runs say: `title`, what is claimed; `text`, the numbers;
    `runs`, the paths of the files that they come from; `details`, Markdown
    that shows these runs; `problem`, that they are missing, or ''."""

    title: str
    text: str
    runs: tuple[str, ...]
    details: str
    problem: str


Judge = Callable[[str], Judgement]


def judge_claims(config: Config, claims: Iterable[tuple[Page, Role]],
                 errors: list[BuildError]) -> dict[str, Judgement]:
    """Return {name: Judgement} of these claims, in their order; what is wrong
    goes to `errors`, at the sentence or at the file that it is of."""
    judged: dict[str, Judgement] = {}
    places: dict[str, tuple[str, int]] = {}
    for page, role in claims:
        places.setdefault(role.content, (page.path, role.line))
    if not places:
        return judged
    if not config.claims:
        errors += [SourceError(*place, f'a claim, but {config.file} names no '
                               'function that judges claims')
                   for place in places.values()]
        return judged
    try:
        judge = load_judge(config)
    except BuildError as error:
        errors.append(error)
        return judged
    for name, place in places.items():
        try:
            judged[name] = _judged(config, judge, name)
        except ClaimError as error:
            errors.append(SourceError(*place, str(error)))
        except BuildError as error:
            errors.append(error)
    return judged


def _judged(config: Config, judge: Judge, name: str) -> Judgement:
    """Return what `judge` says of a claim, if it says what it must."""
    where = f'{config.file}: [evidence] claims = {config.claims}'
    try:
        found = judge(name)
    except BuildError:
        raise
    except (Exception, SystemExit) as error:
        raise BuildError(f'{where}: {_told(config.folder, error)}') from None
    for part, kind in (('title', str), ('text', str), ('details', str),
                       ('problem', str), ('runs', tuple)):
        value = getattr(found, part, None)
        if not isinstance(value, kind):
            raise BuildError(f'{where}: of {name!r} it returned no judgement: '
                             f'its {part} is {value!r}')
    return found


def _told(folder: Path, error: BaseException) -> str:
    """Return what an error says, and the last line of the book's that it
    comes from."""
    said = f'{type(error).__name__}: {error}'
    places = [f'{Path(frame.filename).relative_to(folder)}:{frame.lineno}'
              for frame in traceback.extract_tb(error.__traceback__)
              if Path(frame.filename).is_relative_to(folder)]
    return f'{places[-1]}: {said}' if places else said


def load_judge(config: Config) -> Judge:
    """Return the function that config.ini names.

    Raises:
        BuildError: if it is not a function in a module of the book's folder.
    """
    where = f'{config.file}: [evidence] claims = {config.claims}'
    name, _, function = config.claims.partition(':')
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
    judge = getattr(module, function, None)
    if not callable(judge):
        raise BuildError(f'{where}: the module has no such function')
    return cast(Judge, judge)


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
