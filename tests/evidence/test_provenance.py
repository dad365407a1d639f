"""The commit that stands when runs begin."""
import subprocess

import pytest

from evidence import EvidenceError
from evidence.provenance import committed


@pytest.fixture
def repository(tmp_path):
    for name in ('evidence/claims.toml', 'evidence/runs/a.jsonl',
                 'd2l/torch.py', 'text.md'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('first\n')
    for arguments in (['init', '-q'], ['add', '.'],
                      ['-c', 'user.name=a', '-c', 'user.email=a@b.c',
                       'commit', '-qm', 'all']):
        subprocess.run(['git', *arguments], cwd=tmp_path, check=True)
    return tmp_path


def test_the_commit_that_is_checked_out(repository):
    head = (repository / '.git' / 'HEAD').read_text().split()[1]
    assert committed(repository) == (
        repository / '.git' / head).read_text().strip()


@pytest.mark.parametrize(('name', 'refused'), [
    ('evidence/claims.toml', True), ('evidence/studies/9-new.toml', True),
    ('d2l/torch.py', True), ('evidence/runs/a.jsonl', False),
    ('evidence/runs/new.jsonl', False), ('text.md', False)])
def test_what_decides_must_be_committed(repository, name, refused):
    """Runs may be added while others are made, and text written."""
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('second\n')
    if refused:
        folder = name.rpartition('/')[0]
        with pytest.raises(EvidenceError, match=f'not committed: {folder}'):
            committed(repository)
    else:
        assert len(committed(repository)) == 40


def test_a_folder_that_is_no_repository(tmp_path, monkeypatch):
    with pytest.raises(EvidenceError, match='but git status.*not a git repo'):
        committed(tmp_path)
    monkeypatch.setenv('PATH', '')
    with pytest.raises(EvidenceError, match='but git is needed here'):
        committed(tmp_path)
