"""When, with what and on what: one sentence."""
import re

import pytest

from builder.record.provenance import duration, provenance_line
from builder.record.recording import Recording
from builder.record.schema import About

from .conftest import CONFIG

NOTED = {
    'code': '', 'outputs': '', 'definitions': {}, 'reads': {}, 'data': {},
    'python': '3.11.7', 'packages': {'jax': '0.10', 'numpy': '2.4'},
    'processor': 'an abacus', 'cores': 2, 'device': 'TFRT_CPU_0',
    'seconds': 90.0, 'date': '2026-11-01'}


@pytest.fixture
def line(write_book):
    """Return a function that gives the line of a recording like NOTED."""
    book = write_book('# A Page\n', **{'config.ini': CONFIG})
    tab = book.config.tabs['pytorch']

    def write(problems=(), certified=False, **changes):
        about = About.model_validate({**NOTED, **changes})
        return provenance_line(tab, Recording([], about, [*problems],
                                              certified=certified))

    return write


def test_all_that_a_run_notes(line):
    assert line(data={'name': 'Digits', 'train': 60_000, 'test': 10_000}) == (
        'Run on 1 November 2026 with PyTorch (jax 0.10, numpy 2.4, Python '
        '3.11.7) on 2 cores of an abacus in 1.5 min, on all 60,000 training '
        'and 10,000 test examples of Digits.')


def test_what_there_is_none_of_is_not_named(line):
    assert line(packages={}, cores=1) == (
        'Run on 1 November 2026 with PyTorch (Python 3.11.7) on 1 core of an '
        'abacus in 1.5 min.')
    assert 'an abacus and NVIDIA H100 in' in line(device='NVIDIA H100')


def test_a_stale_recording_says_why(line):
    said = line(['a has changed since', 'b has changed since'])
    assert said.startswith('**Stale**: a has changed since; b has changed '
                           'since. The results below come from an earlier '
                           'version; `make run TAB=pytorch` brings them up')
    assert re.search(r'Run on 1 November 2026 .* in 1.5 min\.$', said)


@pytest.mark.parametrize(('seconds', 'expected'), [
    (0, 'less than 1 s'), (0.4, 'less than 1 s'), (0.6, '1 s'), (4.3, '4 s'),
    (59.4, '59 s'), (59.7, '1.0 min'), (270.4, '4.5 min'),
    (1651.4, '27.5 min'), (3596, '59.9 min'), (3599, '1 h 0 min'),
    (7500, '2 h 5 min'), (7199, '2 h 0 min'), (360_000, '100 h 0 min')])
def test_durations(seconds, expected):
    assert duration(seconds) == expected


def test_code_that_was_rewritten_is_told(line):
    told = line(certified=True)
    assert told.startswith(line()) and 'evidence/certificates' in told
    assert told.endswith('gave the same outputs, to the last byte.')
