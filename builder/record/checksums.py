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
        BuildError: if it cannot be read, or if a package that config.ini
            names has no exact version.
    """
    wanted, name = config.tabs[tab].packages, f'requirements/{tab}.txt'
    if not wanted:
        return {}
    try:
        text = (config.folder / name).read_text('utf-8-sig')
    except OSError as error:
        raise BuildError(f'{name}: {error.strerror}') from None
    except UnicodeDecodeError:
        raise BuildError(f'{name}: not UTF-8') from None
    pins = dict(re.findall(r'^([\w.-]+)==([^\s;+]+)', text, re.MULTILINE))
    missing = [package for package in wanted if package not in pins]
    if missing:
        raise BuildError(f'{name}: no exact version of {", ".join(missing)}')
    return {package: pins[package] for package in wanted}


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
