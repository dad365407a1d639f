"""Where the results of a page come from, in one sentence."""
import datetime
from typing import Any

from builder.config import Tab
from builder.escape import markdown
from builder.record.machine import kind_of
from builder.record.recording import Recording


def provenance_line(tab: Tab, recording: Recording) -> str:
    """Return Markdown that says when, with what and on what a tab was run,
    or that it was not, or that its recording is stale."""
    refresh = f'`make run TAB={tab.name}`'
    if not recording.about:
        return (f'**Not run yet.** {refresh} runs this page with '
                f'{markdown(tab.title)}.')
    line = f'Run {markdown(_facts(tab, recording.about))}.'
    if recording.problems:
        return (f'**Stale**: {markdown("; ".join(recording.problems))}. The '
                'results below come from an earlier version; '
                f'{refresh} brings them up to date. {line}')
    return line


def _facts(tab: Tab, about: dict[str, Any]) -> str:
    day = datetime.date.fromisoformat(about['date'])
    versions = ', '.join(f'{name} {version}' for name, version
                         in about['packages'].items())
    minutes = about['seconds'] / 60
    took = (f'{about["seconds"]:.0f} s' if minutes < 1 else
            f'{minutes:.1f} min')
    device = kind_of(about['device'])
    device = '' if device == 'cpu' else f' and {device}'
    data = about['data']
    of = (f', on all {data["train"]:,} training and {data["test"]:,} test '
          f'examples of {data["name"]}' if data else '')
    return (f'on {day.day} {day:%B %Y} with {tab.title} ({versions}, Python '
            f'{about["python"]}) on {about["cores"]} cores of '
            f'{about["processor"]}{device} in {took}{of}')
