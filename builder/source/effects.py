"""A figure of effects: what the runs show, drawn by the builder itself.

    ![A caption.](effects:)                       of all claims
    ![A caption.](effects:some-study,a-claim)     of these studies and claims

It needs no code cell, so it is of today's runs whenever a page is built.
"""
import difflib
from collections import Counter
from collections.abc import Sequence

from builder.source.judgement import Judgement, Study

_SIGN = 'effects:'


def is_effects(link: str) -> bool:
    """Return whether the address of an image asks for such a figure."""
    return link.startswith(_SIGN)


def effect_names(link: str, studies: Sequence[Study]) -> list[str]:
    """Return the names of studies and claims that a figure asks for; all
    studies if it names none.

    Raises:
        ValueError: if there are none of them.
    """
    names = [name for name in link.removeprefix(_SIGN).split(',') if name]
    known = [study.name for study in studies]
    if not known:
        raise ValueError(f'the figure {link}, but this book has no claims')
    claims = [str(claim.name) for study in studies for claim in study.claims]
    for name in names:
        if name not in (*known, *claims):
            close = difflib.get_close_matches(name, known + claims, 3, 0.4)
            raise ValueError(f'the figure {link}: there is no study or claim '
                             f'{name!r}, expected one of '
                             f'{", ".join(close or known)}')
    return names or known


def chosen(link: str, studies: Sequence[Study]) -> list[Study]:
    """Return the studies that a figure is of, with those of their claims that
    it shows."""
    names = effect_names(link, studies)
    kept = [study.model_copy(update={'claims': tuple(
        claim for claim in study.claims
        if study.name in names or claim.name in names)}) for study in studies]
    return [study for study in kept if study.claims]


def common_unit(studies: Sequence[Study]) -> str:
    """Return the unit that most effects with an interval have; '' if none
    has one. They share an axis."""
    units = Counter(claim.effect.unit for study in studies
                    for claim in study.claims
                    if claim.effect and claim.effect.low is not None)
    return max(units, key=units.__getitem__, default='')


def drawn(study: Study, unit: str) -> list[Judgement]:
    """Return a study's claims whose effects have a place on an axis."""
    return [claim for claim in study.claims if claim.effect
            and claim.effect.unit == unit and claim.effect.low is not None]
