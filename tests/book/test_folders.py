"""The build folder: nothing is lost, mixed, left over or reached by links."""
import functools
import json
import os
import shutil
import sys
import threading

import pytest

from builder.errors import BuildError
from builder.publish import sphinx_build
from builder.publish.folders import (
    folder_checksum,
    locked,
    replace_folder,
    restore_folder,
    same_folders,
)
from builder.publish.html import build_html

from .conftest import PAGE

pytestmark = pytest.mark.slow  # whole builds, many of them

BOOK = {'text/index.md': '# Book\n\n```toc\none\ntwo\n```\n',
        'text/one.md': PAGE, 'text/two.md': '# Two\n\nOld words.\n'}
NEW = {**BOOK, 'text/two.md': '# Two\n\nNew words.\n'}
CHANGES = {'open', 'os.rename', 'os.remove', 'os.mkdir', 'shutil.copyfile',
           'shutil.rmtree'}


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob('*') if path.is_file()}


@pytest.mark.parametrize(('change', 'same'), [
    (lambda folder: None, True),
    (lambda folder: (folder / 'a/b').write_bytes(b'2'), False),
    (lambda folder: (folder / 'a/b').rename(folder / 'a/c'), False),
    (lambda folder: (folder / 'c').write_bytes(b''), False),
    (lambda folder: (folder / 'a/b').unlink(), False),
    (lambda folder: (folder / 'empty').mkdir(), True)])
def test_folders_with_the_same_files(tmp_path, change, same):
    for name in ('one', 'other'):
        (tmp_path / name / 'a').mkdir(parents=True)
        (tmp_path / name / 'a/b').write_bytes(b'1')
    change(tmp_path / 'other')
    folders = tmp_path / 'one', tmp_path / 'other'
    assert same_folders(*folders) == same
    checksums = {folder_checksum(folder) for folder in folders}
    assert (len(checksums) == 1) == same


def terms(index):
    """Return {term: pages} of Sphinx's index, which keeps terms that are on
    no page any more."""
    found = json.loads(index.removeprefix(b'Search.setIndex(')[:-1])
    return {term: pages for term, pages in found['terms'].items()
            if pages != []}


