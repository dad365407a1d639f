"""What stood when a run began: the commit of studies, claims and code.

Runs are refused while any of these is changed and not committed, so that a
record's commit shows what was written down before it.
"""
from collections.abc import Iterable, Mapping
from pathlib import Path

from builder.errors import BuildError
from builder.record.git import git
from evidence import EvidenceError
from evidence.chapter import CONFIG, ROOT
from evidence.claims import decided
from evidence.forms import Claim
from evidence.record import Record
from evidence.studies import Study

# Runs are added while runs are made; all else decides what they are.
DECIDES = ('evidence', ':(exclude)evidence/runs', 'd2l', 'builder',
           'requirements', 'config.ini', CONFIG.evidence.chapter)


def committed(root: Path = ROOT) -> str:
    """Return the hash of the commit that is checked out.

    Raises:
        EvidenceError: if what decides about runs differs from it, or there is
            no repository.
    """
    changed = _git(root, 'status', '--porcelain', '--', *DECIDES)
    if changed:
        names = ', '.join(line[3:] for line in changed.split('\n'))
        raise EvidenceError(f'not committed: {names}. A run notes the commit '
                            'that its study and its code stand in')
    return _git(root, 'rev-parse', 'HEAD')


def _git(root: Path, *arguments: str) -> str:
    try:
        return git(root, *arguments).decode().rstrip('\n')
    except BuildError as error:
        raise EvidenceError(f'a run notes its commit, but {error}') from None


def stamp(study: Study, claims: Mapping[str, Claim]) -> dict[str, str]:
    """Return what a record says of its study: its name, a checksum of what
    decides in it, and the commit that it stands in.

    Raises:
        EvidenceError: if it is not committed.
    """
    return {'study': study.name, 'study sha256': _sha256(study, claims),
            'commit': committed()}


def changed(study: Study, claims: Mapping[str, Claim],
            records: Iterable[Record]) -> str:
    """Return that a study is not what it was when its runs were made, '' if
    it is. The first one's oldest runs do not tell."""
    expected = _sha256(study, claims)
    others = sum(record.get('study sha256', expected) != expected
                 for record in records)
    if not others:
        return ''
    return (f'the study {study.name!r}, or a claim that it decides, was '
            f'changed after {others} of its runs were made; undo that, or '
            'write a new study with new seeds')


def _sha256(study: Study, claims: Mapping[str, Claim]) -> str:
    return study.sha256(decided(claims, study))
