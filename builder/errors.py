"""The builder's own errors: what a user did, said in one line."""


class BuildError(Exception):
    """Something that the user can mend; shown without a traceback."""


class SourceError(BuildError):
    """A mistake in a source file, shown as file:line: what and what else."""

    def __init__(self, path, line, message):
        super().__init__(f'{path}:{line}: {message}')
        self.path, self.line = path, line


class ClaimError(BuildError):
    """A claim that is not known, or not borne out: a mistake of the sentence
    that makes it, not of the files that the judge reads."""
