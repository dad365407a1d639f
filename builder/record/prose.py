"""Prose as Markdown: what notebooks, pages and PDFs share."""
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

from builder import escape
from builder.config import Link
from builder.errors import BuildError
from builder.source.book import Book
from builder.source.citations import citation_keys
from builder.source.effects import chosen, is_effects
from builder.source.figures import Float
from builder.source.inline import MARKS, NAMES, Role, Span
from builder.source.judgement import Judgement, Study
from builder.source.lab import Lab
from builder.source.labels import Label
from builder.source.markdown import Prose
from builder.source.page import Page, Question, Text
from builder.source.predict import choices_of
from builder.source.toc import Toc
from builder.words import Words, words


def render(prose: Prose, replace: Callable[[Role], str],
           replace_float: Callable[[Float, str, str], str],
           replace_span: Callable[[Span | Toc | Lab], str]) -> str:
    """Return the body of `prose`, with replace(role) for each role,
    replace_float(float, its rendered rows and caption) for each figure, table
    and numbered equation, and replace_span for each table of contents, lab,
    comment and place that names a file."""
    between = _marks_replaced(prose, replace, replace_span)
    parts: list[str] = []
    done = 0
    for part in prose.floats:
        text = replace_float(part, between(*part.rows).rstrip(),
                             ' '.join(between(*part.caption).split()))
        parts += (between(done, part.start), _apart(part, text))
        done = part.end
    return ''.join(parts) + between(done, len(prose.body))


def _marks_replaced(prose: Prose, replace: Callable[[Role], str],
                    replace_span: Callable[[Span | Toc | Lab], str],
                    ) -> Callable[[int, int], str]:
    """Return a function (start, end) -> this part of the body, with what
    stands in place of all that is no float."""
    marks: list[Role | Span | Toc | Lab] = sorted(
        [*prose.roles, *prose.spans, *prose.tocs, *prose.labs],
        key=lambda mark: mark.start)
    starts = [mark.start for mark in marks]

    def between(start: int, end: int) -> str:
        parts: list[str] = []
        inside = slice(bisect_left(starts, start), bisect_left(starts, end))
        for mark in marks[inside]:
            parts += _side_by_side(
                prose.body[start:mark.start],
                replace(mark) if isinstance(mark, Role)
                else replace_span(mark))
            start = mark.end
        return ''.join(parts) + prose.body[start:end]

    return between


def _side_by_side(before: str, text: str) -> tuple[str, str]:
    """Return what stands before a link and the link, and not an image."""
    if text.startswith('[') and re.search(r'(?<!\\)(?:\\\\)*!$', before):
        before = f'{before[:-1]}\\!'
    return before, text


def _apart(part: Float, text: str) -> str:
    """Return what stands in place of a Float, where it stood in a list, and
    apart from the text around it."""
    before, after = part.apart
    lines = [f'{part.indent}{line}' if line.strip() else line
             for line in text.split('\n')]
    behind = part.indent if after > 1 else ''  # the rest of a line
    return '\n' * before + '\n'.join(lines) + '\n' * after + behind


# Stands for the address of what is left out, until the link is gone.
LEFT_OUT = 'left-out:'
_TEXT = r'(?:[^\[\]\\]|\\.)*'  # with escaped brackets only
_LINK = re.compile(rf'\[({_TEXT}(?:\[{_TEXT}\]{_TEXT})*)\]\(\s*{LEFT_OUT}'
                   r'(?:\s+(?:"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'))?'
                   r'\s*\)', re.DOTALL)
KINDS = {'figure': 'Figure {}', 'table': 'Table {}', 'equation': '({})'}


