"""Pages in another language, section by section, from files beside sources.

NAME_de.md has sections of NAME.md in German. A section goes from one heading
to the next. Each says, in a comment of its own,

    <!-- source: scheduler-idea 1f3a9c20 -->

which section it translates, by the name that the ids of its cells begin with,
and the checksum of the text that it was made from. While that text stands, the
translation takes its place; once it has changed, readers get the source's
section again, and its author a note. Cells are the source's: an empty cell
stands for those between two pieces of text.
"""
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from builder.config import Config
from builder.errors import BuildError, SourceError
from builder.source.files import read_text
from builder.source.labels import Known
from builder.source.markdown import Code, read_blocks
from builder.source.page import (
    Group,
    Item,
    Page,
    Question,
    Text,
    make_items,
    texts_of,
)
from builder.source.predict import choices_of
from builder.source.toc import Toc

MISSING, CHANGED = 'missing', 'changed'  # why a section is not translated
_MARK = re.compile(r'<!--\s*source:\s*(\S+)\s+(\w+)\s*-->')
_SIZES = 'width', 'height'  # of figures, for a translator to choose
_CELLS = '#'
_MOST = 5  # names that a mistake shows


@dataclass(frozen=True)
class Section:
    """Items from a heading to the next, and the name that their ids have."""
    name: str
    title: str
    line: int
    items: tuple[Item, ...]

    @property
    def texts(self) -> list[Text]:
        """The prose, in order."""
        return [text for item in self.items for text in texts_of(item)]

    @property
    def mark(self) -> str:
        """The comment that a translation of this text has."""
        return f'<!-- source: {self.name} {self.checksum} -->'

    @property
    def checksum(self) -> str:
        """What changes with the text, and with the places of cells in it;
        neither with their code nor with the ends of lines."""
        said: list[str] = []
        for item in self.items:
            if isinstance(item, Group) and said[-1:] != [_CELLS]:
                said.append(_CELLS)
            said += _words(item)
        return hashlib.sha256('\n'.join(said).encode()).hexdigest()[:8]

    def runs(self) -> list[list[Group]]:
        """Return the cells that no text divides."""
        runs: list[list[Group]] = []
        ended = True
        for item in self.items:
            if isinstance(item, Group):
                runs += [[]] * ended  # each becomes a list of its own
                runs[-1] = [*runs[-1], item]
            ended = not isinstance(item, Group) or bool(item.figure)
        return runs


def sections_of(page: Page) -> list[Section]:
    """Return the sections of a page."""
    parts: list[list[Item]] = []
    for item in page.items:
        if not parts or (isinstance(item, Text) and item.prose.level):
            parts.append([])
        parts[-1].append(item)
    return [_section(page, part) for part in parts]


def _section(page: Page, items: list[Item]) -> Section:
    first = items[0]
    text = next((text.prose for item in items for text in texts_of(item)),
                None)
    return Section(first.id.rsplit('-', 2)[0],
                   (text.title if text else '') or page.name,
                   text.line if text else 1, (*items,))


def _words(item: Item) -> Iterator[str]:
    """Yield what a checksum is made of."""
    if isinstance(item, Question):
        yield f'{item.name} {item.right}'
    for text in texts_of(item):
        yield ' '.join([*(text.prose.tabs or ()), *text.prose.body.split()])


def translated(page: Page, config: Config, language: str,
               errors: list[BuildError], notes: list[str]) -> Page:
    """Return a page in another language, as far as it is translated.

    Args:
        page: the source.
        config: the book's.
        language: the other one.
        errors: is told what is wrong with the translation.
        notes: is told what is out of date.
    """
    name = page.path.removesuffix('.md') + f'_{language}.md'
    if not (config.folder / name).is_file():
        return replace(page, left={text.id: MISSING for text in page.texts})
    return _Translation(page, name, config, language, errors, notes).page()


