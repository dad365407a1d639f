"""Drawings as LaTeX takes them, and as shelves of EPUBs do."""
import os
import shutil
import subprocess

from builder.errors import BuildError


def converted(name: str, svg: bytes, kind: str = 'pdf') -> bytes:
    """Return an SVG as PDF or PNG, the same bytes every time."""
    if not shutil.which('rsvg-convert'):
        raise BuildError(f'{name} must become a {kind.upper()} file, which '
                         'needs rsvg-convert. On Debian and Ubuntu: apt-get '
                         'install librsvg2-bin')
    run = subprocess.run(
        ['rsvg-convert', '-f', kind], input=svg, capture_output=True,
        env={**os.environ, 'SOURCE_DATE_EPOCH': '0'})
    if run.returncode:
        raise BuildError(f'{name}: {run.stderr.decode(errors="replace")}')
    return run.stdout
