"""What the reader sees of a lab.

Scripts for the page, in this order: schedules (the rate as a function of
time), python, builtin and snippets (the code of a schedule in each framework),
chart (curves as SVG), state (what an address says), controls, results, forms,
drawing, training, lab. The first six know no page: Node runs them when a book
is built (scripts.py), for the figure and the code that stand where no script
runs. recorded.py takes in the runs that a reader's own are held against.
"""
