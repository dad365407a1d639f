"""What sentences claim, and the runs that bear it out.

config.ini names a function that judges a claim by its name. It returns an
object with `title`, what is claimed; `text`, the numbers; `runs`, the paths of
the files that they come from; `details`, Markdown that shows these runs; and
`problem`, which says that they are missing, or ''. It raises BuildError if
they do not bear the claim out.
"""
import importlib
from pathlib import Path

from builder.errors import BuildError, SourceError

CLAIMS_PAGE = 'claims'


def judge_claims(config, page, prose):
    """Return {name: what the judge says} of all claims in `prose`.

    Raises:
        SourceError: at a claim that the runs do not bear out, or cannot
            decide.
    """
    claims = {}
    for role in prose.roles:
        if role.name != 'claim':
            continue
        if not config.claims:
            raise SourceError(page.path, role.line, 'a claim, but config.ini '
                              'names no function that judges claims')
        module, _, name = config.claims.partition(':')
        judge = getattr(importlib.import_module(module), name)
        try:
            claims[role.content] = judge(role.content)
        except BuildError as error:
            raise SourceError(page.path, role.line, str(error)) from None
    return claims


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
        files = ', '.join(f'{{download}}`{Path(path).name} </{path}>`'
                          for path in claim.runs)
        parts += [claim.problem or claim.details]
        if download and not claim.problem:
            parts += [f'All figures of these runs: {files}.']
    return '\n\n'.join(parts) + '\n'
