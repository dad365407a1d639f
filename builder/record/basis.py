"""What a recording rests on, and why it holds no more.

Its metadata holds checksums of its code cells, of the modules that decide
numbers, of the files that it reads, of its outputs, and the versions of the
packages.
"""
from builder.record.checksums import (
    checksum,
    file_checksum,
    module_checksum,
    pinned,
)


def fingerprint(config, tab, sources):
    """Return what decides a recording's numbers, as far as files tell."""
    modules = {name: module_checksum((config.folder / name).read_text('utf-8'))
               for name in config.tabs[tab].modules}
    reads = {name: file_checksum(config.folder / name)
             for name in config.reads}
    return {'code': checksum(sources), 'modules': modules, 'reads': reads,
            'packages': pinned(config, tab)}


def outputs_checksum(cells):
    """Return the checksum of all outputs of these code cells."""
    return checksum([cell.outputs for cell in cells])


def problems_of(config, tab, about, sources, recorded):
    """Yield why a recording is stale."""
    now = fingerprint(config, tab, sources)
    if about.get('code') != now['code']:
        yield 'its code cells are not those of the source'
    elif checksum([cell.source for cell in recorded]) != now['code']:
        yield 'its code cells were changed after the run'
    for kind in ('modules', 'reads'):
        then = about.get(kind, {})
        for name in sorted({*then, *now[kind]}):
            if then.get(name) != now[kind].get(name):
                yield f'{name} has changed since'
    for name, version in now['packages'].items():
        used = about.get('packages', {}).get(name, 'nothing').split('+')[0]
        if used != version:
            yield f'it ran with {name} {used}, pinned is {version}'
    if about.get('outputs') != outputs_checksum(recorded):
        yield 'its outputs were changed after the run'
    if about.get('data', {}).get('limited'):
        yield 'it ran on a part of the data'
