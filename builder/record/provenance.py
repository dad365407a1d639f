"""Where the results of a page come from, in one sentence."""
import datetime

from builder.record.machine import kind_of


def provenance_line(tab, recording):
    """Return Markdown that says when, with what and on what a tab was run,
    or that it was not, or that its recording is stale."""
    refresh = f'`make run TAB={tab.name}`'
    if not recording.about:
        return f'**Not run yet.** {refresh} runs this page with {tab.title}.'
    line = f'Run {_facts(tab, recording.about)}.'
    if recording.problems:
        return (f'**Stale**: {"; ".join(recording.problems)}. The results '
                f'below come from an earlier version; {refresh} brings them '
                f'up to date. {line}')
    return line


def _facts(tab, about):
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
