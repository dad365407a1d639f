"""The page that shows what the runs behind all claims say, and these runs.

It opens with a picture and a table of all effects; then each study says what
it asked and how, and what its runs say of each claim on them.
"""
from collections.abc import Iterable, Iterator
from pathlib import Path

from builder.escape import fenced, markdown, title
from builder.publish.claims_json import JSON_FILE
from builder.publish.colab import file_link
from builder.publish.markup import directive, download_link, first_words
from builder.publish.preview import front_matter
from builder.publish.prose import CLAIMS_PAGE, MystProse
from builder.publish.untranslated import made_page
from builder.source.effects import common_unit
from builder.source.judgement import Judgement, Study
from builder.words import Words

ANSWERS = {'holds': 'yes', 'fails': 'no', 'open': 'open'}
# The columns of the table, with their widths in percent: on pages, in PDFs.
_WIDE = {'Claim': 28, 'Numbers': 20, 'Interval': 18, 'p': 8, 'Adjusted p': 8,
         'Holds?': 7, 'Study': 11}
_NARROW = {'Claim': 33, 'Numbers': 25, 'Interval': 19, 'Adjusted p': 13,
           'Holds?': 10}
TITLE = 'Claims and Runs'
_INTRO = (
    'A number in parentheses behind a sentence leads here: to the claim that '
    'the sentence makes, to the runs that it comes from, and to the study '
    'that they were planned in. Behind ± stands how far the interval of a '
    'mean reaches. The table has all claims, those too that no sentence makes '
    'or that their runs do not bear out; the adjusted p takes into account '
    'how many tests there are.')
_CAPTION = (
    'Effects in {unit}, with their intervals. A filled square belongs to a '
    'claim that holds, an open one to a claim that does not; the upright '
    'strokes are the margins that a claim names.')


