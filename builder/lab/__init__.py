"""The schedule lab: a network that the reader of a page trains.

Two halves: `net`, the network, its data and how it is trained; `ui`, what the
reader sees of it.
"""
