"""What a book's package offers: read from its modules, none of which runs.

For each tab, config.ini may name the module that its cells call by the
package's name, as in `from d2l import torch as d2l`. What this module lists
in `__all__` is offered. The modules are parsed by griffe: no framework need
be there, and nothing is imported.
"""
import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.config import Config
from builder.errors import BuildError
from builder.source.reader import API

if TYPE_CHECKING:  # griffe is loaded for books that have such modules only
    from griffe import Attribute, Class, Function, GriffeLoader, Module
    Offered = Class | Function


@dataclass
class Api:
    """What the modules of all tabs offer.

    name: the package, as cells call it.
    modules: {tab: its module}.
    offered: {name: {tab: the class or function of this name}}.
    """
    name: str
    modules: 'dict[str, Module]' = field(default_factory=dict)
    offered: 'dict[str, dict[str, Offered]]' = field(default_factory=dict)

    def names(self, tab: str = '') -> list[str]:
        """Return what cells can use, of a tab or of all, as 'd2l.plot'."""
        return [f'{self.name}.{name}' for name, found in self.offered.items()
                if not tab or tab in found]

    def shared(self) -> 'dict[str, Offered]':
        """Return what every tab has, the same object in each."""
        return {name: found for name, found in (
            (name, self._same(name)) for name in self.offered) if found}

    def by_module(self, files: Sequence[str],
                  ) -> 'Iterator[tuple[str, list[Offered]]]':
        """Yield (a module, what every tab has of it), as it stands there; the
        modules in these files come first."""
        def place(found: 'Offered') -> tuple[int, str, int]:
            name = f'{found.module.path.replace(".", "/")}.py'
            known = files.index(name) if name in files else len(files)
            return known, name, found.lineno or 0

        for path, group in groupby(sorted(self.shared().values(), key=place),
                                   lambda each: each.module.path):
            yield path, [*group]

    def bases(self, found: 'Offered') -> list[str]:
        """Return what a class extends, as cells call it."""
        from griffe import Class
        if not isinstance(found, Class):
            return []
        names = {each.path: f'{self.name}.{name}'
                 for name, each in self.shared().items()}
        return [names[base.path] for base in found.resolved_bases
                if base.path in names]

    def own(self) -> 'dict[str, dict[str, Offered]]':
        """Return what differs between tabs, or is in some of them only; in
        the order of the modules that define it."""
        tabs, shared = [*self.modules], self.shared()
        own = {name: found for name, found in self.offered.items()
               if name not in shared}

        def place(name: str) -> tuple[int, str, int]:
            tab, found = next(iter(own[name].items()))
            return tabs.index(tab), found.module.path, found.lineno or 0

        return {name: own[name] for name in sorted(own, key=place)}

    def _same(self, name: str) -> 'Offered | None':
        found = self.offered[name]
        first = next(iter(found.values()))
        same = all(other is first for other in found.values())
        return first if same and len(found) == len(self.modules) else None


def methods(found: 'Offered') -> 'list[Function]':
    """Return a class's methods that are told of."""
    return [each for each in _members(found) if each.is_function]


def properties(found: 'Offered') -> 'list[Attribute]':
    """Return a class's attributes that are told of."""
    return [each for each in _members(found) if each.is_attribute]


def _members(found: 'Offered') -> list[Any]:
    return [each for name, each in found.members.items()
            if found.is_class and not name.startswith('_')
            and not each.is_alias and each.docstring]


def aliases(module: 'Module') -> list[tuple[str, str]]:
    """Return (name, what it stands for) of a module's own names of types."""
    return [(name, f'{each.value}')
            for name, each in module.attributes.items()
            if f'{each.annotation}' == 'TypeAlias'
            and not name.startswith('_')]


def read_api(config: Config) -> Api | None:
    """Return what the modules offer that config.ini names, if it names some
    and does not leave their page out.

    Raises:
        BuildError: if one cannot be parsed or has no `__all__`, or if what it
            offers is not in the package, or has no docstring.
    """
    paths = {name: tab.api for name, tab in config.tabs.items() if tab.api}
    if not paths or API in config.without:
        return None
    names = {tab: _dotted(config, path) for tab, path in paths.items()}
    packages = [*dict.fromkeys(name.partition('.')[0]
                               for name in names.values())]
    api, loader = Api(packages[0]), _loaded(config.folder, packages)
    for tab, name in names.items():
        try:
            module = loader.modules_collection[name]
        except KeyError:  # griffe leaves out what it cannot read
            raise BuildError(_why_not(config, paths[tab])) from None
        loader.expand_exports(module)
        api.modules[tab] = module
        for offered, found in _offers(module, config.folder):
            api.offered.setdefault(offered, {})[tab] = found
    return api


def _loaded(folder: Path, packages: Sequence[str]) -> 'GriffeLoader':
    """Return a loader that has parsed packages of a folder."""
    from griffe import GriffeError, GriffeLoader
    loader = GriffeLoader(search_paths=[folder], allow_inspection=False)
    try:
        for name in packages:
            loader.load(name, try_relative_path=False)
        loader.resolve_aliases(implicit=False, external=False)
    except (GriffeError, ImportError, SyntaxError) as error:
        raise BuildError(f'the package {packages[0]}: {error}') from None
    return loader


def api_files(config: Config) -> list[str]:
    """Return the names of all files that read_api may read."""
    paths = [tab.api for tab in config.tabs.values() if tab.api]
    if API in config.without:
        return []
    roots = {config.folder / path.relative_to(config.folder).parts[0]
             for path in paths}
    return sorted(found.relative_to(config.folder).as_posix()
                  for root in roots for found in (
                      [root] if root.is_file() else root.rglob('*.py')))


def _dotted(config: Config, path: Path) -> str:
    return '.'.join(path.relative_to(config.folder).with_suffix('').parts)


def _why_not(config: Config, path: Path) -> str:
    shown = path.relative_to(config.folder).as_posix()
    try:
        ast.parse(path.read_text('utf-8'))
    except (SyntaxError, ValueError) as error:
        return f'{shown}: {error}'
    return f'{shown}: not a module of a package'


def _offers(module: 'Module', folder: Path) -> 'Iterator[tuple[str, Offered]]':
    """Yield (name, object) of what a module's `__all__` lists."""
    from griffe import Alias, Class, Function
    shown = Path(f'{module.filepath}').relative_to(folder).as_posix()
    if not module.exports:
        raise BuildError(f'{shown}: no __all__, which says what it offers')
    for name in module.exports:
        found = module.members.get(f'{name}')
        if isinstance(found, Alias):
            found = found.final_target if found.resolved else None
        if not isinstance(found, Class | Function):
            raise BuildError(f'{shown}: __all__ lists {name}, expected a '
                             'class or a function of the package')
        if not found.docstring:
            raise BuildError(f'{shown}: __all__ lists {name}, which has no '
                             'docstring')
        yield f'{name}', found
