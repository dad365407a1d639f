"""A page's slides in one tab as an HTML deck for reveal.js.

What does not fit on one slide goes on to the next, under the same title.
"""
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from builder import escape
from builder.errors import BuildError, SourceError
from builder.publish.deck_html import DeckMarkdown, words
from builder.publish.deck_sheets import (
    PLOT,
    Part,
    beside,
    code,
    height_of,
    printed,
    sheets,
)
from builder.publish.forest import forest
from builder.publish.katex import Renderer
from builder.publish.markup import copy_path, plain
from builder.publish.outputs import Picture, picture_of
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum
from builder.record.notebook import NotebookProse
from builder.record.outputs import PLOTS, left_text, shown_form
from builder.record.provenance import provenance_line
from builder.record.recording import Recording
from builder.source.book import Book, Page, Text
from builder.source.deck import Cells, Slide
from builder.source.figures import Float
from builder.source.inline import Span
from builder.source.judgement import Study
from builder.source.lab import Lab
from builder.source.markdown import Prose
from builder.source.toc import Toc


class DeckProse(NotebookProse):
    """Prose whose images are copied beside the deck."""

    def __init__(self, book: Book, page: Page, tab: str, sources: Sources):
        super().__init__(book, page, tab)
        self.sources = sources
        self.place = Path(f'{page.name}.html').parent

    def linked(self, link: str) -> str:
        try:
            path = self.book.config.folder / self.book.file(self.page, link)
        except ValueError:  # a mistake that is told elsewhere
            return ''
        name, content = self.sources.take(path)
        self.sources.add(copy_path(name), content)
        return relative(copy_path(name), self.place)

    def span(self, prose: Prose, span: Span | Toc | Lab) -> str:
        if isinstance(span, Lab | Toc) or span.kind in ('comment', 'link'):
            return ''
        return super().span(prose, span)

    def float(self, text_id: str, part: Float, rows: str,
              caption: str) -> str:
        if part.kind == 'cover':
            return ''
        return super().float(text_id, part, rows, caption)


    def effects(self, part: Float, studies: Sequence[Study],
                caption: str) -> str:
        picture = forest(studies)
        if not picture:
            return caption
        content = picture.svg.encode()
        path = f'plots/effects-{bytes_checksum(content)[:8]}.svg'
        self.sources.add(path, content)
        return (f'![{escape.markdown(picture.alt)}]('
                f'{relative(path, self.place)})\n\n{caption}')


