"""What the builder asks for: the runs behind a claim, and what they say."""
import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evidence import MissingRuns, Unproven
from evidence.chapter import ROOT
from evidence.claims import load_claims
from evidence.finding import Evidence, Finding
from evidence.findings import judge
from evidence.fingerprint import fingerprint
from evidence.forms import Claim
from evidence.provenance import changed
from evidence.record import Key, Record
from evidence.records import load_records, runs_path
from evidence.statistics import holm
from evidence.studies import Study, load_studies
from evidence.tuning import load_choice
from evidence.wording import describe, details, tests


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
    return load_records(runs_path(tab, folder), _rests_on(tab)).runs


@functools.cache
def _rests_on(tab: str) -> tuple[str, dict[str, str]]:
    """Return what a tab's runs rest on, for all its studies."""
    return fingerprint(tab)


def report(name: str) -> Report:
    """Return the Report on the claim `name`.

    Raises:
        Unproven: if there is no such claim, or if the runs do not bear it
            out.
        EvidenceError: if a file is malformed.
    """
    studies, claims = _state()
    if name not in claims:
        raise Unproven(f'no claim {name!r} in claims.toml, expected one '
                       f'of {", ".join(claims)}')
    claim = claims[name]
    study, title = studies[claim.study], describe(claim)
    tabs, paths = _sources(claim, study)
    try:
        finding = _finding(name)
    except MissingRuns as error:
        return Report(title, 'not confirmed, its runs are missing', paths,
                      problem=str(error))
    if not finding.holds:
        raise Unproven(f'claim {name!r} asserts: {title}. The runs do '
                       f'not bear it out: {finding.text}')
    return Report(title, finding.text, paths, _shown(claim, finding),
                  _changed(study, claims, tabs))


def _shown(claim: Claim, finding: Finding) -> str:
    """Return the table of a claim's runs, and what its test says."""
    family = _family()
    test = tests(claim, finding, family.get(claim.name), len(family))
    return '\n\n'.join(filter(None, (details(claim, finding), test)))


def _changed(study: Study, claims: Mapping[str, Claim],
             tabs: Sequence[str]) -> str:
    """Return that a study was changed after its runs in these tabs, or ''."""
    return next(filter(None, (
        changed(study, claims, _runs(tab, study.folder).values())
        for tab in tabs)), '')


def _sources(claim: Claim, study: Study) -> tuple[list[str],
                                                 tuple[str, ...]]:
    """Return the tabs that a claim takes runs from, and their files."""
    tabs = [claim.tab]
    if claim.form == 'agree' and study.others:
        tabs = [*study.others.tabs]
    return tabs, tuple(
        Path(os.path.relpath(runs_path(tab, study.folder), ROOT)).as_posix()
        for tab in tabs)


@functools.cache
def _finding(name: str) -> Finding:
    """Return the Finding on a claim.

    Raises:
        MissingRuns: if not all of its runs are there.
        Unproven: if they decide nothing.
        EvidenceError: if a file is malformed.
    """
    studies, claims = _state()
    claim = claims[name]
    study = studies[claim.study]

    def load(tab: str) -> Mapping[Key, Record]:
        return _runs(tab, study.folder)

    choice = load_choice(study, load(claim.tab)) if study.tuning else None
    return judge(claim, Evidence(study, load, choice))


@functools.cache
def _family() -> dict[str, float]:
    """Return {name: p-value by Holm's correction} of all claims that rest on
    a test. One that cannot be judged yet counts, as if it were 1."""
    found = {}
    for name, claim in _state()[1].items():
        if claim.form == 'agree' or claim.asserts == 'undecided':
            continue
        try:
            p = _finding(name).p
        except (MissingRuns, Unproven):  # told where a page names the claim
            p = None
        found[name] = 1.0 if p is None else p
    return dict(zip(found, holm([*found.values()])))


def forget() -> None:
    """Read all files anew when the next claim is asked for."""
    for cached in (_state, _runs, _rests_on, _finding, _family):
        cached.cache_clear()
