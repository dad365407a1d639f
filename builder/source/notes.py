"""What is no mistake in a book, but may not be what its author meant."""
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

from builder.config import Config
from builder.source.files import is_remote
from builder.source.page import Page, Text

_NAMED = 5  # pages that a note names
_SKIPPED = ('_build', 'notebooks', 'node_modules')


def notes_of(page: Page) -> Iterator[str]:
    """Yield what is odd on a page, as path:line: what."""
    level = 0
    for text in page.texts:
        prose = text.prose
        if prose.level > level + 1:
            expected = '#' * (level + 1)
            yield (f'{page.path}:{prose.line}: a heading {"#" * prose.level} '
                   f'{prose.title}, expected {expected}')
        level = prose.level or level
        yield from _shown_otherwise(page, text)


def _shown_otherwise(page: Page, text: Text) -> Iterator[str]:
    """Yield where a page does not show what its source says, or asks
    others."""
    spans = [(span.kind, span.content, span.line)
             for span in text.prose.spans]
    spans += [('remote', part.content, part.line)
              for part in text.prose.floats
              if part.kind == 'figure' and is_remote(part.content)]
    said = {'remote': 'the image {} is on the web: who opens the page asks '
                      'that host for it',
            'site': 'the link to {} leads out of the book, to its host',
            'dropped': 'reStructuredText (eval_rst) is left out'}
    for kind, content, line in spans:
        if kind in said:
            yield f'{page.path}:{line}: {said[kind].format(content)}'


def unread_pages(config: Config, pages: Iterable[Page]) -> Iterator[str]:
    """Yield a note that names the pages in the book's folder that stand in no
    table of contents."""
    folder = config.root.parent
    read = {f'{page.name}.md' for page in pages}
    unread = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED
                            and not name.startswith(('.', '_')))
        for name in sorted(names):
            path = os.path.relpath(os.path.join(place, name), folder)
            if name.endswith('.md') and path not in read and not any(
                    fnmatch(path, skipped) for skipped in config.exclude):
                unread.append(path)
    if unread:
        more = f' and {len(unread) - _NAMED} more' * (len(unread) > _NAMED)
        yield (f'{len(unread)} in no table of contents: '
               f'{", ".join(unread[:_NAMED])}{more}; name them there, or '
               'in config.ini: [book] exclude')
