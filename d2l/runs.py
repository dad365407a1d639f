"""The recorded runs that the chapter's tables rest on, one dict a run.

They are looked for in $D2L_RUNS, a folder or an address, then in
evidence/runs/ of the folder that we are in and those around it, and last at
the address that this distribution was built with (config.ini says it).
"""
import json
import logging
import os
import tempfile
from importlib import metadata
from pathlib import Path

FOLDER = Path('evidence', 'runs')


def load_runs(tab='pytorch', device='cpu'):
    """Return the runs recorded with a framework, in the order of recording.

    Args:
        tab: a framework's tab: pytorch, mxnet, tensorflow or jax.
        device: 'cpu' or the GPU that the runs were made on.

    Returns:
        A list of dicts: schedule, seed, epochs, and lists of one number an
        epoch: lr, train loss (None if it was no finite number), train acc and
        test acc, accuracies being fractions; and how the run was made. Only
        runs of the same code and versions can be compared, so only those of
        the last one are returned.

    Raises:
        FileNotFoundError: if no place has them; it names every place.
    """
    whole = _text(f'{tab}.jsonl').rpartition('\n')[0]  # half a line is none
    runs = [json.loads(line) for line in whole.split('\n') if line]
    runs = [run for run in runs if run['device'] == device]
    return [run for run in runs
            if all(run[key] == runs[-1][key] for key in ('code', 'packages'))]


def _text(name):
    here = Path.cwd()
    places = [folder / FOLDER for folder in (here, *here.parents)]
    address = _built_with()
    if address:
        places.append(address)
    if os.environ.get('D2L_RUNS'):
        places.insert(0, os.environ['D2L_RUNS'])
    for place in places:
        if str(place).startswith(('http://', 'https://')):
            text = _fetched(f'{str(place).rstrip("/")}/{name}')
            if text is not None:
                return text
        elif (path := Path(place) / name).is_file():
            return path.read_text('utf-8')
    tried = ', '.join(map(str, places))
    raise FileNotFoundError(
        f'the recorded runs {name} were not found; looked in {tried}. Set '
        'D2L_RUNS to a folder or an address that has them: they are in the '
        f'folder {FOLDER.as_posix()} of the repository.')


def _fetched(url):
    """Return the text at `url`, None if it cannot be had."""
    import pooch
    import requests
    pooch.get_logger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix='d2l-') as folder:
        try:
            path = pooch.retrieve(
                url, known_hash=None, path=folder,
                downloader=pooch.HTTPDownloader(timeout=10))
        except (requests.RequestException, OSError):
            return None
        return Path(path).read_text('utf-8')


def _built_with():
    """Return the address in the distribution's metadata, '' if none."""
    try:
        urls = metadata.metadata('d2l-lr-scheduling').get_all('Project-URL')
    except metadata.PackageNotFoundError:
        urls = None
    named = dict(url.split(', ', 1) for url in urls or ())
    return named.get('Runs', '')
