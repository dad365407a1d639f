"""From the Book and its recordings to pages and PDFs; nothing is run here.

prose, outputs (pieces of a page as MyST Markdown), pages (with tabs), sheets
(of one tab), claims_page; sources (what Sphinx reads) and lines (where it
comes from), conf, folders, sphinx_build; html; pdf, with latex and tex_lines;
colab. katex makes formulas, page.css and page.js go with every page.
"""
