"""Where the results of a page come from, in one sentence."""
import datetime

from builder.config import Tab
from builder.escape import markdown
from builder.record.machine import kind_of
from builder.record.recording import Recording
from builder.record.schema import About, Data


def provenance_line(tab: Tab, recording: Recording) -> str:
    """Return Markdown that says when, with what and on what a tab was run,
    or that it was not, or that its recording is stale."""
    refresh = f'`make run TAB={tab.name}`'
    if recording.about is None:
        return (f'**Not run yet.** {refresh} runs this page with '
                f'{markdown(tab.title)}.')
    line = f'Run {markdown(_facts(tab, recording.about))}.'
    if recording.problems:
        return (f'**Stale**: {markdown("; ".join(recording.problems))}. The '
                'results below come from an earlier version; '
                f'{refresh} brings them up to date. {line}')
    if recording.certified:
        line += (' Its code was rewritten since. On the sample that a '
                 'certificate in `evidence/certificates` names, the old code '
                 'and the new gave the same outputs, to the last byte.')
    return line


def duration(seconds: float) -> str:
    """Return a time in words: 42 s, 1.5 min, 2 h 5 min."""
    if round(seconds) < 60:
        return f'{seconds:.0f} s' if seconds >= 0.5 else 'less than 1 s'
    if round(seconds / 60, 1) < 60:
        return f'{seconds / 60:.1f} min'
    hours, minutes = divmod(round(seconds / 60), 60)
    return f'{hours} h {minutes} min'


def _facts(tab: Tab, about: About) -> str:
    day = datetime.date.fromisoformat(about.date)
    versions = [f'{name} {version}'
                for name, version in about.packages.items()]
    made_with = ', '.join([*versions, f'Python {about.python}'])
    cores = f'{about.cores} core' + 's' * (about.cores > 1)
    device = kind_of(about.device)
    device = '' if device == 'cpu' else f' and {device}'
    data = about.data
    of = (f', on all {data.train:,} training and {data.test:,} test '
          f'examples of {data.name}' if isinstance(data, Data) else '')
    return (f'on {day.day} {day:%B %Y} with {tab.title} ({made_with}) on '
            f'{cores} of {about.processor}{device} in '
            f'{duration(about.seconds)}{of}')
