"""What the builder asks for: the runs behind a claim, and what they say."""
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.source.judgement import Effect, Judgement
from evidence import MissingRuns, Unproven
from evidence.behind import kinds_of, tabs_of
from evidence.claims import CLAIMS, load_claims
from evidence.finding import Evidence, Finding
from evidence.findings import judge
from evidence.fingerprint import fingerprint
from evidence.forms import Claim
from evidence.plan import Choice
from evidence.provenance import changed
from evidence.record import Key, Record
from evidence.records import load_records, runs_path
from evidence.schema import line_of, read_text, shown
from evidence.statistics import Interval, holm, improvement
from evidence.studies import Study, load_studies
from evidence.tuning import load_choice
from evidence.wording import beside, describe, details


@functools.cache
def state() -> tuple[dict[str, Study], dict[str, Claim]]:
    """Return all studies and claims by name."""
    studies = load_studies()
    return studies, load_claims(studies)


@functools.cache
def runs(tab: str, folder: str) -> Mapping[Key, Record]:
    """Return a tab's records of today's code, by Run.key()."""
    return load_records(runs_path(tab, folder), _rests_on(tab)).runs


@functools.cache
def _rests_on(tab: str) -> tuple[str, dict[str, str]]:
    """Return what a tab's runs rest on, for all its studies."""
    return fingerprint(tab)


@functools.cache
def choice_of(name: str) -> Choice | None:
    """Return the peaks that a study confirms, None if it tunes none or has
    not chosen yet."""
    study = state()[0][name]
    return load_choice(study, runs(study.tabs[0], study.folder))


def report(name: str) -> Judgement:
    """Return what the runs say of the claim `name`.

    Raises:
        Unproven: if there is no such claim, or too many of its runs died.
        EvidenceError: if a file is malformed.
    """
    studies, claims = state()
    if name not in claims:
        raise Unproven(f'no claim {name!r} in claims.toml, expected one '
                       f'of {", ".join(claims)}')
    claim = claims[name]
    known = known_of(claim)
    try:
        found = _finding(name)
    except MissingRuns as error:
        return Judgement(**known, text='not confirmed, its runs are missing',
                         short='no runs yet', details='', verdict='open',
                         problem=str(error))
    return _judgement(claim, studies[claim.study], found, known)


def _judgement(claim: Claim, study: Study, found: Finding,
               known: Mapping[str, Any]) -> Judgement:
    family, chance = _family(), _chance(claim, found)
    adjusted = family.get(claim.name)
    records = [*_records(claim, study)]
    return Judgement(
        **known, text=found.text, short=found.short,
        details=details(claim, found), effect=found.effect, p=found.p,
        adjusted=adjusted, verdict='holds' if found.holds else 'fails',
        beside=beside(claim, chance, found.p, adjusted, len(family)),
        problem=problem_of(study, tabs_of(claim, study)),
        probability=_probability(claim, chance), records=tuple(records),
        commits=tuple(dict.fromkeys(
            str(record['commit']) for record in records
            if 'commit' in record)))


def _probability(claim: Claim, chance: Interval | None) -> Effect | None:
    if chance is None:
        return None
    how = 'lower' if claim.asserts == 'less_than' else 'higher'
    return Effect(value=chance.value, low=chance.low, high=chance.high,
                  unit=f'probability that the first is {how}')


def known_of(claim: Claim) -> dict[str, Any]:
    """Return what is known of a claim before its runs are."""
    study = state()[0][claim.study]
    text = read_text(CLAIMS)
    line = line_of(text, (claim.name,))
    written = '\n'.join(text.split('\n')[line - 1:]).partition('\n\n')[0]
    return {'name': claim.name, 'title': describe(claim),
            'study': claim.study, 'source': f'{shown(CLAIMS)}:{line}',
            'written': written, 'runs': tuple(
                shown(runs_path(tab, study.folder))
                for tab in tabs_of(claim, study))}


def _chance(claim: Claim, found: Finding) -> Interval | None:
    """Return the probability of improvement of a comparison of pairs."""
    pairs = [(values[0], values[1]) for _, _, values in found.rows
             if claim.form == 'compare'
             and values[0] is not None and values[1] is not None]
    if claim.asserts == 'less_than':
        pairs = [(second, first) for first, second in pairs]
    return improvement(pairs) if pairs else None


def _records(claim: Claim, study: Study) -> Iterator[dict[str, object]]:
    """Yield what tells each run behind a claim from all others."""
    for tab in tabs_of(claim, study):
        file = shown(runs_path(tab, study.folder))
        known = runs(tab, study.folder)
        for kind in kinds_of(claim, study, tab, choice_of(study.name)):
            for run in kind:
                record = known[run.key()]
                yield {'file': file, 'schedule': run.schedule,
                       'seed': run.seed, 'epochs': run.epochs, **{
                           key: record[key]
                           for key in ('split', 'commit', 'study sha256')
                           if key in record}}


def problem_of(study: Study, tabs: Sequence[str]) -> str:
    """Return that a study was changed after its runs in these tabs, or ''."""
    claims = state()[1]
    return next(filter(None, (
        changed(study, claims, runs(tab, study.folder).values())
        for tab in tabs)), '')


@functools.cache
def _finding(name: str) -> Finding:
    """Return the Finding on a claim.

    Raises:
        MissingRuns: if not all are there.
        Unproven: if they decide nothing.
        EvidenceError: if a file is malformed.
    """
    studies, claims = state()
    claim = claims[name]
    study = studies[claim.study]

    def load(tab: str) -> Mapping[Key, Record]:
        return runs(tab, study.folder)

    return judge(claim, Evidence(study, load, choice_of(study.name)))


@functools.cache
def _family() -> dict[str, float]:
    """Return {name: p-value by Holm's correction} of all claims that rest on
    a test. One that cannot be judged yet counts, as if it were 1."""
    found = {}
    for name, claim in state()[1].items():
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
    for cached in (state, runs, _rests_on, choice_of, _finding, _family):
        cached.cache_clear()
