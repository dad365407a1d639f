"""All studies and claims, as the builder hears of them."""
import pytest

from evidence import EvidenceError, overview, report
from evidence.claims import load_claims
from evidence.plan import planned
from evidence.records import Writer

from .conftest import RESTS_ON, STAMP, STUDY, later, load, made_up
from .test_findings import CONSTANT, ROOT
from .test_report import CLAIMS, SURVIVAL
from .test_tuning import STUDY as TUNED

CLAIMED = {ROOT, CONSTANT}


@pytest.fixture
def studies(write, tmp_path, monkeypatch):
    """Two studies: one with all its runs, another with one that tunes."""
    (tmp_path / 'studies').mkdir()
    first = load(write, STUDY)
    (tmp_path / 'studies' / '1-small.toml').write_text('')
    second = load(write, TUNED, first=False).model_copy(
        update={'name': 'tuned', 'deviations': ('It was known.',)})
    (tmp_path / 'studies' / '2-tuned.toml').write_text('')
    claims = write('claims.toml', CLAIMS + SURVIVAL + '''
[at-their-best]
study = "tuned"
compare = ["root", "flat"]
metric = "test acc"
more_than = 0
''')
    for name, value in (
            ('load_studies', lambda: {'small': first, 'tuned': second}),
            ('load_claims', lambda studies: load_claims(studies, claims)),
            ('fingerprint', lambda tab: RESTS_ON), ('CLAIMS', claims),
            ('runs_path', lambda tab, folder: tmp_path / 'runs' / folder
             / f'{tab}.jsonl')):
        monkeypatch.setattr(report, name, value)
    monkeypatch.setattr(overview, 'FOLDER', tmp_path)
    report.forget()
    for tab in ('pytorch', 'jax'):
        with Writer(tmp_path / 'runs' / f'{tab}.jsonl') as writer:
            for run in planned(first, tab, CLAIMED):
                better = 0.01 * (run.schedule == ROOT) + run.seed / 1e4
                writer.append(made_up(tab, run, 0.9, 0.85 + better))
    yield tmp_path / 'runs', second
    report.forget()


def test_what_a_study_asked_and_how_far_it_is(studies):
    small, tuned = overview.studies()
    assert (small.name, small.title, small.source) == (
        'small', 'Small', '1-small.toml')
    assert small.question == 'Does it help?' and small.primary == 'None.'
    # 2 exploring and 4 confirming seeds of the 2 that claims name, 2 of the
    # ramp, a grid of 2 x 2 peaks and seeds with and without; 1 in the other.
    assert small.planned == small.recorded == 12 + 2 + 8 + 1
    assert small.first == small.last == '2026-11-24' and small.commits == ()
    # 2 x 3 peaks with 2 seeds to choose, 3 seeds of each to confirm.
    assert (tuned.planned, tuned.recorded) == (12 + 6, 0)
    assert (tuned.first, tuned.last) == ('', '')
    assert tuned.deviations == ('It was known.',)


def test_claims_that_hold_or_fail_or_wait(studies):
    small, tuned = overview.studies()
    assert {claim.name: claim.verdict for claim in small.claims} == {
        'higher': 'holds', 'lower': 'fails', 'dies': 'fails', 'late': 'holds'}
    claim, = tuned.claims
    assert (claim.verdict, claim.short) == ('open', 'no runs yet')
    assert claim.source.startswith('claims.toml:')
    assert claim.written.startswith('[at-their-best]\nstudy = "tuned"')
    assert claim.runs == ('pytorch.jsonl',)


def test_runs_that_record_their_time_and_commit(studies):
    folder, second = studies
    report.forget()
    from evidence.tuning import tuning_runs
    runs = tuning_runs(second, {})[:2]
    with Writer(folder / 'tuned' / 'pytorch.jsonl') as writer:
        for n, run in enumerate(runs):
            writer.append({**later('', run), **STAMP, 'study': 'tuned',
                           'study sha256': second.sha256(()),
                           'start': f'2026-11-26T10:0{n}:00Z',
                           'end': f'2026-11-26T10:0{n + 1}:30Z'})
    tuned = overview.studies()[1]
    assert (tuned.planned, tuned.recorded) == (18, 2)
    assert tuned.first == '2026-11-26T10:00:00Z'
    assert tuned.last == '2026-11-26T10:02:30Z'
    assert tuned.commits == (STAMP['commit'],) and tuned.problem == ''


def test_too_many_deaths_leave_a_claim_open(studies):
    """A sentence that makes the claim is wrong; the page only says so."""
    folder, _ = studies
    path = folder / 'pytorch.jsonl'
    first = report.state()[0]['small']
    report.forget()
    path.unlink()
    with Writer(path) as writer:
        for run in planned(first, 'pytorch', CLAIMED):
            dead = run.seed > 5 and run.schedule == ROOT
            writer.append(made_up('', run, *(0.1, 0.1) * dead))
    with pytest.raises(EvidenceError, match='too few'):
        report.report('higher')
    claim = overview.studies()[0].claims[0]
    assert (claim.verdict, claim.short) == ('open', 'undecided')
    assert 'with 1 of 4 seeds all runs lived' in claim.text


def test_our_own_studies():
    """Each is told, with its file and every claim of claims.toml."""
    report.forget()
    found = overview.studies()
    assert [study.name for study in found] == [*report.state()[0]]
    assert sum(len(study.claims) for study in found) == len(report.state()[1])
    for study in found:
        assert study.source.startswith('evidence/studies/')
        assert study.source.endswith(f'-{study.name}.toml')
        assert 0 <= study.recorded <= study.planned and study.planned > 20
