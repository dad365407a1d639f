"""What is no mistake in a book, but may not be what its author meant."""
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

from builder.config import Config
from builder.source.page import Page

# What pages do not show as the source says, or for which they ask others.
_SAID = {'remote': 'the image {} is on the web: who opens the page asks that '
                   'host for it',
         'site': 'the link to {} leads out of the book, to its host',
         'dropped': 'reStructuredText (eval_rst) is left out'}
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
        for span in prose.spans:
            if span.kind in _SAID:
                said = _SAID[span.kind].format(span.content)
                yield f'{page.path}:{span.line}: {said}'


def unread_pages(config: Config, pages: Iterable[Page]) -> Iterator[str]:
    """Yield a note that names the pages in the book's folder that stand in no
    table of contents."""
    folder = config.root.parent
    read = {f'{page.name}{end}.md' for page in pages for end in (
        '', *(f'_{language}' for language in config.translations))}
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
               f'in {config.file}: [book] exclude')
