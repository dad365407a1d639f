"""Find or fetch the four files of Fashion-MNIST, and verify them.

They are looked for in $D2L_DATA, in the cache, and where Debian's package
dataset-fashion-mnist puts them; then fetched from two mirrors, and last from
that Debian package. What counts is the SHA-256 of the decompressed bytes: gzip
headers differ between mirrors. Only verified bytes enter the cache, by
renaming, so neither an interrupted download nor a second process leaves half a
file there.
"""
import gzip
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zlib
from pathlib import Path

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
MIRRORS = (
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets',
    'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion',
)
DEBIAN_PACKAGE = 'dataset-fashion-mnist'
DEBIAN_FOLDER = Path('/usr/share/datasets/fashion-mnist')


class DataError(RuntimeError):
    """The data set cannot be had, or a file of it is not what it was."""


def find_or_fetch():
    """Return {name: verified payload} of all four files."""
    cache = _cache_folder()
    files, tried = {}, []
    folders = [cache, DEBIAN_FOLDER]
    if os.environ.get('D2L_DATA'):
        folders.insert(0, Path(os.environ['D2L_DATA']))
    for folder in folders:
        _collect(files, tried, folder, remove_bad=folder == cache)
    for source in (*(_mirror(url) for url in MIRRORS), _debian_package):
        if len(files) == len(FILES):
            return files
        missing = [name for name in FILES if name not in files]
        with tempfile.TemporaryDirectory(prefix='d2l-') as folder:
            source(Path(folder), missing, tried)
            _collect(files, tried, Path(folder), store=cache)
    if len(files) == len(FILES):
        return files
    places = '\n'.join(f'  - {line}' for line in tried)
    raise DataError(
        f'Fashion-MNIST was not found and could not be fetched. Tried:\n'
        f'{places}\nPut the four files '
        f'({", ".join(f"{name}.gz" for name in FILES)}) into a folder and set '
        f'D2L_DATA to it, or install '
        f"Debian's package {DEBIAN_PACKAGE}.")


def _cache_folder():
    from platformdirs import user_cache_path
    return user_cache_path('d2l-lr-scheduling')


def _collect(files, tried, folder, remove_bad=False, store=None):
    """Add to `files` what `folder` holds of the missing ones, verified."""
    for name in [name for name in FILES if name not in files]:
        path = next((p for p in (folder / f'{name}.gz', folder / name)
                     if p.is_file()), None)
        if path is None:
            if store is None:
                tried.append(f'{folder / name}.gz: not there')
            continue
        try:
            files[name] = _verified(path, name)
        except (DataError, OSError) as error:
            tried.append(f'{path}: {error}')
            warnings.warn(f'{path} is not used: {error}', stacklevel=2)
            if remove_bad:
                path.unlink(missing_ok=True)
            continue
        if store:
            _store(path, store / path.name)


def _verified(path, name):
    payload = path.read_bytes()
    if payload[:2] == b'\x1f\x8b':
        try:
            payload = gzip.decompress(payload)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f'damaged gzip file ({error})') from None
    found = hashlib.sha256(payload).hexdigest()
    if found != FILES[name]:
        raise DataError(f'its content has SHA-256 {found[:12]}..., expected '
                        f'{FILES[name][:12]}...')
    return payload


def _store(path, target):
    """Copy `path` to `target`, which appears only once it is whole."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix='.part-',
                                         delete=False) as part:
            try:
                part.write(path.read_bytes())
                part.flush()
                os.replace(part.name, target)
            except BaseException:
                os.unlink(part.name)
                raise
    except OSError as error:
        warnings.warn(f'cannot keep {target} for next time: {error.strerror}. '
                      'Set D2L_DATA or XDG_CACHE_HOME to a folder of yours.',
                      stacklevel=2)


def _mirror(url):
    def fetch(folder, names, tried):
        import pooch
        import requests
        pooch.get_logger().setLevel(logging.WARNING)
        get = pooch.HTTPDownloader(progressbar=True, timeout=10)
        for name in names:
            try:
                pooch.retrieve(f'{url}/{name}.gz', known_hash=None,
                               fname=f'{name}.gz', path=folder, downloader=get)
            except (requests.RequestException, OSError) as error:
                tried.append(f'{url}/{name}.gz: {type(error).__name__}')
                return  # a mirror that lacks one file is down, or gone
    return fetch


def _debian_package(folder, names, tried):
    """Unpack Debian's package into `folder`; needs neither root nor apt-get
    update, because it keeps package lists of its own."""
    if not (shutil.which('apt-get') and shutil.which('dpkg-deb')):
        tried.append(f"Debian's package {DEBIAN_PACKAGE}: "
                     'no apt-get and dpkg-deb on this machine')
        return
    print(f"Fetching Debian's package {DEBIAN_PACKAGE} (31 MB) ...",
          file=sys.stderr)
    for part in ('lists/partial', 'cache/archives/partial', 'tree'):
        (folder / part).mkdir(parents=True)
    apt = ['apt-get', '-q', '-o', f'Dir::State::lists={folder}/lists',
           '-o', f'Dir::Cache={folder}/cache', '-o', 'APT::Sandbox::User=']
    try:
        for command in ([*apt, 'update'], [*apt, 'download', DEBIAN_PACKAGE]):
            subprocess.run(command, cwd=folder, check=True, text=True,
                           capture_output=True)
        deb, = folder.glob('*.deb')
        subprocess.run(['dpkg-deb', '-x', deb.name, 'tree'], cwd=folder,
                       check=True, text=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout).strip().splitlines()[-1:]
        tried.append(f"Debian's package {DEBIAN_PACKAGE}: "
                     f'{" ".join(map(str, error.cmd))}: {" ".join(reason)}')
        return
    for path in (folder / 'tree').rglob('*-ubyte*'):
        path.rename(folder / path.name)
