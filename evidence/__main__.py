"""python -m evidence TAB: make the runs of a tab that are still missing.

    --scheduler ADDRESS    use this running Dask cluster
    --list                 name the missing runs and make none

Runs in the tab's environment. It can be stopped at any moment: finished runs
stay, and the next call makes the others.
"""
import argparse
import os
import sys

from builder.cells import ROOT
from builder.config import load_config
from builder.errors import BuildError
from evidence import EvidenceError
from evidence.claims import claimed, load_claims
from evidence.plan import fingerprint, load_plan
from evidence.records import load_records, runs_path


def main(arguments=None):
    """Make what is missing; return the exit status."""
    parser = argparse.ArgumentParser(
        prog='python -m evidence', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tab')
    parser.add_argument('--scheduler', metavar='ADDRESS')
    parser.add_argument('--list', action='store_true')
    options = parser.parse_args(arguments)
    try:
        return _evidence(options.tab, options.scheduler, options.list)
    except (BuildError, EvidenceError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print('\ninterrupted; finished runs are kept', file=sys.stderr)
        return 130


def _evidence(tab, address, only_list):
    config = load_config(ROOT / 'config.ini')
    if tab not in config.tabs:
        raise EvidenceError(f'unknown tab {tab!r}, expected one of '
                            f'{", ".join(config.tabs)}')
    plan = load_plan()
    wanted = plan.runs(tab, claimed(load_claims(plan)))
    device = 'cpu' if only_list else _here(config, tab)
    records = load_records(runs_path(tab), fingerprint(tab), device)
    todo = [run for run in wanted if run.key() not in records.runs]
    if records.cut:
        print(f'warning: half a line at the end of runs/{tab}.jsonl; that '
              'run counts as missing')
    if records.stale:
        print(f'warning: {records.stale} runs in runs/{tab}.jsonl were made '
              'with other code or versions than today\'s and do not count')
    print(f'{tab}: {len(wanted)} runs planned, {len(wanted) - len(todo)} '
          f'recorded, ' + (f'{len(todo)} missing' if todo
                           else 'nothing left to do'))
    if only_list:
        for run in todo:
            print(f'  {run.schedule}, seed {run.seed}')
        return 0
    if not todo:
        return 0
    from evidence.runner import make
    failed = make(tab, todo, runs_path(tab), address)
    if failed:
        print(f'{tab}: {failed} runs failed; make evidence tries them again')
    return bool(failed)


def _here(config, tab):
    """Return the kind of device here, if runs made here can be recorded."""
    from evidence.training import load_chapter
    for name in config.limits:
        if os.environ.get(name):
            raise EvidenceError(f'{name} is set: runs on a part of the data '
                                'are not recorded; unset it')
    about, (_, pins) = load_chapter(tab)[1], fingerprint(tab)
    for name, version in pins.items():
        if about['packages'][name] != version:
            raise EvidenceError(
                f'{tab}: {name} {about["packages"][name]} is installed, '
                f'pinned is {version}; remove .venvs/{tab} and try again')
    return about['device']


if __name__ == '__main__':
    sys.exit(main())
