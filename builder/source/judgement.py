"""What a book's own code tells of its claims: the door between the two.

The book may return these, or anything that has the same attributes: they are
checked, type by type, before the builder uses them.
"""
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

# A name becomes part of an address and of a label.
Name = Annotated[str, Field(pattern=r'^[A-Za-z0-9][A-Za-z0-9._-]*$')]


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, from_attributes=True,
                              allow_inf_nan=False)


class Effect(_Told):
    """A number that runs show, with its interval if it has one.

    Attributes:
        value: the number.
        unit: what it counts; effects of one unit share an axis.
        low: where its interval begins.
        high: where it ends.
        bounds: the margins that the claim holds it against.
    """
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    bounds: tuple[float, ...] = ()

    @model_validator(mode='after')
    def _ordered(self) -> 'Effect':
        if (self.low is None) is not (self.high is None):
            raise ValueError('an interval with one end')
        if self.low is not None and self.high is not None and not (
                self.low - 1e-9 <= self.value <= self.high + 1e-9):
            raise ValueError(f'{self.value:g} is not between {self.low:g} and '
                             f'{self.high:g}')
        return self


class Judgement(_Told):
    """What the runs say of one claim.

    Attributes:
        title: what is claimed.
        text: the numbers in full.
        runs: the paths of the files that they come from.
        details: Markdown that shows these runs.
        problem: why nothing can be said yet, or why it may be wrong; or ''.
        name: what sentences call the claim; the builder knows it if they do.
        short: the numbers as a sentence shows them; without, `text`.
        beside: what else the runs say, a sentence or two.
        study: the name of the study that it belongs to.
        verdict: whether the runs bear it out; 'open' if they do not tell yet,
            which is so without a verdict if there is a problem.
        effect: what it is about, as a number.
        probability: how likely one is above the other, as a number.
        p: the p-value of its test.
        adjusted: the same, corrected for the number of claims.
        source: where it is written down, as path:line.
        written: what stands there.
        records: one entry for each run, as JSON has it.
        commits: those that its runs name.
    """
    title: str
    text: str
    runs: tuple[str, ...]
    details: str
    problem: str
    name: Name | None = None
    short: str = ''
    beside: str = ''
    study: str = ''
    verdict: Literal['', 'holds', 'fails', 'open'] = ''
    effect: Effect | None = None
    probability: Effect | None = None
    p: float | None = None
    adjusted: float | None = None
    source: str = ''
    written: str = ''
    records: tuple[Mapping[str, Any], ...] = ()
    commits: tuple[str, ...] = ()

    @property
    def answer(self) -> Literal['holds', 'fails', 'open']:
        """The verdict, or what follows if there is none."""
        return self.verdict or ('open' if self.problem else 'holds')

    @property
    def numbers(self) -> str:
        """What stands behind a sentence."""
        return self.short or self.text

    @property
    def label(self) -> str:
        """Its name in words, for tables and pictures."""
        return (self.name or self.title).replace('-', ' ')

    def preview(self) -> str:
        """Return all that the numbers behind a sentence leave out."""
        about = f'{self.title}: {self.text}.'
        more = self.problem or self.beside
        study = (f'Study: {self.study.replace("-", " ")}.' if self.study
                 else '')
        return ' '.join(filter(None, (about, more, study)))


class Study(_Told):
    """A set of runs that was planned together, and the claims on it.

    Attributes:
        name: its name.
        question: what it asks.
        design: how.
        primary: the test that decides.
        deviations: what was changed, or known beforehand.
        source: the path of the file that says so.
        planned: how many runs there are to be.
        recorded: how many there are.
        first: when the first of them began, or ''.
        last: when the last one ended, or ''.
        commits: those that its runs name.
        problem: what is wrong with it as a whole, or ''.
        claims: what the runs say of each, in order.
    """
    name: Name
    question: str = ''
    design: str = ''
    primary: str = ''
    deviations: tuple[str, ...] = ()
    source: str = ''
    planned: int = 0
    recorded: int = 0
    first: str = ''
    last: str = ''
    commits: tuple[str, ...] = ()
    problem: str = ''
    claims: tuple[Judgement, ...] = ()

    @property
    def title(self) -> str:
        """Its name in words."""
        words = self.name.replace('-', ' ')
        return words[:1].upper() + words[1:]
