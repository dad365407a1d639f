"""Where the results of a page come from, in one sentence."""
import datetime

from builder.config import Tab
from builder.escape import markdown
from builder.record.machine import kind_of
from builder.record.recording import Recording
from builder.record.schema import About, Data
from builder.words import ENGLISH, Words


def provenance_line(tab: Tab, recording: Recording,
                    say: Words = ENGLISH) -> str:
    """Return Markdown that says when, with what and on what a tab was run,
    or that it was not, or that its recording is stale."""
    refresh = f'`make run TAB={tab.name}`'
    if recording.about is None:
        return say('**Not run yet.** {} runs this page with {}.').format(
            refresh, markdown(tab.title))
    line = markdown(_facts(tab, recording.about, say))
    if recording.problems:
        return say('**Stale**: {}. The results below come from an earlier '
                   'version; {} brings them up to date.').format(
            markdown('; '.join(recording.problems)), refresh) + f' {line}'
    if recording.certified:
        line += ' ' + say(
            'Its code was rewritten since. On the sample that a certificate '
            'in `evidence/certificates` names, the old code and the new gave '
            'the same outputs, to the last byte.')
    return line


def duration(seconds: float, say: Words = ENGLISH) -> str:
    """Return a time in words: 42 s, 1.5 min, 2 h 5 min."""
    if round(seconds) < 60:
        return f'{seconds:.0f} s' if seconds >= 0.5 else say('less than 1 s')
    if round(seconds / 60, 1) < 60:
        return say.decimals(f'{seconds / 60:.1f} min')
    hours, minutes = divmod(round(seconds / 60), 60)
    return f'{hours} h {minutes} min'


def _facts(tab: Tab, about: About, say: Words) -> str:
    versions = [f'{name} {version}'
                for name, version in about.packages.items()]
    cores = say('{} cores' if about.cores > 1 else '{} core')
    device = kind_of(about.device)
    machine = about.processor if device == 'cpu' else say('{} and {}').format(
        about.processor, device)
    said = say('Run on {day} with {title} ({versions}) on {cores} of '
               '{machine} in {time}').format(
        day=say.day(datetime.date.fromisoformat(about.date)), title=tab.title,
        versions=', '.join([*versions, f'Python {about.python}']),
        cores=cores.format(about.cores), machine=machine,
        time=duration(about.seconds, say))
    data = about.data
    of = say(', on all {train} training and {test} test examples of '
             '{name}').format(
        train=say.count(data.train), test=say.count(data.test),
        name=data.name) if isinstance(data, Data) else ''
    return f'{said}{of}.'
