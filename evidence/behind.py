"""Which runs stand behind a claim, and which a study needs."""
from collections.abc import Mapping

from evidence.claims import claimed
from evidence.forms import TRAINED, Claim
from evidence.plan import (
    Choice,
    Run,
    confirming_runs,
    planned,
    survival_kinds,
)
from evidence.record import Key, Record
from evidence.studies import Study
from evidence.tuning import tuning_runs


def tabs_of(claim: Claim, study: Study) -> tuple[str, ...]:
    """Return the tabs that a claim takes runs from."""
    if claim.form == 'agree':
        return study.others.tabs if study.others else ()
    return (claim.tab,)


def kinds_of(claim: Claim, study: Study, tab: str,
             choice: Choice | None = None) -> list[list[Run]]:
    """Return the Runs in a tab of each kind that a claim names; for two
    kinds, those that belong together stand at the same place."""
    if claim.form in TRAINED:
        return [confirming_runs(study, [kind], choice)
                for kind in claim.kinds]
    if claim.form == 'agree':
        runs = planned(study, tab)
        return [[run for run in runs if run.schedule == kind]
                for kind in claim.kinds]
    kinds = survival_kinds(study)
    return [kinds[kind] for kind in claim.kinds]


def needed(study: Study, claims: Mapping[str, Claim], tab: str,
           records: Mapping[Key, Record],
           choice: Choice | None) -> list[Run]:
    """Return the Runs that a study needs in a tab, as far as they are known:
    without a choice, those that confirm it are not."""
    tuned = (tuning_runs(study, records)
             if study.tuning and tab in study.tabs else [])
    return tuned + planned(study, tab, claimed(claims, study), choice)


def unknown(study: Study, tab: str, choice: Choice | None) -> int:
    """Return how many runs a study will need besides, after its choice."""
    waits = study.tuning and choice is None and tab in study.tabs
    return len(study.schedules) * len(study.confirm) if waits else 0
