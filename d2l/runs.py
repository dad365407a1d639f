"""The recorded runs that the chapter's tables rest on, one dict a run.

$D2L_RUNS names the folder or the address that has them. Without, they are
looked for in evidence/runs/ of the folder that we are in and those around it,
and then at the address that this distribution was built with (config.ini says
it).
"""
import json
import math
import os
import re
from importlib import metadata
from pathlib import Path
from typing import Any

from d2l.download import download
from d2l.places import named_folder

FOLDER = Path('evidence', 'runs')
MOST_BYTES, MOST_SECONDS = 2**26, 120  # of a file that is downloaded
# What a record must have; of each epoch, the lists' numbers and their limit.
KEYS = {'schedule', 'seed', 'epochs', 'device', 'code', 'packages'}
LISTS = {'lr': math.inf, 'train loss': math.inf, 'train acc': 1, 'test acc': 1}

Run = dict[str, Any]


def load_runs(tab: str = 'pytorch', device: str = 'cpu') -> list[Run]:
    """Return the runs recorded with a framework, in the order of recording.

    Args:
        tab: a framework's tab: pytorch, mxnet, tensorflow or jax.
        device: 'cpu' or the GPU that the runs were made on.

    Returns:
        A list of dicts: schedule, seed, epochs, how the run was made, and
        lists of one number an epoch: lr, train loss (None if it was not
        finite), train acc and test acc, both as fractions. Only runs of the
        same code and versions can be compared: those of the last one.

    Raises:
        FileNotFoundError: if no place has them; it names every place.
        ValueError: if tab is no name, D2L_RUNS names no place, or a line of
            the file is not one run of its own; it says which.
    """
    if not (isinstance(tab, str) and re.fullmatch('[A-Za-z0-9_-]+', tab)):
        raise ValueError(f"tab must be a name such as 'pytorch', got {tab=}")
    place, content = _read(f'{tab}.jsonl')
    runs = [run for run in _parsed(content, place) if run['device'] == device]
    runs = [run for run in runs
            if all(run[key] == runs[-1][key] for key in ('code', 'packages'))]
    made = [(run['schedule'], run['seed'], run['epochs']) for run in runs]
    twice = next((key for key in made if made.count(key) > 1), None)
    if twice:
        raise ValueError(f'{place}: the run {twice[0]!r}, seed {twice[1]}, '
                         'stands there twice')
    return runs


def _parsed(content: bytes, place: str) -> list[Run]:
    """Return the records in a file; half a line at its end is none."""
    try:
        *lines, last = content.decode('utf-8-sig').split('\n')
    except UnicodeDecodeError as error:
        raise ValueError(f'{place}: not UTF-8 ({error})') from None
    if not last.startswith('{') or _loaded(last) is not None:
        lines.append(last)  # a record without a newline, or something else
    runs = []
    for n, line in enumerate(lines, 1):
        if line.strip():
            run = _loaded(line)
            problem = _problem(run)
            if problem:
                raise ValueError(f'{place}, line {n}: {problem}, got '
                                 f'{line[:60]!r}')
            runs.append(run)
    return runs


def _loaded(line: str) -> Any:
    """Return the value of a line of JSON, None if it is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _problem(run: Any) -> str:
    """Return what is wrong with a record, '' if nothing is."""
    if not isinstance(run, dict):
        return 'not a run'
    missing = sorted({*KEYS, *LISTS} - {*run})
    if missing:
        return f'a run without {", ".join(missing)}'
    for name, top in LISTS.items():
        values = run[name]
        if not isinstance(values, list) or len(values) != run['epochs']:
            return f'{name} is not a list of {run["epochs"]} numbers'
        for value in values:
            if not _in_range(value, top) and (name, value) != ('train loss',
                                                               None):
                return f'{name} has {value!r}'
    return ''


def _in_range(value: Any, top: float) -> bool:
    return (type(value) in (int, float) and 0 <= value <= top
            and value < math.inf)


def _read(name: str) -> tuple[str, bytes]:
    """Return the first place that has a file, and its content."""
    tried = []
    for place in _places():
        path = f'{place}/{name}'
        try:
            if _is_address(place):
                return path, download(path, MOST_BYTES, MOST_SECONDS)
            return path, Path(path).read_bytes()
        except OSError as error:
            tried.append(f'{path} ({error.strerror or error})')
    raise FileNotFoundError(
        f'the recorded runs {name} were not found; tried {", ".join(tried)}. '
        'Set D2L_RUNS to a folder or an address that has them: they are in '
        f'the folder {FOLDER.as_posix()} of the repository.')


def _places() -> list[str]:
    """Return the folders and addresses to look in, in this order."""
    named = os.environ.get('D2L_RUNS', '')
    if _is_address(named):
        return [named.rstrip('/')]
    folder = named_folder('D2L_RUNS')
    if folder:
        return [str(folder)]
    here = Path.cwd()
    folders = [str(around / FOLDER) for around in (here, *here.parents)]
    address = _built_with()
    return [*folders, address.rstrip('/')] if address else folders


def _is_address(place: str) -> bool:
    return place.startswith(('http://', 'https://'))


def _built_with() -> str:
    """Return the address in the distribution's metadata, '' if none."""
    try:
        urls = metadata.metadata('d2l-lr-scheduling').get_all('Project-URL')
    except metadata.PackageNotFoundError:
        urls = None
    named = dict(url.split(', ', 1) for url in urls or ())
    return str(named.get('Runs', ''))
