"""Faults of places and files, with small files; no network, no real data."""
import gzip
import multiprocessing
import os
import stat
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from d2l import fetch, sources
from d2l.sources import Found
from tests.d2l.conftest import fill

FIRST = 'train-images-idx3-ubyte'
CACHE_FOLDER = fetch._cache_folder  # before a fixture replaces it


@pytest.mark.parametrize('suffix', ['.gz', ''])
def test_own_folder(places, payloads, monkeypatch, suffix):
    fill(places['own'], payloads, suffix)
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    assert fetch.find_or_fetch() == payloads
    monkeypatch.setenv('HOME', str(places['own'].parent))
    monkeypatch.setenv('D2L_DATA', '~/own')
    assert fetch.find_or_fetch() == payloads


def test_a_relative_folder_is_refused(places, payloads, monkeypatch):
    fill(places['own'], payloads)
    monkeypatch.chdir(places['own'].parent)
    monkeypatch.setenv('D2L_DATA', 'own')
    with pytest.raises(ValueError, match="got D2L_DATA='own'"):
        fetch.find_or_fetch()


def test_cache_before_debian(places, payloads, monkeypatch):
    fill(places['cache'], payloads)
    fill(places['debian'], payloads)
    (places['cache'] / f'{FIRST}.gz').unlink()
    asked, in_folder = [], fetch.in_folder

    def remember(folder, wanted):
        asked.append((folder.name, len(wanted)))
        return in_folder(folder, wanted)

    monkeypatch.setattr(fetch, 'in_folder', remember)
    fetch.find_or_fetch()
    assert asked == [('cache', 4), ('debian', 1)]


def test_nothing_anywhere_names_every_place_and_a_way_out(places):
    with pytest.raises(fetch.DataError) as raised:
        fetch.find_or_fetch()
    text = str(raised.value)
    for place in (str(places['cache']), str(places['debian']),
                  'http://localhost:1/gone', 'no apt-get', 'set D2L_DATA',
                  'dataset-fashion-mnist'):
        assert place in text


@pytest.mark.parametrize('lacks', ['the folder', 'a file', 'a whole file'])
def test_an_own_folder_that_lacks_something_is_not_passed_over(
        places, payloads, monkeypatch, lacks):
    fill(places['cache'], payloads)
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    first = places['own'] / f'{FIRST}.gz'
    if lacks != 'the folder':
        fill(places['own'], payloads)
        first.unlink()
    if lacks == 'a whole file':
        first.write_bytes(gzip.compress(b'other images'))
    with pytest.raises(fetch.DataError) as raised:
        fetch.find_or_fetch()
    text = str(raised.value)
    assert f'D2L_DATA={places["own"]} does not have' in text
    assert 'unset D2L_DATA' in text and str(places['cache']) not in text
    assert f'{first}: ' in text
    assert first.exists() == (lacks == 'a whole file')  # it is the user's


@pytest.mark.parametrize('damage', [
    lambda raw: raw[:100], lambda raw: raw[:60] + b'\0\0' + raw[62:],
    lambda raw: gzip.compress(b'something else'), lambda raw: b'',
    lambda raw: b'<html>not found</html>', lambda raw: b'\x1f\x8b',
    lambda raw: raw + b'more', lambda raw: gzip.compress(bytes(10**7)),
    lambda raw: bytes(10**6)],
    ids=['truncated', 'corrupted', 'wrong', 'empty', 'a page', 'two bytes',
         'followed', 'a bomb', 'long'])
def test_bad_file_in_the_cache_is_removed_and_the_next_source_used(
        places, payloads, damage):
    fill(places['cache'], payloads)
    fill(places['debian'], payloads)
    bad = places['cache'] / f'{FIRST}.gz'
    bad.write_bytes(damage(bad.read_bytes()))
    with pytest.warns(UserWarning, match='is not used'):
        assert fetch.find_or_fetch() == payloads
    assert not bad.exists()


def test_no_more_is_unpacked_than_the_file_has(places, payloads, monkeypatch):
    read = []

    class File(gzip.GzipFile):
        def read(self, size=-1):
            read.append(size)
            return super().read(size)

    fill(places['debian'], payloads)
    bomb = gzip.compress(payloads[FIRST] + bytes(10**8))
    (places['debian'] / f'{FIRST}.gz').write_bytes(bomb)
    monkeypatch.setattr(fetch.gzip, 'GzipFile', File)
    with (pytest.warns(UserWarning, match='not used'),
          pytest.raises(fetch.DataError, match='Fashion-MNIST')):
        fetch.find_or_fetch()
    assert sorted(read) == sorted(len(p) + 1 for p in payloads.values())


def test_the_sizes_are_those_of_the_format():
    for name, n in (('train', 60_000), ('t10k', 10_000)):
        # IDX: a magic number and the length of each axis, four bytes each.
        assert fetch.SIZES[f'{name}-images-idx3-ubyte'] == 16 + n * 28 * 28
        assert fetch.SIZES[f'{name}-labels-idx1-ubyte'] == 8 + n


def refuse_in(folder):
    """Return a function that stands for `open` or `unlink` and refuses files
    of this folder; root, as whom tests may run, is refused nothing."""
    def act(path, *_, **__):
        if Path(path).parent == folder:
            raise PermissionError(13, 'Permission denied', str(path))
        return open(path, 'rb')
    return act


