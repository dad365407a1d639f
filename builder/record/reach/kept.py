"""The forms of statements, each made once for as long as no module changes.

Every page in every tab, and what the runs of a tab rest on, reach much the
same definitions; and whoever walks to one writes it, too.
"""
from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator

from builder.record.reach.forms import Former
from builder.record.reach.library import Library
from builder.record.reach.modules import CELLS, Module


class Forms:
    """The forms of the statements of a library."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._kept = _kept(library.state())

    def of(self, module: Module, statements: Iterable[ast.stmt]
           ) -> Iterator[Former]:
        """Yield a Former that has read it for each statement."""
        for node in statements:
            found = self._kept.get(node)
            if found is None:
                found = Former(self.library, module)
                found.read(node)
                if module.name != CELLS:  # these are of one page
                    self._kept[node] = found
            yield found


@functools.lru_cache(maxsize=32)
def _kept(state: str) -> dict[ast.stmt, Former]:
    """Return a dict, empty at first, that belongs to a library's state; its
    statements are those of modules.read_module, which keeps them, too."""
    return {}
