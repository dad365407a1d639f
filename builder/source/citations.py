"""Citations by author and year, and the list of references, as Markdown."""
import functools
import re

from pybtex.database import BibliographyDataError, parse_file
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from builder import escape
from builder.errors import BuildError


class Bibliography:
    """The entries of a BibTeX file, by key."""

    def __init__(self, path=None):
        self.entries = {}
        if path is None:
            return
        try:
            self.entries = dict(parse_file(str(path), 'bibtex').entries)
        except (BibliographyDataError, PybtexError, OSError) as error:
            raise BuildError(f'{path.name}: {error}') from None

    def __iter__(self):
        return iter(self.entries)

    def authors(self, key):
        """Return the authors as a citation names them: "Smith & Topin"."""
        people = self.entries[key].persons['author']
        names = [_plain(' '.join(p.prelast_names + p.last_names))
                 for p in people]
        if len(names) > 2:
            return f'{names[0]} et al.'
        return ' & '.join(names)

    def year(self, key):
        """Return the year of publication."""
        return escape.markdown(self.entries[key].fields['year'])

    def url(self, key):
        """Return where the work is to be read: DOI, arXiv or address."""
        return escape.address(self._url(self.entries[key].fields))

    def _url(self, fields):
        if 'doi' in fields:
            return f'https://doi.org/{fields["doi"]}'
        if 'eprint' in fields:
            return f'https://arxiv.org/abs/{fields["eprint"]}'
        found = re.match(r'arXiv:([\d.]+)', fields.get('journal', ''))
        if found:
            return f'https://arxiv.org/abs/{found[1]}'
        return fields.get('url', '')

    def references(self, keys):
        """Return [(key, one line of Markdown)], sorted by author and year."""
        keys = sorted(keys, key=lambda k: (self.authors(k), self.year(k)))
        return [(key, self._reference(key)) for key in keys]

    def _reference(self, key):
        entry = self.entries[key]
        names = [_plain(' '.join(p.first_names + p.middle_names
                                 + p.prelast_names + p.last_names))
                 for p in entry.persons['author']]
        people = ', '.join(names[:-1]) + ' & ' * (len(names) > 1) + names[-1]
        fields = entry.fields
        venue = next((fields[k] for k in ('booktitle', 'journal', 'publisher')
                      if k in fields), '')
        title, venue = _plain(fields['title']), _plain(venue)
        pages = (f', pages {_plain(fields["pages"])}' if 'pages' in fields
                 else '')
        if self.url(key):
            title = f'[{title}]({self.url(key)})'
        where = f' *{venue}*{pages}.' if venue else ''
        return f'{people} ({self.year(key)}). {title}.{where}'


def citation_keys(role):
    """Return the keys in a cite or citet role."""
    return [key.strip() for key in role.content.split(',')]


@functools.cache  # asked again for every page and tab
def _plain(latex):
    """Return LaTeX as Markdown: accents as characters, braces gone."""
    return escape.markdown(Text.from_latex(latex))