def test_files_that_others_keep_from_us_are_passed_over(places, payloads,
                                                        monkeypatch):
    fill(places['cache'], payloads)
    monkeypatch.setattr(sources, 'open', refuse_in(places['cache']),
                        raising=False)
    with pytest.raises(fetch.DataError, match='Permission denied') as raised:
        fetch.find_or_fetch()
    assert f'{places["cache"]}/{FIRST}.gz: Permission' in str(raised.value)
    fill(places['debian'], payloads)
    assert fetch.find_or_fetch() == payloads


def test_bad_files_of_others_are_passed_over(places, payloads, monkeypatch):
    fill(places['cache'], {FIRST: b'not what it was'})
    fill(places['debian'], payloads)
    monkeypatch.setattr(fetch.Path, 'unlink', refuse_in(places['cache']))
    with (pytest.warns(UserWarning, match='is not used'),
          pytest.warns(UserWarning, match='cannot remove .*denied')):
        assert fetch.find_or_fetch() == payloads


def test_without_a_home(places, payloads, monkeypatch):
    def no_home(*_):
        raise RuntimeError('Could not determine home directory.')

    monkeypatch.setattr(fetch, '_cache_folder', CACHE_FOLDER)
    monkeypatch.setattr('platformdirs.user_cache_path', no_home)
    with pytest.raises(fetch.DataError, match='there is no home directory'):
        fetch.find_or_fetch()
    fill(places['own'], payloads)
    monkeypatch.setenv('D2L_DATA', str(places['own']))
    assert fetch.find_or_fetch() == payloads


def test_whose_home():
    found = subprocess.run(
        [sys.executable, '-c', 'from d2l.fetch import find_or_fetch\n'
         'find_or_fetch()'], env={**os.environ, 'D2L_DATA': '~nobody-here/x'},
        capture_output=True, text=True, timeout=60)
    assert "ValueError: D2L_DATA='~nobody-here/x'" in found.stderr


def mirror_of(contents, calls=None):
    def files(url, wanted):
        if calls is not None:
            calls.append([*wanted])
        for name in wanted:
            yield Found(f'{url}/{name}.gz', name,
                        gzip.compress(contents[name]))
    return files


def test_fetched_files_are_cached_for_everybody(places, payloads, monkeypatch):
    calls = []
    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(payloads, calls))
    fetch.find_or_fetch()
    fetch.find_or_fetch()
    assert len(calls) == 1 and len(calls[0]) == 4
    kept = list(places['cache'].iterdir())
    assert len(kept) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o644}


def test_only_what_is_missing_is_fetched(places, payloads, monkeypatch):
    fill(places['cache'], payloads)
    (places['cache'] / 'train-labels-idx1-ubyte.gz').unlink()
    calls = []
    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(payloads, calls))
    fetch.find_or_fetch()
    assert calls == [['train-labels-idx1-ubyte']]


def test_a_mirror_that_serves_something_else(places, payloads, monkeypatch):
    wrong = dict.fromkeys(payloads, b'a page of advertisements')
    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(wrong))
    address = f'http://localhost:1/gone/{FIRST}.gz'
    with (warnings.catch_warnings(record=True) as caught,
          pytest.raises(fetch.DataError) as raised):
        warnings.simplefilter('always')
        fetch.find_or_fetch()
    assert f'{address}: its content has SHA-256' in str(raised.value)
    assert len(caught) == 4 and address in str(caught[0].message)
    assert not places['cache'].exists()


def test_cache_that_cannot_be_written(places, payloads, monkeypatch):
    # A file where the folder should be; root may write to read-only folders.
    places['cache'].write_text('')
    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(payloads))
    with pytest.warns(UserWarning, match='cannot keep .* XDG_CACHE_HOME'):
        files = fetch.find_or_fetch()
    assert files == payloads


def test_interrupted_download_keeps_what_was_whole(places, payloads,
                                                   monkeypatch):
    def interrupted(url, wanted):
        yield from list(mirror_of(payloads)(url, wanted))[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, 'from_mirror', interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch.find_or_fetch()
    assert sorted(p.name for p in places['cache'].iterdir()) == sorted(
        f'{name}.gz' for name in [*fetch.FILES][:2])


def test_interrupted_while_storing_leaves_nothing(places, payloads,
                                                  monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(payloads))
    monkeypatch.setattr(fetch.os, 'replace', interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch.find_or_fetch()
    assert list(places['cache'].iterdir()) == []


def test_rests_of_killed_processes_are_cleared(places, payloads, monkeypatch):
    places['cache'].mkdir()
    for name, age in (('.part-old', 7200), ('.part-new', 60), ('other', 7200)):
        (places['cache'] / name).write_bytes(b'half')
        os.utime(places['cache'] / name, (time.time() - age,) * 2)
    monkeypatch.setattr(fetch, 'from_mirror', mirror_of(payloads))
    fetch.find_or_fetch()
    assert {'.part-new', 'other'} == {
        path.name for path in places['cache'].iterdir()
        if not path.name.endswith('.gz')}  # one may still be written


def _store_all(payloads, cache, barrier):
    barrier.wait()
    for name, payload in payloads.items():
        fetch._store(Found('', name, gzip.compress(payload)), cache)


def test_two_processes_at_once(places, payloads):
    context = multiprocessing.get_context('spawn')
    barrier = context.Barrier(2)
    processes = [context.Process(target=_store_all, args=(
        payloads, places['cache'], barrier)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    stored = {path.name: gzip.decompress(path.read_bytes())
              for path in places['cache'].iterdir()}
    assert stored == {f'{name}.gz': payload
                      for name, payload in payloads.items()}
