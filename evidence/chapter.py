"""The chapter's own code cells as a program, for whoever runs it without
Jupyter: tests, benchmark and evidence use no second copy of it.

config.ini says which page it is."""
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from builder.config import load_config
from builder.source.markdown import Code, split

ROOT = Path(__file__).parents[1]
CONFIG = load_config(ROOT / 'config.ini')
CHAPTER = CONFIG.evidence.chapter


def code_cells(tab: str) -> list[str]:
    """Return the sources of the code cells that `tab` runs, in order."""
    blocks = split((ROOT / CHAPTER).read_text('utf-8'), CHAPTER, CONFIG.tabs)
    return [block.source for block in blocks if isinstance(block, Code)
            and (block.tabs is None or tab in block.tabs)]


def definition_cells(tab: str) -> list[str]:
    """Return the cells that stand before the first experiment: the network,
    the data, the trainer and the training loop.

    An experiment is a cell that sets the seed. A cell that plots defines
    nothing that an experiment needs.
    """
    return before_experiments(code_cells(tab))


def before_experiments(cells: Sequence[str]) -> list[str]:
    """Return those of a chapter's cells that its experiments need."""
    first = next((n for n, source in enumerate(cells)
                  if 'd2l.set_seed(' in source), len(cells))
    return [source for source in cells[:first] if 'd2l.plot(' not in source]


def definitions(tab: str) -> dict[str, Any]:
    """Run these cells and return {name: object} of all that they define."""
    names: dict[str, Any] = {'__name__': Path(CHAPTER).stem}
    for source in definition_cells(tab):
        exec(compile(source, f'{CHAPTER} [{tab}]', 'exec'), names)
    return names
