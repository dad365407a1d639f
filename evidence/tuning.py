"""Which peak each schedule is confirmed at, by a rule and no hand.

Every schedule of a study with [tuning] runs at every peak with the tuning
seeds, trained on nine tenths of the training images and evaluated on the rest.
A peak's score is the mean over seeds of the mean validation accuracy of the
last five epochs, or as many as the study says; a dead run scores what guessing
does. An average of a schedule's weights has a peak of its own, chosen from the
same runs; a run with branches scores the mean of their ends. The best peak is
that of the highest score, the smaller one of equals. If it is at an edge of
what was tried, the next peak beyond that edge is tried as well, widen_at_most
times for a schedule.

The choice is a file, made from the runs by a command and committed; runs that
confirm are planned from it. It names the runs that it rests on. Whoever reads
it computes it anew: if today's runs say something else, it is no choice.
"""
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Annotated

from pydantic import Field, ValidationError

from builder.record.checksums import checksum
from builder.writing import replace_file
from evidence import EvidenceError, FileError, MissingRuns
from evidence.outcomes import seen, treated
from evidence.plan import Run, tuned_runs
from evidence.record import (
    Checksum,
    Commit,
    Key,
    Moment,
    Record,
    comparable,
    parse,
)
from evidence.schema import Rate, Strict, Text, faults, read_text, shown
from evidence.studies import FOLDER, Study, Tuning

CHOICES = FOLDER / 'choices'
RULE = ('the peak whose runs have the highest mean validation accuracy {}, '
        'a dead run counting 10 %; of equal ones the smaller; peaks added '
        'beyond an edge while it is the best')
OVER = {5: 'over the last five epochs', 1: 'after the last epoch'}
Found = Mapping[Key, Record]


class Trial(Strict):
    """A run that a choice rests on."""
    seed: int
    rates: Checksum
    score: Annotated[float, Field(ge=0, le=100)]


class Chosen(Strict):
    """The peak of a schedule, and {peak: its runs} of all that were tried."""
    peak: Rate
    trials: dict[str, list[Trial]]


class ChoiceFile(Strict):
    """What a file of choices/ holds."""
    study: Text
    rule: Text
    runs: Text
    code: Checksum
    sha256: Checksum
    commit: Commit
    made: Moment
    schedules: dict[str, Chosen]


def tuning_runs(study: Study, records: Found) -> list[Run]:
    """Return the Runs that choose, as far as the records tell: those of the
    peaks beyond an edge are known when the ones before them were made."""
    return [*dict.fromkeys(run for kind in study.tuned
                           for runs in _trials(study, kind, records).values()
                           for run in runs)]


def choose(study: Study, records: Found) -> dict[str, Chosen]:
    """Return what is chosen for each schedule.

    Raises:
        MissingRuns: if not all are there.
        EvidenceError: if they cannot be compared.
    """
    runs = tuning_runs(study, records)
    missing = sum(run.key() not in records for run in runs)
    if missing:
        raise MissingRuns(f'{study.name}: {missing} runs that choose a peak '
                          'are missing: make evidence')
    if not comparable(records[run.key()] for run in runs):
        raise EvidenceError(f'{study.name}: runs that choose a peak differ in '
                            'their images')
    return {kind: _chosen(study, kind, records) for kind in study.tuned}


def _chosen(study: Study, kind: str, records: Found) -> Chosen:
    trials = _trials(study, kind, records)
    return Chosen(peak=_best(study, kind, trials, records), trials={
        f'{peak:g}': [Trial(seed=run.seed, rates=run.key().rates,
                            score=round(_score(study, kind,
                                               records[run.key()]), 5))
                      for run in runs]
        for peak, runs in sorted(trials.items())})


def _trials(study: Study, kind: str,
            records: Found) -> dict[float, list[Run]]:
    """Return {peak: its Runs}, widened while the best is at an edge."""
    rule, (name, _) = _rule(study), study.kinds[kind]

    def at(peak: float) -> list[Run]:
        return tuned_runs(study, name, peak, rule.seeds, 'validation')

    trials = {peak: at(peak) for peak in study.peaks(name)}
    for _ in range(rule.widen_at_most):
        if any(run.key() not in records
               for runs in trials.values() for run in runs):
            break
        best = _best(study, kind, trials, records)
        if best == max(trials):
            beyond = round(best * rule.widen_by, 4)
        elif best == min(trials):
            beyond = round(best / rule.widen_by, 4)
        else:
            break
        trials[beyond] = at(beyond)
    return trials


def _rule(study: Study) -> Tuning:
    if study.tuning is None:
        raise EvidenceError(f'the study {study.name!r} tunes nothing')
    return study.tuning


def _best(study: Study, kind: str, trials: Mapping[float, list[Run]],
          records: Found) -> float:
    scores = {peak: fmean(_score(study, kind, records[run.key()])
                          for run in runs) for peak, runs in trials.items()}
    return min(scores, key=lambda peak: (-round(scores[peak], 9), peak))


def _score(study: Study, kind: str, record: Record) -> float:
    return fmean(treated(seen(record, view), 'validation acc', study.last)
                 for view in study.views(kind))


def _rule_text(study: Study) -> str:
    return RULE.format(OVER.get(study.last,
                                f'over the last {study.last} epochs'))


def write_choice(study: Study, records: Found, runs: str, made: Moment,
                 commit: Commit, folder: Path = CHOICES) -> Path:
    """Write the file of a study's choice and return its path.

    Args:
        study: the Study.
        records: its runs, by Run.key().
        runs: the path of the file of runs, from the project's folder.
        made: now, in UTC.
        commit: that the study stands in.
        folder: where choices are.

    Raises:
        BuildError: if runs are missing, a choice was made before, or the file
            cannot be written; it is whole or not there.
    """
    path = folder / f'{study.name}.json'
    if path.exists():
        raise EvidenceError(f'{shown(path)} is there: a study chooses once')
    chosen = choose(study, records)
    code = next(iter(records.values()))['code']
    content = ChoiceFile(
        study=study.name, rule=_rule_text(study), runs=runs, code=code,
        sha256=_digest(study, chosen), commit=commit, made=made,
        schedules=chosen)
    replace_file(path, f'{content.model_dump_json(indent=1)}\n'.encode())
    return path


def load_choice(study: Study, records: Found,
                folder: Path = CHOICES) -> dict[str, float] | None:
    """Return {schedule: its peak}, None if nothing was chosen yet.

    Raises:
        EvidenceError: if the file is malformed, or says something else than
            the runs do.
    """
    path = folder / f'{study.name}.json'
    if not study.tuning or not path.exists():
        return None
    try:
        content = ChoiceFile.model_validate(_table(path))
    except ValidationError as error:
        raise FileError(shown(path), [
            (1, ': '.join([*map(str, where), message]))
            for where, message in faults(error)]) from None
    found = choose(study, records)
    wrong = [name for name in {**found, **content.schedules}
             if found.get(name) != content.schedules.get(name)]
    if wrong or content.sha256 != _digest(study, found):
        raise FileError(shown(path), [(1, 'made from other runs than those '
                        f'planned and recorded: {", ".join(wrong) or "all"}'
                        )])
    return {name: chosen.peak for name, chosen in found.items()}


def _table(path: Path) -> object:
    try:
        return parse(read_text(path))
    except ValueError as error:
        raise FileError(shown(path), [(1, str(error))]) from None


def _digest(study: Study, chosen: Mapping[str, Chosen]) -> str:
    return checksum([study.name, _rule_text(study), {
        name: value.model_dump() for name, value in chosen.items()}])
