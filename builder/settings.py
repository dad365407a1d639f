"""The sections of a parsed config.ini, each value checked as it is read.

Every method takes a section and a key; what is not there is empty. A value
that is not what is expected gives a ValueError that shows all three. Standard
library only.
"""
import configparser
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

_NAMED = 'tab', 'translation'  # sections of which there may be several


class Settings:
    """The settings of a book, and the folder that paths are relative to."""

    def __init__(self, folder: Path,
                 parser: configparser.ConfigParser) -> None:
        self.folder = folder
        self.sections: dict[str, Mapping[str, str]] = {
            name: dict(parser[name]) for name in parser.sections()}

    def refuse_unknown(self, known: Mapping[str, Sequence[str]]) -> None:
        """Refuse unknown sections and keys: most are misspelt.

        A section of a tab that the book does not show may stay, unless it
        looks like that of a tab that has none.

        Args:
            known: the keys that a section may have, none if any; `tab` and
                `translation` are kinds of sections that have names.
        """
        tabs = [tab.strip() for tab in self.text('book', 'tabs').split(',')]
        bare = [tab for tab in tabs if f'tab {tab}' not in self.sections]
        for section, entries in self.sections.items():
            kind, _, name = section.partition(' ')
            if kind not in known or bool(name) != (kind in _NAMED):
                raise ValueError(f'unknown section [{section}]'
                                 + _closest(kind, known))
            if kind == 'tab' and name not in tabs and _closest(name, bare):
                raise ValueError(f'[{section}] is of no tab'
                                 + _closest(name, bare))
            for key in entries if known[kind] else ():
                if key not in known[kind]:
                    raise ValueError(f'[{section}] has an unknown key {key!r}'
                                     + _closest(key, known[kind]))

    def named(self, kind: str) -> list[str]:
        """Return the sections [kind NAME]."""
        return [section for section in self.sections
                if section.startswith(f'{kind} ')]

    def wrong(self, section: str, key: str, expected: str) -> ValueError:
        """Return the error that says what was expected instead."""
        value = self.sections[section][key]
        return ValueError(f'[{section}] {key} = {value}: {expected}')

    def text(self, section: str, key: str, default: str = '') -> str:
        """Return a line of text."""
        value = self.sections.get(section, {}).get(key) or default
        line = ' '.join(value.split())
        if not line.isprintable():
            raise self.wrong(section, key, 'expected printable characters, '
                             f'got {line!r}')
        return line

    def form(self, section: str, key: str, form: tuple[str, str],
             default: str = '') -> str:
        """Return text that is empty or of a form, (pattern, description)."""
        value = self.text(section, key, default)
        if value and not re.fullmatch(form[0], value):
            raise self.wrong(section, key, f'expected {form[1]}')
        return value

    def flag(self, section: str, key: str, default: bool) -> bool:
        """Return whether it says yes."""
        value = self.text(section, key, 'yes' if default else 'no').lower()
        try:
            return configparser.ConfigParser.BOOLEAN_STATES[value]
        except KeyError:
            raise self.wrong(section, key, 'expected yes or no') from None

    def items(self, section: str, key: str, pattern: str = '.+',
              what: str = '') -> tuple[str, ...]:
        """Return what stands between commas, each once and of a form."""
        text = self.text(section, key)
        found = tuple(item.strip() for item in text.split(',')
                      if item.strip())
        for item in found:
            if not re.fullmatch(pattern, item, re.ASCII):
                raise self.wrong(section, key, f'expected {what}, '
                                 f'got {item!r}')
        for item in found:
            if found.count(item) > 1:
                raise self.wrong(section, key, f'names {item!r} twice')
        return found

    def files(self, section: str, key: str) -> tuple[str, ...]:
        """Return names of files that are there, in the book's folder."""
        names = self.items(section, key)
        for name in names:
            self._check_inside(section, key, name)
            if not (self.folder / name).is_file():
                raise self.wrong(section, key, 'not found' if len(names) == 1
                                 else f'{name!r} was not found')
        return names

    def paths(self, section: str, key: str) -> tuple[str, ...]:
        """Return names of files and folders in the book's folder, which need
        not be there yet."""
        names = self.items(section, key)
        for name in names:
            self._check_inside(section, key, name)
        return names

    def file(self, section: str, key: str) -> Path | None:
        """Return the path of one file, or None."""
        names = self.files(section, key)
        if len(names) > 1:
            raise self.wrong(section, key, 'expected one file')
        return self.folder / names[0] if names else None

    def files_of_tabs(self, section: str, key: str,
                      tabs: Iterable[str]) -> tuple[str, ...]:
        """Return names of files, {tab} standing for each tab that has one."""
        names: list[str] = []
        for name in self.items(section, key):
            self._check_inside(section, key, name)
            each = [name.replace('{tab}', tab) for tab in tabs]
            names += (n for n in each if (self.folder / n).is_file()
                      ) if '{tab}' in name else [name]
        return tuple(names)

    def _check_inside(self, section: str, key: str, name: str) -> None:
        whole = (self.folder / name).resolve()
        if '\\' in name or not whole.is_relative_to(self.folder):
            raise self.wrong(section, key, f'{name!r} is not a path in the '
                             'book\'s folder')
        if '/.' in f'/{whole.relative_to(self.folder).as_posix()}':
            raise self.wrong(section, key, f'{name!r} is hidden')


def _closest(name: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(name.lower(), [*known], 1)
    return f', did you mean {found[0]!r}?' if found else ''
