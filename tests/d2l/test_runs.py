"""Finding recorded runs, with files made here."""
import functools
import json
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest

from d2l import runs


def record(seed, code='new', device='cpu', **changes):
    return {'schedule': 'constant', 'seed': seed, 'epochs': 2,
            'device': device, 'code': code, 'packages': {'numpy': '2.0'},
            'lr': [0.3, 0.3], 'train loss': [2.3, None],
            'train acc': [0.1, 1.0], 'test acc': [0, 0.5], **changes}


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


def test_a_last_line_that_is_whole_counts_without_its_newline(
        places, monkeypatch):
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with open(places / 'kept' / 'jax.jsonl', 'a') as file:
        file.write(json.dumps(record(7)))
    assert seeds() == [0, 1, 7]


def test_newlines_of_windows_and_a_mark_at_the_start(places, monkeypatch):
    path = places / 'kept' / 'jax.jsonl'
    path.write_bytes(b'\xef\xbb\xbf' + path.read_bytes().replace(b'\n',
                                                               b'\r\n'))
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    assert seeds() == [0, 1]


PAGE = '<!DOCTYPE html><title>Sign in to the network</title>'


@pytest.mark.parametrize(('content', 'reason'), [
    (PAGE, 'line 1: not a run, got \'<!DOCTYPE'),
    (f'{PAGE}\n', 'line 1: not a run'),
    (json.dumps(record(0)) + '\nnonsense\n', 'line 2: not a run'),
    ('[1, 2]\n', 'line 1: not a run'), ('null', 'line 1: not a run'),
    ('[' * 10**5 + '\n', 'line 1: not a run'),
    ('{"error": "no such file"}', 'a run without code, device, epochs'),
    (record(0, lr='0.3'), 'lr is not a list of 2 numbers'),
    (record(0, lr=[0.3]), 'lr is not a list of 2 numbers'),
    (record(0, epochs=3), 'lr is not a list of 3 numbers'),
    (record(0, **{'test acc': [0.5, 5.0]}), 'test acc has 5.0'),
    (record(0, **{'train acc': [-0.1, 0.5]}), 'train acc has -0.1'),
    (record(0, **{'train acc': [None, 0.5]}), 'train acc has None'),
    (record(0, **{'train acc': ['0.9', 0.5]}), "train acc has '0.9'"),
    (record(0, **{'train acc': [True, 0.5]}), 'train acc has True'),
    (record(0, **{'train loss': [float('nan'), 1]}), 'train loss has nan'),
    (record(0, **{'train loss': [float('inf'), 1]}), 'train loss has inf')])
def test_what_is_no_run_is_said_with_its_line(places, monkeypatch, content,
                                              reason):
    path = places / 'kept' / 'jax.jsonl'
    path.write_text(content if isinstance(content, str)
                    else json.dumps(content))
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with pytest.raises(ValueError) as raised:
        runs.load_runs('jax')
    assert f'{path}, line' in str(raised.value)
    assert reason in str(raised.value) and len(str(raised.value)) < 400


def test_a_page_that_asks_to_sign_in(places, server, monkeypatch):
    (places / 'kept' / 'jax.jsonl').write_text(PAGE)
    monkeypatch.setenv('D2L_RUNS', server)
    with pytest.raises(ValueError, match=f'{server}/jax.jsonl, line 1: not a'):
        runs.load_runs('jax')


def test_bytes_that_are_no_text(places, monkeypatch):
    path = places / 'kept' / 'jax.jsonl'
    path.write_bytes(b'{"schedule": "\xff"}\n')
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with pytest.raises(ValueError, match='jax.jsonl: not UTF-8'):
        runs.load_runs('jax')


def test_a_run_that_stands_there_twice(places, monkeypatch):
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with open(places / 'kept' / 'jax.jsonl', 'a') as file:
        file.write(json.dumps(record(1, **{'test acc': [0, 0.6]})) + '\n')
    with pytest.raises(ValueError, match="'constant', seed 1, stands there "):
        runs.load_runs('jax')


@pytest.mark.parametrize('tab', ['../kept/jax', '/jax', '', 'a/b', '..', None])
def test_a_tab_is_a_name(places, monkeypatch, tab):
    monkeypatch.setenv('D2L_RUNS', str(places / 'kept'))
    with pytest.raises(ValueError) as raised:
        runs.load_runs(tab)
    assert f'got tab={tab!r}' in str(raised.value)


def test_home(places, monkeypatch):
    monkeypatch.setenv('HOME', str(places))
    monkeypatch.setenv('D2L_RUNS', '~/kept')
    assert seeds() == [0, 1]


def test_a_relative_folder_is_refused(places, monkeypatch):
    monkeypatch.chdir(places)
    monkeypatch.setenv('D2L_RUNS', 'kept')
    with pytest.raises(ValueError, match="got D2L_RUNS='kept'"):
        runs.load_runs('jax')


def test_a_folder_that_lacks_them_is_not_passed_over(places, monkeypatch):
    folder = places / 'book' / 'evidence' / 'runs'
    folder.parent.mkdir()
    (places / 'kept').rename(folder)
    monkeypatch.setenv('D2L_RUNS', str(places / 'empty'))
    with pytest.raises(FileNotFoundError) as raised:
        runs.load_runs('jax')
    assert str(places / 'empty' / 'jax.jsonl') in str(raised.value)
    assert str(folder) not in str(raised.value)


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
    monkeypatch.setattr(runs, '_built_with', lambda: f'{server}/gone')
    with pytest.raises(FileNotFoundError, match='jax.jsonl were not found') \
            as error:
        runs.load_runs('jax')
    assert f'{server}/gone/jax.jsonl (HTTP status 404)' in str(error.value)
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
