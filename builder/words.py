"""The builder's own words in other languages, and how these write numbers.

A language has a catalog, such as languages/de.po, by the words in English.
Sphinx reads it too, so that its theme's words may stand in it. What has no
translation is English.
"""
import datetime
import functools
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol

HERE = Path(__file__).parent / 'languages'


class Words:
    """Says what the builder says in one language: say('Figure {}').

    Attributes:
        language: as config.ini names it.
        scripts: {what scripts say in English: in this language}.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = locale_of(language)
        found = _catalog(language)
        self.known = {id_: string for id_, (string, _) in found.items()}
        self.scripts = {id_: string for id_, (string, places) in found.items()
                        if any(name.endswith('.js') for name in places)}

    def __call__(self, text: str) -> str:
        return self.known.get(text) or text

    def count(self, number: int) -> str:
        """Return a number with its thousands apart."""
        return str(format_decimal(number, locale=self.locale))

    def decimals(self, text: str) -> str:
        """Return a text of numbers with this language's decimal sign."""
        return text.replace('.', get_decimal_symbol(self.locale))

    def day(self, day: datetime.date) -> str:
        """Return a day with its month in words."""
        if self.locale.language == 'en':
            return f'{day.day} {day:%B %Y}'
        return str(format_date(day, 'long', locale=self.locale))

    def name(self, language: str) -> str:
        """Return what a language is called in this one."""
        locale = locale_of(language)
        named = locale.get_display_name(self.locale)
        return named if named and locale.language in language else language


@functools.cache
def words(language: str) -> Words:
    """Return the Words of a language, as config.ini names it."""
    return Words(language)


def catalog_path(language: str) -> Path | None:
    """Return the path of the catalog of a language, if it has one: de_AT may
    have its own, or that of de; zh_TW not that of zh, whose script is another.
    """
    locale, names = locale_of(language), [language.replace('-', '_')]
    usual = get_global('likely_subtags').get(locale.language, '').split('_')
    if locale.script is None or locale.script in usual:
        names.append(locale.language)
    paths = (HERE / f'{name}.po' for name in names)
    return next((path for path in paths if path.is_file()), None)


def locale_of(language: str) -> Locale:
    """Return what Babel knows of a language; of English, if of no such."""
    try:
        return Locale.parse(language.replace('-', '_'))
    except (UnknownLocaleError, ValueError):
        return Locale('en')


def _catalog(language: str) -> dict[str, tuple[str, list[str]]]:
    """Return {English: (translation, files that it stands in)}."""
    path = catalog_path(language)
    if path is None:
        return {}
    with path.open('rb') as file:
        return {str(message.id): (str(message.string),
                                  [name for name, _ in message.locations])
                for message in read_po(file) if message.id and message.string}


ENGLISH = words('en')
