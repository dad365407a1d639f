"""What code reaches, as a checksum of every public definition in it."""
from __future__ import annotations

import ast
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import BuildError
from builder.record.checksums import checksum
from builder.record.reach.classes import base_class
from builder.record.reach.library import (
    Definition,
    Foreign,
    Library,
    Target,
    Whole,
)
from builder.record.reach.modules import CELLS, Module
from builder.record.reach.names import Private, filled, is_private
from builder.record.reach.statements import is_constant
from builder.record.reach.walk import Walk


@dataclass(frozen=True)
class Reach:
    """What code cells rest on.

    Attributes:
        checksums: of each public definition that they reach, with the private
            ones that it uses, by its name; and of what importing a module
            does besides, by `import` and its path.
        places: the path of each of these.
        unlisted: (path, name) of what they reach in modules of the book that
            do not count.
    """
    checksums: dict[str, str]
    places: dict[str, str]
    unlisted: frozenset[tuple[str, str]]


def reach(folder: Path, modules: Sequence[str], cells: Sequence[str],
          uses: Sequence[str] | None = None, without: Collection[str] = ()
          ) -> Reach:
    """Return what code cells reach.

    Args:
        folder: the book's folder.
        modules: paths in it; only their definitions count.
        cells: sources, in the order in which they run.
        uses: expressions; if given, only what these need of the cells counts,
            and the definitions in cells do so too. Else all cells do, and
            their own text is the caller's affair.
        without: names of definitions in cells that somebody replaces.

    Raises:
        BuildError: if a source is not Python, or names what does not exist.
    """
    library = Library(folder, tuple(modules))
    module = library.cells([*cells], listed=uses is not None)
    walk = Walk(library, frozenset(without))
    try:
        walk.start(module, uses)
        walk.follow()
        return _Writer(walk).result()
    except RecursionError:
        raise BuildError('a module or a cell is nested too deeply') from None


class _Writer:
    """Writes what a walk reached as forms."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.library = walk, walk.library
        self.renamed = walk.names.renamed()
        self.labels: dict[Definition, str] = {}
        for target in walk.reached:
            if not is_private(target.name) or target in walk.named or (
                    target.name in walk.names.spelled):
                self.labels[target] = _free(target.name,
                                            {*self.labels.values()})

    def result(self) -> Reach:
        """Return the Reach."""
        checksums, places = {}, {}
        for target, label in self.labels.items():
            source = self._source(target)
            checksums[label] = checksum(self._form([source]))
            places[label] = source[0].path
        for n, (module, form) in enumerate(self._effects()):
            label = _imported(module)
            checksums[label] = checksum([n, form])
            places[label] = module.path
        return Reach(checksums, places, frozenset(self.walk.unlisted))

    def _effects(self) -> Iterator[tuple[Module, Any]]:
        """Yield what the import of modules does besides defining names."""
        for name in self.walk.loaded:
            module = self.library.module(name)
            effects = self.library.effects(module)
            if name == CELLS:  # their constants are computed in this order
                effects = sorted([*effects, *self._constants(module)],
                                 key=lambda effect: effect[0])
            if module.listed and effects:
                yield module, [
                    [sorted(module.packages(position) & self.walk.foreign)
                     for position, _ in effects],
                    self._form([(module, [node for _, node in effects])])]

    def _constants(self, module: Module) -> Iterator[tuple[int, ast.stmt]]:
        for target in self.walk.reached:
            for binding in module.bindings.get(target.name, ()):
                if target.module == module.name and is_constant(
                        binding.statement):
                    yield binding.position, binding.statement

    def _source(self, target: Definition) -> tuple[Module, list[ast.stmt]]:
        module = self.library.module(target.module)
        return module, module.statements(target.name)

    def _form(self, parts: list[tuple[Module, list[ast.stmt]]]) -> Any:
        """Return the form of statements, and of the private definitions that
        they use, which are numbered in the order of their first use."""
        told = _Told(self)
        forms, done = list[Any](), 0
        while parts:
            for module, statements in parts:
                forms += self._filled(module, statements, told)
            found = [*told.private][done:]
            parts = [self._source(target) for target in found]
            done += len(found)
        return forms

    def _filled(self, module: Module, statements: list[ast.stmt],
                told: _Told) -> Iterator[Any]:
        """Yield the form of each family among statements, with its names."""
        for home, family in self._families(module, statements):
            read = [*self.walk.forms.of(home, family)]
            for former in read:
                for named in former.named:
                    told(named)  # numbers it
            yield [filled(part, told) for former in read
                   for part in former.body]

    def _families(self, module: Module, statements: list[ast.stmt]
                  ) -> Iterator[tuple[Module, list[ast.stmt]]]:
        """Yield the classes that classes among these statements inherit from,
        since they share private attributes, and the statements."""
        for node in statements:
            if isinstance(node, ast.ClassDef):
                for base in node.bases:
                    found = base_class(self.library, module, base)
                    if found:
                        yield from self._families(found[0], [found[1]])
        yield module, statements


class _Told:
    """What stands for a name in one form. Private definitions and attributes
    are numbered in the order of their first use, since what they are called
    does not count."""

    def __init__(self, writer: _Writer) -> None:
        self.walk, self.labels = writer.walk, writer.labels
        self.renamed = writer.renamed
        self.private: dict[Definition, int] = {}
        self.attributes: dict[str, int] = {}

    def __call__(self, target: Target | Private) -> Any:
        if isinstance(target, Private):
            return self._attribute(target.name)
        if isinstance(target, Foreign):
            return ['import', target.path]
        if isinstance(target, Whole):
            return ['module', target.module]
        if not target.listed or self.walk.is_replaced(target):
            return ['elsewhere', target.name]
        if target in self.labels:
            return ['definition', self.labels[target]]
        return ['private', self.private.setdefault(target, len(self.private))]

    def _attribute(self, name: str) -> Any:
        if name not in self.renamed:
            return name
        return ['private', self.attributes.setdefault(
            name, len(self.attributes))]


def _imported(module: Module) -> str:
    return f'import {module.path}' if module.name else module.path


def _free(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken: f, f (2), f (3) ..."""
    names = (f'{name} ({n})' if n > 1 else name for n in itertools.count(1))
    return next(name for name in names if name not in taken)