class ProseWriter:
    """Writes the prose of a page as Markdown: its roles, figures, tables and
    equations. Media differ in the methods that raise NotImplementedError, and
    in those that they override."""

    def __init__(self, book: Book, page: Page):
        self.book, self.page = book, page
        self.say = words(book.config.language)

    def body(self, item: Text) -> str:
        return self.rendered(item.id, item.prose)

    def rendered(self, text_id: str, prose: Prose) -> str:
        return self.without_links(render(
            prose, self.role, lambda *part: self.float(text_id, *part),
            lambda span: self.span(prose, span)))

    def target(self, link: str) -> str:
        """Return where a link to a file of the book leads."""
        try:
            name = self.book.file(self.page, link.partition('#')[0])
        except ValueError:  # a mistake that is told elsewhere
            return self.linked(link)
        left_out = any(page.path == name for page in self.book.left_out)
        return LEFT_OUT if left_out else self.linked(link)

    def without_links(self, text: str) -> str:
        """Return text in which links to what is left out are plain text."""
        if LEFT_OUT not in text:
            return text
        text = _LINK.sub(r'\1', text)
        if LEFT_OUT in text:
            raise BuildError(f'{self.page.path}: a link to a page or a lab '
                             'that is left out, expected the form '
                             '[words](address)')
        return text

    def role(self, role: Role) -> str:
        if role.name in MARKS:
            return ''
        if role.name in NAMES:
            return f'`{role.content}`' if role.content.strip() else ''
        if role.name == 'bibliography':
            return self.bibliography()
        if role.name in ('cite', 'citet'):
            return self.citation(role)
        if role.name == 'claim' and role.content in self.book.claims:
            claim = self.book.claims[role.content]
            address = self.claim_address(role.content)
            numbers = escape.markdown(self.say.decimals(claim.numbers))
            return (f'([{numbers}]({address} '
                    f'"{escape.title(self.meaning(claim))}"))'
                    if address else f'({numbers})')
        link = self.book.config.links.get(role.content)
        if link:
            return self.elsewhere(
                link_text(self.book, role, link, self.say), link)
        label = self.book.labels.get(role.content)
        if label is None:  # a mistake that is told elsewhere
            return escape.markdown(role.content)
        text = label_text(role, label, self.say)
        address = self.label_address(role.content, label) if (
            self.book.shows(label.page)) else ''
        return f'[{text}]({address})' if address else text

    def citation(self, role: Role) -> str:
        def linked(text: str, key: str) -> str:
            address = self.citation_address(key)
            return f'[{text}]({address})' if address else text

        known = self.book.bibliography
        keys = [key for key in citation_keys(role) if key in known.works]
        if role.name == 'citet':
            return ', '.join(f'{known.authors(key)} '
                             f'({linked(known.year(key), key)})'
                             for key in keys)
        cited = [linked(f'{known.authors(key)}, {known.year(key)}', key)
                 for key in keys]
        return f'({"; ".join(cited)})'

    def float(self, text_id: str, part: Float, rows: str,
              caption: str) -> str:
        """Return a figure, a table or a numbered equation."""
        number = self.page.numbers.get((text_id, part))
        if part.kind == 'equation':
            tag = f' \\tag{{{number}}}' if number else ''
            return self.equation(part.content + tag)
        if number:
            kind = self.say(KINDS[part.counted])
            caption = f'{kind.format(number)}: {caption}'
        if part.kind == 'table':
            return self.table(rows, caption)
        if is_effects(part.content):
            return self.effects(part, chosen(part.content, self.book.studies),
                                caption)
        return self.figure(part, caption)

    def told(self, item: Question) -> str:
        """Return a question with its choices and, below them, its answer."""
        question, answer = (self.body(text).strip()
                            for text in (item.question, item.answer))
        choices = choices_of(self.body(item.choices))
        return '\n\n'.join([
            f'**{self.say("Predict, then see.")}** {question}',
            '\n'.join(f'- {choice}' for choice in choices),
            f'**{self.say("Answer:")}** {choices[item.right - 1]}', answer])

    def equation(self, formula: str) -> str:
        return f'$$\n{formula}\n$$'

    def bibliography(self) -> str:
        """Return the list of all works that the book cites."""
        cited = {key for page in self.book.pages for key in page.cited()}
        known = self.book.bibliography
        return '\n\n'.join(text for _, text in known.references(cited))

    def span(self, prose: Prose, span: Span | Toc | Lab) -> str:
        """Return a table of contents, a lab, a comment or the name of a
        file."""
        raise NotImplementedError

    def table(self, rows: str, caption: str) -> str:
        raise NotImplementedError

    def figure(self, part: Float, caption: str) -> str:
        raise NotImplementedError

    def linked(self, link: str) -> str:
        """Return where a link to a file that the book shows leads."""
        raise NotImplementedError

    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        raise NotImplementedError

    def elsewhere(self, text: str, link: Link) -> str:
        return f'[{text}]({link.url})'

    def label_address(self, name: str, label: Label) -> str:
        """Return where a label is; '' makes plain text of the reference."""
        raise NotImplementedError

    def citation_address(self, key: str) -> str:
        raise NotImplementedError

    def claim_address(self, name: str) -> str:
        """Return where a claim is; '' makes plain text of its numbers."""
        raise NotImplementedError

    def meaning(self, claim: Judgement) -> str:
        """Return what the numbers of a claim mean, in full."""
        return claim.preview()


def label_text(role: Role, label: Label, say: Words) -> str:
    """Return the words for a reference to a label of this book."""
    if label.kind != 'section':
        return say(KINDS[label.kind]).format(label.number)
    if role.name == 'ref' or not label.number:
        return label.title
    return _numbered(label.number, say)


def link_text(book: Book, role: Role, link: Link, say: Words) -> str:
    """Return the words for a reference to another book."""
    if role.name == 'ref' or not link.number:
        return escape.markdown(link.title)
    name = escape.markdown(book.config.links_name)
    return say('{} of {}').format(_numbered(link.number, say), name)


def _numbered(number: str, say: Words) -> str:
    return say('Section {}' if '.' in number else 'Chapter {}').format(number)
