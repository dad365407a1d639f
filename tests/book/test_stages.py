"""python -m builder."""
import json
import sys

import pytest

from builder import __main__ as stages
from builder import environment

from .conftest import CONFIG, PAGE


@pytest.fixture
def here(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    return sample


def test_check_says_what_is_stale_and_how_to_refresh_it(here, capsys):
    assert stages.main(['check']) == 1
    out = capsys.readouterr().out
    assert ('notebooks/pytorch/index.ipynb is stale: it was never recorded. '
            'Refresh it: make run TAB=pytorch') in out


def test_check_says_once_that_nothing_of_a_tab_was_recorded(
        here, record_by_hand, write_book, capsys):
    pages = {'text/index.md': PAGE + '\n```toc\nother\n```\n',
             'text/other.md': '# Other\n\n```{.python .input}\n#@tab all\n'
                              'print(1)\n```\n'}
    book = write_book(pages)
    record_by_hand(book, book.pages[0], 'mxnet', {1: ['both\n']})
    assert stages.main(['check']) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if 'ever recorded' in line] == [
        'none of the 2 notebooks in notebooks/pytorch was ever recorded: '
        'pages show code without outputs. Record them: make run TAB=pytorch',
        'notebooks/mxnet/other.ipynb is stale: it was never recorded. Refresh '
        'it: make run TAB=mxnet']


def test_notebooks_updates_prose_and_keeps_outputs(
        here, record_by_hand, write_book, capsys):
    for tab in ('pytorch', 'mxnet'):
        path = record_by_hand(here.book, here.page, tab, {1: ['both\n']})
    assert stages.main(['check']) == 0
    before = json.loads(path.read_text())
    write_book(PAGE.replace('See', 'Compare'))
    assert stages.main(['check']) == 1
    assert stages.main(['notebooks']) == 0
    after = json.loads(path.read_text())
    assert 'Compare' in ''.join(after['cells'][0]['source'])
    after['cells'][0] = before['cells'][0]
    assert after == before
    assert stages.main(['check']) == 0


def test_notebooks_leaves_stale_recordings_alone(here, record_by_hand,
                                                 write_book, capsys):
    path = record_by_hand(here.book, here.page, 'pytorch', {1: ['both\n']})
    before = path.read_bytes()
    write_book(PAGE.replace("print('both')", "print('all')"))
    assert stages.main(['notebooks']) == 1
    assert path.read_bytes() == before
    assert 'left alone' in capsys.readouterr().out


def test_any_number_of_problems_is_status_1(here, monkeypatch):
    from builder.record.recordings import Recordings
    monkeypatch.setattr(Recordings, 'problems', lambda self: ['one'] * 256)
    assert stages.main(['check']) == 1


@pytest.mark.parametrize('page', ['# No code\n', ''])
def test_check_fails_for_recordings_that_the_book_lost(
        here, record_by_hand, write_book, capsys, page):
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(here.book, here.page, tab, {1: ['both\n']})
    write_book(page)
    assert stages.main(['check']) == 1
    out = capsys.readouterr().out
    for tab in ('pytorch', 'mxnet'):
        assert f'notebooks/{tab}/index.ipynb: the book has no such' in out


def test_check_fails_for_recordings_of_a_tab_that_is_gone(
        here, record_by_hand, write_book, capsys):
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(here.book, here.page, tab, {1: ['both\n']})
    page = PAGE.replace('#@tab mxnet', '#@tab pytorch').replace(
        ':begin_tab:`mxnet`', ':begin_tab:`pytorch`')
    write_book(page, **{'config.ini': CONFIG.replace(
        'tabs = pytorch, mxnet', 'tabs = pytorch')})
    assert stages.main(['check']) == 1
    assert 'notebooks/mxnet/index.ipynb: the book has no such' in (
        capsys.readouterr().out)


def test_every_recording_is_read_once(here, record_by_hand, monkeypatch):
    from builder.record import recordings
    asked = []
    load = recordings.load_recording
    monkeypatch.setattr(recordings, 'load_recording', lambda *arguments: (
        asked.append(1), load(*arguments))[1])
    for tab in ('pytorch', 'mxnet'):
        record_by_hand(here.book, here.page, tab, {1: ['both\n']})
    assert stages.main(['html']) == 0
    assert len(asked) == 2


def test_a_full_disk_is_said_in_one_line(here, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, 'No space left on device', '_build/html')

    monkeypatch.setattr('builder.publish.html.replace_folder', full)
    assert stages.main(['html']) == 1
    assert capsys.readouterr().err == (
        "error: [Errno 28] No space left on device: '_build/html'\n")


@pytest.mark.parametrize('arguments', [
    ['skip'], ['skip', 'a', 'b'], ['run'], ['html', 'a'], ['check', 'a']])
def test_a_wrong_number_of_names(here, capsys, arguments):
    with pytest.raises(SystemExit):
        stages.main(arguments)
    assert 'wrong number of names' in capsys.readouterr().err


