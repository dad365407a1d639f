"""Turn d2l-Markdown into notebooks, run them, and make pages of both.

The modules, in the order of the flow: config, markdown (text to blocks), book
(pages, labels, numbers), citations, notebook, recording (what makes outputs
trustworthy), execute, katex, html. `environment` makes the virtual
environments and needs nothing but the standard library.
"""
