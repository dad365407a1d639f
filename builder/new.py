"""A config.ini for a book that has none: what it must say, from d2lbook's own
file if there is one. Standard library only.
"""
import configparser
from collections.abc import Iterator
from pathlib import Path

from builder.errors import BuildError

_COMMENT = '''\
# The book: python -m builder --config {name} html makes its pages. What else
# may stand here: see the builder's own config.ini.
'''


def write_config(path: Path) -> Path:
    """Write a config.ini for the book in the folder of `path`, and return
    where it is: `path`, or book.ini beside d2lbook's config.ini.

    Raises:
        BuildError: if there is one, or no page to begin with.
    """
    theirs = _read(path.parent / 'config.ini')
    if path.name == 'config.ini' and theirs.has_section('project'):
        path = path.with_name('book.ini')
    if path.exists():
        raise BuildError(f'{path.name} is there already; change it, or remove '
                         'it to begin anew')
    root = theirs.get('build', 'index', fallback='index') + '.md'
    if not (path.parent / root).is_file():
        raise BuildError(f'{path.parent / root} was not found: a book begins '
                         'with that page, whose table of contents names the '
                         'others')
    lines = [f'{key} = {value}' for key, value in _settings(
        theirs, path.parent, root) if value]
    path.write_text('\n'.join([_COMMENT.format(name=path.name) + '[book]',
                               *lines]) + '\n', 'utf-8')
    return path


def _read(path: Path) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None)
    try:
        found.read(path, 'utf-8-sig')
    except (configparser.Error, UnicodeDecodeError) as error:
        raise BuildError(f'{path.name}: {error}') from None
    return found


def _settings(theirs: configparser.ConfigParser, folder: Path,
              root: str) -> Iterator[tuple[str, str]]:
    def their(section: str, key: str, default: str = '') -> str:
        value = ' '.join(theirs.get(section, key, fallback='').split())
        return value or default

    yield 'title', their('project', 'title', their(
        'project', 'name', folder.name))
    yield 'authors', their('project', 'author')
    yield 'language', their('project', 'lang', 'en')
    yield 'root', root
    # A book without tabs has one.
    yield 'tabs', their('build', 'tabs', 'python')
    yield 'bibliography', next((
        name for name in (their('pdf', 'bibfile'), *sorted(
            path.name for path in folder.glob('*.bib')))
        if name and (folder / name).is_file()), '')
    yield 'exclude', ', '.join(their('build', 'exclusions').split())
