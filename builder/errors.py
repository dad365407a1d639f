"""The builder's own errors: what a user did, said in one line each."""
from collections.abc import Iterable, Iterator

_SHOWN = 50  # of many mistakes


class BuildError(Exception):
    """Something that the user can mend; shown without a traceback."""


class ClaimError(BuildError):
    """A sentence claims what nobody knows, or what the runs do not show."""


class SourceError(BuildError):
    """A mistake in a source file, shown as file:line: what and what else."""

    def __init__(self, path: str, line: int, message: str) -> None:
        super().__init__(f'{path}:{line}: {message}')
        self.path, self.line = path, line


class SourceErrors(BuildError):
    """Several mistakes in sources, one a line, by file and line."""

    def __init__(self, errors: list[BuildError]) -> None:
        shown = [str(error) for error in errors[:_SHOWN]]
        if len(errors) > _SHOWN:
            shown.append(f'and {len(errors) - _SHOWN} more mistakes')
        super().__init__('\n'.join(shown))
        self.errors = errors


def raise_all(errors: Iterable[BuildError]) -> None:
    """Raise all these errors, and those that they are made of, as one: each
    once, in the order of their files and lines; nothing if there are none."""
    each = {str(error): error for error in _single(errors)}.values()
    found = sorted(each, key=_place)
    if len(found) == 1:
        raise found[0]
    if found:
        raise SourceErrors(found)


def _single(errors: Iterable[BuildError]) -> Iterator[BuildError]:
    for error in errors:
        if isinstance(error, SourceErrors):
            yield from error.errors
        else:
            yield error


def _place(error: BuildError) -> tuple[str, int]:
    return getattr(error, 'path', ''), getattr(error, 'line', 0)
