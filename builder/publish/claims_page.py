"""The page that shows the runs behind all claims."""
from pathlib import Path

from builder.errors import BuildError

CLAIMS_PAGE = 'claims'


def claims_page(book, download=True):
    """Return MyST for the page that shows the runs behind all claims; with
    links to the files of these runs, unless download is false.

    Raises:
        BuildError: if the book has a page of that name.
    """
    if CLAIMS_PAGE in [page.name for page in book.pages]:
        raise BuildError(f'{CLAIMS_PAGE}.md: the builder makes a page of this '
                         'name; call this one something else')
    parts = ['---\norphan: true\n---', '# Claims and Runs',
             'A number in parentheses behind a sentence leads here: to the '
             'runs that it comes from, one line for each seed.']
    for name, claim in book.claims.items():
        parts += [f'(claim-{name})=', f'## {claim.title}',
                  f'**{claim.text}**']
        files = ', '.join(f'[{Path(path).name}](path:/{path})'
                          for path in claim.runs)
        parts += [claim.problem or claim.details]
        if download and not claim.problem:
            parts += [f'All figures of these runs: {files}.']
    return '\n\n'.join(parts) + '\n'