class ClaimsPage:
    """Writes the page; pictures and files go to the Sources of `prose`.

    Args:
        prose: writes for the medium.
        files: whether readers get the files of the runs, and may fold away
            what is long: in pages, not in PDFs.
    """

    def __init__(self, prose: MystProse, files: bool):
        self.prose, self.files = prose, files
        self.book, self.sources = prose.book, prose.sources
        self.unit = common_unit(self.book.studies)
        self.columns = _WIDE if files else _NARROW

    def write(self) -> str:
        parts = [f'# {TITLE}', _INTRO,
                 self.prose.forest(self.book.studies,
                                   _CAPTION.format(unit=markdown(self.unit)))
                 if self.unit else '', self.table()]
        if self.files:
            parts.append(directive(
                'raw', 'html', '<p>For programs, the same: <a href='
                f'"{self.book.up}{JSON_FILE}">{JSON_FILE}</a>.</p>'))
        for study in self.book.studies:
            parts += self.study(study)
            for claim in study.claims:
                parts += self.claim(study, claim)
        return '\n\n'.join(filter(None, parts)) + '\n'

    def table(self) -> str:
        rows = [_row(self.columns), '|---' * len(self.columns) + '|']
        for study in self.book.studies:
            for claim in study.claims:
                cells = self.cells(study, claim)
                rows.append(_row(cells[name] for name in self.columns))
        widths = ' '.join(map(str, self.columns.values()))
        return directive('table', '', f':widths: {widths}\n:class: claims\n\n'
                         + '\n'.join(rows))

    def cells(self, study: Study, claim: Judgement) -> dict[str, str]:
        return {'Claim': f'[{markdown(claim.label)}](#claim-{claim.name})',
                'Numbers': markdown(claim.numbers),
                'Interval': markdown(self.interval(claim)),
                'p': _digits(claim.p), 'Adjusted p': _digits(claim.adjusted),
                'Holds?': ANSWERS[claim.answer],
                'Study': f'[{markdown(study.title)}](#study-{study.name})'}

    def interval(self, claim: Judgement) -> str:
        """Return the interval of a claim's effect, with its unit unless it is
        that of the picture."""
        effect = claim.effect
        if not effect or effect.low is None or effect.high is None:
            return ''
        unit = '' if effect.unit == self.unit else f' {effect.unit}'
        return f'{effect.low:.2f} to {effect.high:.2f}{unit}'.replace('-', '−')

    def study(self, study: Study) -> Iterator[str]:
        yield f'(study-{study.name})=\n## {markdown(study.title)}'
        for what, text in (('Question', study.question),
                           ('Design', study.design),
                           ('Primary test', study.primary)):
            if text:
                yield f'**{what}.** {markdown(text)}'
        if study.deviations:
            yield '**Changed on the way, or known beforehand.**'
            yield '\n'.join(f'- {markdown(text)}'
                            for text in study.deviations)
        if study.planned:
            yield f'**Runs.** {_runs(study)}'
        if study.problem:
            yield f'**{markdown(study.problem)}.**'
        if study.source:
            yield f'**Written in** {self.link(study.source)}.'

    def claim(self, study: Study, claim: Judgement) -> Iterator[str]:
        yield f'(claim-{claim.name})=\n### {markdown(claim.title)}'
        answer = {'holds': '', 'fails': ' The runs do not bear it out.',
                  'open': ''}[claim.answer]
        yield (f'**{markdown(claim.text)}.**{answer} '
               f'{markdown(claim.beside)}').rstrip()
        if claim.problem and claim.problem != study.problem:
            yield f'{markdown(claim.problem)}.'
        yield ' · '.join(self.places(study, claim))
        written = (fenced('toml', claim.written)
                   if claim.written and self.files else '')
        shown = '\n\n'.join(filter(None, (claim.details, written)))
        if shown and self.files:
            yield directive('dropdown', 'The runs, one line for each seed'
                            if claim.details else 'As it was written down',
                            f':class-container: runs\n\n{shown}')
        elif shown:
            yield shown

    def places(self, study: Study, claim: Judgement) -> Iterator[str]:
        """Yield where the claim, its study, its runs and their code are."""
        if claim.source:
            yield f'Claim: {self.link(claim.source)}'
        yield f'Study: [{markdown(study.title)}](#study-{study.name})'
        if claim.answer != 'open':
            yield 'Runs: ' + ', '.join(map(self.link, claim.runs))
        if claim.commits:
            yield 'Commit: ' + ', '.join(f'`{commit[:12]}`'
                                         for commit in claim.commits)

    def link(self, source: str) -> str:
        """Return a link to a file of the book, or to a line of it."""
        path, _, line = source.partition(':')
        text = f'{Path(path).name}, line {line}' if line else Path(path).name
        address = file_link(self.book.config, path, line)
        if address:
            return f'[{markdown(text)}]({address} "{title(path)}")'
        if not self.files:
            return markdown(f'{path}, line {line}' if line else path)
        return download_link(markdown(text), self.prose.copied(path))


def add_claims_page(prose: MystProse, files: bool = True) -> None:
    """Add the page to the Sources of `prose`; with the files of the runs,
    unless `files` is false."""
    text = ClaimsPage(prose, files).write()
    if files:
        text = '\n'.join([front_matter(prose.sources, CLAIMS_PAGE, TITLE,
                                       first_words(_INTRO)), text])
    prose.sources.add_page(CLAIMS_PAGE, f'{CLAIMS_PAGE}.md',
                           made_page(prose.book, text))


def link_to_claims(say: Words) -> str:
    """Return the end of the first page: an entry in the table of contents,
    and a sentence."""
    toctree = directive('toctree', '', f':hidden:\n\n/{CLAIMS_PAGE}')
    told = say('What all runs say, claim by claim, is told on {}.').format(
        f'[{TITLE}](/{CLAIMS_PAGE}.md)')
    return f'\n{toctree}\n\n{told}\n'


def _row(cells: Iterable[str]) -> str:
    return f'| {" | ".join(cells)} |'


def _digits(p: float | None) -> str:
    return '' if p is None else f'{p:.2g}'


def _runs(study: Study) -> str:
    """Return how many runs a study has, when they were made, and from what
    they were planned."""
    if not study.recorded:
        return f'None yet; {study.planned} are planned.'
    text = (f'{study.recorded} of {study.planned} planned runs are recorded, '
            f'the first from {study.first}, the last from {study.last}.')
    if not study.commits:
        return f'{text} They do not record a commit.'
    commits = ', '.join(f'`{commit[:12]}`' for commit in study.commits)
    return (f'{text} Study, claims and code as they were: commit {commits}.')
