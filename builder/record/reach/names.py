"""The names in forms that others may say otherwise: targets, private ones."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from builder.record.reach.library import Target


def is_private(name: str) -> bool:
    """Return whether a name is its module's or its class's own affair."""
    return name.startswith('_') and not name.endswith('__')


@dataclass(frozen=True)
class Private:
    """A private attribute in a form."""
    name: str


def filled(form: Any, told: Callable[[Target | Private], Any]) -> Any:
    """Return a form with what is told of targets and private attributes."""
    if isinstance(form, list):
        return [filled(part, told) for part in form]
    if form is None or isinstance(form, str | int):
        return form
    return told(form)


@dataclass
class Names:
    """Private names in code.

    Attributes:
        defined: attributes that reached classes define.
        shared: attributes that may also be those of other objects.
        spelled: words in strings.
    """
    defined: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    spelled: set[str] = field(default_factory=set)

    def add(self, others: Names) -> None:
        """Add what other code has."""
        self.defined |= others.defined
        self.shared |= others.shared
        self.spelled |= others.spelled

    def renamed(self) -> set[str]:
        """Return the attributes whose names say nothing about numbers."""
        return self.defined - self.shared - self.spelled
