"""The runs behind the chapter's sentences, and what they show.

studies/ says which runs there must be and claims.toml what the text asserts;
`make evidence` makes the missing runs, one line each in runs/. The modules, in
the order of the flow: chapter (its cells as a program), schema (how files are
read), schedules, methods (what a run does besides), studies, plan (what must
run), fingerprint (what runs rest on), record and records (one run, files of
them), outcomes (one run in numbers), tuning (which peaks are confirmed);
splits (what a run sees), watch, units, optimizers, averages, branching and
training (one run), runner (many); forms and claims, behind (which runs stand
behind one), provenance (what stood when a run began); statistics, numbers,
finding, accuracies, deaths and findings (what the runs say of a claim),
wording, report and overview (what the builder asks for), table; stages (what
the command does); again (a claim's runs made a second time); certify and
driver (that other code gives the same).
"""
from collections.abc import Sequence

from builder.errors import BuildError, ClaimError, SourceError


class EvidenceError(BuildError):
    """Something that the user can mend; shown without a traceback."""


class FileError(SourceError, EvidenceError):
    """All faults of a file, each shown as file:line: what is wrong.

    Args:
        path: the file's name, as it is shown.
        faults: (line, message) of each fault, at least one.
    """

    def __init__(self, path: str, faults: Sequence[tuple[int, str]]):
        (line, message), *others = faults
        more = ''.join(f'\n{path}:{n}: {text}' for n, text in others)
        super().__init__(path, line, message + more)


class Unproven(EvidenceError, ClaimError):
    """A claim that is not known, or that the runs do not bear out."""


class MissingRuns(EvidenceError):
    """A claim cannot be judged yet."""
