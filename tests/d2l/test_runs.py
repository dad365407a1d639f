"""Finding recorded runs, with files made here."""
import functools
import json
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from d2l import runs


def record(seed, code='new', device='cpu'):
    return {'schedule': 'constant', 'seed': seed, 'device': device,
            'code': code, 'packages': {'numpy': '2.0'}}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A folder with runs, and an empty one to be in."""
    monkeypatch.delenv('D2L_RUNS', raising=False)
    monkeypatch.setattr(runs, '_built_with', lambda: '')
    here = tmp_path / 'book' / 'notebooks' / 'jax'
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    kept = tmp_path / 'kept'
    kept.mkdir()
    (kept / 'jax.jsonl').write_text('\n'.join(map(json.dumps, (
        record(0, code='old'), record(0), record(3, device='GPU'),
        record(1)))) + '\n')
    return tmp_path


@pytest.fixture
def server(places):
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Handler, directory=places / 'kept')
    with HTTPServer(('localhost', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f'http://localhost:{server.server_port}'
        server.shutdown()


def seeds(**arguments):
    return [run['seed'] for run in runs.load_runs('jax', **arguments)]


def test_only_what_can_be_compared(places, monkeypatch):
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    assert seeds() == [0, 1]
    assert seeds(device='GPU') == [3]
    assert seeds(device='TPU') == []


def test_a_file_that_is_being_written(places, monkeypatch):
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with open(places / 'kept' / 'jax.jsonl', 'a') as file:
        file.write('{"schedule": "const')
    assert seeds() == [0, 1]


def test_folder_of_the_checkout_that_we_are_in(places):
    folder = places / 'book' / 'evidence' / 'runs'
    folder.parent.mkdir()
    (places / 'kept').rename(folder)
    assert seeds() == [0, 1]


def test_an_address(places, server, monkeypatch, capfd):
    monkeypatch.setenv('D2L_RUNS', f'{server}/')
    assert seeds() == [0, 1]
    assert capfd.readouterr().err == ''  # a recording takes no warnings


def test_the_address_that_the_package_was_built_with(
        places, server, monkeypatch):
    monkeypatch.setattr(runs, '_built_with', lambda: server)
    assert seeds() == [0, 1]


def test_what_is_missing_is_said(places, server, monkeypatch):
    monkeypatch.setenv('D2L_RUNS', f'{server}/gone')
    with pytest.raises(FileNotFoundError, match='jax.jsonl were not found') \
            as error:
        runs.load_runs('jax')
    assert f'{server}/gone' in str(error.value)
    assert str(places / 'book' / 'evidence' / 'runs') in str(error.value)
    assert 'Set D2L_RUNS' in str(error.value)


def test_metadata_say_the_address(places, monkeypatch):
    monkeypatch.undo()
    info = places / 'd2l_lr_scheduling-1.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(
        'Name: d2l-lr-scheduling\nVersion: 1\n'
        'Project-URL: Home, https://localhost/\n'
        'Project-URL: Runs, https://localhost/runs\n')
    monkeypatch.syspath_prepend(places)
    assert runs._built_with() == 'https://localhost/runs'
    (info / 'METADATA').write_text('Name: d2l-lr-scheduling\nVersion: 1\n')
    assert runs._built_with() == ''
