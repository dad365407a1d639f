"""What python -m evidence does; each function returns an exit status."""
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from builder.record.checksums import check_versions
from builder.record.machine import now
from d2l.data import describe
from evidence import EvidenceError
from evidence.behind import needed, unknown
from evidence.chapter import CONFIG
from evidence.claims import load_claims
from evidence.fingerprint import fingerprint
from evidence.forms import Claim
from evidence.plan import Run
from evidence.provenance import changed, committed, stamp
from evidence.records import Records, Writer, load_records, runs_path
from evidence.schema import shown
from evidence.studies import Study, load_studies
from evidence.table import table
from evidence.tuning import load_choice, write_choice

CPU = 'cpu'


@dataclass(frozen=True)
class State:
    """What a study needs in a tab, and what there is.

    Attributes:
        wanted: its Runs, as far as they are known.
        records: those that are recorded.
        unchosen: whether its peaks wait for a choice.
    """
    study: Study
    wanted: list[Run]
    records: Records
    unchosen: bool = False

    @property
    def missing(self) -> list[Run]:
        """The Runs that no record holds."""
        return [run for run in self.wanted
                if run.key() not in self.records.runs]


def state_of(study: Study, claims: Mapping[str, Claim], tab: str,
             device: str) -> State:
    """Return the State of a study in a tab.

    Raises:
        EvidenceError: if its runs or its choice are malformed, or it was
            changed after its first run.
    """
    records = load_records(runs_path(tab, study.folder), fingerprint(tab),
                           device)
    problem = changed(study, claims, records.runs.values())
    if problem:
        raise EvidenceError(problem)
    choice = load_choice(study, records.runs)
    return State(study, needed(study, claims, tab, records.runs, choice),
                 records, unknown(study, tab, choice) > 0)


def list_runs(tab: str, name: str | None) -> int:
    """Name the missing runs of a tab, or of one study in it."""
    claims, studies = _studies(tab, name)
    for study in studies:
        _tell(state_of(study, claims, tab, CPU), tab, CPU)
    return 0


def show_table(tab: str, name: str | None) -> int:
    """Print the exploring runs of a tab."""
    _, studies = _studies(tab, name)
    for study in studies:
        if name or study.explore or study.tuning:
            records = load_records(runs_path(tab, study.folder),
                                   fingerprint(tab))
            print(f'{study.name}, {CONFIG.tabs[tab].title}: mean ± standard '
                  'deviation between seeds, in percent')
            print(table(study, tab, records.runs))
    return 0


def choose_peaks(name: str, tab: str | None) -> int:
    """Write down which peaks a study confirms."""
    studies = load_studies()
    study = _known(studies, name)
    tab = tab or study.tabs[0]
    path = runs_path(tab, study.folder)
    records = load_records(path, fingerprint(tab))
    problem = changed(study, load_claims(studies), records.runs.values())
    if problem:
        raise EvidenceError(problem)
    made = write_choice(study, records.runs, shown(path), now(), committed())
    print(f'{shown(made)}: commit it; then python -m evidence {tab} --study '
          f'{name} makes the runs that confirm')
    return 0


def make_runs(tab: str, name: str | None, address: str | None,
              workers: int | None) -> int:
    """Make the missing runs of a tab, or of one study in it."""
    claims, studies = _studies(tab, name)
    made = None
    for study in studies:
        with Writer(runs_path(tab, study.folder)) as writer:
            if writer.removed:
                print('warning: half a line at the end of '
                      f'{shown(writer.path)}; that run counts as missing')
            made = made or here(tab)
            failed = _make(study, claims, tab, writer, made, address, workers)
        if failed:
            print(f'{tab}: {failed} runs failed; make evidence tries them '
                  'again')
            return 1
    return 0


def _make(study: Study, claims: Mapping[str, Claim], tab: str, writer: Writer,
          made: Mapping[str, Any], address: str | None,
          workers: int | None) -> int:
    """Make a study's runs until none is missing; return how many failed.

    A peak at the edge of those that were tried asks for more of them.
    """
    while True:
        state = state_of(study, claims, tab, made['device'])
        _tell(state, tab, made['device'])
        if not state.missing:
            return 0
        stamped = stamp(study, claims)
        from evidence import runner
        failed = runner.make(tab, state.missing, writer, made, stamped,
                             address, workers)
        if failed:
            return failed


def _tell(state: State, tab: str, device: str) -> None:
    """Print which runs of a study are missing."""
    study, todo = state.study, state.missing
    if state.records.stale:
        print(f'warning: {state.records.stale} runs in '
              f'{shown(runs_path(tab, study.folder))} were made with other '
              'code or versions than today\'s and do not count')
    print(f'{study.name}, {tab} on {device}: {len(state.wanted)} runs '
          f'planned, {len(state.wanted) - len(todo)} recorded, '
          + (f'{len(todo)} missing' if todo else 'nothing left to do'))
    for schedule in dict.fromkeys(run.schedule for run in todo):
        seeds = ', '.join(str(run.seed) for run in todo
                          if run.schedule == schedule)
        print(f'  {schedule}: seed {seeds}')
    if state.unchosen and not todo:
        print(f'  every peak was tried: python -m evidence --choose '
              f'{study.name} chooses those to confirm')


def _studies(tab: str, name: str | None
             ) -> tuple[dict[str, Claim], list[Study]]:
    """Return all claims, and the studies that have runs in a tab, or the
    one that is asked for."""
    if tab not in CONFIG.tabs:
        raise EvidenceError(f'unknown tab {tab!r}, expected one of '
                            f'{", ".join(CONFIG.tabs)}')
    studies = load_studies()
    chosen: Iterable[Study] = studies.values()
    if name:
        chosen = [_known(studies, name)]
        if tab not in chosen[0].all_tabs:
            raise EvidenceError(f'the study {name!r} has runs in '
                                f'{", ".join(chosen[0].all_tabs)}, not in '
                                f'{tab}')
    found = [study for study in chosen if tab in study.all_tabs]
    if not found:
        print(f'no study has runs with {tab}')
    return load_claims(studies), found


def _known(studies: Mapping[str, Study], name: str) -> Study:
    if name not in studies:
        raise EvidenceError(f'unknown study {name!r}, expected one of '
                            f'{", ".join(studies)}')
    return studies[name]


def here(tab: str) -> dict[str, Any]:
    """Return what records made here say of it.

    Raises:
        BuildError: if they would not count.
    """
    from evidence.training import load_chapter
    for name in CONFIG.limits:
        if os.environ.get(name):
            raise EvidenceError(f'{name} is set: runs on a part of the data '
                                'are not recorded; unset it')
    about, (_, pins) = load_chapter(tab)[1], fingerprint(tab)
    check_versions(tab, pins, about['packages'])
    return {**about, 'data': describe()}
