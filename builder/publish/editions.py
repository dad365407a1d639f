"""Editions of a book for one tab, each a file: PDFs, EPUBs.

A note beside an edition says what it was made from; pages offer it while that
still holds.
"""
import json
from pathlib import Path

from builder.publish.api import api_files
from builder.publish.cover import cover_svg
from builder.publish.folders import refuse_link
from builder.publish.sources import Sources
from builder.publish.sphinx_build import programs
from builder.record.checksums import bytes_checksum, checksum, file_checksum
from builder.record.recordings import Recordings
from builder.source.book import Book
from builder.writing import replace_file

KINDS = {'pdf': 'PDF', 'epub': 'EPUB'}  # endings of their names, as titles


def current(kind: str, book: Book, tab: str, out: Path,
            recordings: Recordings | None = None) -> Path | None:
    """Return the path of a tab's edition if it is built, whole and of
    today."""
    target, note = _places(kind, out, tab)
    try:
        then = json.loads(note.read_bytes())
        holds = all(
            bytes_checksum(path.read_bytes()) == known for path, known in (
                (target, then[kind]),
                *((book.config.folder / name, known)
                  for name, known in then['files'].items())))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # a file is gone, or there is no note of ours
    recordings = recordings or Recordings(book)
    if not (holds and then['inputs'] == inputs_of(book, tab, recordings)):
        return None
    return target


def keep(kind: str, tab: str, out: Path, made: bytes, sources: Sources,
         recordings: Recordings) -> Path:
    """Write an edition and the note of what it was made from."""
    target, note = _places(kind, out, tab)
    refuse_link(target.parent)
    replace_file(target, made)
    replace_file(note, json.dumps({
        'inputs': inputs_of(recordings.book, tab, recordings),
        'files': sources.taken, kind: bytes_checksum(made)}).encode())
    return target


def _places(kind: str, out: Path, tab: str) -> tuple[Path, Path]:
    return out / kind / f'{tab}.{kind}', out / kind / f'{tab}.json'


def inputs_of(book: Book, tab: str, recordings: Recordings) -> str:
    """Return a checksum of all that decides an edition, but the files that
    its pages name: its sources are made of nothing else."""
    config = book.config
    claims = [study.model_dump(mode='json') for study in book.studies]
    shown = [recordings[page.name, tab] for page in book.pages]
    return checksum([
        programs(), config.without, claims, bytes_checksum(cover_svg(config)),
        recordings.sources,
        [[name, file_checksum(config.folder / name)]
         for name in api_files(config)],
        [[r.outputs, r.about and r.about.model_dump(), r.problems]
         for r in shown]])
