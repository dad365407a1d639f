"""Syntax trees as nested lists, without what changes no number.

Comments, docstrings, annotations, positions and idle statements are left out;
a name stands for what it means, whatever it is called in this module. The
same source gives the same form in every version of Python, since trees are
written out here, field by field.
"""
from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence
from typing import Any

from builder.record.reach.classes import evaluated, is_own
from builder.record.reach.library import (
    Foreign,
    Library,
    Target,
    Whole,
    mistake,
)
from builder.record.reach.modules import CELLS, Module
from builder.record.reach.names import Names, Private, is_private
from builder.record.reach.scopes import (
    Comprehension,
    Scopes,
    find,
    of_class,
    of_comprehension,
    of_function,
)
from builder.record.reach.statements import (
    Function,
    Imported,
    binders,
    is_idle,
    is_overload,
    last_name,
    split_tuples,
)

# What differs from version to version, or says nothing about numbers.
SKIPPED = {'ctx', 'type_comment', 'type_params', 'kind', 'annotation',
           'returns', 'type_ignores'}
# Names of every module, and of builtins of later Pythons than this one.
ALWAYS = {'__file__', '__name__', '__doc__', '__spec__', '__package__',
          '__path__', '__all__', 'ExceptionGroup', 'BaseExceptionGroup',
          'WindowsError'}


