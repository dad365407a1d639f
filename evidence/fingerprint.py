"""What all runs of a tab rest on, as a checksum."""
from builder.config import load_config
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
    config = load_config(ROOT / 'config.ini')
    return checksum(reached(tab).checksums), pinned(config, tab)


def reached(tab: str) -> Reach:
    """Return what runs use of the chapter's cells, and these of modules."""
    config = load_config(ROOT / 'config.ini')
    return reach(ROOT, config.tabs[tab].modules, definition_cells(tab),
                 USED, REPLACED)
