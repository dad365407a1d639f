"""From the Book and its recordings to pages and PDFs; nothing is run here.

markup, prose, outputs, svg and forest (pieces of a page as MyST Markdown),
pages (with tabs), sheets (of one tab), claims_page and claims_json; lines
(where they come from), sources (what Sphinx reads), conf, folders,
sphinx_build, with tasks; html; pdf, with latex; colab and lab (copies of
notebooks).
Sphinx loads guard, tex_lines and katex, which makes formulas; the styles in
look/ and page.js go with every page.
"""
