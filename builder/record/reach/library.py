"""A book's own modules, and what a name in one of them means.

Nothing is imported: the sources are parsed, and imports followed from file to
file. Whatever lies outside the packages that config.ini lists is foreign.
"""
from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.errors import BuildError, SourceError
from builder.record.checksums import checksum, file_checksum
from builder.record.reach.modules import CELLS, Module, parse, read_module
from builder.record.reach.statements import Imported, is_import


@dataclass(frozen=True)
class Definition:
    """A name that a module defines; counts if the module is listed."""
    module: str
    name: str
    listed: bool


@dataclass(frozen=True)
class Whole:
    """A module itself, not one of its names."""
    module: str


@dataclass(frozen=True)
class Foreign:
    """Something of another package, by its dotted name."""
    path: str


Target = Definition | Whole | Foreign


class Library:
    """The modules of a book.

    Args:
        folder: the book's folder.
        listed: paths in it, of the modules whose definitions count.

    Raises:
        BuildError: if a listed module is no file.
    """

    def __init__(self, folder: Path, listed: tuple[str, ...]) -> None:
        self.folder = folder
        self.listed = {_dotted(path) for path in listed}
        self.own = {name.partition('.')[0] for name in self.listed}
        self.modules: dict[str, Module] = {}
        self.stars: dict[str, list[str]] = {}
        self.files: dict[str, Path | None] = {}
        for path in listed:
            if not (folder / path).is_file():
                raise BuildError(f'config.ini: the module {path} is not a '
                                 'file')

    def state(self) -> str:
        """Return a checksum of all that the meaning of a name, anywhere but
        in cells, may depend on."""
        files = [path for name in sorted(self.own)
                 for path in (self.folder / f'{name}.py',
                              *_python_files(self.folder / name))]
        return checksum([sorted(self.listed), [
            (path.relative_to(self.folder).as_posix(), file_checksum(path))
            for path in files]])

    def is_own(self, name: str) -> bool:
        """Return whether a module belongs to the book."""
        return name.partition('.')[0] in self.own

    def cells(self, sources: list[str], listed: bool) -> Module:
        """Return code cells as one module, whose name is CELLS."""
        parts: list[list[ast.stmt]] = []
        for n, source in enumerate(sources, 1):
            parts.append(parse(source, f'code cell {n}', magics=True))
        module = self.modules[CELLS] = Module(CELLS, 'code cells', listed, '',
                                              cells=parts)
        module.read([statement for part in parts for statement in part])
        return module

    def has(self, name: str) -> bool:
        """Return whether the book has such a module or package."""
        return self.is_own(name) and self._file(name) is not None

    def module(self, name: str) -> Module:
        """Return the module of this dotted name.

        Raises:
            BuildError: if there is none, or it is not Python.
        """
        name = plain(name)
        if name not in self.modules:
            path = self._file(name)
            if path is None:
                raise BuildError(f'no module {name}')
            package = (name if path.name == '__init__.py' or path.is_dir()
                       else name.rpartition('.')[0])
            shown = path.relative_to(self.folder).as_posix()
            text = _text(path, shown) if path.is_file() else ''
            self.modules[name] = read_module(
                text, name, shown, name in self.listed, package)
        return self.modules[name]

    def _file(self, name: str) -> Path | None:
        if name not in self.files:
            self.files[name] = self._find(name)
        return self.files[name]

    def _find(self, name: str) -> Path | None:
        path = self.folder.joinpath(*name.split('.'))
        choices = (path / '__init__.py', path.with_name(f'{path.name}.py'))
        found = next((file for file in choices if file.is_file()), None)
        return found or (path if path.is_dir() else None)

    def effects(self, module: Module) -> list[tuple[int, ast.stmt]]:
        """Return (position, statement) of all that importing a module does
        besides defining names, such as to change what others define."""
        found = module.effects + [
            (position, statement)
            for name, position, statement in module.extensions
            if isinstance(self.resolve(module, name), Definition)]
        return sorted(found, key=lambda effect: effect[0])

    def public(self, module: Module) -> list[str]:
        """Return the names that `from module import *` brings."""
        if module.name not in self.stars:
            self.stars[module.name] = []  # while modules import each other
            self.stars[module.name] = self._public(module)
        return self.stars[module.name]

    def _public(self, module: Module) -> list[str]:
        names = [self._exported(e, module) for e in module.exports]
        if names and None not in names:
            return [name for part in names for name in part or ()]
        found = dict.fromkeys(module.bindings)
        for _, star in module.stars:
            if self.is_own(star):
                found.update(dict.fromkeys(self.public(self.module(star))))
        return [name for name in found if not name.startswith('_')]

    def _exported(self, node: ast.expr, module: Module) -> list[str] | None:
        """Return the names in an expression for __all__; None if it is not
        understood."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.Attribute) and node.attr == '__all__' and (
                isinstance(node.value, ast.Name)):
            target = self.resolve(module, node.value.id)
            return (self.public(self.module(target.module))
                    if isinstance(target, Whole) else None)
        parts: list[ast.expr] = []
        if isinstance(node, ast.List | ast.Tuple):
            parts = node.elts
        elif isinstance(node, ast.Starred):
            parts = [node.value]
        elif isinstance(node, ast.BinOp):
            parts = [node.left, node.right]
        else:
            return None
        names = [self._exported(part, module) for part in parts]
        return (None if None in names else
                [name for found in names for name in found or ()])

    def resolve(self, module: Module, name: str,
                seen: frozenset[tuple[str, str]] = frozenset()
                ) -> Target | None:
        """Return what `name` means in `module`, None if nothing."""
        if (module.name, name) in seen:
            return None
        seen |= {(module.name, name)}
        return (self._of_own_star(module, name, seen)
                or self._of_module(module, name, seen)
                or self._of_foreign_star(module, name))

    def _of_own_star(self, module: Module, name: str,
                     seen: frozenset[tuple[str, str]]) -> Target | None:
        """Return what the last star import of a module of the book brings."""
        for star in _stars_after(module, name):
            if self.is_own(star) and name in self.public(
                    source := self.module(star)) and (
                        found := self.resolve(source, name, seen)):
                return found
        return None

    def _of_foreign_star(self, module: Module, name: str) -> Foreign | None:
        """Return what a star import of somebody else's module may bring."""
        return next((Foreign(f'{star}.{name}')
                     for star in _stars_after(module, name)
                     if not self.is_own(star)), None)

    def _of_module(self, module: Module, name: str,
                   seen: frozenset[tuple[str, str]]) -> Target | None:
        """Return what the module itself makes of a name."""
        if bindings := module.bindings.get(name):
            imports = {binding.imported for binding in bindings}
            last = bindings[-1]
            if last.imported and (len(imports) == 1
                                  or is_import(last.statement)):
                return self.imported(last.imported, module, last.statement,
                                     seen)
            return Definition(module.name, name, module.listed)
        if name in module.declared:
            return Definition(module.name, name, module.listed)
        if module.name and self.has(f'{module.name}.{name}'):
            return Whole(plain(f'{module.name}.{name}'))
        if '__getattr__' in module.bindings and module.name:
            return Definition(module.name, '__getattr__', module.listed)
        return None

    def imported(self, imported: Imported, module: Module,
                 where: ast.AST | None,
                 seen: frozenset[tuple[str, str]] = frozenset()) -> Target:
        """Return what an import in `module` brings; `where` is its place.

        Raises:
            SourceError: if the book has no such thing.
        """
        name, attribute = plain(imported.module), imported.name
        if not self.is_own(name):
            return Foreign(f'{name}.{attribute}' if attribute else name)
        if self.has(name):
            if not attribute:
                return Whole(name)
            found = self.resolve(self.module(name), attribute, seen)
            if found:
                return found
            name = f'{name}.{attribute}'
        raise mistake(module, where, f'there is no {name}')


