"""Checksums of values, bytes and files, and the versions that are pinned."""
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.config import Config
from builder.errors import BuildError


def checksum(value: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return bytes_checksum(text.encode('utf-8', 'surrogatepass'))


def bytes_checksum(content: bytes) -> str:
    """Return the SHA-256 of these bytes."""
    return hashlib.sha256(content).hexdigest()


def file_checksum(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, whichever way its lines end; ''
    if there is none."""
    if not path.is_file():
        return ''
    return bytes_checksum(path.read_bytes().replace(b'\r\n', b'\n'))


def pinned(config: Config, tab: str) -> dict[str, str]:
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


def check_versions(tab: str, pins: Mapping[str, str],
                   found: Mapping[str, str]) -> dict[str, str]:
    """Return the pinned versions if they are those found in an environment;
    the name of a build, as in 2.1+cpu, does not count.

    Raises:
        BuildError: if another version is installed.
    """
    for name, version in pins.items():
        if found[name].split('+')[0] != version:
            raise BuildError(f'{tab}: {name} {found[name]} is installed, '
                             f'pinned is {version}; remove .venvs/{tab} and '
                             'try again')
    return dict(pins)
