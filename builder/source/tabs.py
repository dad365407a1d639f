"""Which tabs a cell is for: #@tab lines, tab.selected, tab.interact_select.

As d2lbook reads them: the first line #@tab (or %%tab) of a cell counts, and
all of them go; a branch `if tab.selected('jax'):` stays in the cell of that
tab, dedented; a cell that loads d2lbook's own magic is for its editor.
"""
import difflib
import re
from dataclasses import dataclass

_TAB_LINE = re.compile(r'\s*(?:#\s*@tab|(?:#\s*)?%%tab)[ \t]+(\S.*?)\s*')
_LOADS = re.compile(r'^\s*%load_ext\s+d2lbook\.tab\b', re.MULTILINE)
_OFFERS = re.compile(r'\btab\.interact_select\(([^()]*)\)')
_SELECTED = re.compile(
    r'(\s*)(?:el)?if\s+tab\.selected\((.*)\)\s*:\s*(?:#.*)?')
_NAME = re.compile(r'''['"]([^'"]+)['"]''')


@dataclass(frozen=True)
class TabNames:
    """The names of a book's tabs; the first is the default. If `explicit`,
    others are mistakes; if not, they are tabs that the book leaves out."""
    names: tuple[str, ...]
    explicit: bool

    def named(self, text: str) -> tuple[str, ...] | None:
        """Return the tabs of the book in a list of names; None for all.

        Raises:
            ValueError: if one looks misspelt.
        """
        names = tuple(name.strip() for name in text.split(','))
        if names == ('all',):
            return None
        unknown = [name for name in names if name not in self.names]
        wrong = [name for name in unknown
                 if self.explicit or not re.fullmatch(r'[A-Za-z]\w*', name)
                 or difflib.get_close_matches(name.lower(), self.names, 1,
                                              0.75)]
        if wrong:
            raise ValueError(f'unknown tab {wrong[0]!r}, expected all or '
                             f'names out of {", ".join(self.names)}')
        return tuple(name for name in names if name in self.names)


def take_tab_lines(lines: list[str]) -> tuple[list[str], str, int]:
    """Return (the lines without those that name tabs, what the first of these
    names, its number from 0); at least one line stays."""
    found = [(n, match[1]) for n, line in enumerate(lines)
             if (match := _TAB_LINE.fullmatch(line))]
    left = [line for n, line in enumerate(lines)
            if n not in {n for n, _ in found}]
    line, names = found[0] if found else (0, '')
    return left or [''], names, line


def chosen_tabs(source: str) -> tuple[str, ...] | None:
    """Return the tabs that a cell offers to choose from, in d2lbook's editor;
    None if it is another cell."""
    found = _OFFERS.search(source)
    if not _LOADS.search(source) and not found:
        return None
    return tuple(_NAME.findall(found[1])) if found else ()


def branch_for(source: str, tab: str) -> str:
    """Return a cell's source with only the branches of `tab`."""
    if 'tab.selected' not in source:
        return source
    kept: list[str] = []
    # Of the branch that these lines are in: its indentation, how much deeper
    # its lines are, whether it is kept.
    indent, deeper, mine = -1, 0, False
    for line in source.split('\n'):
        found = _SELECTED.fullmatch(line)
        if indent >= 0 and line.strip() and _indent(line) <= indent:
            indent = -1
        if found:
            indent, deeper = len(found[1]), 0
            mine = tab in _NAME.findall(found[2])
        elif indent < 0:
            kept.append(line)
        elif mine:
            deeper = deeper or _indent(line) - indent
            kept.append(line[deeper:] if line.strip() else line)
    return '\n'.join(kept).strip('\n')


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
