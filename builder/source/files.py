"""The one gate for files that a book names: regular files in its folder.

Whatever a page or a table of contents names is looked up here, so that nothing
from outside the book is read or published; builder/settings.py asks the same
of what config.ini names.
"""
import os
import re
from pathlib import Path
from urllib.parse import unquote

from builder.errors import BuildError, SourceError
from builder.escape import CONTROL

# Addresses that pages may lead to; every other scheme is refused.
SCHEMES = ('http', 'https', 'mailto', 'ftp')
IMAGES = ('.svg', '.png', '.jpg', '.jpeg', '.gif', '.webp')
_SCHEME = re.compile(r'([A-Za-z][A-Za-z0-9+.-]*):')


def read_text(path: Path, shown: str, errors: list[BuildError]) -> str:
    """Return a text file's content with \\n at the ends of lines, whatever
    system wrote it, and without a byte order mark.

    Args:
        path: the file.
        shown: what errors call it.
        errors: is told if it is not UTF-8, or holds a control character.
    """
    content = path.read_bytes()
    text = newlines(content.decode('utf-8-sig', 'replace'))
    try:
        content.decode()
    except UnicodeDecodeError as error:
        before = newlines(content[:error.start].decode('utf-8-sig', 'replace'))
        errors.append(SourceError(shown, before.count('\n') + 1, 'not UTF-8'))
        return text
    found = CONTROL.search(text)
    if found:
        errors.append(SourceError(
            shown, text.count('\n', 0, found.start()) + 1,
            f'a control character, U+{ord(found[0]):04X}, expected text'))
    return text


def newlines(text: str) -> str:
    """Return `text` with \\n for every end of a line."""
    return text.replace('\r\n', '\n').replace('\r', '\n')


def file_in(folder: Path, path: Path) -> str:
    """Return the name, from `folder` on, of a regular file inside it.

    Raises:
        ValueError: if it is none, saying why.
    """
    base = os.path.realpath(folder)
    try:
        real = os.path.realpath(path)
        regular = os.path.isfile(real)
    except (OSError, ValueError):  # too long, or with a NUL
        raise ValueError('no name of a file') from None
    if not real.startswith(base + os.sep):
        raise ValueError(f'outside {os.path.basename(base)}')
    if not regular:
        raise ValueError('not a file')
    name = real.removeprefix(base + os.sep).replace(os.sep, '/')
    if '/.' in f'/{name}':
        raise ValueError('hidden')
    return name


def scheme(link: str) -> str:
    """Return the scheme of an address, as 'https', or ''."""
    found = _SCHEME.match(link)
    return found[1].lower() if found else ''


def is_remote(link: str) -> bool:
    """Return whether an address is of a file on the web."""
    return scheme(link) in ('http', 'https')


def linked_file(folder: Path, page: str, link: str) -> str:
    """Return the name, from `folder` on, of the file that a link leads to.

    Args:
        folder: the book's folder.
        page: the name, from there on, of the file that holds the link.
        link: a path, relative to that file, perhaps with #fragment.

    Raises:
        ValueError: if it is not a regular file in the book's folder.
    """
    path = unquote(link.partition('#')[0])
    if scheme(link) or '\\' in path or path.startswith('/') or not path:
        raise ValueError('not a relative path')
    return file_in(folder, (folder / page).parent / path)
