"""The walk from code cells to all definitions that they reach."""
from __future__ import annotations

import ast
from collections.abc import Sequence

from builder.record.reach.kept import Forms
from builder.record.reach.library import (
    Definition,
    Foreign,
    Library,
    Target,
    Whole,
    plain,
)
from builder.record.reach.modules import CELLS, Module
from builder.record.reach.names import Names, Private
from builder.record.reach.statements import is_import


class Walk:
    """A walk from definition to definition, in the order of first use."""

    def __init__(self, library: Library, without: frozenset[str]) -> None:
        self.library, self.without = library, without
        self.forms = Forms(library)
        self.reached: dict[Definition, None] = {}
        self.named: set[Definition] = set()  # by the cells themselves
        self.unlisted: set[tuple[str, str]] = set()
        self.foreign: set[str] = set()  # packages that reached code uses
        self.whole: set[str] = set()
        self.loading: set[str] = set()
        self.loaded: list[str] = []  # modules, in the order of their import
        self.names = Names()

    def start(self, cells: Module, uses: Sequence[str] | None) -> None:
        """Reach what the cells name, or of the cells what `uses` names."""
        if uses is None:
            self.read(cells, cells.body)
            # Cells are kept as they are, with the names in them.
            self.names.shared |= self.names.defined
            for imports in cells.ambiguous():
                for imported in imports:
                    self.note(self.library.imported(imported, cells, None))
        else:
            self.read(cells, [ast.Expr(ast.parse(text, mode='eval').body)
                              for text in uses])
        self.named = {*self.reached}
        self.load(cells.name)

    def read(self, module: Module, statements: Sequence[ast.stmt]) -> None:
        """Note all that these statements of a module name."""
        read = [*self.forms.of(module, statements)]
        for former in read:
            self.names.add(former.names)
            for named in former.named:
                if not isinstance(named, Private):
                    self.note(named)
        for former in read:
            for name in former.loads:
                self.load(name)

    def note(self, target: Target) -> None:
        """Note that something is used."""
        if isinstance(target, Foreign):
            self.foreign.add(target.path.partition('.')[0])
        elif isinstance(target, Whole):
            self._note_all(target.module)
        elif target.listed:
            if not self.is_replaced(target):
                self.reached.setdefault(target)
        elif target.module != CELLS:
            path = self.library.module(target.module).path
            self.unlisted.add((path, target.name))

    def is_replaced(self, target: Definition) -> bool:
        """Return whether somebody replaces this definition of a cell."""
        return target.module == CELLS and target.name in self.without

    def _note_all(self, name: str) -> None:
        if name in self.whole:
            return
        self.whole.add(name)
        module = self.library.module(name)
        for public in self.library.public(module):
            if target := self.library.resolve(module, public):
                self.note(target)

    def load(self, name: str) -> None:
        """Note that a module is imported, after those that it imports."""
        name = plain(name)
        parent = name.rpartition('.')[0]
        if parent:
            self.load(parent)
        if name in self.loading or (name and not self.library.has(name)):
            return
        self.loading.add(name)
        module = self.library.module(name)
        for imported, statement in module.imports():
            self.load(imported.module)
            if imported.name:
                self.load(f'{imported.module}.{imported.name}')
            if is_import(statement):  # else the module may do without
                self.library.imported(imported, module, statement)
        self.loaded.append(name)
        if module.listed:
            self.read(module, [node for _, node in
                               self.library.effects(module)])

    def follow(self) -> None:
        """Reach what reached definitions name, until there is no more."""
        done = 0
        while done < len(self.reached):
            target = [*self.reached][done]
            module = self.library.module(target.module)
            self.read(module, module.statements(target.name))
            self.load(target.module)
            done += 1
