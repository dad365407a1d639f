"""python -m evidence TAB: make the runs of a tab that are still missing.

    --scheduler ADDRESS    use this running Dask cluster
    --list                 name the missing runs and make none

Runs in the tab's environment. It can be stopped at any moment: finished runs
stay, and the next call makes the others.
"""
import argparse
import os
import sys

from builder.config import load_config
from builder.errors import BuildError
from evidence import EvidenceError
from evidence.chapter import ROOT
from evidence.claims import claimed, load_claims
from evidence.fingerprint import fingerprint
from evidence.plan import load_plan
from evidence.records import Writer, load_records, runs_path


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
    if only_list:
        _missing(tab, wanted, 'cpu')
        return 0
    made = _here(config, tab)
    with Writer(runs_path(tab)) as writer:
        if writer.removed:
            print(f'warning: half a line at the end of runs/{tab}.jsonl; that '
                  'run counts as missing')
        todo = _missing(tab, wanted, made['device'])
        if not todo:
            return 0
        from evidence.runner import make
        failed = make(tab, todo, writer, made, address)
    if failed:
        print(f'{tab}: {failed} runs failed; make evidence tries them again')
    return bool(failed)


def _missing(tab, wanted, device):
    """Return the runs that no record holds, and name them."""
    records = load_records(runs_path(tab), fingerprint(tab), device)
    todo = [run for run in wanted if run.key() not in records.runs]
    if records.stale:
        print(f'warning: {records.stale} runs in runs/{tab}.jsonl were made '
              'with other code or versions than today\'s and do not count')
    print(f'{tab} on {device}: {len(wanted)} runs planned, '
          f'{len(wanted) - len(todo)} recorded, '
          + (f'{len(todo)} missing' if todo else 'nothing left to do'))
    for schedule in dict.fromkeys(run.schedule for run in todo):
        seeds = ', '.join(str(run.seed) for run in todo
                          if run.schedule == schedule)
        print(f'  {schedule}: seed {seeds}')
    return todo


def _here(config, tab):
    """Return what records made here say of it, if they would count."""
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
    return about


if __name__ == '__main__':
    sys.exit(main())
