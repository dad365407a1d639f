"""Find or fetch the four files of Fashion-MNIST, and verify them.

$D2L_DATA names the folder that has them. Without, they are looked for in the
cache, and where Debian's package dataset-fashion-mnist puts them; then fetched
from two mirrors, and last from that Debian package. What counts is the SHA-256
of the decompressed bytes: gzip headers differ between mirrors. Only verified
bytes enter the cache, each file as soon as it is whole, and by renaming: so an
interrupted download keeps what it has, and neither it nor a second process
leaves half a file there.
"""
import contextlib
import functools
import gzip
import hashlib
import io
import os
import tempfile
import time
import warnings
import zlib
from collections.abc import Container
from pathlib import Path

from d2l.places import named_folder
from d2l.sources import Found, from_debian, from_mirror, in_folder

FILES = {
    'train-images-idx3-ubyte':
        'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    'train-labels-idx1-ubyte':
        'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    't10k-images-idx3-ubyte':
        '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    't10k-labels-idx1-ubyte':
        '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
}
# Of the decompressed files, in bytes: nothing is read or unpacked beyond.
SIZES = {
    'train-images-idx3-ubyte': 47_040_016,
    'train-labels-idx1-ubyte': 60_008,
    't10k-images-idx3-ubyte': 7_840_016,
    't10k-labels-idx1-ubyte': 10_008,
}
MIRRORS = (
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets',
    'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion',
)
DEBIAN_PACKAGE = 'dataset-fashion-mnist'
DEBIAN_FOLDER = Path('/usr/share/datasets/fashion-mnist')
PART = '.part-'  # begins the name of a file that is being written


class DataError(RuntimeError):
    """The data set cannot be had, or a file of it is not what it was."""


def find_or_fetch() -> dict[str, bytes]:
    """Return {name: verified payload} of all four files.

    Raises:
        DataError: if they cannot be had; it names every place tried. If
            D2L_DATA is set, no other is.
        ValueError: if D2L_DATA is no absolute path.
    """
    files: dict[str, bytes] = {}
    tried: list[str] = []
    own = named_folder('D2L_DATA')
    if own:
        for found in in_folder(own, _wanted(files)):
            _take(found, files, tried)
    else:
        _search(files, tried)
    if len(files) == len(FILES):
        return files
    raise DataError(_complaint(tried, own))


def _complaint(tried: list[str], own: Path | None) -> str:
    """Return what was tried, and what the reader can do."""
    places = '\n'.join(f'  - {line}' for line in tried)
    names = ', '.join(f'{name}.gz' for name in FILES)
    if own:
        return (f'D2L_DATA={own} does not have Fashion-MNIST:\n{places}\nPut '
                f'its four files ({names}) there, or unset D2L_DATA to have '
                'them found or fetched.')
    return ('Fashion-MNIST was not found and could not be fetched. Tried:\n'
            f'{places}\nPut the four files ({names}) into a folder and set '
            f"D2L_DATA to it, or install Debian's package {DEBIAN_PACKAGE}.")


def _search(files: dict[str, bytes], tried: list[str]) -> None:
    """Add what is missing to `files`, and to `tried` what has it not."""
    cache = _cache_folder()
    if cache is None:
        tried.append('the cache: there is no home directory to keep it in')
    for folder in (cache, DEBIAN_FOLDER):
        for found in in_folder(folder, _wanted(files)) if folder else ():
            problem = _take(found, files, tried)
            if problem and found.content is not None:
                _warn_of(found, problem)
                if folder == cache:
                    _remove(Path(found.place))
    for source in (*(functools.partial(from_mirror, url) for url in MIRRORS),
                   functools.partial(from_debian, DEBIAN_PACKAGE)):
        if len(files) == len(FILES):
            return
        for found in source(_wanted(files)):
            problem = _take(found, files, tried)
            if problem and found.content is not None:
                _warn_of(found, problem)
            elif not problem and cache:
                _store(found, cache)


def _wanted(files: Container[str]) -> dict[str, int]:
    """Return the names of the files that are missing, and how many bytes each
    may have: what does not shrink when it is compressed grows a little."""
    return {name: SIZES[name] + SIZES[name] // 1000 + 1000
            for name in FILES if name not in files}


def _take(found: Found, files: dict[str, bytes], tried: list[str]) -> str:
    """Add a file to `files`, or to `tried` why not; return why not, or ''."""
    try:
        if found.content is None:
            raise DataError(found.problem)
        files[found.name] = _verified(found.content, found.name)
    except DataError as error:
        tried.append(f'{found.place}: {error}')
        return str(error)
    return ''


def _verified(content: bytes, name: str) -> bytes:
    """Return the decompressed content of a file, if it is what it was."""
    size = SIZES[name]
    if content[:2] == b'\x1f\x8b':
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read(size + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f'damaged gzip file ({error})') from None
    if len(content) > size:
        raise DataError(f'more than {size:,} bytes')
    found = hashlib.sha256(content).hexdigest()
    if found != FILES[name]:
        raise DataError(f'its content has SHA-256 {found[:12]}..., expected '
                        f'{FILES[name][:12]}...')
    return content


def _warn_of(found: Found, problem: str) -> None:
    warnings.warn(f'{found.place} is not used: {problem}', stacklevel=2)


def _cache_folder() -> Path | None:
    """Return this user's cache, None if there is no home to have it in."""
    from platformdirs import user_cache_path
    try:
        folder = user_cache_path('d2l-lr-scheduling')
    except RuntimeError:
        return None
    return folder if folder.is_absolute() else None


def _remove(path: Path) -> None:
    """Remove a bad file from the cache, if it is ours."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(f'cannot remove {path}: {error.strerror}', stacklevel=2)


def _store(found: Found, cache: Path) -> None:
    """Copy a file to the cache, where it appears only once it is whole."""
    content = found.content or b''
    gzipped = content[:2] == b'\x1f\x8b'
    target = cache / (f'{found.name}.gz' if gzipped else found.name)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _clear(cache)
        with tempfile.NamedTemporaryFile(dir=cache, prefix=PART,
                                         delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.chmod(part.name, 0o644)  # a cache may be shared
                os.replace(part.name, target)
            except BaseException:
                os.unlink(part.name)
                raise
    except OSError as error:
        warnings.warn(f'cannot keep {target} for next time: {error.strerror}. '
                      'Set XDG_CACHE_HOME to a folder of yours.',
                      stacklevel=2)


def _clear(cache: Path) -> None:
    """Remove what processes that were killed left of files, long ago."""
    for part in cache.glob(f'{PART}*'):
        # Somebody else may have removed it, or may be the one to remove it.
        with contextlib.suppress(FileNotFoundError, PermissionError):
            if part.stat().st_mtime < time.time() - 3600:
                part.unlink()
