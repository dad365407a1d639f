"""From the Book to notebooks that were run, and whether they still hold.

notebook (without outputs), checksums, basis and machine (what a run rests on
and was made on), recording (what is kept), execute (the run itself),
provenance (all this in one sentence).
"""
