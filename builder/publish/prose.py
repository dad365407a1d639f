"""Prose as MyST Markdown, for Sphinx: what is the same in pages and PDFs."""
from collections.abc import Sequence

from builder import escape
from builder.config import Link
from builder.publish.forest import Forest, forest
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
from builder.record.notebook import ProseWriter, render
from builder.source.book import Book
from builder.source.figures import Float
from builder.source.inline import Span
from builder.source.judgement import Study
from builder.source.labels import Label
from builder.source.markdown import Prose
from builder.source.page import Page, Text
from builder.source.toc import Toc

CLAIMS_PAGE = 'claims'


class MystProse(ProseWriter):
    """Prose whose links lead to labels of the whole book; images go to
    `sources`."""

    def __init__(self, book: Book, page: Page, sources: Sources):
        super().__init__(book, page)
        self.sources = sources

    def body(self, item: Text, under: str = '') -> str:
        """Return a text with its labels before it and `under` under its
        heading, its lines marked."""
        prose = marked(item.prose)
        floats = dict(zip(prose.floats, item.prose.floats))
        tocs = dict(zip(prose.tocs, item.prose.tocs))
        body = render(prose, self.role, lambda part, *texts: self.float(
            item.id, floats[part], *texts), lambda span: self.span(
                prose, tocs[span] if isinstance(span, Toc) else span))
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
        options = [f':width: {quoted(part.width)}'] if part.width else []
        if caption:
            options.append(f':alt: {quoted(plain(caption))}')
        return directive('figure', f'/{self.image(part.content)}',
                         '\n'.join([*options, '', caption]))

    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        return self.forest(studies, f'{caption} [All numbers and their runs]('
                           f'/{CLAIMS_PAGE}.md).'.lstrip(), part.width)

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

    def span(self, prose: Prose, span: Span | Toc) -> str:
        """Return a table of contents, a place that names a file, or what only
        MyST would take for more than text."""
        if isinstance(span, Toc):
            entries = '\n'.join([*span.options, '', *(
                f'/{name}' for name in self.page.children[span])])
            return f'```{{toctree}}\n{entries}\n```\n'
        if span.kind == 'image':
            return f'/{self.image(span.content)}'
        if span.kind == 'link':
            return self.linked(span.content)
        return {'comment': '', 'plain': f'\\{span.content}'}[span.kind]

    def linked(self, link: str) -> str:
        """Return where a link to a file leads: to a page, or to a copy."""
        name, _, place = link.partition('#')
        name = self.book.file(self.page, name)
        for page in self.book.pages:
            if page.path == name:
                return f'/{page.name}.md' + (f'#{place}' if place else '')
        return f'path:/{self.copied(name)}'

    def image(self, link: str) -> str:
        """Take an image that the page links to along; return its path."""
        return self.copied(self.book.file(self.page, link))

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
        return f'#claim-{name}'

    def references(self) -> str:
        lines = self.book.bibliography.references(self.page.cited())
        if not lines:
            return ''
        entries = '\n\n'.join(f'({ref_label(key)})=\n{text}'
                              for key, text in lines)
        return '## References\n\n' + directive('container', 'references',
                                               entries)
