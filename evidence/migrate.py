"""python -m evidence.migrate: recordings and runs of the first form, anew.

They rested on checksums of the tokens of whole modules; now they rest on the
definitions that cells reach. Where the old checksums hold today, the new ones
take their place, and nothing else in the files changes; if one does not hold,
nothing is written at all. What has the new form already is left alone.
"""
import ast
import hashlib
import io
import json
import os
import sys
import tokenize
from collections.abc import Iterator
from typing import Any

import nbformat

from builder.config import Config, load_config
from builder.errors import BuildError
from builder.record.basis import fingerprint, outputs_checksum
from builder.record.checksums import checksum, pinned
from builder.record.recording import write_notebook
from builder.source.book import Book, Page, load_book
from evidence import EvidenceError
from evidence.chapter import ROOT, definition_cells
from evidence.fingerprint import REPLACED
from evidence.fingerprint import fingerprint as code_of_runs
from evidence.records import runs_path

OTHER = {'d2l/schedulers.py', 'd2l/runs.py'}  # what runs did not rest on


def module_checksum(source: str) -> str:
    """Return the old checksum of a module: of its tokens, without comments
    and docstrings."""
    lines = source.splitlines(keepends=True)
    previous = tokenize.NEWLINE
    begins = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and previous in begins
        if token.type == tokenize.COMMENT or docstring:
            _blank(lines, token.start, token.end)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            previous = token.type
    kept = (line.rstrip() for line in lines)
    return checksum([line for line in kept if line])


def _blank(lines: list[str], start: tuple[int, int],
           end: tuple[int, int]) -> None:
    (first, begin), (last, stop) = start, end
    for n in range(first, last + 1):
        line = lines[n - 1]
        left = begin if n == first else 0
        right = stop if n == last else len(line.rstrip('\n'))
        lines[n - 1] = line[:left] + ' ' * (right - left) + line[right:]


def _modules(config: Config, tab: str) -> dict[str, str]:
    return {name: module_checksum((config.folder / name).read_text('utf-8'))
            for name in config.tabs[tab].modules}


def old_code_of_runs(config: Config, tab: str) -> str:
    """Return what runs of the first form have as their code."""
    def defined(source: str) -> set[str]:
        return {node.name for node in ast.parse(source).body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)}

    cells = [module_checksum(source) for source in definition_cells(tab)
             if not {*REPLACED} & defined(source)]
    modules = {name: value for name, value in _modules(config, tab).items()
               if name not in OTHER}
    return checksum([cells, modules])


class Runs:
    """A tab's file of runs, before and after.

    Raises:
        EvidenceError: if a line is neither of the old form, made with today's
            code and versions, nor of the new one.
    """

    def __init__(self, config: Config, tab: str) -> None:
        self.path = runs_path(tab)
        self.name = self.path.relative_to(config.folder).as_posix()
        self.text = self.path.read_bytes().decode('utf-8')
        old, (new, pins) = old_code_of_runs(config, tab), code_of_runs(tab)
        self.migrated = 0
        for n, line in enumerate(self.text.splitlines(), 1):
            self._verify(n, json.loads(line), old, new, pins)
        old_field, new_field = f'"code": "{old}"', f'"code": "{new}"'
        self.before = self.text.replace(new_field, old_field)
        self.after = self.text.replace(old_field, new_field)

    def _verify(self, n: int, record: dict[str, Any], old: str, new: str,
                pins: dict[str, str]) -> None:
        if record['code'] not in (old, new):
            raise EvidenceError(f'{self.name}:{n}: made with other code than '
                                'that of today')
        if record['packages'] != pins or record['data']['limited']:
            raise EvidenceError(f'{self.name}:{n}: made with other versions '
                                'than those of today, or on a part of the '
                                'data')
        self.migrated += record['code'] == old

    def write(self) -> None:
        """Put the new file in the old one's place."""
        part = self.path.with_suffix('.part')
        part.write_bytes(self.after.encode())
        os.replace(part, self.path)


def _migrated(book: Book, page: Page, tab: str, reads: dict[str, str]
              ) -> nbformat.NotebookNode | None:
    """Return a recording in the new form, None if it has it already.

    Args:
        book: the book.
        page: the recording's page.
        tab: its tab.
        reads: checksums of the files that it reads, as they were.

    Raises:
        EvidenceError: if the recording does not hold.
    """
    config = book.config
    path = config.notebook(tab, page.name)
    notebook = nbformat.read(path, as_version=4)
    about = notebook.metadata.recording
    if 'definitions' in about:
        return None
    sources = [cell.source for _, cell in page.code(tab)]
    cells = [c for c in notebook.cells if c.cell_type == 'code']
    versions = {name: version.split('+')[0]
                for name, version in about.packages.items()}
    for what, then, now in (
            ('code cells', about.code, checksum(sources)),
            ('code cells', about.code, checksum([c.source for c in cells])),
            ('modules', about.modules, _modules(config, tab)),
            ('files that it reads', about.reads, reads),
            ('packages', versions, pinned(config, tab)),
            ('outputs', about.outputs, outputs_checksum(cells))):
        if then != now:
            raise EvidenceError(f'{path.relative_to(config.folder)}: its '
                                f'{what} are not those of the run')
    del about['modules']
    about.definitions = fingerprint(config, tab, sources)['definitions']
    return notebook


def migrate() -> Iterator[str]:
    """Migrate all recordings and runs; yield what was done.

    Raises:
        EvidenceError: if one of them does not hold; then nothing is written.
    """
    book = load_book(load_config(ROOT / 'config.ini'))
    config = book.config
    runs = [Runs(config, tab) for tab in config.tabs]
    before = {one.name: _sha256(one.before) for one in runs}
    after = {one.name: _sha256(one.after) for one in runs}
    notebooks = {}
    for page in book.notebooks():
        for tab in config.tabs:
            notebook = page.code(tab) and _migrated(book, page, tab, before)
            if notebook:
                notebook.metadata.recording.reads = after
                notebooks[config.notebook(tab, page.name)] = notebook
    for one in runs:
        if one.migrated:
            one.write()
        yield f'{one.name}: {one.migrated} runs migrated'
    for path, notebook in notebooks.items():
        write_notebook(notebook, path)
        yield f'{path.relative_to(config.folder)}: migrated'


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> int:
    """Migrate this project; return the exit status."""
    try:
        for line in migrate():
            print(line)
    except BuildError as error:
        print(f'error: {error}; nothing was written', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
