"""Claims in words, and how the builder hears of them."""
import pytest

from evidence import EvidenceError, report
from evidence.claims import Claim, load_claims
from evidence.records import Writer

from .conftest import RESTS_ON
from .test_findings import CONSTANT, ROOT, records


@pytest.mark.parametrize(('claim', 'words'), [
    (('test acc', 'more_than', 0.5), 'The test accuracy with square root 0.3 '
     'is more than 0.5 points higher than with constant 0.3'),
    (('gap', 'less_than', 0), 'The gap between training and test accuracy '
     'with square root 0.3 is lower than with constant 0.3'),
    (('train acc', 'within', 1), 'The training accuracy with square root 0.3 '
     'differs by less than 1 point from that with constant 0.3'),
    (('', 'more', 0), 'Runs with square root 0.3 are alive at their end more '
     'often than with constant 0.3')])
def test_claims_in_words(claim, words):
    assert report.describe(Claim('a', (ROOT, CONSTANT), *claim)) == words


CLAIMS = '''
[higher]
compare = ["square root 0.3", "constant 0.3"]
metric = "test acc"
more_than = 0.5

[lower]
compare = ["square root 0.3", "constant 0.3"]
metric = "test acc"
less_than = 0
'''


@pytest.fixture
def runs(plan, write, tmp_path, monkeypatch):
    """The file of runs of the small plan, which `report` reads with its own
    plan, claims and fingerprint replaced."""
    path = tmp_path / 'pytorch.jsonl'
    with Writer(path) as writer:
        for record in records(plan).values():
            writer.append(record)
    claims = write('claims.toml', CLAIMS)
    for name, value in (
            ('load_plan', lambda: plan),
            ('load_claims', lambda plan: load_claims(plan, claims)),
            ('fingerprint', lambda tab: RESTS_ON),
            ('runs_path', lambda tab: tmp_path / f'{tab}.jsonl')):
        monkeypatch.setattr(report, name, value)
    report._state.cache_clear()
    yield path
    report._state.cache_clear()


def test_a_claim_that_holds(runs):
    found = report.report('higher')
    assert found.text == '+1.00 points, 95 % interval +0.74 to +1.26, 4 seeds'
    assert found.details.split('\n')[0] == (
        'Runs with PyTorch: the test accuracy, a mean of the last 5 '
        'epochs.')
    assert found.details.split('\n')[4] == '| 5 | 86.00 % | 85.00 % |'
    assert found.problem == '' and found.runs.endswith('/pytorch.jsonl')


def test_one_that_does_not_hold_names_the_numbers(runs):
    with pytest.raises(EvidenceError, match="claim 'lower' asserts: The test "
                       'accuracy with square root 0.3 is lower than with '
                       'constant 0.3. The runs do not bear it out: .1.00 po'):
        report.report('lower')


def test_one_that_does_not_exist(runs):
    with pytest.raises(EvidenceError, match="no claim 'high' in claims.toml, "
                       'expected one of higher, lower'):
        report.report('high')


def test_one_without_all_its_runs_has_a_problem_and_no_numbers(runs):
    lines = runs.read_text().split('\n')
    runs.write_text('\n'.join([*lines[:5], *lines[6:]]))
    found = report.report('higher')
    assert found.problem == ("claim 'higher' lacks 1 of its 8 runs: make "
                             'evidence')
    assert found.text == 'not confirmed, its runs are missing'


def test_runs_of_other_code_confirm_nothing(runs, monkeypatch):
    monkeypatch.setattr(report, 'fingerprint', lambda tab: ('other', {}))
    assert 'lacks 8 of its 8 runs' in report.report('higher').problem
