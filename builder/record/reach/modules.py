"""A module as a table of names: which statements give each its meaning."""
from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field

from builder.errors import SourceError
from builder.record.reach.statements import (
    Imported,
    binders,
    exports,
    extends,
    is_constant,
    is_idle,
    is_import,
    is_overload,
    split_tuples,
)

CELLS = ''  # the name of the module that a page's code cells are


@dataclass
class Binding:
    """A statement that gives a name its meaning.

    imported says from where, if it is an import.
    """
    position: int
    statement: ast.stmt
    imported: Imported | None = None


@dataclass
class Module:
    """A parsed module.

    Attributes:
        name: its dotted name.
        path: its file, as messages show it.
        listed: whether its definitions count.
        package: what relative imports begin from.
        bindings: of every name, in order.
        stars: (position, module) of every `from module import *`.
        effects: (position, statement) of what importing it does besides.
        extensions: (name, position, statement) of @name.register.
        exports: the expressions that make up __all__.
        declared: names that functions declare global.
        body: all statements.
        cells: the statements of each code cell, if it is made of cells.
    """
    name: str
    path: str
    listed: bool
    package: str
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[tuple[int, str]] = field(default_factory=list)
    effects: list[tuple[int, ast.stmt]] = field(default_factory=list)
    extensions: list[tuple[str, int, ast.stmt]] = field(default_factory=list)
    exports: list[ast.expr] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    body: list[ast.stmt] = field(default_factory=list)
    cells: list[list[ast.stmt]] = field(default_factory=list)

    def read(self, body: list[ast.stmt]) -> None:
        """Enter the statements of a module."""
        self.body = [*split_tuples(body)]
        for position, statement in enumerate(self.body):
            self._read(position, statement)
        self.declared = {name for statement in body
                         for node in ast.walk(statement)
                         if isinstance(node, ast.Global)
                         for name in node.names}

    def statements(self, name: str) -> list[ast.stmt]:
        """Return the statements that define `name`, each once."""
        found = {id(binding.statement): binding.statement
                 for binding in self.bindings.get(name, ())
                 if not is_import(binding.statement)}
        return list(found.values())

    def imports(self) -> list[tuple[Imported, ast.stmt]]:
        """Return all that it imports, in order, and the statements."""
        found = [(binding.position, binding.imported, binding.statement)
                 for bindings in self.bindings.values()
                 for binding in bindings if binding.imported]
        found += [(position, Imported(star), self.body[position])
                  for position, star in self.stars]
        return [(imported, statement) for _, imported, statement in
                sorted(found, key=lambda entry: entry[0])]

    def packages(self, position: int) -> set[str]:
        """Return the top-level packages imported before a position."""
        return {binding.imported.module.partition('.')[0]
                for bindings in self.bindings.values()
                for binding in bindings
                if binding.imported and binding.position < position}

    def ambiguous(self) -> list[set[Imported]]:
        """Return the imports of each name that has other meanings too."""
        found = [{binding.imported for binding in bindings}
                 for bindings in self.bindings.values()]
        return [{imported for imported in meanings if imported}
                for meanings in found if len(meanings) > 1]

    def _read(self, position: int, statement: ast.stmt) -> None:
        if is_idle(statement):
            return
        if is_import(statement):
            self._binders(position, statement)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef
                        | ast.ClassDef):
            if not is_overload(statement):
                self._bind(position, statement, statement.name)
                self.extensions += [(name, position, statement)
                                    for name in extends(statement)]
        elif exported := exports(statement):
            self.exports += exported
        else:
            if not is_constant(statement):
                self.effects.append((position, statement))
                self.exports += [  # in a way that nobody here understands
                    node for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and node.id == '__all__']
            self._binders(position, statement)

    def _binders(self, position: int, statement: ast.stmt) -> None:
        for name, imported in binders([statement], self.package):
            if name == '*' and imported:
                self.stars.append((position, imported.module))
            else:
                self._bind(position, statement, name, imported)

    def _bind(self, position: int, statement: ast.stmt, name: str,
              imported: Imported | None = None) -> None:
        self.bindings.setdefault(name, []).append(
            Binding(position, statement, imported))


@functools.lru_cache(maxsize=256)
def read_module(text: str, name: str, shown: str, listed: bool,
                package: str) -> Module:
    """Return a module, the same for the same text: pages share them."""
    module = Module(name, shown, listed, package)
    module.read(parse(text, shown))
    return module


@functools.lru_cache(maxsize=1024)  # most cells are the same in all tabs
def parse(source: str, shown: str, magics: bool = False) -> list[ast.stmt]:
    """Return the statements of a source.

    Args:
        source: its text.
        shown: how messages call it.
        magics: whether lines may be IPython's, such as %time or !ls.

    Raises:
        SourceError: if it is not Python, with the line.
    """
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        if magics and (plain := _without_magics(source)) != source:
            return parse(plain, shown)
        raise SourceError(shown, error.lineno or 1, error.msg) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceError(shown, 1, f'not Python ({error})') from None


def _without_magics(source: str) -> str:
    if source.lstrip().startswith('%%') and not source.lstrip().startswith(
            ('%%time', '%%capture', '%%prun')):
        return ''  # another language
    lines = [line[:len(line) - len(text)] + 'pass'
             if (text := line.lstrip()).startswith(('%', '!')) else line
             for line in source.split('\n')]
    return '\n'.join(lines)
