"""What code cells reach in a book's modules, and a checksum of it.

The numbers of a page depend on the definitions that its cells use, and on
those that these use, and so on; not on their neighbours in the same file, nor
on comments, docstrings, annotations or what private names are called.

statements (what a statement is), scopes (what is local), modules and library
(what a name means), classes, names and forms (definitions as nested lists),
kept (each made once), walk (from cells to all that they reach), closure (the
checksums).
"""
from builder.record.reach.closure import Reach, reach

__all__ = ['Reach', 'reach']
