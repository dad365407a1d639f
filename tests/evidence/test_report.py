"""Claims in words, and how the builder hears of them."""
import pytest

from evidence import EvidenceError, report
from evidence.claims import Claim
from evidence.records import Records

from .test_findings import CONSTANT, ROOT, records


@pytest.mark.parametrize(('claim', 'words'), [
    (('test acc', 'more_than', 0.5), 'The test accuracy with square root 0.3 '
     'is more than 0.5 points higher than with constant 0.3'),
    (('gap', 'less_than', 0), 'The gap between training and test accuracy '
     'with square root 0.3 is lower than with constant 0.3'),
    (('train acc', 'within', 1), 'The training accuracy with square root 0.3 '
     'differs by less than 1 points from that with constant 0.3'),
    (('', 'more', 0), 'Runs with square root 0.3 are alive at the end more '
     'often than with constant 0.3'),
    (('', 'alike', 0), 'Runs with square root 0.3 are alive at the end about '
     'as often as with constant 0.3')])
def test_claims_in_words(claim, words):
    assert report.describe(Claim('a', (ROOT, CONSTANT), *claim)) == words


@pytest.fixture
def state(plan, monkeypatch):
    claims = {'higher': Claim('higher', (ROOT, CONSTANT), 'test acc',
                              'more_than', 0.5),
              'lower': Claim('lower', (ROOT, CONSTANT), 'test acc',
                             'less_than', 0)}
    runs = Records(records(plan), 0, '')
    monkeypatch.setattr(report, '_state', lambda: (plan, claims, runs, 'r'))


def test_a_claim_that_holds(state):
    found = report.report('higher')
    assert found.text == '+1.0 points, 95 % interval +0.7 to +1.3, 4 seeds'
    assert found.details.split('\n')[2] == '| 5 | 86.00 % | 85.00 % |'
    assert found.runs == 'r'


def test_one_that_does_not_hold_names_the_numbers(state):
    with pytest.raises(EvidenceError, match="claim 'lower' asserts: The test "
                       'accuracy with square root 0.3 is lower than with '
                       'constant 0.3. The runs do not bear it out: .1.0 poi'):
        report.report('lower')


def test_one_that_does_not_exist(state):
    with pytest.raises(EvidenceError, match="no claim 'high' in claims.toml, "
                       'expected one of higher, lower'):
        report.report('high')
