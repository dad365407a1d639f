"""How long training takes, and beside it the fastest loop that we know.

`make bench` runs `python -m bench TAB` in every tab's environment; it prints
times and tests nothing. Each tab has a module here whose `make_epoch` is that
fastest loop: of public functions, on the chapter's own network and data,
without what a reader wants to see. Whoever beats it puts that there. `python
-m bench lab` compares the schedule lab's network with PyTorch's. Two more
measure something else: rates, how often the tests behind claims err, and
demonstration, whether the lab's demonstration holds.
"""
