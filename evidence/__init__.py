"""The runs behind the chapter's sentences, and what they show.

plan.toml says which runs there must be and claims.toml what the text asserts;
`make evidence` makes the missing runs, one line each in runs/<tab>.jsonl. The
modules, in the order of the flow: plan (what must run), fingerprint (what runs
rest on), records (the files of runs), training (one run), runner (many),
claims, findings (the statistics), report; and certify, whose driver repeats a
few runs with older code.
"""
from builder.errors import BuildError


class EvidenceError(BuildError):
    """Something that the user can mend; shown without a traceback."""
