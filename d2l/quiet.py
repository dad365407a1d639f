"""Silence for what a library says about itself while it is imported."""
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def without_notes(notes: str | tuple[str, ...]) -> Iterator[None]:
    """Keep lines that begin with one of `notes` off stderr in this block.

    For code that writes to the file descriptor, past sys.stderr; whatever
    else it writes appears when the block ends, by an error as well.
    """
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            caught.seek(0)
            for line in caught:
                text = line.decode(errors='replace')
                if not text.startswith(notes):
                    sys.stderr.write(text)
