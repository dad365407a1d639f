"""Prose as MyST Markdown, for Sphinx: what is the same in pages and PDFs."""
import re

from builder import escape
from builder.config import Link
from builder.errors import BuildError, SourceError
from builder.publish.lines import MARK, mark, marked
from builder.publish.markup import directive, plain, quoted, ref_label
from builder.publish.sources import Sources
from builder.record.notebook import ProseWriter, render
from builder.source.book import Book, Page, Text, table_of_contents
from builder.source.figures import Float
from builder.source.labels import Label

_TOC = re.compile(rf'^```toc[ \t]*{MARK}\n.*?^```', re.DOTALL | re.MULTILINE)


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
        ours = dict(zip(prose.floats, item.prose.floats))
        body = render(prose, self.role, lambda part, *texts: self.float(
            item.id, ours[part], *texts))
        toc = table_of_contents(item.prose)
        if toc:
            entries = '\n'.join([*toc[2], '', *toc[1]])
            body = _TOC.sub(lambda _: f'```{{toctree}}\n{entries}\n```', body,
                            count=1)
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
        return directive('figure', f'/{self.image(part)}',
                         '\n'.join([*options, '', caption]))

    def image(self, part: Float) -> str:
        """Take an image that the page links to along; return its name."""
        path = (self.book.config.folder / self.page.path).parent / part.content
        try:
            name, content = self.sources.take(path)
        except BuildError:
            raise SourceError(self.page.path, part.line, 'the image '
                              f'{part.content!r} is not a file in the folder '
                              'of the book') from None
        return self.add_image(name, content)

    def add_image(self, name: str, content: bytes) -> str:
        self.sources.add(name, content)
        return name

    def elsewhere(self, text: str, link: Link) -> str:
        title = escape.markdown(
            f'{link.title} ({self.book.config.links_name})').replace(
                '"', '\\"')
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