class DeckWriter:
    """Writes the deck of a page; its plots and images go to `sources`."""

    def __init__(self, book: Book, page: Page, tab: str, recording: Recording,
                 sources: Sources, formulas: Renderer):
        self.book, self.page, self.tab = book, page, tab
        self.recording, self.sources = recording, sources
        self.formulas, self.line = formulas, 1
        self.prose = DeckProse(book, page, tab, sources)
        self.markdown = DeckMarkdown(self.formula)
        self.noted = DeckMarkdown(words, images=False)
        self.outputs = dict(zip((cell_id for cell_id, _ in page.code(tab)),
                                recording.outputs))

    def write(self, slides: Sequence[Slide]) -> str:
        """Return the deck, a page of HTML."""
        sections = [self.front(), *(section for slide in slides
                                    for section in self.slide(slide))]
        assets = relative('_assets', self.prose.place)
        title = escape.markup(plain(self.page.title))
        return _PAGE.format(
            language=escape.markup(self.book.config.language), title=title,
            assets=assets, sections='\n'.join(sections))

    def front(self) -> str:
        """Return the first slide."""
        config = self.book.config
        lines = [config.title, config.authors]
        if len(config.tabs) > 1:
            lines.append(config.tabs[self.tab].title)
        told = ''.join(f'<p>{escape.markup(line)}</p>' for line in lines
                       if line and line != plain(self.page.title))
        run = (self.markdown(provenance_line(
            config.tabs[self.tab], self.recording, self.prose.say))
               if self.page.code(self.tab) else '')
        return (f'<section class="front"><h1>{self.title(None)}</h1>{told}'
                f'<div class="run">{run}</div></section>')

    def slide(self, slide: Slide) -> Iterator[str]:
        """Yield a slide, as several if it is too high for one."""
        cut = [*sheets(self.parts(slide))]
        notes = ''.join(self.noted(self.prose.body(text))
                        for text in slide.notes)
        for n, parts in enumerate(cut, 1):
            count = (f' <small>{n}/{len(cut)}</small>'
                     if len(cut) > 1 else '')
            body = '\n'.join(part.html for part in parts)
            kind = 'body beside' if beside(parts) else 'body'
            yield (f'<section><h2>{self.title(slide.heading)}{count}</h2>\n'
                   f'<div class="{kind}">{body}</div>\n'
                   f'<aside class="notes">{notes}</aside></section>')
            notes = ''

    def title(self, heading: Text | None) -> str:
        """Return a heading, or the page's title, as HTML."""
        if heading is None:
            return self.markdown.line(self.page.title)
        self.line = heading.prose.line
        lines = self.prose.body(heading).split('\n')
        text = ' '.join(lines[:heading.prose.heading_lines])
        return self.markdown.line(re.sub(
            r'^#+\s+|\s+#+\s*$|\s*[=-]{3,}\s*$', '', text.strip()))

    def parts(self, slide: Slide) -> Iterator[Part]:
        for part in slide.parts:
            if isinstance(part, Prose):
                yield self.text(part)
            else:
                yield from self.cells(part)

    def text(self, prose: Prose) -> Part:
        """Return marked text: it may be half a sentence."""
        self.line = prose.line
        text = self.prose.rendered('', prose).strip().rstrip(',;:')
        text = text[:1].upper() + text[1:]
        return Part(self.markdown(text), height_of(text), wide='$$' in text)

    def formula(self, tex: str, display: bool) -> str:
        html, error = self.formulas(tex.strip(), display)
        if error:
            raise SourceError(self.page.path, self.line,
                              f'a formula on a slide: {error}')
        return html

    # Cells.

    def cells(self, cells: Cells) -> Iterator[Part]:
        """Yield cells and what they show, and the caption of their plots."""
        plots = False
        for cell_id, cell in cells.cells:
            if cells.code:
                yield from code(cell.source)
            for n, output in enumerate(self.outputs[cell_id] or ()):
                name = f'{self.page.name}-{cell_id}-{n}'
                form, content = self.form(output, name)
                if form in PLOTS and cells.plots:
                    plots = True
                    yield self.plot(self.picture(output, name), name)
                elif form not in PLOTS and cells.code:
                    yield from printed(left_text(content))
        if plots and cells.caption:
            self.line = cells.caption.prose.line
            caption = self.prose.body(cells.caption).strip()
            html = self.markdown(caption)
            yield Part(f'<div class="caption">{html}</div>', 0)

    def form(self, output: Any, name: str) -> tuple[str, str]:
        try:
            return shown_form(output)
        except ValueError as error:
            raise BuildError(f'{self.tab}/{name}: {error}') from None

    def picture(self, output: Any, name: str) -> Picture:
        try:
            return picture_of(output)
        except (BuildError, ValueError) as error:
            raise BuildError(f'{self.tab}/{name}: {error}') from None

    def plot(self, picture: Picture, name: str) -> Part:
        path = (f'plots/{name.rpartition("/")[2]}-'
                f'{bytes_checksum(picture.content)[:8]}.{picture.kind}')
        self.sources.add(path, picture.content)
        return Part(f'<img class="plot" src="'
                    f'{escape.markup(relative(path, self.prose.place))}" '
                    f'alt="{escape.markup(picture.words)}" '
                    f'width="{picture.width}" height="{picture.height}">',
                    PLOT, tall=picture.height > picture.width)


def relative(name: str, place: Path) -> str:
    """Return the address of a deck's file from the folder `place` on."""
    return '../' * len(place.parts) + escape.address(name)


_PAGE = '''<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{assets}/reset.css">
<link rel="stylesheet" href="{assets}/reveal.css">
<link rel="stylesheet" href="{assets}/katex/katex.min.css">
<link rel="stylesheet" href="{assets}/slides.css">
</head>
<body>
<div class="reveal"><div class="slides">
{sections}
</div></div>
<script src="{assets}/reveal.js"></script>
<script src="{assets}/notes.js"></script>
<script src="{assets}/slides.js"></script>
</body>
</html>
'''
