"""What sentences claim, and the runs that bear it out.

config.ini names a function that judges a claim by its name. It returns an
object with `title`, what is claimed; `text`, the numbers; `runs`, the paths of
the files that they come from; `details`, Markdown that shows these runs; and
`problem`, which says that they are missing, or ''. It raises ClaimError if
there is no such claim or they do not bear it out; any other BuildError is of
the files that it reads, and says which.
"""
import importlib

from builder.errors import ClaimError, SourceError


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
        except ClaimError as error:
            raise SourceError(page.path, role.line, str(error)) from None
    return claims