def in_a_child(work, die_at=0, counted=None):
    """Do `work` in a child process that dies without a word, as by SIGKILL,
    when it changes the disk for the `die_at`th time; return its status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    done = 0

    def watch(event, details):
        nonlocal done
        if event in CHANGES and (event != 'open' or (
                details[2] and details[2] & (os.O_WRONLY | os.O_RDWR))):
            done += 1
            if done == die_at:
                os._exit(9)

    try:
        sys.addaudithook(watch)
        work()
        if counted:
            counted.write_text(f'{done}')
        os._exit(0)
    finally:
        os._exit(1)


def test_killed_at_any_moment_it_leaves_the_old_pages(write_book, tmp_path):
    out = tmp_path / '_build'
    site = build_html(write_book(BOOK), out).parent
    old, book = contents(site), write_book(NEW)
    assert in_a_child(lambda: build_html(book, tmp_path / 'other'),
                      counted=tmp_path / 'n') == 0
    steps = int((tmp_path / 'n').read_text())
    assert steps > 100
    for n in range(1, 7):
        assert in_a_child(lambda: build_html(book, out),
                          die_at=n * steps // 7) == 9
        assert contents(site) == old
    build_html(book, out)
    assert contents(site) == contents(tmp_path / 'other' / 'html')
    assert contents(site) != old


@pytest.mark.parametrize('die_at', range(1, 20))
def test_folders_are_replaced_whole(tmp_path, die_at):
    place, made = tmp_path / 'place', tmp_path / 'made'
    for folder, text in ((place, 'old'), (made, 'new')):
        folder.mkdir()
        (folder / 'a').write_text(text)
        (folder / f'only-{text}').write_text(text)
    old, new = contents(place), contents(made)
    fill = functools.partial(shutil.copytree, made)
    killed = in_a_child(lambda: replace_folder(place, fill), die_at)
    restore_folder(place)
    assert contents(place) in (old, new)
    assert killed or contents(place) == new
    replace_folder(place, fill)
    assert contents(place) == new
    assert {path.name for path in tmp_path.iterdir()} == {'place', 'made'}


def test_a_folder_that_would_be_the_same_is_left(tmp_path):
    def fill(text, folder):
        folder.mkdir()
        (folder / 'a').write_text(text)

    place, kept = tmp_path / 'place', []
    for text in ('old', 'old', 'new'):
        before = place.exists() and place.stat().st_ino
        replace_folder(place, functools.partial(fill, text))
        kept.append(place.stat().st_ino == before)
        assert (place / 'a').read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ['place']
    assert kept == [False, True, False]


def test_two_builds_at_once(write_book, tmp_path):
    out, book = tmp_path / '_build', write_book(BOOK)
    children = []
    for _ in range(2):
        children.append(os.fork())
        if not children[-1]:
            try:
                build_html(book, out)
                os._exit(0)
            finally:
                os._exit(1)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert contents(out / 'html') == contents(build_html(
        book, tmp_path / 'other').parent)


def test_a_build_says_that_it_waits(tmp_path, capsys):
    entered = threading.Event()

    def enter():
        with locked(tmp_path, 'html'):
            entered.set()

    other = threading.Thread(target=enter)
    with locked(tmp_path, 'html'), locked(tmp_path, 'pdf-jax'):
        other.start()
        assert not entered.wait(0.1)
    assert entered.wait(10)
    other.join()
    assert f'process {os.getpid()} is building html already; waiting' in (
        capsys.readouterr().out)


def test_what_the_book_lost_is_gone(write_book, tmp_path):
    site = build_html(write_book(BOOK), tmp_path / '_build').parent
    assert (site / 'two.html').exists()
    less = {**BOOK, 'text/index.md': '# Book\n\n```toc\none\n```\n'}
    book = write_book(less)
    build_html(book, tmp_path / '_build')
    assert contents(site) == contents(build_html(
        book, tmp_path / 'other').parent)
    assert not (site / 'two.html').exists()


def test_a_change_makes_what_a_build_from_nothing_makes(write_book, tmp_path):
    build_html(write_book(BOOK), tmp_path / '_build')
    book = write_book(NEW)
    site = build_html(book, tmp_path / '_build').parent
    assert 'New words' in (site / 'two.html').read_text('utf-8')
    found, expected = contents(site), contents(build_html(
        book, tmp_path / 'other').parent)
    assert terms(found.pop('searchindex.js')) == terms(
        expected.pop('searchindex.js'))
    assert found == expected


@pytest.mark.parametrize('harm', [
    lambda site: (site / 'two.html').unlink(),
    lambda site: (site / 'one.html').write_text('half a pa'),
    lambda site: (site / 'stray.html').write_text('not ours')])
@pytest.mark.parametrize('where', ['html', 'work/html/made'])
def test_nothing_changed_but_the_pages(write_book, tmp_path, harm, where):
    book = write_book(BOOK)
    site = build_html(book, tmp_path / '_build').parent
    before = contents(site)
    harm(tmp_path / '_build' / where)
    build_html(book, tmp_path / '_build')
    assert contents(site) == before


def test_without_a_change_sphinx_is_not_asked(write_book, tmp_path,
                                              monkeypatch):
    book, asked = write_book(BOOK), []
    run = sphinx_build._run_sphinx
    monkeypatch.setattr(sphinx_build, '_run_sphinx', lambda *arguments: (
        asked.append(1), run(*arguments))[1])
    for _ in range(2):
        build_html(book, tmp_path / '_build')
    assert len(asked) == 1
    monkeypatch.setattr(sphinx_build, 'programs', lambda: 'others')
    build_html(book, tmp_path / '_build')
    assert len(asked) == 2


@pytest.mark.parametrize('place', [
    '_build', '_build/html', '_build/work', '_build/work/html',
    '_build/work/html/source', '_build/work/html/source/index.md',
    '_build/html.lock'])
def test_nothing_is_written_through_a_link(write_book, tmp_path, place):
    book = write_book(BOOK)
    outside, link = tmp_path / 'outside', tmp_path / place
    if link.suffix:
        outside.write_text('mine')
    else:
        (outside / 'source').mkdir(parents=True)
        (outside / 'mine').write_text('mine')
    before = contents(tmp_path)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside)
    with pytest.raises(BuildError, match=f'{place}: a link'):
        build_html(book, tmp_path / '_build')
    now = {name: text for name, text in contents(tmp_path).items()
           if name in before}
    assert now == before
    assert outside.is_file() or {p.name for p in outside.iterdir()} == {
        'source', 'mine'}
