"""Scopes: which names are local where, as Python decides it."""
from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from builder.record.reach.statements import (
    Function,
    Imported,
    binders,
    bound_names,
    last_name,
    own_nodes,
)

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Scope:
    """A function's, class's or comprehension's own names.

    Attributes:
        names: those bound in it.
        outer: those that it declares global.
        imports: names that an import binds here and nothing else.
        is_class: whether functions within it look past it.
        this: the name of a method's object, '' if it is no method.
        own: whether private attributes of `this` may be renamed.
    """
    names: frozenset[str]
    outer: frozenset[str] = frozenset()
    imports: dict[str, Imported] = field(default_factory=dict)
    is_class: bool = False
    this: str = ''
    own: bool = False


Scopes = tuple[Scope, ...]


def find(scopes: Scopes, name: str) -> Scope | None:
    """Return the scope that `name` belongs to, None for the module's."""
    for n, scope in enumerate(reversed(scopes)):
        if name in scope.outer:
            return None
        if name in scope.names and not (scope.is_class and n):
            return scope
    return None


def of_class(node: ast.ClassDef, own: bool) -> Scope:
    """Return the scope of a class.

    Args:
        node: the class.
        own: whether nothing foreign shares its private attributes.
    """
    return Scope(frozenset(bound_names(node.body)), is_class=True, own=own)


def of_function(node: Function | ast.Lambda, scopes: Scopes,
                package: str) -> Scope:
    """Return the scope of a function that stands in `scopes`."""
    inside = _inside(node, package)
    here = scopes[-1] if scopes and scopes[-1].is_class else None
    if here is None or isinstance(node, ast.Lambda) or any(
            last_name(part) == 'staticmethod'
            for part in node.decorator_list):
        return inside
    first = next(_parameters(node.args), None)
    return dataclasses.replace(inside, this=first.arg if first else '',
                               own=here.own)


@functools.lru_cache(maxsize=4096)  # each is read several times
def _inside(node: Function | ast.Lambda, package: str) -> Scope:
    """Return the scope of a function, wherever it stands."""
    body: list[ast.AST] = [*(node.body if isinstance(node.body, list)
                             else [node.body])]
    parameters = {arg.arg for arg in _parameters(node.args)}
    outer, nonlocals = set[str](), set[str]()
    for part in own_nodes(body):
        if isinstance(part, ast.Global):
            outer |= {*part.names}
        elif isinstance(part, ast.Nonlocal):
            nonlocals |= {*part.names}
    bound = [*binders(body, package)]
    names = {name for name, _ in bound} - {'*'} | parameters
    return Scope(frozenset(names - outer - nonlocals), frozenset(outer),
                 _imports(bound, parameters))


def of_comprehension(node: Comprehension) -> Scope:
    """Return the scope of a comprehension."""
    return Scope(frozenset(bound_names(
        generator.target for generator in node.generators)))


def _parameters(node: ast.arguments) -> Iterator[ast.arg]:
    yield from (*node.posonlyargs, *node.args)
    for arg in (node.vararg, *node.kwonlyargs, node.kwarg):
        if arg:
            yield arg


def _imports(bound: Iterable[tuple[str, Imported | None]],
             parameters: set[str]) -> dict[str, Imported]:
    """Return the names that only imports bind, always to the same."""
    found: dict[str, set[Imported | None]] = {}
    for name, imported in bound:
        found.setdefault(name, set()).add(imported)
    return {name: imported for name, origins in found.items()
            for imported in origins
            if len(origins) == 1 and imported and name not in parameters}
