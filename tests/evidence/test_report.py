"""Claims in words, and how the builder hears of them."""
import math
from types import SimpleNamespace

import pytest

from builder.source.claims import judge_claims
from evidence import EvidenceError, report
from evidence.chapter import ROOT as PROJECT
from evidence.claims import decided, load_claims
from evidence.forms import Claim
from evidence.records import Writer
from evidence.wording import describe

from .conftest import RESTS_ON, STAMP
from .test_findings import CONSTANT, ROOT, records

MOMENT = '2026-11-26T10:00:00Z'


@pytest.mark.parametrize(('claim', 'words'), [
    (('compare', (ROOT, CONSTANT), 'more_than', 0.5, 'test acc'), 'The test '
     'accuracy with square root 0.3 is more than 0.5 points higher than with '
     'constant 0.3'),
    (('compare', (ROOT, CONSTANT), 'less_than', 0, 'gap'), 'The gap between '
     'training and test accuracy with square root 0.3 is lower than with '
     'constant 0.3'),
    (('compare', (ROOT, CONSTANT), 'within', 1, 'train acc'), 'The training '
     'accuracy with square root 0.3 differs by less than 1 point from that '
     'with constant 0.3'),
    (('grow', (ROOT,), 'more_than', 1, 'gap', 10), 'The gap between training '
     'and test accuracy with square root 0.3 is more than 1 point higher '
     'than in the five epochs that end with epoch 10'),
    (('agree', (ROOT, CONSTANT), 'less_than', 0, 'gap'), 'In the other '
     'frameworks, the gap between training and test accuracy with square '
     'root 0.3 is lower than with constant 0.3'),
    (('alive', ('survival 0.5 warmup 5', 'survival 0.5 warmup 0'), 'more'),
     'Runs with a peak rate of 0.5 and 5 epochs of warmup are alive at their '
     'end more often than with a peak rate of 0.5 and no warmup'),
    (('alive', ('survival * warmup 0', 'survival * warmup 5'), 'fewer'),
     'Runs with any peak rate and no warmup are alive at their end less often '
     'than with any peak rate and 5 epochs of warmup'),
    (('alive', ('survival * warmup 5', 'survival * warmup 0'), 'undecided'),
     'Whether runs with any peak rate and 5 epochs of warmup are alive at '
     'their end more or less often than with any peak rate and no warmup, the '
     'runs do not tell'),
    (('dies', ('survival * warmup 5',), 'from', 2), 'Most deaths of runs with '
     'any peak rate and 5 epochs of warmup happen in epoch 2 or later, epochs '
     'counted from 0'),
    (('dies', ('survival 0.5 warmup 0',), 'before', 1), 'Most deaths of runs '
     'with a peak rate of 0.5 and no warmup happen before epoch 1, epochs '
     'counted from 0'),
    (('saves', ('survival * warmup 5', 'survival * warmup 0'), 'more', 0, '',
      30), 'Seed by seed, runs with any peak rate and 5 epochs of warmup are '
     'alive after 30 epochs at the peak more often than with any peak rate '
     'and no warmup'),
    (('saves', ('survival 0.5 warmup 5', 'survival 0.5 warmup 0'),
      'undecided', 0, '', 9), 'Whether runs with a peak rate of 0.5 and 5 '
     'epochs of warmup are alive after 9 epochs at the peak more or less '
     'often than with a peak rate of 0.5 and no warmup, seed by seed, the '
     'runs do not tell'),
    (('steadier', ('ramp', 'no ramp'), 'steadier', 0, 'test acc'),
     'The test accuracy differs less between seeds with ramp than with no '
     'ramp'),
    (('gain', ('ramp', 'no ramp'), 'first train acc', 0, 'test acc'),
     'What the test accuracy gains by ramp over no ramp is smaller, the '
     'higher the training accuracy of the first epoch with no ramp is'),
    (('gain', ('ramp', 'no ramp'), 'active units', 0, 'test acc'),
     'What the test accuracy gains by ramp over no ramp is smaller, the more '
     'units of the first layer are active after the first epoch with no '
     'ramp'),
    (('compare', (ROOT, CONSTANT), 'more_than', 0, 'test acc', 0, '', 'jax',
      'guess'), 'With JAX, the test accuracy with square root 0.3 is higher '
     'than with constant 0.3, a dead run counted at 10 %')])
def test_claims_in_words(claim, words):
    assert describe(Claim('a', *claim)) == words


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
    """The file of runs of the small study, which `report` reads with its own
    studies, claims and fingerprint replaced."""
    path = tmp_path / 'pytorch.jsonl'
    with Writer(path) as writer:
        for record in records(plan).values():
            writer.append(record)
    claims = write('claims.toml', CLAIMS)
    for name, value in (
            ('load_studies', lambda: {'small': plan}),
            ('load_claims', lambda studies: load_claims(studies, claims)),
            ('fingerprint', lambda tab: RESTS_ON),
            ('runs_path', lambda tab, folder: tmp_path / f'{tab}.jsonl'),
            ('CLAIMS', claims)):
        monkeypatch.setattr(report, name, value)
    report.forget()
    yield path
    report.forget()


