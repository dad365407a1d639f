"""What all runs of a tab rest on, as a checksum."""
from collections.abc import Mapping, Sequence
from pathlib import Path

from builder.config import load_config
from builder.record.certificates import earlier
from builder.record.checksums import checksum, pinned
from builder.record.reach import Reach, reach
from evidence.chapter import ROOT, definition_cells

# What training.train uses of the chapter. Schedules are not in it: a run's
# key holds the rates themselves.
USED = ('d2l.set_seed', 'make_net', 'make_trainer', 'train', 'loss',
        'train_iter', 'test_iter', 'device')
# What it defines itself: the curves need not be drawn.
REPLACED = ('make_animator',)


def fingerprint(tab: str) -> tuple[str, dict[str, str]]:
    """Return what all runs of a tab rest on: the code that decides numbers,
    as a checksum, and {package: pinned version}."""
    return checksum(reached(tab).checksums), pinned(
        load_config(ROOT / 'config.ini'), tab)


def reached(tab: str) -> Reach:
    """Return what runs use of the chapter's cells, and these of modules."""
    config = load_config(ROOT / 'config.ini')
    return reached_in(ROOT, config.tabs[tab].modules, definition_cells(tab))


def reached_in(folder: Path, modules: Sequence[str],
               cells: Sequence[str]) -> Reach:
    """Return the same of any project.

    Args:
        folder: its folder.
        modules: those that config.ini lists there for a tab.
        cells: its chapter's definition cells.
    """
    return reach(folder, modules, cells, USED, REPLACED)


def accepted(rests_on: tuple[str, Mapping[str, str]]) -> list[str]:
    """Return the code of records that count: today's, and by certificates
    all earlier code with the same results, the earliest last."""
    return earlier(ROOT, 'runs', *rests_on)