class _Translation:
    """Puts the sections of one file in the places of the source's."""

    def __init__(self, page: Page, path: str, config: Config, language: str,
                 errors: list[BuildError], notes: list[str]) -> None:
        self.source, self.path, self.language = page, path, language
        self.errors, self.notes = errors, notes
        text = read_text(config.folder / path, path, errors)
        blocks = read_blocks(text, path, config.tabs, False, errors)
        for block in blocks:
            if isinstance(block, Code) and block.source.strip():
                self.error(block.line, 'a cell with code in a translation, '
                           'expected an empty one: the source has the code')
        self.sections = {each.name: each for each in sections_of(page)}
        self.found = sections_of(Page(page.name, path, make_items(blocks)))
        self.made = Page(page.name, page.path, tabs=page.tabs,
                         number=page.number, translation=path)

    def error(self, line: int, message: str) -> None:
        self.errors.append(SourceError(self.path, line, message))

    def page(self) -> Page:
        found, changed = self.of_today()
        for name, section in self.sections.items():
            if name in found:
                self.made.items += self.items(section, found[name])
                self.take_tocs(section.texts, found[name].texts)
            else:
                self.made.items += section.items
                self.take_tocs(section.texts, section.texts)
                self.made.left.update({
                    text.id: CHANGED if name in changed else MISSING
                    for text in section.texts})
        return self.made

    def of_today(self) -> tuple[dict[str, Section], set[str]]:
        """Return {name: section} of those that translate what the source
        says, and the names of those that do no longer."""
        found: dict[str, Section] = {}
        changed: set[str] = set()
        for section in self.found:
            name, checksum = self.mark_of(section)
            if name in found or name in changed:
                self.error(section.line, f'section {name!r} is translated '
                           'twice')
            elif name in self.sections and (
                    checksum == self.sections[name].checksum):
                if self.agrees(self.sections[name], section):
                    found[name] = section
            elif name:
                changed.add(name)
                self.notes.append(f'{self.path}:{section.line}: '
                                  + self.outdated(name, section))
        return found, changed

    def mark_of(self, section: Section) -> tuple[str, str]:
        marks = [mark for text in section.texts for span in text.prose.spans
                 if span.kind == 'comment'
                 for mark in _MARK.finditer(span.content)]
        if len(marks) == 1:
            return marks[0][1], marks[0][2]
        meant = self.sections.get(section.name)
        self.error(section.line, f'{section.title!r} has {len(marks)} marks '
                   'of what it translates, expected one '
                   + (meant.mark if meant else '<!-- source: NAME CHECKSUM '
                      f'-->{self.expected(section.name)}'))
        return '', ''

    def expected(self, name: str) -> str:
        return Known(self.sections).expected(name)

    def outdated(self, name: str, section: Section) -> str:
        """Return what is to be said of a section whose source is another."""
        if name not in self.sections:
            return (f'{section.title!r} translates {name!r}, which is no '
                    f'section of {self.source.path}' + self.expected(name))
        now = self.sections[name]
        return (f'{section.title!r} is out of date: {self.source.path}:'
                f'{now.line} {now.title!r} has changed, and is shown instead. '
                f'Once it says the same again, it is {now.mark}')

    def agrees(self, source: Section, found: Section) -> bool:
        """Return whether two sections have the same labels, references,
        claims, cells and questions; tell what is missing or too much."""
        ours, theirs = _held(source), _held(found)
        said = [f'{what} {", ".join(sorted(names)[:_MOST])}'
                for what, names in (('it lacks', ours - theirs),
                                    ('it has', theirs - ours)) if names]
        if said:
            self.error(found.line, f'{found.title!r} differs from '
                       f'{self.source.path}:{source.line}: '
                       + ' and '.join(said))
        return not said

    def items(self, source: Section, found: Section) -> Iterator[Item]:
        """Yield the items of a translation, with the source's cells."""
        runs = {theirs[-1].id: ours for theirs, ours
                in zip(found.runs(), source.runs())}
        for n, item in enumerate(found.items, 1):
            new_id = f'{source.name}-{self.language}-{n}'
            if isinstance(item, Text):
                yield replace(item, id=new_id)
            elif isinstance(item, Question):
                yield item
            elif item.id in runs:
                *others, last = runs[item.id]
                yield from others
                yield replace(last, figure=replace(item.figure, id=new_id)
                              ) if item.figure else last

    def take_tocs(self, source: list[Text], found: list[Text]) -> None:
        for ours, theirs in zip(_tocs(source), _tocs(found)):
            self.made.children[theirs] = self.source.children[ours]


def _tocs(texts: list[Text]) -> list[Toc]:
    return [toc for text in texts for toc in text.prose.tocs]


def _held(section: Section) -> set[str]:
    """Return what a translation shares with its source."""
    held = {f':{role.name}:`{role.content}`' for text in section.texts
            for role in text.prose.roles if role.name not in _SIZES}
    held |= {f'question {item.name}, its answer {item.right} of '
             f'{len(choices_of(item.choices.prose.body))}'
             for item in section.items if isinstance(item, Question)}
    held |= {f'contents {" ".join(name for name, _ in toc.entries)}'
             for toc in _tocs(section.texts)}
    return held | {f'empty cell {n}' + ' with a figure' * bool(run[-1].figure)
                   for n, run in enumerate(section.runs(), 1)}
