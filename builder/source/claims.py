"""What sentences claim, and the runs that bear it out.

config.ini names a function that judges a claim by its name, in a module of
the book's folder. It returns a Judgement. If it raises a ClaimError, then the
sentence is wrong; any other BuildError is of the files that it read. A second
function may tell all studies, with the claims that no sentence names, and
those that their runs do not bear out. The module is the book's own code, so
whatever else it raises is a fault of it, and is told as one.
"""
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from builder.config import Config
from builder.errors import BuildError, ClaimError, SourceError
from builder.source.functions import called, load_function
from builder.source.inline import Role
from builder.source.judgement import Judgement, Study
from builder.source.page import Page

Judge = Callable[..., object]
Told = TypeVar('Told', bound=BaseModel)


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
    if not config.evidence.claims:
        errors += [SourceError(*place, f'a claim, but {config.file} names no '
                               'function that judges claims')
                   for place in places.values()]
        return judged
    try:
        judge = load_judge(config, 'claims')
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


def tell_studies(config: Config, judged: Mapping[str, Judgement],
                 errors: list[BuildError]) -> tuple[Study, ...]:
    """Return all Studies of a book; one without words, of the claims that
    sentences make, if config.ini names no function that tells them.

    Args:
        config: the Config.
        judged: {name: Judgement} of the claims that sentences make.
        errors: is told what is wrong.
    """
    if not config.evidence.studies:
        return (Study(name='claims', claims=tuple(judged.values())),) if (
            judged) else ()
    where = _where(config, 'studies')
    try:
        found = called(config, where, load_judge(config, 'studies'))
        if not isinstance(found, tuple | list):
            raise BuildError(f'{where}: expected a list, got {found!r}')
        studies = tuple(_checked(f'{where}: number {n} is no study', Study,
                                 each) for n, each in enumerate(found, 1))
        told = {claim.name for study in studies for claim in study.claims}
        lost = [name for name in judged if name not in told]
        if lost:
            raise BuildError(f'{where}: no study has the claim {lost[0]!r}')
        return studies
    except BuildError as error:
        errors.append(error)
        return ()


def _judged(config: Config, judge: Judge, name: str) -> Judgement:
    """Return what `judge` says of a claim, if it says what it must."""
    found = called(config, _where(config, 'claims'), judge, name)
    told = _checked(f'{_where(config, "claims")}: of {name!r} it returned no '
                    'judgement', Judgement, found)
    if told.verdict == 'fails':
        raise ClaimError(f'claim {name!r} asserts: {told.title}. The runs do '
                         f'not bear it out: {told.text}')
    return told.model_copy(update={'name': name})


def _where(config: Config, key: str) -> str:
    return (f'{config.file}: [evidence] {key} = '
            f'{getattr(config.evidence, key)}')


def _checked(what: str, kind: type[Told], found: object) -> Told:
    """Return what the book's code told as our own kind of object."""
    try:
        return kind.model_validate(found)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        part = '.'.join(map(str, fault['loc']))
        if fault['type'] == 'missing' or not part:
            wrong = f'it lacks {part}' if part else f'it is {found!r}'
        elif fault['type'] == 'value_error':
            wrong = f'its {part}: {fault["msg"].removeprefix("Value error, ")}'
        else:
            wrong = f'its {part} is {fault["input"]!r}'
        raise BuildError(f'{what}: {wrong}') from None


def load_judge(config: Config, key: str) -> Judge:
    """Return the function that config.ini names.

    Args:
        config: the Config.
        key: `claims` or `studies`.

    Raises:
        BuildError: if it is not a function in a module of the book's folder.
    """
    return cast(Judge, load_function(config, _where(config, key),
                                     getattr(config.evidence, key)))
