"""Pages in several languages are made at the same time, each language's in a
process of its own; what goes wrong there is told, and the old pages stay."""
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zlib

import pytest

from builder.__main__ import ROOT
from builder.errors import BuildError, SourceError, SourceErrors
from builder.publish import html, sphinx_build
from builder.publish.folders import remove
from builder.publish.html import build_html

from .test_folders import contents
from .test_translation import DE, GERMAN, pages

pytestmark = pytest.mark.slow  # whole builds
BUILDER = sys.executable, '-m', 'builder', '--config'
# With an address, Sphinx's extensions have processes of their own.
SITE = GERMAN + '\n[html]\nsite = https://localhost/waves\n'


@pytest.fixture
def old(write_book, tmp_path):
    """The folder of pages that are there already."""
    book = write_book(pages(DE), **{'config.ini': GERMAN})
    return build_html(book, tmp_path / '_build').parent


def build(write_book, tmp_path, german, **others):
    """Build the book again, with more German in a section."""
    files = pages(DE.replace('Zwischen', f'{german}\n\nZwischen'))
    return build_html(write_book({**files, 'config.ini': GERMAN, **others}),
                      tmp_path / '_build')


def hear_ctrl_c():
    """What a shell begins in the background ignores it, with all that that
    begins."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def at_work():
    """Return the processes of Sphinx; its extensions may have begun others
    here, in earlier tests."""
    return [process for process in multiprocessing.active_children()
            if process.name.startswith('Process-')]


def test_every_language_says_of_pages_what_it_would_alone(old, tmp_path):
    """The second one is not told in the words of the first. As `make html`
    does: where Sphinx has worked already, it remembers words of then."""
    remove(tmp_path / '_build')
    subprocess.run([*BUILDER, tmp_path / 'config.ini', 'html'], cwd=ROOT,
                   check=True, capture_output=True, timeout=120)
    english, german = (zlib.decompress(
        (old / name).read_bytes().split(b'\n', 4)[4]).decode()
        for name in ('objects.inv', 'de/objects.inv'))
    assert 'py-modindex.html Python Module Index\n' in english
    assert 'py-modindex.html Python-Modulindex\n' in german


def test_a_mistake_in_a_translation_is_told_and_old_pages_stay(
        old, write_book, tmp_path):
    before = contents(old)
    with pytest.raises(SourceError, match='oops') as raised:
        build(write_book, tmp_path, 'Mitten $\\oops$.')
    assert (raised.value.path, raised.value.line) == ('text/index_de.md', 23)
    assert contents(old) == before
    assert not at_work()
    build(write_book, tmp_path, 'Mitten.')
    assert contents(old) != before


def test_one_in_all_languages_is_told_once(old, write_book, tmp_path):
    before = contents(old)
    with pytest.raises(SourceError, match='oops') as raised:
        build(write_book, tmp_path, '', **{
            'text/tides.md': '# Tides\n\nWhat $\\oops$?\n'})
    assert (raised.value.path, raised.value.line) == ('text/tides.md', 3)
    assert contents(old) == before


def test_mistakes_of_several_languages_are_told_together(
        old, write_book, tmp_path):
    before = contents(old)
    with pytest.raises(SourceErrors) as raised:
        build(write_book, tmp_path, 'Mitten $\\oops$.', **{
            'text/tides.md': '# Tides\n\nWhat $\\ouch$?\n'})
    assert [(error.path, error.line) for error in raised.value.errors] == [
        ('text/index_de.md', 23), ('text/tides.md', 3)]
    assert contents(old) == before


@pytest.mark.skipif(multiprocessing.get_start_method() != 'fork',
                    reason='what is put in place of Sphinx is not inherited')
@pytest.mark.parametrize(('number', 'status'), [
    (signal.SIGTERM, '1'), (signal.SIGKILL, '-9')])
def test_a_process_that_is_killed_is_told(old, write_book, tmp_path,
                                          monkeypatch, number, status):
    """Though one that it began, as extensions do, has inherited its pipe."""
    before, run, main = contents(old), sphinx_build._run_sphinx, os.getpid()

    def die(folder, *others):
        if folder.name != 'html-de':
            return run(folder, *others)
        assert os.getpid() != main
        multiprocessing.Manager()
        os.kill(os.getpid(), number)

    monkeypatch.setattr(sphinx_build, '_run_sphinx', die)
    with pytest.raises(BuildError, match=f'Sphinx ended .* status {status}$'):
        build(write_book, tmp_path, 'Mitten.')
    assert contents(old) == before
    monkeypatch.undo()
    build(write_book, tmp_path, 'Mitten.')
    assert contents(old) != before


def test_what_fails_meanwhile_ends_all(old, write_book, tmp_path,
                                       monkeypatch):
    before, busy, run = contents(old), [], sphinx_build._run_sphinx

    def fail(*_):
        busy.extend(at_work())
        raise BuildError('no zip')

    monkeypatch.setattr(sphinx_build, '_run_sphinx', lambda *given: (
        run(*given), time.sleep(60)))  # or it may be done before
    monkeypatch.setattr(html, 'make_zips', fail)
    with pytest.raises(BuildError, match='no zip'):
        build(write_book, tmp_path, 'Mitten.', **{'config.ini': SITE})
    assert len(busy) == 2
    assert not at_work()
    assert contents(old) == before
    monkeypatch.undo()  # nothing that is left over keeps others from building
    build(write_book, tmp_path, 'Mitten.')
    assert contents(old) != before


def test_ctrl_c_is_told_in_one_line(old, tmp_path):
    """It reaches all processes of a terminal."""
    before, work = contents(old), tmp_path / '_build' / 'work'
    remove(work)
    (tmp_path / 'text/tides.md').write_text('# Tides\n\nNew.\n')
    program = subprocess.Popen(
        [*BUILDER, tmp_path / 'config.ini', 'html'], cwd=ROOT, text=True,
        stderr=subprocess.PIPE, start_new_session=True,
        preexec_fn=hear_ctrl_c)
    while not (work / 'html-de' / 'doctrees').exists():
        assert program.poll() is None
        time.sleep(0.05)
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=60)
    assert (program.returncode, said) == (130, '\ninterrupted\n')
    assert contents(old) == before
