"""What runs elsewhere: CI, commits, containers. All call what `make` calls."""
import json
import os
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def load(name):
    return yaml.safe_load((ROOT / name).read_text('utf-8'))


def test_the_workflow_calls_what_we_call():
    job, = load('.github/workflows/test.yml')['jobs'].values()
    assert job['steps'][-1] == {'run': '.ci/run'}
    versions = job['strategy']['matrix']['python']
    from builder.environment import PYTHONS
    assert all(PYTHONS[0] <= tuple(map(int, version.split('.'))) < PYTHONS[1]
               for version in versions)
    used = [step['uses'] for step in job['steps'] if 'uses' in step]
    assert used and all(re.fullmatch(r'actions/[\w-]+@v\d+', name)
                        for name in used)


def test_commits_pass_what_make_lint_checks():
    """The same commands, so the same pinned versions."""
    makefile = (ROOT / 'Makefile').read_text('utf-8').replace(
        '$(BOOK)', '.venvs/book/bin/python')
    linted = re.findall(r'\t@(.*)', ''.join(
        re.search(rf'^{target}:.*\n((?:\t.*\n)+)', makefile, re.M)[1]
        for target in ('types', 'lint')))
    repository, = load('.pre-commit-config.yaml')['repos']
    assert repository['repo'] == 'local'
    assert [hook['entry'] for hook in repository['hooks']] == linted
    assert not any(hook['pass_filenames'] for hook in repository['hooks'])


def test_the_container_has_a_python_that_the_pins_hold_for():
    about = json.loads((ROOT / '.devcontainer' / 'devcontainer.json'
                        ).read_text('utf-8'))
    assert re.fullmatch(r'python:3\.1[123]-\w+', about['image'])
    command, *targets = about['postCreateCommand'].split()
    assert command == 'make' and targets[0] == 'html'


def test_ci_runs_the_two_commands_from_anywhere(tmp_path):
    """On a machine that lacks nothing, in a folder with a difficult name."""
    folder, programs = tmp_path / 'a ü folder', tmp_path / 'bin'
    (folder / '.ci').mkdir(parents=True)
    programs.mkdir()
    (folder / '.ci' / 'run').write_bytes((ROOT / '.ci' / 'run').read_bytes())
    for name in ('git', 'python3', 'pdftotext', 'rsvg-convert', 'chromium',
                 'epubcheck', 'latexmk', 'xelatex', 'fc-list', 'make',
                 'apt-get'):
        (programs / name).write_text(
            f'#!/bin/sh\n[ {name} = fc-list ] && echo yes\n'
            f'[ {name} = make ] && echo "$PWD $*"\n'
            f'[ {name} != apt-get ]\n')
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ['bash', folder / '.ci' / 'run', 'PYTHON=python3.12'], cwd=tmp_path,
        capture_output=True, text=True, timeout=60,
        env={'PATH': f'{programs}{os.pathsep}{os.environ["PATH"]}'})
    assert (done.returncode, done.stderr) == (0, '')
    assert done.stdout.splitlines() == [f'{folder} html PYTHON=python3.12',
                                        f'{folder} test PYTHON=python3.12']
