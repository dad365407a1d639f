"""What a statement is to a module: idle, import, definition or effect."""
from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Function = ast.FunctionDef | ast.AsyncFunctionDef
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Imported:
    """A module, or a name in one, as an import gives it."""
    module: str
    name: str = ''


def last_name(node: ast.AST) -> str:
    """Return X of X, of a.X and of what these are called or indexed with."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return (node.attr if isinstance(node, ast.Attribute) else
            node.id if isinstance(node, ast.Name) else '')


def is_idle(node: ast.stmt) -> bool:
    """Return whether a statement does nothing at run time: pass, a string or
    another constant by itself, `if TYPE_CHECKING`, a mere annotation, a name
    for a type, `if __name__ == '__main__'`."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.AnnAssign):
        return node.value is None or last_name(node.annotation) == 'TypeAlias'
    if isinstance(node, ast.If) and not node.orelse:
        test = node.test
        return last_name(test) == 'TYPE_CHECKING' or (
            isinstance(test, ast.Compare) and last_name(test.left)
            == '__name__')
    # `type X = ...` is a statement from Python 3.12 on.
    return isinstance(node, ast.Pass) or type(node).__name__ == 'TypeAlias'


def is_overload(node: ast.stmt) -> bool:
    """Return whether a definition only tells a type checker about another."""
    return isinstance(node, Function) and any(
        last_name(part) == 'overload' for part in node.decorator_list)


def is_import(node: ast.stmt) -> bool:
    """Return whether a statement is an import."""
    return isinstance(node, ast.Import | ast.ImportFrom)


def is_constant(node: ast.stmt) -> bool:
    """Return whether a statement does no more than give names values."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    else:
        return False
    parts = [part for target in targets for part in (
        target.elts if isinstance(target, ast.Tuple | ast.List) else [target])]
    return all(isinstance(part, ast.Name) and part.id != '_'
               for part in parts)


def extends(node: Function | ast.ClassDef) -> list[str]:
    """Return the names X of decorators @X.register, which change X."""
    found = []
    for part in node.decorator_list:
        part = part.func if isinstance(part, ast.Call) else part
        if isinstance(part, ast.Attribute) and isinstance(part.value,
                                                          ast.Name):
            found.append(part.value.id)
    return found


def exports(node: ast.stmt) -> list[ast.expr]:
    """Return the expressions that a statement adds to __all__, if any."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [
            node.target]
        named = any(isinstance(target, ast.Name) and target.id == '__all__'
                    for target in targets)
        return [node.value] if named and node.value else []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and last_name(
                function.value) == '__all__':
            return [*node.value.args]
    return []


def split_tuples(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements, `a, b = 1, 2` as two, since only one may be used."""
    for node in body:
        pairs = _pairs(node)
        if not pairs:
            yield node
        for target, value in pairs:
            yield ast.copy_location(ast.Assign([target], value), node)


def _pairs(node: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
        return []
    left, right = node.targets[0], node.value
    if not (isinstance(left, ast.Tuple) and isinstance(right, ast.Tuple)
            and len(left.elts) == len(right.elts)
            and all(isinstance(part, ast.Name) for part in left.elts)
            and not any(isinstance(part, ast.Starred) for part in right.elts)):
        return []
    used = {n.id for n in ast.walk(right) if isinstance(n, ast.Name)}
    names = {part.id for part in left.elts if isinstance(part, ast.Name)}
    return [] if used & names else [*zip(left.elts, right.elts)]


def own_nodes(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all nodes below these that belong to the same scope, and the
    functions and classes in it, but not their inside."""
    waiting = [*nodes][::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt) and is_idle(node) and not isinstance(
                node, ast.AnnAssign):
            continue
        yield node
        if isinstance(node, SCOPES):
            continue
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp
                      | ast.GeneratorExp):  # only := reaches out of these
            yield from (part for part in ast.walk(node)
                        if isinstance(part, ast.NamedExpr))
            yield from (part.target for part in ast.walk(node)
                        if isinstance(part, ast.NamedExpr))
            continue
        waiting += [*ast.iter_child_nodes(node)][::-1]


def bound_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that these statements bind in their scope."""
    return {name for name, _ in binders(nodes, '')} - {'*'}


def binders(nodes: Iterable[ast.AST], package: str
            ) -> Iterator[tuple[str, Imported | None]]:
    """Yield every name that these nodes bind in their scope, and from where
    if an import binds it; * stands for `from module import *`.

    Args:
        nodes: statements, or targets.
        package: what relative imports begin from.
    """
    for node in own_nodes(nodes):
        name = None
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            name = node.id
        elif isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition('.')[0]
                yield (alias.asname or top,
                       Imported(alias.name if alias.asname else top))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield (alias.asname or alias.name,
                       Imported(_absolute(node, package), alias.name))
        elif isinstance(node, ast.MatchMapping):
            name = node.rest
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef
                        | ast.ClassDef | ast.ExceptHandler | ast.MatchAs
                        | ast.MatchStar):
            name = node.name
        if name:
            yield name, None


def _absolute(node: ast.ImportFrom, package: str) -> str:
    module = node.module or ''
    if not node.level:
        return module
    parents = package.split('.')
    parents = parents[:len(parents) - node.level + 1]
    return '.'.join([*parents, module] if module else parents)
