"""What people write: d2l-Markdown to the Book that the other rooms work on.

markdown (text to blocks), figures, citations, labels, claims, book.
"""
