"""Sphinx: a folder in which it works, and whether there is work to do.

What Sphinx makes depends on nothing but its sources and the programs, so a
folder holds a note of both and of what was made. The note goes before work
begins and comes when it is done: an interrupted build leaves none, and the
next one starts from nothing.
"""
import io
import json
import os
import re
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import Pipe, Process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from builder.errors import BuildError, SourceError, raise_all
from builder.publish.folders import (
    folder_checksum,
    refuse_link,
    refuse_links,
    remove,
)
from builder.publish.sources import Sources
from builder.record.checksums import bytes_checksum, checksum, file_checksum
from builder.source.book import Book
from builder.writing import replace_file

_PLACE = re.compile(r'(\S+):(\d+): (?=WARNING|ERROR|CRITICAL|SEVERE)')
BUILDER = Path(__file__).parents[1]
_OUTLINE = 'outline.json'


def build(folder: Path, sources: Sources, builder: str) -> Path:
    """Let Sphinx make something of `sources`, unless it is there and whole.

    Args:
        folder: where Sphinx works; nothing else is in it.
        sources: all that Sphinx reads.
        builder: Sphinx's name for what it makes, such as 'html'.

    Returns:
        The folder of what was made.

    Raises:
        BuildError: with all that Sphinx complains of, and where.
    """
    with building(folder, sources, builder, False) as wait:
        return wait()


@contextmanager
def building(folder: Path, sources: Sources, builder: str, apart: bool,
             ) -> Iterator[Callable[[], Path]]:
    """Give a function that returns or raises what `build` would.

    Args:
        folder, sources, builder: as for `build`.
        apart: whether Sphinx works in a process of its own, from now on until
            it is done or the context ends; else it works in that function.
    """
    work = _Work(folder, sources)
    if not work.is_due:
        yield lambda: work.done('')
    elif apart:
        with _apart(folder, builder) as said:
            yield lambda: work.done(said())
    else:
        from builder.publish.tasks import cores
        yield lambda: work.done(_run_sphinx(folder, builder, cores()))


@contextmanager
def _apart(folder: Path, builder: str) -> Iterator[Callable[[], str]]:
    """Let Sphinx work in a process of its own, and give a function that waits
    for what it complains of. At the end of the context the process ends, with
    all that it has begun."""
    here, there = Pipe(duplex=False)
    process = Process(target=_tell, args=(there, folder, builder))
    process.start()
    try:
        with here, there:
            yield partial(_said, process, here)
    finally:
        process.terminate()
        process.join()
        with suppress(ProcessLookupError):  # mostly nothing is left
            os.killpg(process.pid or 0, signal.SIGKILL)


def _said(process: Process, here: Connection) -> str:
    """Return what a process says, or raise BuildError if it ends before."""
    while process.is_alive() and not here.poll(0.2):
        pass  # its end is no end of the pipe: what it began may hold that
    if here.poll():
        said: str = here.recv()
        return said
    raise BuildError('Sphinx ended before the pages were made, with status '
                     f'{process.exitcode}')


