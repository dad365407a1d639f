"""Turn d2l-Markdown into notebooks, run them, and make pages of both.

The modules, in the order of the flow: config, markdown (text to blocks), book
(pages, labels, numbers), citations, claims, notebook, recording (what makes
outputs trustworthy), execute, katex, html. `environment` makes the virtual
environments and needs nothing but the standard library; `cells` gives the
chapter's code to whoever runs it without Jupyter; `checksums` and `machine`
say what a run rests on and was made on.
"""