def test_a_claim_that_holds(runs):
    found = report.report('higher')
    assert found.text == '+1.00 points, 95 % interval +0.74 to +1.26, 4 seeds'
    assert found.details.split('\n')[0] == (
        'Runs with PyTorch: the test accuracy, a mean of 5 epochs.')
    assert found.details.split('\n')[4] == '| 5 | 86.00 % | 85.00 % |'
    assert found.problem == '' and len(found.runs) == 1
    assert found.runs == ('pytorch.jsonl',)
    assert (found.name, found.study, found.verdict) == (
        'higher', 'small', 'holds')
    assert found.short == '+1.0 ± 0.3' and found.source == 'claims.toml:2'
    assert found.written == CLAIMS.strip().partition('\n\n')[0]


def test_one_that_does_not_hold_names_the_numbers(runs):
    found = report.report('lower')
    assert found.verdict == 'fails' and found.text.startswith('+1.00 points')
    assert found.title == ('The test accuracy with square root 0.3 is lower '
                           'than with constant 0.3')


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
    assert (found.short, found.verdict) == ('no runs yet', 'open')


def test_runs_of_other_code_confirm_nothing(runs, monkeypatch):
    monkeypatch.setattr(report, 'fingerprint', lambda tab: ('other', {}))
    assert 'lacks 8 of its 8 runs' in report.report('higher').problem


SURVIVAL = '\n[dies]\ndies = "survival * warmup 0"\nbefore = 1\n' \
    '\n[late]\ngrow = "constant 0.3"\nafter = 1\nmetric = "gap"\n' \
    'within = 0.5\n'


def test_tables_of_other_forms(runs, write):
    write('claims.toml', CLAIMS + SURVIVAL)
    lines = report.report('late').details.split('\n')
    assert lines[2] == '| seed | constant 0.3, last | epochs to 1 |'
    assert lines[4] == '| 5 | 5.00 % | 5.00 % |'
    dies = report.report('dies')
    assert (dies.verdict, dies.short) == ('fails', 'none of 4 runs died')


def test_a_mistake_in_claims_is_told_where_it_is(runs, write):
    """Not at the line of the page that names the claim."""
    path = write('claims.toml', CLAIMS.replace('0.5', '"0.5"'))
    claims = SimpleNamespace(claims='evidence.report:report')
    config = SimpleNamespace(evidence=claims, folder=PROJECT,
                             file='config.ini')
    role = SimpleNamespace(name='claim', content='lower', line=7)

    def mistake():
        errors = []
        judge_claims(config, [(SimpleNamespace(path='a.md'), role)], errors)
        error, = errors
        return str(error)

    assert mistake().startswith('claims.toml:5: higher: more_tha')
    report.forget()
    write('claims.toml', CLAIMS)
    assert mistake().startswith(
        "a.md:7: claim 'lower' asserts: The test accuracy with square root "
        '0.3 is lower than with constant 0.3. The runs do not bear it out: '
        '+1.00 points, 95 %')
    report.forget()
    path.unlink()
    assert mistake() == 'claims.toml: No such file or directory'


def test_a_study_that_changed_after_its_runs_is_called_out(runs, plan, write):
    """The numbers stay, with the problem beside them."""
    claims = load_claims({'small': plan}, write('claims.toml', CLAIMS))
    sha256 = plan.sha256(decided(claims, plan))
    for recorded, problem in ((sha256, ''), (64 * 'f', 'changed after 22 of')):
        runs.unlink()
        report.forget()
        with Writer(runs) as writer:
            for record in records(plan).values():
                del record['date']
                writer.append({**record, **STAMP, 'study sha256': recorded,
                               'split': 'test', 'start': MOMENT,
                               'end': MOMENT})
        found = report.report('higher')
        assert problem in found.problem
        assert bool(found.problem) is bool(problem)
        assert found.text.startswith('+1.00 points')


def test_what_the_test_says_beside_the_interval(runs):
    """The two claims differ by 1.0 points of a standard error of 0.08165
    from zero, 0.5 from the margin; the second is on the wrong side."""
    t = 0.5 / (0.163299 / 2)
    tail = 0.5 - math.atan(t / 3**.5) / math.pi - (
        t * 3**.5 / (math.pi * (3 + t * t)))
    found = report.report('higher')
    assert found.beside == (
        'P(square root 0.3 > constant 0.3) = 1.00, 95 % interval 0.51 to '
        f'1.00: higher for 4 of 4 seeds. p = {2 * tail:.2g}; {4 * tail:.2g} '
        "by Holm's correction, for all 2 claims that rest on a test.")
    assert found.p == pytest.approx(2 * tail, rel=1e-4)
    assert found.adjusted == pytest.approx(4 * tail, rel=1e-4)
    assert found.probability.value == 1 and 'higher' in found.probability.unit
    lower = report.report('lower')
    assert lower.beside.startswith(
        'P(square root 0.3 < constant 0.3) = 0.00, 95 % interval 0.00 to '
        '0.49: lower for 0 of 4 seeds. p = 1; 1 by')


def test_which_runs_stand_behind_it(runs):
    """By the file, the schedule and the seed; of old ones no commit."""
    found = report.report('higher')
    assert [(run['schedule'], run['seed']) for run in found.records] == [
        (kind, seed) for kind in (ROOT, CONSTANT) for seed in (5, 6, 7, 8)]
    assert {run['file'] for run in found.records} == {'pytorch.jsonl'}
    assert found.commits == ()
