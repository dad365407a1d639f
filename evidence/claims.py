"""claims.toml: what sentences of the chapter assert.

A claim is on the runs of one study, the first one unless it says
`study = "..."`. It compares two schedules over the confirming seeds:

    compare = ["cosine 0.3", "constant 0.3"]    the first minus the second
    metric = "test acc"                         or train acc, gap
    more_than = 0.5                             or less_than, or within

The metric is a percentage, the mean of the last five epochs, and a difference
is in points, between runs of the same seed. Seeds with which one of the two
died do not enter it; the text says how many, and if they are more than a
quarter there is nothing to compare. With `dead = "guess"` they all enter it,
and a dead run scores the 10 % of guessing. `tab` names the framework, if it is
not the study's first. The claim holds if the whole 95 % interval of the mean
difference lies above more_than (0 or more), below less_than (0 or less), or
between -within and within. Instead of two schedules it may compare one with
its own past, the five epochs that end with number `after`:

    grow = "constant 0.3"
    after = 10

A claim on the other frameworks holds if the mean of the seeds that they have
is on the right side in each of them; seeds with which a run died are counted
and left out:

    agree = ["cosine 0.3", "constant 0.3"]

Or a claim compares how many runs of two kinds, of one peak rate or of all,
were alive at their end; it holds if Fisher's exact test tells the two apart at
the 5 % level, in that direction:

    alive = ["survival * warmup 5", "survival * warmup 0"]
    first = "more"                              or fewer, or undecided if
                                                the test does not tell

Or it says when most runs die, of those that do, epochs counted from 0; it
holds if the 95 % interval of their fraction lies above one half:

    dies = "survival 0.5 warmup 0"
    before = 1                                  or from

A claim with `saves` counts, for every seed, at how many peaks its runs of the
first kind are alive when they have been there for `after` epochs, minus how
many of the second; it holds if the exact sign-flip test on these sums, two-
sided at 5 %, tells them from zero in that direction, or, undecided, does not:

    saves = ["survival * warmup 5", "survival * warmup 0"]
    after = 30
    first = "more"

One with `steadier` says that seeds differ less with the first schedule than
with the second; it holds if the 95 % interval of the ratio of their variances,
by Pitman and Morgan for pairs, lies below one:

    steadier = ["ramp", "no ramp"]
    metric = "test acc"

And one with `gain` says with what the difference falls, seed by seed: the
train accuracy of the second one's first epoch, or its active units; it holds
if Spearman's rank correlation is negative, at 5 %:

    gain = ["ramp", "no ramp"]
    metric = "test acc"
    falls_with = "first train acc"              or active units
"""
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from evidence.forms import FORMS, TRAINED, Claim
from evidence.schema import Location, faults, read_toml, toml_error
from evidence.studies import FOLDER, Study

CLAIMS = FOLDER / 'claims.toml'


def load_claims(studies: Mapping[str, Study],
                path: Path = CLAIMS) -> dict[str, Claim]:
    """Return {name: Claim} of the file at `path`.

    Raises:
        EvidenceError: if a claim is malformed, or names what is not in its
            study; if a study decides a claim that is not there, or is not
            its own.
    """
    tables, text = read_toml(path)
    claims: dict[str, Claim] = {}
    wrong: list[tuple[Location, str]] = []
    for name, table in tables.items():
        try:
            claims[name] = _claim(name, table, studies)
        except ValidationError as error:
            wrong += [((name, *where), message)
                      for where, message in faults(error)]
        except ValueError as error:
            wrong.append(((name,), str(error)))
    if not wrong:
        wrong = list(_undecided(studies, claims))
    if wrong:
        raise toml_error(path, text, wrong)
    return claims


def _claim(name: str, table: object, studies: Mapping[str, Study]) -> Claim:
    if not isinstance(table, dict):
        raise ValueError(f'expected a table, got {table!r}')
    forms = [form for form in FORMS if form in table]
    if len(forms) != 1:
        raise ValueError(f'expected one of {", ".join(FORMS)}')
    entry = FORMS[forms[0]](**table)
    study = entry.study or next(iter(studies))
    if study not in studies:
        raise ValueError(f'unknown study {study!r}, expected one of '
                         f'{", ".join(studies)}')
    return entry.claim(name, studies[study])


def _undecided(studies: Mapping[str, Study], claims: Mapping[str, Claim]
               ) -> Iterable[tuple[Location, str]]:
    for study in studies.values():
        for name in study.decides:
            if name not in claims:
                yield (name,), f'{study.name} decides it, but it is not here'
            elif claims[name].study != study.name:
                yield (name,), f'{study.name} decides it, but it is on runs ' \
                    f'of {claims[name].study}'


def claimed(claims: Mapping[str, Claim], study: Study) -> set[str]:
    """Return the names of the schedules that get the confirming seeds."""
    return {kind for claim in claims.values() if claim.study == study.name
            and claim.form in TRAINED for kind in claim.kinds}


def decided(claims: Mapping[str, Claim], study: Study) -> list[str]:
    """Return checksums of the claims that a study is made for."""
    return [claims[name].sha256() for name in study.decides]
