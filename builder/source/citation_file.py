"""How to cite the book itself: its CITATION.cff, as words and as BibTeX.

The file is in the Citation File Format 1.2.0 (citation-file-format.github.io);
what it may hold is written down here, so that a misspelt key is named.
"""
import datetime
import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.errors import BuildError, SourceError
from builder.source.files import read_text


class _Strict(BaseModel):
    model_config = ConfigDict(extra='forbid', strict=True)


class Author(_Strict):
    """A person, or an entity, which has a `name`."""
    name: str | None = None
    given_names: str | None = Field(None, alias='given-names')
    name_particle: str | None = Field(None, alias='name-particle')
    family_names: str | None = Field(None, alias='family-names')
    name_suffix: str | None = Field(None, alias='name-suffix')
    alias: str | None = None
    affiliation: str | None = None
    orcid: str | None = None
    email: str | None = None
    website: str | None = None

    @property
    def shown(self) -> str:
        """The whole name."""
        parts = (self.given_names, self.name_particle, self.family_names,
                 self.name_suffix)
        return self.name or ' '.join(filter(None, parts)) or self.alias or ''

    @property
    def bibtex(self) -> str:
        """The name as BibTeX takes it apart, or leaves it whole."""
        if self.name or not self.family_names:
            return f'{{{_tex(self.shown)}}}'
        parts = (self.name_particle, self.family_names)
        last = _tex(' '.join(filter(None, parts)))
        others = (self.name_suffix, self.given_names)
        return ', '.join([last, *(_tex(part) for part in others if part)])


class Citation(_Strict):
    """What CITATION.cff says; `text` and `bibtex` are for readers."""
    cff_version: Literal['1.2.0'] = Field(alias='cff-version')
    message: str
    title: str
    authors: list[Author] = Field(min_length=1)
    abstract: str | None = None
    commit: str | None = None
    contact: list[Author] = []
    date_released: datetime.date | None = Field(None, alias='date-released')
    doi: str | None = None
    identifiers: list[dict[str, str]] = []
    keywords: list[str] = []
    license: str | list[str] | None = None
    license_url: str | None = Field(None, alias='license-url')
    preferred_citation: dict[str, Any] | None = Field(
        None, alias='preferred-citation')
    references: list[dict[str, Any]] = []
    repository: str | None = None
    repository_artifact: str | None = Field(None, alias='repository-artifact')
    repository_code: str | None = Field(None, alias='repository-code')
    type: Literal['software', 'dataset'] = 'software'
    url: str | None = None
    version: str | None = None

    @property
    def place(self) -> str:
        """The address that leads there, or ''."""
        if self.doi:
            return f'https://doi.org/{self.doi}'
        return self.url or self.repository_code or ''

    @property
    def text(self) -> str:
        """One line: authors, year, title, version, address."""
        *others, last = [author.shown for author in self.authors]
        people = f'{", ".join(others)} & {last}' if others else last
        year = f' ({self.date_released.year})' if self.date_released else ''
        version = f', version {self.version}' if self.version else ''
        place = f'. {self.place}' if self.place else ''
        return f'{people}{year}. {self.title}{version}{place}.'

    @property
    def bibtex(self) -> str:
        """An entry for a BibTeX file."""
        year = f'{self.date_released.year}' if self.date_released else ''
        first = self.authors[0]
        key = re.sub(r'[^A-Za-z0-9.]+', '-', ' '.join((
            first.family_names or first.shown, year or self.version or '')))
        fields = {
            'title': f'{{{_tex(self.title)}}}', 'year': year,
            'author': ' and '.join(each.bibtex for each in self.authors),
            'version': _tex(self.version or ''), 'doi': self.doi,
            'url': self.url or self.repository_code}
        lines = [f'  {name} = {{{value}}},' for name, value in fields.items()
                 if value]
        return '\n'.join([f'@{self.type}{{{key.strip("-").lower()},', *lines,
                          '}'])


def _tex(text: str) -> str:
    """Return text as TeX that shows it."""
    return re.sub(r'[#$%&_{}]', r'\\\g<0>', text)


def load_citation(folder: Path, path: Path | None,
                  errors: list[BuildError]) -> Citation | None:
    """Return what the file at `path` says, None without one; if something is
    wrong with it, None, and that goes to `errors`.

    Args:
        folder: the book's folder.
        path: the file, in that folder.
        errors: where errors go.
    """
    if path is None:
        return None
    shown = path.relative_to(folder).as_posix()
    text = read_text(path, shown, errors)
    try:
        return Citation.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        errors.append(SourceError(shown, mark.line + 1 if mark else 1,
                                  f'no YAML: {error}'.split('\n')[0]))
    except ValidationError as error:
        for each in error.errors():
            key = '.'.join(map(str, each['loc']))
            first = f'{each["loc"][0]}' if each['loc'] else ''
            errors.append(SourceError(
                shown, _line(text, first), f'{key}: {each["msg"]}'
                + (f', got {each["input"]!r}' if key else '')))
    return None


def _line(text: str, key: str) -> int:
    """Return the line that a key stands in, or 1."""
    found = re.search(rf'^{re.escape(key)}\s*:', text, re.MULTILINE)
    return text.count('\n', 0, found.start()) + 1 if found and key else 1
