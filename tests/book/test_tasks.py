"""Sphinx works on several cores: what it makes and says is what it would be
on one, and a process that fails or is killed ends the build."""
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from builder.__main__ import ROOT
from builder.errors import BuildError
from builder.publish import guard, tasks
from builder.publish.folders import remove
from builder.publish.html import build_html
from builder.publish.tasks import Failed, Tasks

from .test_at_once import hear_ctrl_c
from .test_folders import contents

PAGES = 24  # Sphinx gives a process some of them


def many(**others):
    """Return a book's pages, which name each other; some as in `others`."""
    names = [f'p{n:02}' for n in range(PAGES)]
    pages = {f'text/{name}.md': f"""
        # Page {name}
        :label:`sec_{name}`

        About {name}, as :cite:`Smith.2017`; after it
        :numref:`sec_p{(n + 1) % PAGES:02}`.

        $$x_{n} = \\sqrt{{{n}}}$$ :eqlabel:`eq_{name}`

        See :eqref:`eq_p{(n + 5) % PAGES:02}`.

        ```{{.python .input}}
        #@tab all
        print({n})
        ```
        """ for n, name in enumerate(names)}
    toc = '\n'.join(['```toc', ':numbered:', *names, '```'])
    return {'text/index.md': f'# Many\n\n{toc}\n', **pages, **others}


@pytest.fixture
def build(write_book, tmp_path, monkeypatch):
    """Return a function that makes pages on so many cores, and returns their
    folder and how many pages each task had."""
    begun = []
    add = Tasks.add_task
    monkeypatch.setattr(Tasks, 'add_task', lambda self, *task: (
        begun.append(len(task[1])), add(self, *task)))

    def build(most, **others):
        begun.clear()
        monkeypatch.setattr(tasks, 'cores', lambda: most)
        remove(tmp_path / '_build' / 'work')
        page = build_html(write_book(many(**others)), tmp_path / '_build')
        return contents(page.parent), [*begun]
    return build


@pytest.mark.slow
def test_pages_are_those_of_one_core(build):
    alone, begun = build(1)
    assert not begun
    pages, begun = build(3)
    assert pages == alone
    assert len(begun) > 3 and sum(begun) == PAGES + 1


@pytest.mark.slow
def test_a_few_pages_are_read_on_one_core(build, monkeypatch):
    monkeypatch.setattr(tasks, '_MANY', PAGES + 2)
    _, begun = build(3)
    assert not begun


@pytest.mark.slow
def test_so_they_are_where_an_extension_does_not_say_that_it_can(
        build, monkeypatch):
    """Sphinx would warn, and warnings are mistakes."""
    setup = guard.setup
    monkeypatch.setattr(guard, 'setup', lambda app: {
        name: value for name, value in setup(app).items()
        if name != 'parallel_read_safe'})
    _, begun = build(3)
    assert not begun


@pytest.mark.slow
def test_what_is_wrong_is_told_as_on_one_core(build, monkeypatch):
    """What MyST and KaTeX say of pages, and an error that ends the reading,
    with what was said before."""
    wrong = {f'text/{name}.md': f'# A\n:label:`sec_{name}`\n\n$$x$$ :eqlabel:'
                                f'`eq_{name}`\n\n$\\{name[0]}{formula}$ and '
                                '[^1].\n'
             for name, formula in (('p01', 'oops'), ('p21', 'ouch'))}
    said = []
    for fails in ('', 'p03.md'):
        monkeypatch.setattr(guard, '_check', lambda app, page, name=fails: (
            fail(name and page['source'].endswith(name))))
        for most in (1, 3):
            with pytest.raises(BuildError) as raised:
                build(most, **wrong)
            said.append(str(raised.value))
    assert said[0] == said[1] and said[2] == said[3]
    assert 'text/p21.md:6: ' in said[0] and 'pouch' in said[0]
    assert 'text/p01.md:6: ' in said[2] and 'ExtensionError: ' in said[2]


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_build(build, monkeypatch):
    before, _ = build(3)

    def kill(app, page):
        if page['source'].endswith('p09.md'):
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(guard, '_check', kill)
    with pytest.raises(BuildError, match='a process of Sphinx ended .* -9'):
        build(3)
    monkeypatch.undo()
    assert build(1)[0] == before


def doubled(number):
    time.sleep(.2 / (number + 1))  # the first ones take longest
    return 2 * number


def test_results_come_in_the_order_of_tasks():
    running, found = Tasks(4), []
    for number in range(6):
        running.add_task(doubled, number, lambda *pair: found.append(pair))
    running.join()
    assert found == [(number, 2 * number) for number in range(6)]


def test_no_more_at_a_time_than_asked_for(tmp_path):
    def alone(name):
        (tmp_path / 'busy').mkdir()  # fails where another one is
        time.sleep(.02)
        (tmp_path / 'busy').rmdir()

    running = Tasks(1)
    for number in range(4):
        running.add_task(alone, number)
    running.join()


def fail(now):
    if now:
        raise ValueError('the second one')


def test_an_error_ends_the_others():
    running, began = Tasks(3), time.monotonic()
    with pytest.raises(Failed, match='^ValueError: the second one$'):
        for number in range(8):
            running.add_task(lambda n: (fail(n == 1), time.sleep(60 * n)),
                             number)
    assert time.monotonic() - began < 30
    assert not running.running


@pytest.mark.parametrize('when', ['before', 'in the midst'])
def test_one_that_is_killed_is_told_at_once(when):
    """Though one before it is still at work; or with a part of its result
    sent."""
    def work(number):
        if number == 0:
            time.sleep(60 * (when == 'before'))
        elif when == 'before':
            os.kill(os.getpid(), signal.SIGKILL)
        return b'.' * 10 ** 7

    running, began = Tasks(2), time.monotonic()
    running.add_task(work, 0)
    running.add_task(work, 1)
    if when == 'in the midst':
        time.sleep(.5)  # nobody takes it in meanwhile
        running.running[0].process.kill()
    with pytest.raises(Failed, match='with status -9'):
        running.join()
    assert time.monotonic() - began < 30


def test_one_that_cannot_begin_ends_the_others(monkeypatch):
    running = Tasks(3)
    running.add_task(time.sleep, 60)
    process = running.running[0].process
    monkeypatch.setattr(os, 'fork', lambda: fail(True))
    with pytest.raises(ValueError):
        running.add_task(time.sleep, 60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize(('number', 'said'), [
    (signal.SIGKILL, b''), (signal.SIGTERM, b''),
    (signal.SIGINT, b'KeyboardInterrupt\n')])
def test_when_the_first_process_ends_all_do(number, said):
    """Ctrl-C reaches all, and only the first one says so."""
    first = subprocess.Popen([sys.executable, '-c', textwrap.dedent("""
        import time
        from builder.publish.tasks import Tasks
        tasks = Tasks(3)
        for n in range(3):
            tasks.add_task(lambda n: time.sleep(60), n)
        print('begun', flush=True)
        tasks.join()
        """)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, preexec_fn=hear_ctrl_c)
    assert first.stdout.readline() == b'begun\n'
    time.sleep(.5)
    if number == signal.SIGINT:
        os.killpg(first.pid, number)
    else:
        first.send_signal(number)
    rest, errors = first.communicate(timeout=30)  # nobody holds other ends
    assert rest == b'' and errors.endswith(said)
    assert errors.count(b'Traceback') == bool(said)
