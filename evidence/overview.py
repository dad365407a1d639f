"""What the builder asks for besides: all studies, and the claims on them."""
from collections.abc import Iterable

from builder.source.judgement import Judgement
from builder.source.judgement import Study as Told
from evidence import Unproven
from evidence.behind import needed, unknown
from evidence.record import Record
from evidence.report import (
    choice_of,
    known_of,
    problem_of,
    report,
    runs,
    state,
)
from evidence.schema import shown
from evidence.studies import FOLDER, Study


def studies() -> tuple[Told, ...]:
    """Return all studies, in their order, with all claims on each; those too
    that no sentence makes, or that their runs do not bear out.

    Raises:
        EvidenceError: if a file is malformed.
    """
    return tuple(map(_told, state()[0].values()))


def _told(study: Study) -> Told:
    claims, choice = state()[1], choice_of(study.name)
    wanted = [(tab, run) for tab in study.all_tabs for run in needed(
        study, claims, tab, runs(tab, study.folder), choice)]
    more = sum(unknown(study, tab, choice) for tab in study.all_tabs)
    made = [runs(tab, study.folder)[run.key()] for tab, run in wanted
            if run.key() in runs(tab, study.folder)]
    return Told(
        name=study.name, question=study.question,
        design=study.design.strip(), primary=_sentence(study.primary),
        deviations=study.deviations, source=_file(study),
        planned=len(wanted) + more, recorded=len(made),
        first=min(_moments(made, 'start'), default=''),
        last=max(_moments(made, 'end'), default=''),
        commits=tuple(dict.fromkeys(
            record['commit'] for record in made if 'commit' in record)),
        problem=problem_of(study, study.all_tabs),
        claims=tuple(_claim(name) for name, claim in claims.items()
                     if claim.study == study.name))


def _sentence(text: str) -> str:
    return f'{text[:1].upper()}{text[1:]}.'


def _moments(made: Iterable[Record], which: str) -> list[str]:
    """Return when runs began or ended; of the oldest, only the day."""
    return [record[which]  # type: ignore[literal-required]
            if which in record else record['date'] for record in made]


def _claim(name: str) -> Judgement:
    """Return what the runs say of a claim, also if they decide nothing."""
    try:
        return report(name)
    except Unproven as error:
        return Judgement(**known_of(state()[1][name]), text=str(error),
                         short='undecided', details='', problem='',
                         verdict='open')


def _file(study: Study) -> str:
    """Return the path of the file that a study is written in."""
    return next(shown(path) for path in (FOLDER / 'studies').glob('*.toml')
                if path.stem.partition('-')[2] == study.name)