class Former:
    """Writes the statements of a module as nested lists.

    In these, targets and private attributes stand for themselves: what they
    are called is for others to say.

    Args:
        library: the modules of the book.
        module: the statements' module.

    Attributes:
        body: the forms of what it has read.
        named: the targets and private attributes, in the order of first use.
        names: private names.
        loads: modules that functions import.
    """

    def __init__(self, library: Library, module: Module) -> None:
        self.library, self.module = library, module
        self.body: list[Any] = []
        self.named: dict[Target | Private, None] = {}
        self.names, self.loads = Names(), list[str]()

    def read(self, node: ast.stmt) -> None:
        """Write a statement of the module itself."""
        self.body += self.statements([node])

    def refer(self, target: Target | Private) -> Target | Private:
        """Return what stands for a target, and note it."""
        self.named.setdefault(target)
        return target

    def statements(self, body: Sequence[ast.stmt], scopes: Scopes = ()
                   ) -> list[Any]:
        """Return the form of statements that stand in these scopes."""
        return [self.form(node, scopes) for node in split_tuples(body)
                if not is_idle(node) and not is_overload(node)]

    def form(self, node: Any, scopes: Scopes) -> Any:
        """Return the form of a node of a tree, or of what a field holds."""
        if isinstance(node, list):
            if node and isinstance(node[0], ast.stmt):
                return self.statements(node, scopes)
            return [self.form(part, scopes) for part in node]
        if not isinstance(node, ast.AST):
            return node
        kind = type(node).__name__
        return getattr(self, f'_{kind}', self._fields)(node, scopes)

    def _fields(self, node: ast.AST, scopes: Scopes, **given: Any) -> Any:
        found: list[Any] = [type(node).__name__]
        for name in node._fields:
            value = getattr(node, name, None)
            if name not in SKIPPED and value is not None and value != []:
                value = (given[name] if name in given else
                         self.form(value, scopes))
                if value != []:
                    found.append([name, value])
        return found

    def _Constant(self, node: ast.Constant, scopes: Scopes) -> Any:
        value = node.value
        if isinstance(value, str):
            self.names.spelled |= {*re.findall(r'\b_\w+', value)}
            return ['str', value]
        # A long int has no decimal form in later Pythons.
        text = hex(value) if isinstance(value, int) else repr(value)
        return [type(value).__name__, text]

    def _JoinedStr(self, node: ast.JoinedStr, scopes: Scopes) -> Any:
        parts: list[Any] = []
        for part in node.values:
            found = self.form(part, scopes)
            if found[0] == 'str' and parts and parts[-1][0] == 'str':
                parts[-1] = ['str', parts[-1][1] + found[1]]
            elif found != ['str', '']:  # Python 3.12 puts some of these
                parts.append(found)
        return ['JoinedStr', parts]

    def _Name(self, node: ast.Name, scopes: Scopes) -> Any:
        scope = find(scopes, node.id)
        if scope and scope.is_class:
            if scope.own and isinstance(node.ctx, ast.Store):
                self._define(node.id)
            return ['Name', self._member(node.id, scope.own)]
        target = self._target(node, scopes)
        return ['Name', node.id] if target is None else self.refer(target)

    def _Attribute(self, node: ast.Attribute, scopes: Scopes) -> Any:
        target = self._target(node, scopes)
        if target is not None:
            return self.refer(target)
        value, scope = node.value, None
        if isinstance(value, ast.Name):
            scope = find(scopes, value.id)
        own = bool(scope and scope.own and isinstance(value, ast.Name)
                   and scope.this == value.id)
        if own and isinstance(node.ctx, ast.Store):
            self._define(node.attr)
        return ['Attribute', self.form(value, scopes),
                self._member(node.attr, own)]

    def _define(self, name: str) -> None:
        if is_private(name):
            self.names.defined.add(name)

    def _member(self, name: str, own: bool) -> Any:
        if not is_private(name):
            return name
        if not own:
            self.names.shared.add(name)
        return self.refer(Private(name))

    def _target(self, node: ast.expr, scopes: Scopes) -> Target | None:
        """Return what a.b.c means, None if it is no module's name."""
        if isinstance(node, ast.Name):
            scope = find(scopes, node.id)
            if scope:
                imported = scope.imports.get(node.id)
                return self._imported(imported, node) if imported else None
            found = self.library.resolve(self.module, node.id)
            if not found and self.module.name != CELLS and not (
                    hasattr(builtins, node.id) or node.id in ALWAYS):
                raise mistake(self.module, node, f'unknown name {node.id!r}')
            return found
        if not isinstance(node, ast.Attribute):
            return None
        whole = self._target(node.value, scopes)
        if isinstance(whole, Foreign):
            return Foreign(f'{whole.path}.{node.attr}')
        if not isinstance(whole, Whole) or node.attr.startswith('__'):
            return None
        return self._imported(Imported(whole.module, node.attr), node)

    def _imported(self, imported: Imported, node: ast.AST) -> Target:
        return self.library.imported(imported, self.module, node)

    def _Import(self, node: ast.stmt, scopes: Scopes) -> Any:
        targets = []
        for name, imported in binders([node], self.module.package):
            if imported:
                self.loads.append(imported.module)
                if name != '*':
                    targets.append(self._imported(imported, node))
        return ['Import', [self.refer(target) for target in targets
                           if not isinstance(target, Whole)]]

    _ImportFrom = _Import

    def _Global(self, node: ast.Global, scopes: Scopes) -> Any:
        return ['Global']  # every name says by itself what it means

    def _AnnAssign(self, node: ast.AnnAssign, scopes: Scopes) -> Any:
        if node.value is None:
            return ['Field', self.form(node.target, scopes)]
        return ['Assign', ['targets', [self.form(node.target, scopes)]],
                ['value', self.form(node.value, scopes)]]

    def _Call(self, node: ast.Call, scopes: Scopes) -> Any:
        target = self._target(node.func, scopes)
        if len(node.args) == 2 and target in (
                Foreign('typing.cast'), Foreign('typing_extensions.cast')):
            return self.form(node.args[1], scopes)
        return self._fields(node, scopes)

    def _Lambda(self, node: ast.Lambda, scopes: Scopes) -> Any:
        inner = of_function(node, scopes, self.module.package)
        return ['Lambda', self._parameters(node.args, scopes, False),
                self.form(node.body, (*scopes, inner))]

    def _comprehended(self, node: Comprehension, scopes: Scopes) -> Any:
        first = self.form(node.generators[0].iter, scopes)
        return [first, self._fields(node, (*scopes, of_comprehension(node)))]

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehended

    def _parameters(self, node: ast.arguments, scopes: Scopes,
                    annotated: bool) -> Any:
        found = self._fields(node, scopes)
        if annotated:  # @f.register chooses by the annotation
            found.append([self.form(arg.annotation, scopes)
                          for arg in (*node.posonlyargs, *node.args)])
        return found

    def _FunctionDef(self, node: Function, scopes: Scopes) -> Any:
        decorators = [self.form(part, scopes) for part in node.decorator_list]
        annotated = any(isinstance(part, ast.Attribute)
                        and part.attr == 'register'
                        for part in node.decorator_list)
        inner = of_function(node, scopes, self.module.package)
        return [type(node).__name__, self._name(node, scopes), decorators,
                self._parameters(node.args, scopes, annotated),
                self.statements(node.body, (*scopes, inner))]

    _AsyncFunctionDef = _FunctionDef

    def _name(self, node: Function | ast.ClassDef, scopes: Scopes) -> Any:
        """Return what stands for a definition's name, in its own place."""
        if not scopes:
            target = self.library.resolve(self.module, node.name)
            return node.name if target is None else self.refer(target)
        if not scopes[-1].is_class:
            return node.name
        if scopes[-1].own:
            self._define(node.name)
        return self._member(node.name, scopes[-1].own)

    def _ClassDef(self, node: ast.ClassDef, scopes: Scopes) -> Any:
        own = is_own(self.library, self.module, node, scopes)
        inner = (*scopes, of_class(node, own))
        head = [self.form(part, scopes) for part in (
            node.decorator_list, node.bases, node.keywords)]
        body = [self._in_class(part, inner, any(head))
                for part in split_tuples(node.body) if not is_overload(part)]
        return ['ClassDef', self._name(node, scopes), head,
                [part for part in body if part]]

    def _in_class(self, node: ast.stmt, scopes: Scopes, fields: bool) -> Any:
        """Return the form of a statement in a class, None if it is idle.

        Args:
            node: the statement.
            scopes: its scopes, the class's own last.
            fields: whether the class may make fields of annotated names.
        """
        if isinstance(node, ast.AnnAssign):
            kind = last_name(evaluated(node.annotation))
            if fields and kind != 'ClassVar' and isinstance(node.target,
                                                            ast.Name):
                self.names.shared.add(node.target.id)
                kind = kind if kind in ('InitVar', 'KW_ONLY') else ''
                return ['Field', kind, node.target.id,
                        self.form(node.value, scopes)]
            return self.form(node, scopes) if node.value else None
        return None if is_idle(node) else self.form(node, scopes)
