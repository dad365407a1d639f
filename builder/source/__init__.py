"""What people write: d2l-Markdown to the Book that the other rooms work on.

files (the gate: which files a book may name), blocks and inline (what stands
in a source), figures, toc, markdown (a source to blocks), citations, page
(items and their ids), labels, judgement (what the book's own code tells of
its claims), claims, effects (figures of them), book.
"""
