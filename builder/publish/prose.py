"""Prose as MyST Markdown, for Sphinx: what is the same in pages and PDFs."""
from collections.abc import Sequence

from builder import escape
from builder.config import Link
from builder.publish.cover import cover_svg
from builder.publish.forest import Forest, forest
from builder.publish.labs import lab_link, lab_markup
from builder.publish.lines import mark, marked
from builder.publish.markup import (
    copy_path,
    directive,
    plain,
    quoted,
    ref_label,
)
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.record.prose import ProseWriter, render
from builder.source.book import Book
from builder.source.figures import Float
from builder.source.files import is_remote
from builder.source.inline import Span
from builder.source.judgement import Study
from builder.source.lab import Lab
from builder.source.labels import Label
from builder.source.markdown import Prose
from builder.source.page import Page, Question, Text
from builder.source.predict import choices_of
from builder.source.toc import Toc
from builder.words import Words

CLAIMS_PAGE = 'claims'
COVER = 'plots/cover.svg'
_NOWHERE = 'site:/'  # where a link leads that leads to no file


class MystProse(ProseWriter):
    """Prose whose links lead to labels of the whole book; images go to
    `sources`."""

    def __init__(self, book: Book, page: Page, sources: Sources,
                 say: Words | None = None):
        super().__init__(book, page)
        self.say = say or self.say
        self.sources = sources
        self.shown = ''  # in the next figure of plots

    def body(self, item: Text, under: str = '') -> str:
        """Return a text with its labels before it and `under` under its
        heading, its lines marked."""
        prose = marked(item.prose)
        floats = dict(zip(prose.floats, item.prose.floats))
        fences: dict[Span | Toc | Lab, Toc | Lab] = {
            **dict(zip(prose.tocs, item.prose.tocs)),
            **dict(zip(prose.labs, item.prose.labs))}
        body = self.without_links(render(
            prose, self.role, lambda part, *texts: self.float(
                item.id, floats[part], *texts),
            lambda span: self.span(prose, fences.get(span, span))))
        if under:
            lines, at = body.split('\n'), item.prose.heading_lines
            body = '\n'.join([*lines[:at], '', under, '', *lines[at:]])
        inside = {part.label for part in prose.floats}
        labels = [f'({role.content})=' for role in prose.roles
                  if role.name == 'label' and role.content not in inside]
        return '\n'.join([*labels, body])

    def float(self, text_id: str, part: Float, rows: str,
              caption: str) -> str:
        target = f'({part.label})=\n' if part.label else ''
        first, *rest = (target + super().float(text_id, part, rows,
                                               caption)).split('\n')
        return '\n'.join([first + mark(part.line), *rest])

    def table(self, rows: str, caption: str) -> str:
        return directive('table', caption, f'\n{rows}') if caption else rows

    def figure(self, part: Float, caption: str) -> str:
        if part.kind == 'output':
            return directive('plots', '', f'{self.shown}\n\n{caption}')
        if part.kind == 'cover':
            return directive('figure', f'/{self.cover()}', '\n'.join([
                ':class: plot cover', f':alt: {quoted(plain(caption))}', '',
                caption]))
        options = [f':{name}: {quoted(size)}' for name, size in (
            ('width', part.width), ('height', part.height)) if size]
        if caption:
            options.append(f':alt: {quoted(plain(caption))}')
        if not caption:
            return directive('image', self.image(part.content),
                             '\n'.join(options))
        return directive('figure', self.image(part.content),
                         '\n'.join([*options, '', caption]))

    def plots(self, item: Text, shown: str) -> str:
        """Return the figure of a cell's plots, with these in it."""
        self.shown = shown
        return self.body(item)

    def asked(self, item: Question) -> str:
        """Return a question whose answer opens later."""
        choices = '\n'.join(f'- {choice}' for choice in choices_of(
            self.body(item.choices)))
        return directive('predict', item.name + mark(item.line), '\n\n'.join([
            f':right: {item.right}\n'
            f':ask: {quoted(self.say("Predict, then see."))}\n'
            f':answer: {quoted(self.say("The answer"))}',
            self.body(item.question),
            directive('container', 'choices', choices),
            self.body(item.answer)]))

    def cover(self) -> str:
        """Take the picture of the cover along; return its path."""
        self.sources.add(COVER, cover_svg(self.book.config))
        return COVER

    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        if self.book.shows_claims:
            told = self.say('All numbers and their runs')
            caption += f' [{told}](/{CLAIMS_PAGE}.md).'
        return self.forest(studies, caption.lstrip(), part.width)

    def forest(self, studies: Sequence[Study], caption: str,
               width: str = '') -> str:
        """Return a figure of effects; its SVG goes to `sources`. Without an
        effect to draw, only the caption is left."""
        picture = forest(studies)
        if not picture:
            return caption
        options = [f':alt: {quoted(picture.alt)}', ':class: plot',
                   ':figclass: effects']
        if width:
            options.append(f':width: {quoted(width)}')
        return directive('figure', f'/{self.picture(picture)}',
                         '\n'.join([*options, '', caption]))

    def picture(self, picture: Forest) -> str:
        """Take a picture of effects along; return its path."""
        path = f'plots/effects-{bytes_checksum(picture.svg.encode())[:8]}.svg'
        self.sources.add(path, picture.svg.encode())
        return path

    def span(self, prose: Prose, span: Span | Toc | Lab) -> str:
        """Return a table of contents, a lab, a place that names a file, or
        what only MyST would take for more than text."""
        if isinstance(span, Lab):
            return self.lab(span)
        if isinstance(span, Toc):
            options = [option for option in span.options if not (
                self.page.number and option.startswith(':numbered:'))]
            entries = '\n'.join([*options, '', *(
                f'/{name}' for name in self.page.children[span])])
            return f'```{{toctree}}\n{entries}\n```\n'
        if span.kind in ('image', 'remote'):
            return self.image(span.content)
        if span.kind == 'link':
            return self.target(span.content)
        if span.kind == 'site':
            return f'site:{escape.address(span.content)}'
        if span.kind == 'lab':
            return self.lab_link(span)
        return f'\\{span.content}' if span.kind == 'plain' else ''

    def lab(self, lab: Lab) -> str:
        return lab_markup(self.book.config, lab, self.page.name,
                          self.page.labs.index(lab) + 1, self.sources)

    def lab_link(self, span: Span) -> str:
        return lab_link(self.page, span)

    def linked(self, link: str) -> str:
        """Return where a link to a file leads: to a page, or to a copy."""
        name, _, place = link.partition('#')
        try:
            name = self.book.file(self.page, name)
        except ValueError:  # a mistake that is told elsewhere
            return _NOWHERE
        for page in self.book.pages:
            if page.path == name:
                return f'/{page.name}.md' + (f'#{place}' if place else '')
        return f'path:/{self.copied(name)}'

    def image(self, link: str) -> str:
        """Take an image that the page shows along, unless it is on the web;
        return its address."""
        if is_remote(link):
            return escape.address(link)
        try:
            return self.local_image(self.book.file(self.page, link))
        except ValueError:  # a mistake that is told elsewhere
            return f'/{self.placeholder()}'

    def local_image(self, name: str) -> str:
        """Take an image of the book along; return its address."""
        return f'/{self.copied(name)}'

    def placeholder(self) -> str:
        """Return the path of an image that shows nothing."""
        path = 'files/none.svg'
        self.sources.add(path, b'<svg xmlns="http://www.w3.org/2000/svg"/>')
        return path

    def copied(self, name: str) -> str:
        """Take a file of the book along; return its path."""
        _, content = self.sources.take(self.book.config.folder / name)
        path = copy_path(name)
        self.sources.add(path, content)
        return path

    def elsewhere(self, text: str, link: Link) -> str:
        title = escape.title(
            f'{link.title} ({self.book.config.links_name})')
        return f'[{text}]({escape.address(link.url)} "{title}")'

    def label_address(self, name: str, label: Label) -> str:
        return f'#{name}'

    def citation_address(self, key: str) -> str:
        return f'#{ref_label(key)}'

    def claim_address(self, name: str) -> str:
        return f'#claim-{name}' if self.book.shows_claims else ''

    def bibliography(self) -> str:
        return f'\n\n{super().bibliography()}\n\n'

    def references(self) -> str:
        lines = self.book.bibliography.references(self.page.cited())
        if not lines:
            return ''
        entries = '\n\n'.join(f'({ref_label(key)})=\n{text}'
                              for key, text in lines)
        return (f'## {self.say("References")}\n\n'
                + directive('container', 'references', entries))
