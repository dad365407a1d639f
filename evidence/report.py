"""What the builder asks for: the runs behind a claim, and what they say."""
import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence import EvidenceError
from evidence.chapter import ROOT
from evidence.claims import Claim, load_claims
from evidence.findings import Evidence, MissingRuns, judge
from evidence.fingerprint import fingerprint
from evidence.provenance import changed
from evidence.record import Key, Record
from evidence.records import load_records, runs_path
from evidence.studies import Study, load_studies
from evidence.tuning import load_choice
from evidence.wording import describe, details


@dataclass(frozen=True)
class Report:
    """A claim's title, its numbers, the files of its runs, and a table of
    them; and a problem, if they are still missing, or if their study was
    changed after they were made."""
    title: str
    text: str
    runs: tuple[str, ...]
    details: str = ''
    problem: str = ''


@functools.cache
def _state() -> tuple[dict[str, Study], dict[str, Claim]]:
    studies = load_studies()
    return studies, load_claims(studies)


@functools.cache
def _runs(tab: str, folder: str) -> Mapping[Key, Record]:
    """Return a tab's records of today's code, by Run.key()."""
    return load_records(runs_path(tab, folder), fingerprint(tab)).runs


def report(name: str) -> Report:
    """Return the Report on the claim `name`.

    Raises:
        EvidenceError: if there is no such claim, or if the runs do not bear
            it out.
    """
    studies, claims = _state()
    if name not in claims:
        raise EvidenceError(f'no claim {name!r} in claims.toml, expected one '
                            f'of {", ".join(claims)}')
    claim = claims[name]
    study, title = studies[claim.study], describe(claim)
    tabs = (study.others.tabs if claim.form == 'agree' and study.others
            else (claim.tab,))
    paths = tuple(Path(os.path.relpath(runs_path(tab, study.folder), ROOT)
                       ).as_posix() for tab in tabs)

    def load(tab: str) -> Mapping[Key, Record]:
        return _runs(tab, study.folder)

    try:
        finding = judge(claim, Evidence(study, load, load_choice(
            study, load(claim.tab)) if study.tuning else None))
    except MissingRuns as error:
        return Report(title, 'not confirmed, its runs are missing', paths,
                      problem=str(error))
    if not finding.holds:
        raise EvidenceError(f'claim {name!r} asserts: {title}. The runs do '
                            f'not bear it out: {finding.text}')
    problem = next(filter(None, (
        changed(study, claims, load(tab).values()) for tab in tabs)), '')
    return Report(title, finding.text, paths, details(claim, finding),
                  problem)
