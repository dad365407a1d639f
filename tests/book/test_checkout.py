"""What a clone holds, and what `make` does in it, wherever it lies."""
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / 'Makefile').read_text('utf-8')
TARGETS = re.findall(r'^([a-z]+):.*## ', MAKEFILE, re.MULTILINE)


def git(*command, cwd):
    subprocess.run(['git', '-c', 'user.name=A', '-c', 'user.email=a@b.org',
                    *command], cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def unset(monkeypatch):
    """The environment of a shell that was not begun by make or by Git."""
    for name in [*os.environ]:
        if name.startswith(('MAKE', 'MFLAGS', 'GIT_')):
            monkeypatch.delenv(name)


@pytest.mark.parametrize('setting', ['true', 'input', 'false'])
def test_git_leaves_line_ends_alone(tmp_path, unset, setting):
    """Whoever clones with core.autocrlf gets the bytes that were committed;
    what an editor saved with CRLF is committed with LF."""
    files = {'run': b'#!/bin/sh\necho\n', 'a.ipynb': b'{\n}\n',
             'b.png': b'\x89PNG\r\n\x1a\n', 'c.pdf': b'%PDF\r\n1\r\n'}
    here, there = tmp_path / 'here', tmp_path / 'there'
    here.mkdir()
    for name, content in files.items():
        (here / name).write_bytes(content)
    (here / 'saved.md').write_bytes(b'# A\r\n')
    (here / '.gitattributes').write_bytes(
        (ROOT / '.gitattributes').read_bytes())
    git('init', '-q', cwd=here)
    git('add', '.', cwd=here)
    git('commit', '-qm', 'x', cwd=here)
    git('-c', f'core.autocrlf={setting}', 'clone', '-q', here, there,
        cwd=tmp_path)
    files['saved.md'] = b'# A\n'
    assert {name: (there / name).read_bytes() for name in files} == files


# An interpreter for `make` that notes how it is called and does nothing.
RECORDER = '''#!/bin/sh
printf '%s\\n' "$0 $*" >> "$RECORD"
case "$*" in
  *'builder tabs'*) echo pytorch jax ;;
  *'builder skip'*) exit 1 ;;
  *"${FAILS:-none}"*) echo "failed: $FAILS"; exit 1 ;;
esac
'''


@pytest.fixture
def checkout(tmp_path, unset, monkeypatch):
    """Return a function that calls make in a folder with a difficult name,
    and returns (status, the commands that were called); nothing is done."""
    folder = tmp_path / 'a ü $HOME folder'
    (folder / 'requirements').mkdir(parents=True)
    (folder / 'Makefile').write_text(MAKEFILE, 'utf-8')
    names = [f'.venvs/{name}/bin/{program}'
             for name in ('book', 'lab', 'pins', 'pytorch', 'jax')
             for program in ('python', 'ruff', 'uv')]
    for name in ('python', *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(RECORDER)
        (folder / name).chmod(0o755)
    record = tmp_path / 'record'
    monkeypatch.setenv('RECORD', str(record))

    def make(*arguments):
        record.write_text('')
        done = subprocess.run(
            ['make', 'PYTHON=./python', *arguments], cwd=folder,
            capture_output=True, text=True, timeout=60)
        return done, record.read_text().splitlines()
    make.folder = folder
    return make


@pytest.mark.parametrize('target', TARGETS)
def test_targets_in_a_folder_with_a_difficult_name(checkout, target):
    if target == 'pins':
        for name in ('book', 'lab', 'pytorch', 'jax'):
            (checkout.folder / 'requirements' / f'{name}.txt').touch()
    done, _ = checkout(target)
    assert (done.returncode, done.stderr) == (0, '')
    names = {path.name for path in checkout.folder.iterdir()}
    assert names == {'.venvs', 'Makefile', 'python', 'requirements'}


@pytest.mark.parametrize('target', TARGETS)
def test_a_dry_run_does_nothing(checkout, target):
    done, called = checkout('-n', target)
    assert done.returncode == 0
    assert [line for line in called
            if not re.search('builder (tabs|skip)', line)] == []


def test_check_comes_last(checkout):
    """Who changes a schedule sees the tests of it, and then that recordings
    are stale."""
    _, called = checkout('-j4', 'test')
    kinds = [re.search(r'-m (builder (?:html|check)|pytest|mypy)|(ruff)', line)
             for line in called]
    found = [kind[1] or kind[2] for kind in kinds if kind]
    first, *parts, last = found
    assert (first, last) == ('builder html', 'builder check')
    assert sorted(parts) == ['mypy', *['pytest'] * 5, 'ruff']


PARTS = ('tests/book', '--tab=pytorch', '--tab=jax', 'tests/browser',
         'tests/evidence tests/network', '-m mypy')


@pytest.mark.parametrize('part', PARTS)
def test_all_parts_of_the_tests_count(checkout, monkeypatch, part):
    """Two run at once; the one that fails is heard, and nothing follows."""
    monkeypatch.setenv('FAILS', part)
    done, called = checkout('test')
    assert done.returncode == 2
    assert f'failed: {part}' in done.stdout.splitlines()
    for other in PARTS:
        assert sum(other in line for line in called) == 1
    assert not any('builder check' in line for line in called)
    assert 'all of it passed' not in done.stdout


def test_variables_of_the_shell_are_not_ours(checkout, monkeypatch):
    for name, value in {'TAB': 'x', 'TABS': 'y', 'UPGRADE': 'all',
                        'CLUSTER': 'z', 'BOOK': 'rm'}.items():
        monkeypatch.setenv(name, value)
    _, called = checkout('pdf')
    assert called[-1] == '.venvs/book/bin/python -m builder pdf pytorch'
    _, called = checkout('evidence')
    assert [line for line in called if '-m evidence' in line] == [
        f'.venvs/{tab}/bin/python -m evidence {tab} '.rstrip()
        for tab in ('pytorch', 'jax')]
    _, called = checkout('evidence', 'TAB=jax')
    assert called[-1] == '.venvs/jax/bin/python -m evidence jax'


def test_nothing_is_loaded_from_elsewhere(checkout, monkeypatch):
    (checkout.folder / 'python').write_text(
        '#!/bin/sh\necho "$PYTHONPATH$PYTHONHOME" > "$RECORD"\n')
    monkeypatch.setenv('PYTHONPATH', 'a')
    monkeypatch.setenv('PYTHONHOME', 'b')
    assert checkout('env-book')[1] == ['']


def test_pins_touch_what_is_asked_for(checkout):
    (checkout.folder / 'requirements' / 'jax.txt').touch()
    (checkout.folder / 'requirements' / 'book.txt').touch()

    def compiled(*arguments):
        done, called = checkout('pins', *arguments)
        assert done.returncode == 0, done.stderr
        return [(re.search(r'requirements/(\w+)\.txt$', line)[1],
                 re.findall(r'--extra (\S+)', line),
                 re.findall(r'--upgrade\S*(?: \w+)?', line))
                for line in called if 'pip compile' in line]

    assert compiled('TABS=jax') == [('jax', ['jax', 'notebook'], [])]
    assert compiled('TABS=book jax', 'UPGRADE=numpy flax') == [
        (name, extras, ['--upgrade-package numpy', '--upgrade-package flax'])
        for name, extras in (('book', ['book', 'test']),
                             ('jax', ['jax', 'notebook']))]
    (_, _, upgrade), = compiled('TABS=jax', 'UPGRADE=all')
    assert upgrade == ['--upgrade']


def test_clean_keeps_what_readers_changed(checkout):
    for name in ('html/index.html', 'lab/jax/a.ipynb', 'x.pdf'):
        path = checkout.folder / '_build' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('')
    checkout('clean')
    left = [path.name for path in (checkout.folder / '_build').rglob('*')
            if path.is_file()]
    assert left == ['a.ipynb']
    assert (checkout.folder / '.venvs').is_dir()
