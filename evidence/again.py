"""python -m evidence.again: make a claim's runs again, apart, and compare.

tabs NAME                   print the tabs that the claim takes runs from
make NAME TAB [--runs N]    make them, N at most, in the tab's environment
compare NAME                say what differs from those that are recorded

They go to _build/again/NAME, where a second call goes on; nothing of them
gets into evidence/runs. A pair of runs with the same seed is made together, so
that a few runs make a few pairs. `make claim NAME=...` does all of it.
"""
import argparse
import functools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.errors import BuildError
from evidence import EvidenceError, MissingRuns, Unproven
from evidence.__main__ import count
from evidence.behind import kinds_of, tabs_of
from evidence.chapter import ROOT
from evidence.claims import load_claims
from evidence.fingerprint import fingerprint
from evidence.outcomes import died, score
from evidence.plan import Choice, Run
from evidence.provenance import stamp
from evidence.record import CURVES, Key, Record
from evidence.records import Writer, load_records, runs_path
from evidence.schema import shown
from evidence.studies import Study, load_studies
from evidence.tuning import load_choice

APART = ROOT / '_build' / 'again'
Found = Mapping[Key, Record]
NO_COMMIT = 40 * '0'  # of runs that are no evidence


class Again:
    """A claim whose runs are made again.

    Args:
        name: the claim's name.
        folder: where they go.

    Raises:
        EvidenceError: if there is no such claim.
    """

    def __init__(self, name: str, folder: Path = APART):
        studies = load_studies()
        claims = load_claims(studies)
        if name not in claims:
            raise EvidenceError(f'no claim {name!r} in claims.toml, expected '
                                f'one of {", ".join(claims)}')
        self.claims, self.claim = claims, claims[name]
        self.study: Study = studies[self.claim.study]
        self.tabs = tabs_of(self.claim, self.study)
        self.folder = folder / name
        self.rests_on = functools.cache(fingerprint)  # of a tab

    def path(self, tab: str) -> Path:
        """Return the path of the file of a tab's new runs."""
        return self.folder / f'{tab}.jsonl'

    def recorded(self, tab: str) -> Found:
        """Return the records of a tab that count."""
        return load_records(runs_path(tab, self.study.folder),
                            self.rests_on(tab)).runs

    def new(self, tab: str) -> Found:
        """Return the records that were made again."""
        return load_records(self.path(tab), self.rests_on(tab)).runs

    def choice(self) -> Choice | None:
        if not self.study.tuning:
            return None
        found = load_choice(self.study, self.recorded(self.study.tabs[0]))
        if found is None:
            raise MissingRuns(f'{self.study.name} has not chosen the peaks '
                              'that it confirms yet')
        return found

    def runs(self, tab: str) -> list[Run]:
        """Return the claim's Runs in a tab, seed by seed."""
        kinds = kinds_of(self.claim, self.study, tab, self.choice())
        return sorted((run for kind in kinds for run in kind),
                      key=lambda run: run.seed)


def make(again: Again, tab: str, most: int | None = None) -> int:
    """Make the runs of a tab that are not there yet; return how many
    failed.

    Raises:
        EvidenceError: if the claim has no runs there.
    """
    if tab not in again.tabs:
        raise EvidenceError(f'the claim {again.claim.name!r} has runs in '
                            f'{", ".join(again.tabs)}, got {tab!r}')
    from evidence import runner, stages
    wanted = again.runs(tab)[:most]
    with Writer(again.path(tab)) as writer:
        there = again.new(tab)
        missing = [run for run in wanted if run.key() not in there]
        print(f'{again.claim.name}, {tab}: {len(wanted)} runs to make again, '
              f'{len(wanted) - len(missing)} of them in {shown(writer.path)}')
        if not missing:
            return 0
        return runner.make(tab, missing, writer, stages.here(tab),
                           _stamp(again))


def _stamp(again: Again) -> dict[str, str]:
    """Return what the records say of their study; they may be made of what
    is not committed, since they are no evidence."""
    try:
        return stamp(again.study, again.claims)
    except EvidenceError:
        return {'study': again.study.name, 'commit': NO_COMMIT,
                'study sha256': again.study.sha256(())}


def compare(again: Again) -> bool:
    """Print what differs; return whether the verdict is the same.

    Raises:
        EvidenceError: if no run was made again.
    """
    made = {tab: again.new(tab) for tab in again.tabs}
    pairs = [(run, old.get(run.key()), made[tab][run.key()])
             for tab in again.tabs for old in [again.recorded(tab)]
             for run in again.runs(tab) if run.key() in made[tab]]
    if not pairs:
        raise EvidenceError(f'no run of {again.claim.name!r} was made again')
    metric = again.claim.metric or 'train acc'
    apart = []
    for run, old, new in pairs:
        print(f'  {run.schedule}, seed {run.seed}: '
              + difference(old, new, metric))
        if old and died(old) is None and died(new) is None:
            apart.append(abs(score(new, metric) - score(old, metric)))
    same = sum(old is not None and same_curves(old, new)
               for _, old, new in pairs)
    print(f'{len(pairs)} runs made again, {same} with the same curves to the '
          'last digit' + (f'; {metric} differs by at most {max(apart):.2f} '
                          'points where both lived' if apart else ''))
    before, after = verdict(again, {}), verdict(again, made)
    print(f'as recorded: {before[1]}\nwith these in their place: {after[1]}')
    return before[0] is after[0]


def difference(old: Record | None, new: Record, metric: str) -> str:
    """Return what is different between two records of a run."""
    if old is None:
        return f'not recorded; {_end(new, metric)}'
    if same_curves(old, new):
        return f'{_end(new, metric)}, the same to the last digit'
    text = f'{_end(old, metric)}, again {_end(new, metric)}'
    if died(old) is None and died(new) is None:
        apart = score(new, metric) - score(old, metric)
        text += f': {apart:+.2f} points'
    return text


def same_curves(old: Record, new: Record) -> bool:
    """Return whether two records of a run have the same curves."""
    return all(old.get(key) == new.get(key) for key in CURVES)


def _end(record: Record, metric: str) -> str:
    dead = died(record)
    return (f'{metric} {score(record, metric):.2f} %' if dead is None
            else f'dead from epoch {dead} on')


def verdict(again: Again,
            instead: Mapping[str, Found]) -> tuple[bool | None, str]:
    """Return whether a claim holds, None if there is no telling, and the
    numbers.

    Args:
        again: the claim.
        instead: {tab: records} that take the place of recorded ones.
    """
    from evidence.finding import Evidence
    from evidence.findings import judge

    def load(tab: str) -> Found:
        return {**again.recorded(tab), **instead.get(tab, {})}

    try:
        found = judge(again.claim, Evidence(again.study, load,
                                            again.choice()))
    except (MissingRuns, Unproven) as error:
        return None, str(error)
    return found.holds, ('it holds: ' if found.holds else
                         'it does not hold: ') + found.text


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; return the exit status, of `compare` 1 if the
    verdict is another."""
    parser = argparse.ArgumentParser(
        prog='python -m evidence.again', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=('tabs', 'make', 'compare'))
    parser.add_argument('name')
    parser.add_argument('tab', nargs='?', default='')
    parser.add_argument('--runs', metavar='N', type=count)
    options = parser.parse_args(arguments)
    try:
        again = Again(options.name)
        if options.what == 'tabs':
            print(*again.tabs)
            return 0
        if options.what == 'make':
            return bool(make(again, options.tab, options.runs))
        return not compare(again)
    except BuildError as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted; finished runs are kept', file=sys.stderr)
        return 130


if __name__ == '__main__':
    sys.exit(main())
