"""Classes whose private attributes are nobody else's."""
from __future__ import annotations

import ast

from builder.record.reach.library import Definition, Library
from builder.record.reach.modules import Module
from builder.record.reach.scopes import Scopes, find
from builder.record.reach.statements import last_name

# Whoever uses these may ask for an attribute by its name.
BY_NAME = {'vars', 'getattr', 'setattr', 'hasattr', 'delattr', 'dir',
           '__dict__', '__getattr__', '__getattribute__', '__setattr__',
           '__slots__'}
# Decorators that do not care how private attributes are called.
HARMLESS = {'dataclass', 'total_ordering', 'final', 'runtime_checkable'}


def is_own(library: Library, module: Module, node: ast.ClassDef,
           scopes: Scopes = (), seen: frozenset[str] = frozenset()) -> bool:
    """Return whether nothing foreign has a part in a class: no base, no
    decorator, no metaclass, no access to attributes by name."""
    parts = {name for part in ast.walk(node) for name in (
        getattr(part, 'id', ''), getattr(part, 'attr', ''),
        getattr(part, 'name', ''))}
    return (not node.keywords and not parts & BY_NAME
            and all(last_name(part) in HARMLESS
                    for part in node.decorator_list)
            and all(_is_own_base(library, module, base, scopes,
                                 seen | {node.name})
                    for base in node.bases))


def _is_own_base(library: Library, module: Module, base: ast.expr,
                 scopes: Scopes, seen: frozenset[str]) -> bool:
    statements = base_class(library, module, base, scopes)
    if not statements:
        return isinstance(base, ast.Name) and base.id == 'object'
    home, found = statements
    return found.name not in seen and is_own(library, home, found, (), seen)


def base_class(library: Library, module: Module, base: ast.expr,
               scopes: Scopes = ()) -> tuple[Module, ast.ClassDef] | None:
    """Return the class of a listed module that a base names, and its module;
    None if it is no such class."""
    if not isinstance(base, ast.Name) or find(scopes, base.id):
        return None
    target = library.resolve(module, base.id)
    if not isinstance(target, Definition) or not target.listed:
        return None
    home = library.module(target.module)
    match home.statements(target.name):
        case [ast.ClassDef() as found]:
            return home, found
    return None


def evaluated(annotation: ast.expr) -> ast.expr:
    """Return an annotation, read if it stands in quotes."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value,
                                                           str):
        return ast.parse(annotation.value, mode='eval').body
    return annotation
