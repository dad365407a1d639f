"""Formulas of several lines or columns."""
import re

_ALIGNED = re.compile(r'\\\\|\\(?:begin|end)\b|\\.|[{}&]', re.DOTALL)


def aligned(formula: str) -> str:
    """Return a formula in an environment for several lines or columns, if it
    has such, and none for them."""
    if not _wants_aligned(formula):
        return formula
    return f'\\begin{{aligned}}\n{formula}\n\\end{{aligned}}'


def _wants_aligned(formula: str) -> bool:
    depth = 0
    for sign in _ALIGNED.findall(formula):
        if sign in ('{', '\\begin'):
            depth += 1
        elif sign in ('}', '\\end'):
            depth -= 1
        elif sign in ('&', '\\\\') and depth == 0:
            return True
    return False
