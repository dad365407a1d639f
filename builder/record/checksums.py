"""Checksums of what decides numbers: code, modules, pinned versions."""
import hashlib
import io
import json
import re
import tokenize

from builder.errors import BuildError


def checksum(value):
    """Return the SHA-256 of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def file_checksum(path):
    """Return the SHA-256 of a file's bytes; '' if there is none."""
    if not path.is_file():
        return ''
    return hashlib.sha256(path.read_bytes()).hexdigest()


def module_checksum(source):
    """Return a checksum of a module that ignores comments and docstrings.

    By tokens, whose places do not depend on the version of Python.
    """
    lines = source.splitlines(keepends=True)
    previous = tokenize.NEWLINE
    begins = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and previous in begins
        if token.type == tokenize.COMMENT or docstring:
            _blank(lines, token.start, token.end)
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            previous = token.type
    kept = (line.rstrip() for line in lines)
    return checksum([line for line in kept if line])


def _blank(lines, start, end):
    (first, begin), (last, stop) = start, end
    for n in range(first, last + 1):
        line = lines[n - 1]
        left = begin if n == first else 0
        right = stop if n == last else len(line.rstrip('\n'))
        lines[n - 1] = line[:left] + ' ' * (right - left) + line[right:]


def pinned(config, tab):
    """Return {package: version} as requirements/<tab>.txt pins them.

    Raises:
        BuildError: if a package that config.ini names has no exact version.
    """
    wanted = config.tabs[tab].packages
    path = config.folder / 'requirements' / f'{tab}.txt'
    if not wanted:
        return {}
    pins = dict(re.findall(r'^([\w.-]+)==([^\s;+]+)', path.read_text('utf-8'),
                           re.MULTILINE))
    missing = [name for name in wanted if name not in pins]
    if missing:
        raise BuildError(f'requirements/{tab}.txt: no exact version of '
                         f'{", ".join(missing)}')
    return {name: pins[name] for name in wanted}
