"""A small repository for a test."""
import subprocess
import textwrap
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run git; return what it prints."""
    return subprocess.run(
        ['git', '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org',
         '-c', 'commit.gpgsign=false', *arguments], cwd=folder, check=True,
        capture_output=True, text=True).stdout.strip()


def commit(folder: Path, **files: str) -> str:
    """Write files, commit all there is, and return the commit."""
    if not (folder / '.git').exists():
        git(folder, 'init', '-q')
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), 'utf-8')
    git(folder, 'add', '-A')
    git(folder, 'commit', '-q', '--allow-empty', '-m', 'a commit')
    return git(folder, 'rev-parse', 'HEAD')
