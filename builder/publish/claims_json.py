"""What the claims page says, for programs: claims.json beside it."""
import json
from typing import Any

from builder.source.book import Book
from builder.source.judgement import Effect, Judgement, Study
from builder.source.reader import CLAIMS

JSON_FILE = f'{CLAIMS}.json'


def claims_json(book: Book) -> bytes:
    """Return all studies and claims of a book as JSON.

    Numbers have six digits, so that machines whose libraries round another
    way agree.
    """
    return (json.dumps({
        'title': book.config.title,
        'studies': [_study(study) for study in book.studies],
        'claims': [_claim(study, claim) for study in book.studies
                   for claim in study.claims]},
        ensure_ascii=False, indent=1, allow_nan=False) + '\n').encode()


def _study(study: Study) -> dict[str, Any]:
    return study.model_dump(mode='json', exclude={'claims'})


def _claim(study: Study, claim: Judgement) -> dict[str, Any]:
    return {
        'name': claim.name, 'statement': claim.title, 'study': study.name,
        'verdict': claim.answer, 'numbers': claim.text,
        'effect': _effect(claim.effect), 'p': _rounded(claim.p),
        'adjusted_p': _rounded(claim.adjusted),
        'probability': _effect(claim.probability), 'problem': claim.problem,
        'written': claim.source, 'commits': claim.commits,
        'files': claim.runs, 'runs': [dict(run) for run in claim.records]}


def _effect(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    interval = None if effect.low is None else [_rounded(effect.low),
                                                _rounded(effect.high)]
    return {'value': _rounded(effect.value), 'unit': effect.unit,
            'interval': interval, 'margins': effect.bounds}


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f'{number:.6g}')
