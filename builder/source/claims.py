"""What sentences claim, and the runs that bear it out.

config.ini names a function that judges a claim by its name, in a module of
the book's folder. It returns a Judgement. If it raises a ClaimError, then the
sentence is wrong; any other BuildError is of the files that it read. The
module is the book's own code, so whatever else it raises is a fault of it, and
is told as one.
"""
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from builder.config import Config
from builder.errors import BuildError, ClaimError, SourceError
from builder.source.inline import Role
from builder.source.own_code import load_function, told
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
        errors += [SourceError(*place, 'a claim, but config.ini names no '
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
    where = f'config.ini: [evidence] claims = {config.claims}'
    try:
        found = judge(name)
    except BuildError:
        raise
    except (Exception, SystemExit) as error:
        raise BuildError(f'{where}: {told(config.folder, error)}') from None
    for part, kind in (('title', str), ('text', str), ('details', str),
                       ('problem', str), ('runs', tuple)):
        value = getattr(found, part, None)
        if not isinstance(value, kind):
            raise BuildError(f'{where}: of {name!r} it returned no judgement: '
                             f'its {part} is {value!r}')
    return found


def load_judge(config: Config) -> Judge:
    """Return the function that config.ini names.

    Raises:
        BuildError: if it is not a function in a module of the book's folder.
    """
    where = f'config.ini: [evidence] claims = {config.claims}'
    return cast(Judge, load_function(config.folder, where, config.claims))
