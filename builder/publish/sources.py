"""What Sphinx reads: files by name, and where the lines of pages come from.

A name is a path below Sphinx's source folder. It never leads out of it, and
it never stands for two things; what is taken from the book's folder is noted,
so that a build can be compared with the files of another day.
"""
import re
from pathlib import Path, PurePosixPath

from builder.config import Config
from builder.errors import BuildError
from builder.publish.lines import Origin, take_marks
from builder.record.checksums import bytes_checksum


class Sources(dict[str, bytes]):
    """{name: content} of all that Sphinx reads.

    Attributes:
        taken: {path: checksum} of the book's files that are among them.
    """

    def __init__(self, config: Config):
        super().__init__()
        self.config = config
        self.taken: dict[str, str] = {}
        self._origins: dict[str, Origin] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a file.

        Raises:
            BuildError: if the name leads out of the folder, or if another
                file has it.
        """
        path = PurePosixPath(name)
        if path.is_absolute() or '..' in path.parts or '\0' in name:
            raise BuildError(f'{name}: leads out of the folder of the book')
        if self.get(name, content) != content:
            raise BuildError(f'{name}: two files of this name')
        self[name] = content

    def add_page(self, name: str, path: str, text: str) -> None:
        """Add the page `name`, written from the source at `path`."""
        text, self._origins[f'{name}.md'] = take_marks(path, text)
        self.add(f'{name}.md', text.encode('utf-8', 'replace'))

    def take(self, path: Path) -> tuple[str, bytes]:
        """Return the name and the content of a file of the book, and note
        that it is used.

        Raises:
            BuildError: if it is no file in the book's folder.
        """
        try:
            folder = self.config.folder.resolve()
            name = path.resolve().relative_to(folder).as_posix()
            content = path.read_bytes()
        except (OSError, ValueError):
            raise BuildError(f'{path}: not a file in the folder of the '
                             'book') from None
        self.taken[name] = bytes_checksum(content)
        return name, content

    def origin(self, name: str, line: int | None) -> str:
        """Return where a line of a page comes from, as path:line."""
        known = self._origins.get(name)
        if known is None:
            return f'{name}, made by the builder'
        return known.path if line is None else known.of(line)

    def find(self, text: str) -> list[str]:
        """Return where this text stands in pages, as path:line."""
        return [self.origin(name, n) for name in self._origins
                for n, line in enumerate(self[name].decode().split('\n'), 1)
                if text in line]

    def explain(self, message: str, folder: Path) -> str:
        """Return a message about files in `folder` that names their
        sources."""
        place = re.compile(re.escape(f'{folder}/') + r'(\S+?\.md)(?::(\d+))?')
        return place.sub(lambda found: self.origin(
            found[1], int(found[2]) if found[2] else None), message)
