"""Matplotlib's SVG, made the same in every environment."""
import hashlib
import re

_MADE = re.compile(r'\b[a-z][0-9a-f]{10}\b')  # an id that is a checksum


def with_lasting_ids(svg: str) -> str:
    """Return an SVG whose ids depend on what it shows, and on nothing else.

    Matplotlib makes ids out of a random salt and of how NumPy prints numbers,
    which is not the same in NumPy 1 and 2. Ours are the number of the id and a
    checksum of all else, so that figures on one page do not share them.
    """
    ids = dict.fromkeys(re.findall(rf' id="({_MADE.pattern})"', svg))
    numbers = {name: n for n, name in enumerate(ids)}

    def named(checksum: str) -> str:
        return _MADE.sub(
            lambda found: found[0] if found[0] not in numbers else
            f'{found[0][0]}{checksum}-{numbers[found[0]]}', svg)

    return named(hashlib.sha256(named('').encode()).hexdigest()[:10])
