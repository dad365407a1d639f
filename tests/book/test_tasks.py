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
from builder.errors import BuildError, SourceErrors
from builder.publish import sphinx_build
from builder.publish.folders import remove
from builder.publish.html import build_html
from builder.publish.tasks import Tasks

from .test_folders import contents

PAGES = 14  # Sphinx gives a process some of them


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


def build(write_book, folder, monkeypatch, most, **others):
    """Return the folder of pages made on so many cores."""
    monkeypatch.setattr(sphinx_build, 'cores', lambda: most)
    remove(folder / '_build' / 'work')
    return build_html(write_book(many(**others)), folder / '_build').parent


@pytest.mark.slow
def test_pages_are_those_of_one_core(write_book, tmp_path, monkeypatch):
    alone = contents(build(write_book, tmp_path, monkeypatch, 1))
    began = []
    add = Tasks.add_task
    monkeypatch.setattr(Tasks, 'add_task', lambda self, *task: (
        began.append(len(task[1])), add(self, *task)))
    assert contents(build(write_book, tmp_path, monkeypatch, 2)) == alone
    assert len(began) > 4 and sum(began) >= 2 * PAGES


@pytest.mark.slow
def test_mistakes_are_told_as_on_one_core(write_book, tmp_path, monkeypatch):
    """One of KaTeX while pages are written, one of MyST while they are
    read."""
    wrong = {'text/p03.md': '# A\n\nWhat $\\oops$?\n\n$$x$$ :eqlabel:`eq_p03`'
                            '\n\n## B\n:label:`sec_p03`\n',
             'text/p11.md': '# C\n:label:`sec_p11`\n\n$$x$$ :eqlabel:`eq_p11`'
                            '\n\n$\\ouch$ and [^1].\n'}
    said = []
    for most in (1, 2):
        with pytest.raises(SourceErrors) as raised:
            build(write_book, tmp_path, monkeypatch, most, **wrong)
        said.append(str(raised.value))
    assert said[0] == said[1]
    assert 'text/p03.md:3: ' in said[0] and 'ouch' in said[0]


@pytest.mark.slow
def test_a_process_that_is_killed_ends_the_build(write_book, tmp_path,
                                                 monkeypatch):
    before = contents(build(write_book, tmp_path, monkeypatch, 2))

    def kill(page, *_):
        if page.get('source', '').endswith('p09.md'):
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr('builder.publish.guard._check',
                        lambda app, page: kill(page))
    with pytest.raises(BuildError, match='a process of Sphinx ended .* -9'):
        build(write_book, tmp_path, monkeypatch, 2)
    assert contents(tmp_path / '_build' / 'html') == before


def doubled(number):
    time.sleep(.2 / (number + 1))  # the first ones take longest
    return 2 * number


def test_results_come_in_the_order_of_tasks():
    tasks, found = Tasks(4), []
    for number in range(6):
        tasks.add_task(doubled, number, lambda *pair: found.append(pair))
    tasks.join()
    assert found == [(number, 2 * number) for number in range(6)]


def test_no_more_at_a_time_than_asked_for(tmp_path):
    def alone(name):
        (tmp_path / 'busy').mkdir()  # fails where another one is
        time.sleep(.02)
        (tmp_path / 'busy').rmdir()

    tasks = Tasks(1)
    for number in range(4):
        tasks.add_task(alone, number)
    tasks.join()


def fail(number):
    if number == 1:
        raise ValueError('the second one')
    time.sleep(60 * (number > 1))


def test_an_error_ends_the_others():
    tasks = Tasks(3)
    began = time.monotonic()
    with pytest.raises(BuildError, match='^ValueError: the second one$'):
        for number in range(8):
            tasks.add_task(fail, number)
    assert time.monotonic() - began < 30
    assert not tasks.running


def test_one_that_is_killed_is_told():
    tasks = Tasks(2)
    tasks.add_task(lambda _: os.kill(os.getpid(), signal.SIGKILL), 0)
    with pytest.raises(BuildError, match='with status -9'):
        tasks.join()


def test_when_the_first_process_is_killed_all_end():
    """They have more to send than a pipe holds."""
    first = subprocess.Popen([sys.executable, '-c', textwrap.dedent("""
        from builder.publish.tasks import Tasks
        tasks = Tasks(3)
        for n in range(3):
            tasks.add_task(lambda n: b'.' * 10 ** 7, n)
        print('begun', flush=True)
        input()
        """)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout.readline() == b'begun\n'
    time.sleep(.5)
    first.kill()
    assert first.stdout.read() == b''  # nobody holds its other end
    first.communicate(timeout=60)
