"""From the Book to notebooks that were run, and whether they still hold.

notebook (without outputs), checksums, reach and basis (what a run rests on),
machine (what it was made on), outputs and svg (what it may show), schema (what
a file must be), recording (what is kept), kernel and execute (the run itself),
provenance (all this in one sentence); certificates (that other code gave the
same), git, trees, certify and command (how they come about).
"""
