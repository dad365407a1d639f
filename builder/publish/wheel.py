"""The wheel of the book's package, built without a network, equal to the last
byte whenever and wherever the same setuptools builds it.

It is built of a copy of the files that config.ini names, which is also what it
depends on: a wheel stays until one of them changes. The program that builds it
is asked as pip would ask it (PEP 517), but once instead of three times, each a
process of its own.
"""
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from builder.config import Config
from builder.errors import BuildError
from builder.publish.folders import remove
from builder.record.checksums import bytes_checksum, checksum
from builder.source.files import file_in
from builder.writing import replace_file

# Run in the folder of the sources; setuptools builds what names no program.
_BUILD = '''
import functools, importlib, pathlib, sys, tomllib
file = pathlib.Path('pyproject.toml')
project = tomllib.loads(file.read_text('utf-8')) if file.is_file() else {}
system = project.get('build-system', {})
sys.path[:0] = system.get('backend-path', [])
name, _, inside = system.get(
    'build-backend', 'setuptools.build_meta:__legacy__').partition(':')
program = functools.reduce(getattr, filter(None, inside.split('.')),
                           importlib.import_module(name))
program.build_wheel(sys.argv[1])
'''
_TIME = '315532800'  # the first that a zip can hold: 1980


def make_wheel(config: Config, out: Path) -> tuple[str, bytes] | None:
    """Return the name and the content of the wheel, or None if the book has
    none in its zips.

    Args:
        config: the book's.
        out: the build folder; wheels are kept below it.

    Raises:
        BuildError: if it cannot be built, with what was said.
    """
    if not (config.zip and config.zip.wheel):
        return None
    content = named_files(config, 'wheel', config.zip.wheel)
    folder = out / 'work' / 'wheel' / checksum([
        sys.version, metadata.version('setuptools'),
        {name: bytes_checksum(each) for name, each in content.items()}])
    kept = [*folder.glob('*.whl')]
    if not kept:
        remove(folder.parent)
        name, built = _built(content)
        replace_file(folder / name, built)
        return name, built
    return kept[0].name, kept[0].read_bytes()


def named_files(config: Config, key: str,
                names: Iterable[str]) -> dict[str, bytes]:
    """Return {name: content} of what [zip] names with this key; a folder
    stands for all that lies in it, but hidden files and what Python keeps.

    Raises:
        BuildError: if one is not there, or leads out of the book's folder.
    """
    files: dict[str, bytes] = {}
    for name in names:
        whole = config.folder / name
        if not whole.exists():
            raise BuildError(f'{config.file}: [zip] {key}: {name!r} was not '
                             'found')
        for path in [whole] if whole.is_file() else sorted(whole.rglob('*')):
            found = path.relative_to(config.folder).as_posix()
            if path.is_file() and not re.search(r'/(\.|__pycache__/)', found):
                files[found] = _content(config, key, path)
    return files


def _content(config: Config, key: str, path: Path) -> bytes:
    try:
        file_in(config.folder, path)
    except ValueError as error:
        raise BuildError(f'{config.file}: [zip] {key}: {path.name}: '
                         f'{error}') from None
    return path.read_bytes()


def _built(content: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the name and the content of the wheel of a folder with these
    files."""
    with tempfile.TemporaryDirectory() as folder:
        sources, made = Path(folder, 'sources'), Path(folder, 'made')
        made.mkdir()
        for name, each in content.items():
            replace_file(sources / name, each)
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith('PYTHON')}
        done = subprocess.run(
            [sys.executable, '-I', '-c', _BUILD, str(made)], cwd=sources,
            env={**environment, 'SOURCE_DATE_EPOCH': _TIME}, umask=0o022,
            capture_output=True, text=True)
        wheels = [*made.glob('*.whl')]
        if done.returncode or len(wheels) != 1:
            raise BuildError('the wheel of [zip] wheel cannot be built: '
                             + done.stderr.strip()[-2000:])
        return wheels[0].name, wheels[0].read_bytes()