def _stars_after(module: Module, name: str) -> Iterator[str]:
    """Yield the modules of star imports behind the last statement that gives
    a name its meaning, the last first."""
    bindings = module.bindings.get(name)
    last = bindings[-1].position if bindings else -1
    return (star for position, star in reversed(module.stars)
            if position >= last)


def mistake(module: Module, where: ast.AST | None, message: str
            ) -> SourceError:
    """Return the error of a mistake at a node of a module."""
    cell = next((n for n, part in enumerate(module.cells, 1)
                 if any(node is where for statement in part
                        for node in ast.walk(statement))), None)
    return SourceError(f'code cell {cell}' if cell else module.path,
                       getattr(where, 'lineno', 1), message)


def _python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files below a folder, by way of links too, but each
    folder once."""
    seen = set[str]()
    for place, folders, names in os.walk(folder, followlinks=True):
        seen.add(os.path.realpath(place))
        folders[:] = sorted(
            name for name in folders
            if os.path.realpath(os.path.join(place, name)) not in seen)
        yield from (Path(place, name) for name in sorted(names)
                    if name.endswith('.py'))


def plain(name: str) -> str:
    """Return a module's own name: a package is called pkg.__init__, too."""
    return name.removesuffix('.__init__')


def _dotted(path: str) -> str:
    return plain(path.removesuffix('.py').replace('/', '.'))


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text('utf-8-sig')
    except (OSError, UnicodeDecodeError) as error:
        raise BuildError(f'{shown}: {error}') from None
