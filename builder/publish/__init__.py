"""From the Book and its recordings to pages and PDFs; nothing is run here.

markup (pieces of MyST), myst (a page), claims_page, sphinx_build, html, pdf,
colab; katex makes formulas, page.css and page.js go with every page.
"""