@pytest.mark.parametrize(('arguments', 'message'), [
    (['run', 'torch'], "unknown tab 'torch', expected one of pytorch, mxnet"),
    (['run', 'pytorch', 'lr'], "unknown page 'lr', expected some of "),
    (['env', 'torch'], "no environment 'torch', expected one of mxnet, pyt")])
def test_unknown_names(here, capsys, arguments, message):
    assert stages.main(arguments) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(('names', 'expected'), [
    ([], ['index', 'second']), (['second'], ['second'])])
def test_the_pages_that_are_named_are_run(sample, write_book, tmp_path,
                                          monkeypatch, names, expected):
    second = '# Two\n\n```{.python .input}\n#@tab all\n2\n```\n'
    write_book({'text/index.md': f'{PAGE}\n```toc\nsecond\n```\n',
                'text/second.md': second})
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    ran = []
    monkeypatch.setattr('builder.record.execute.record',
                        lambda book, page, tab: ran.append((page.name, tab)))
    assert stages.main(['run', 'pytorch', *names]) == 0
    assert ran == [(name, 'pytorch') for name in expected]


def test_unknown_stage(capsys):
    with pytest.raises(SystemExit):
        stages.main(['fly'])
    assert 'invalid choice' in capsys.readouterr().err


def test_tabs(here, capsys):
    stages.main(['tabs'])
    assert capsys.readouterr().out.split() == ['pytorch', 'mxnet']


@pytest.fixture
def mxnet_on_python_2(sample, write_book, tmp_path, monkeypatch):
    write_book(PAGE, **{'config.ini': CONFIG.replace(
        'title = MXNet', 'title = MXNet\npythons = 2.6, 2.7')})
    monkeypatch.setattr(stages, 'ROOT', tmp_path)


def test_a_tab_that_this_python_cannot_run_is_skipped_aloud(
        mxnet_on_python_2, capsys):
    assert stages.main(['skip', 'mxnet']) == 0
    assert capsys.readouterr().out.startswith(
        'SKIPPED mxnet: MXNet can be installed on Python 2.6 or 2.7 only, '
        f'this is {sys.version_info[0]}')
    assert stages.main(['skip', 'pytorch']) == 1
    assert capsys.readouterr().out == ''
    assert stages.main(['skip', 'torch']) == 1
    assert "unknown tab 'torch'" in capsys.readouterr().err


def test_its_environment_is_refused(mxnet_on_python_2, tmp_path, capsys):
    assert stages.main(['env', 'mxnet']) == 1
    assert 'try make PYTHON=python2.7' in capsys.readouterr().err
    assert not (tmp_path / '.venvs').exists()


def test_a_tab_runs_on_the_pythons_that_it_names(mxnet_on_python_2,
                                                 monkeypatch):
    monkeypatch.setattr(environment.sys, 'version_info', (2, 7, 18))
    assert stages.main(['skip', 'mxnet']) == 1
    monkeypatch.setattr(environment.sys, 'version_info', (2, 8, 0))
    assert stages.main(['skip', 'mxnet']) == 0


def test_html_does_nothing_if_nothing_changed(here, monkeypatch, capsys,
                                              tmp_path):
    from builder.publish import html
    built, build_html = [], html.build_html
    monkeypatch.setattr(html, 'build_html', lambda *given: (
        built.append(1), build_html(*given))[1])
    page = tmp_path / '_build' / 'html' / 'index.html'

    def said():
        assert stages.main(['html']) == 0
        return capsys.readouterr().out.partition('pages: ')[0]

    first = said()
    assert 'it was never recorded' in first
    assert said() == first and len(built) == 1
    changes = [
        lambda: (tmp_path / 'lib' / 'torch.py').write_text('B = 3\n'),
        lambda: (tmp_path / 'new.txt').write_text(''),
        lambda: (tmp_path / 'text' / 'small.bib').write_bytes(
            (tmp_path / 'text' / 'small.bib').read_bytes() + b'\n'),
        lambda: page.write_text('half a pa'), page.unlink,
        lambda: (page.parent / 'stray.html').write_text(''),
        lambda: (tmp_path / '_build' / 'html.json').write_text('{')]
    for n, change in enumerate(changes, 2):
        change()
        assert said() == first and len(built) == n
        assert said() == first and len(built) == n
        assert '</html>' in page.read_text('utf-8')
    for hidden in ('.git/x', '__pycache__/x', '_build/x'):
        (tmp_path / hidden).parent.mkdir(exist_ok=True)
        (tmp_path / hidden).write_text('')
    assert said() == first and len(built) == n


def test_a_project_that_is_too_large_is_built_every_time(here, monkeypatch,
                                                         tmp_path):
    from builder.publish import unchanged
    assert stages.main(['html']) == 0
    monkeypatch.setattr(unchanged, 'MOST', 10)
    project = unchanged.project_checksum(tmp_path, tmp_path / '_build')
    assert project == ''
    assert unchanged.built(tmp_path / '_build', project) is None