def _tell(there: Connection, folder: Path, builder: str) -> None:
    """Send what Sphinx complains of. Ctrl-C reaches the process that waits,
    and that one ends this."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        there.send(_run_sphinx(folder, builder, 1))
    except KeyboardInterrupt:
        sys.exit(1)


class _Work:
    """What Sphinx has to do in a folder, which is prepared for it.

    Attributes:
        is_due: whether there is something to do.
    """

    def __init__(self, folder: Path, sources: Sources) -> None:
        self.folder, self.sources = folder, sources
        self.made, self.note = folder / 'made', folder / 'note.json'
        refuse_link(folder.parent)
        refuse_links(folder)
        then, self.now = _read(self.note, self.made), _state(sources)
        self.is_due = then != self.now
        if self.is_due:
            if not (then and _can_go_on(then, self.now)):
                remove(folder)
            self.note.unlink(missing_ok=True)
            _write(folder / 'source', sources)

    def done(self, said: str) -> Path:
        """Note that it is done, and return the folder of what was made, or
        raise what Sphinx said."""
        if said:
            raise_all(_mistakes(self.sources.explain(
                said, self.folder / 'source')))
        if self.is_due:
            replace_file(self.note, json.dumps({
                'from': self.now,
                'made': folder_checksum(self.made)}).encode())
        return self.made


def all_made(waits: Mapping[str, Callable[[], Path]]) -> dict[str, Path]:
    """Return {language: folder}, or raise what is wrong in all languages."""
    made: dict[str, Path] = {}
    errors: list[BuildError] = []
    for language, wait in waits.items():
        try:
            made[language] = wait()
        except BuildError as error:
            errors.append(error)
    raise_all(errors)
    return made


def add_outline(book: Book, sources: Sources) -> None:
    """Add all that the list of pages shows, for `build` to compare."""
    sources.add(_OUTLINE, json.dumps([
        [page.name, page.title, page.number, [
            [toc.numbered, names] for toc, names in page.children.items()]]
        for page in book.pages]).encode())


@contextmanager
def telling_all(book: Book) -> Iterator[None]:
    """Raise what is wrong with the book's sources together with what is found
    meanwhile in its pages, which are made of a book with mistakes too."""
    try:
        yield
    except BuildError as error:
        raise_all([*book.errors, error])
    raise_all(book.errors)


def _mistakes(said: str) -> Iterator[BuildError]:
    """Yield each of Sphinx's complaints, at its place."""
    complaints: list[str] = []
    for line in said.split('\n'):
        if _PLACE.match(line) or not complaints:
            complaints.append(line)
        else:
            complaints[-1] += f'\n{line}'
    for complaint in complaints:
        found = _PLACE.match(complaint)
        yield (SourceError(found[1], int(found[2]), complaint[found.end():])
               if found else BuildError(f'the pages: {complaint}'))


def programs() -> str:
    """Return a checksum of the builder and of all that is installed."""
    ours = [(path.relative_to(BUILDER).as_posix(), file_checksum(path))
            for path in sorted(BUILDER.rglob('*'))
            if path.is_file() and path.suffix != '.pyc']
    packages = Path(sysconfig.get_path('purelib')).glob('*.dist-info')
    return checksum([ours, sysconfig.get_python_version(),
                     sorted(path.name for path in packages)])


def _state(sources: Sources) -> dict[str, Any]:
    return {'programs': programs(), 'sources': {
        name: bytes_checksum(content)
        for name, content in sources.items()}}


def _read(note: Path, made: Path) -> dict[str, Any] | None:
    """Return what `made` was made from, or None if there is no note of it, or
    if it is not as it was made."""
    try:
        found = json.loads(note.read_bytes())
        then: dict[str, Any] = found['from']
        return then if found['made'] == folder_checksum(made) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _can_go_on(then: dict[str, Any], now: dict[str, Any]) -> bool:
    """Return whether Sphinx can make now from then: it does not remove what
    it made of a source that is gone, nor write a page again because the list
    of pages, which stands on it, has changed."""
    return (then['programs'] == now['programs']
            and all(then['sources'].get(name) == now['sources'].get(name)
                    for name in ('conf.py', _OUTLINE))
            and {*then['sources']} <= {*now['sources']})


def _write(folder: Path, sources: Sources) -> None:
    """Write the files that differ; Sphinx rebuilds what changed."""
    for name, content in sources.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _run_sphinx(folder: Path, builder: str, most: int) -> str:
    """Return what Sphinx complains of, on so many cores; warnings are
    complaints."""
    from sphinx.application import Sphinx
    from sphinx.locale import translators
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from builder.publish.tasks import Failed, read_on
    nocolor()
    translators.clear()  # or the language of another book came first
    warnings, source, made = io.StringIO(), folder / 'source', folder / 'made'
    try:
        with patch_docutils(str(source)), docutils_namespace():
            app = Sphinx(source, source, made, folder / 'doctrees', builder,
                         status=None, warning=warnings)
            read_on(app, most)
            app.build()
    except Failed as error:
        warnings.write(str(error))
    except Exception as error:  # of Sphinx or of an extension, at this book
        warnings.write(f'{type(error).__name__}: {error}')
    lines = warnings.getvalue().strip().split('\n')
    return '\n'.join(dict.fromkeys(lines))  # one may be of every page
