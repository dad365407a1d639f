"""A claim's runs made again: which, where to, and what is said of them."""
import json

import pytest

from evidence import EvidenceError, again, stages
from evidence.claims import load_claims
from evidence.plan import planned
from evidence.records import Writer, load_records

from .conftest import MADE, RESTS_ON, STAMP, STUDY, later, load, made_up
from .test_findings import CONSTANT, OTHERS, ROOT, records
from .test_report import CLAIMS
from .test_tuning import STUDY as TUNED

AGREE = '''
[they-agree]
agree = ["square root 0.3", "constant 0.3"]
metric = "test acc"
more_than = 0

[a-ramp-saves]
saves = ["survival * warmup 2", "survival * warmup 0"]
after = 2
first = "undecided"
'''


def little(tab, run):
    """The record of a run that takes no time; the seed 6 comes out the same,
    the others 0.3 points higher."""
    better = {5: .010, 6: .012, 7: .008, 8: .010}.get(run.seed, 0)
    test_acc = 0.85 + better * (run.schedule == ROOT)
    return later(tab, run, **{'test acc': [
        round(test_acc + 0.003 * (run.seed != 6), 7)] * run.epochs})


@pytest.fixture
def project(write, tmp_path, monkeypatch):
    """The small study with its runs; return where new ones go. Runs are made
    at once, by `little`."""
    study = load(write, STUDY.replace(*OTHERS))
    claims = write('claims.toml', CLAIMS + AGREE)
    runs = tmp_path / 'runs'
    with Writer(runs / 'pytorch.jsonl') as writer:
        for record in records(study).values():
            writer.append({**record, 'test acc': [
                round(value, 7) for value in record['test acc']]})
    for tab in ('jax', 'mxnet'):
        with Writer(runs / f'{tab}.jsonl') as writer:
            for run in planned(study, tab):
                writer.append(made_up(tab, run))

    def make(tab, missing, writer, made, stamp, address=None, workers=None):
        for run in missing:
            writer.append({**little(tab, run), **stamp})
        return 0

    for module, name, value in (
            (again, 'load_studies', lambda: {'small': study}),
            (again, 'load_claims', lambda studies: load_claims(studies,
                                                               claims)),
            (again, 'fingerprint', lambda tab: RESTS_ON),
            (again, 'runs_path', lambda tab, folder: runs / f'{tab}.jsonl'),
            (again, 'stamp', lambda study, claims: STAMP),
            (stages, 'here', lambda tab: MADE)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr('evidence.runner.make', make)
    monkeypatch.setattr(again.Again.__init__, '__defaults__',
                        (tmp_path / 'apart',))
    return tmp_path / 'apart'


def made(path):
    return [(key.schedule, key.seed)
            for key in load_records(path, RESTS_ON).runs]


def test_the_tabs_of_a_claim(project, capsys):
    for name, tabs in (('higher', 'pytorch\n'), ('they-agree', 'jax mxnet\n'),
                       ('a-ramp-saves', 'pytorch\n')):
        assert again.main(['tabs', name]) == 0
        assert capsys.readouterr().out == tabs


def test_a_few_runs_are_whole_pairs_and_more_go_on(project, capsys):
    path = project / 'higher' / 'pytorch.jsonl'
    assert again.main(['make', 'higher', 'pytorch', '--runs', '2']) == 0
    assert made(path) == [(ROOT, 5), (CONSTANT, 5)]
    assert again.main(['make', 'higher', 'pytorch', '--runs', '4']) == 0
    assert made(path) == [(ROOT, 5), (CONSTANT, 5), (ROOT, 6), (CONSTANT, 6)]
    assert '4 runs to make again, 2 of them in' in capsys.readouterr().out
    assert again.main(['make', 'higher', 'pytorch']) == 0
    assert len(made(path)) == 8


def test_recorded_runs_are_left_alone(project, tmp_path):
    before = (tmp_path / 'runs' / 'pytorch.jsonl').read_bytes()
    again.main(['make', 'higher', 'pytorch'])
    assert (tmp_path / 'runs' / 'pytorch.jsonl').read_bytes() == before


def test_what_differs(project, capsys):
    again.main(['make', 'higher', 'pytorch', '--runs', '4'])
    capsys.readouterr()
    assert again.main(['compare', 'higher']) == 0
    assert capsys.readouterr().out.splitlines() == [
        '  square root 0.3, seed 5: test acc 86.00 %, again test acc 86.30 %: '
        '+0.30 points',
        '  constant 0.3, seed 5: test acc 85.00 %, again test acc 85.30 %: '
        '+0.30 points',
        '  square root 0.3, seed 6: test acc 86.20 %, the same to the last '
        'digit',
        '  constant 0.3, seed 6: test acc 85.00 %, the same to the last digit',
        '4 runs made again, 2 with the same curves to the last digit; test '
        'acc differs by at most 0.30 points where both lived',
        'as recorded: it holds: +1.00 points, 95 % interval +0.74 to +1.26, '
        '4 seeds',
        'with these in their place: it holds: +1.00 points, 95 % interval '
        '+0.74 to +1.26, 4 seeds']


def test_what_runs_rest_on_is_asked_once(project, monkeypatch):
    """It takes a second, and each run is looked up."""
    asked = []
    monkeypatch.setattr(again, 'fingerprint',
                        lambda tab: asked.append(tab) or RESTS_ON)
    again.main(['make', 'higher', 'pytorch'])
    assert asked == ['pytorch']
    again.main(['compare', 'higher'])
    assert asked == ['pytorch', 'pytorch']


def test_another_verdict_is_an_error(project, capsys):
    """Two runs that die this time leave 2 of 4 seeds, too few."""
    again.main(['make', 'higher', 'pytorch'])
    path = project / 'higher' / 'pytorch.jsonl'
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for record in lines:
        if record['schedule'] == ROOT and record['seed'] > 6:
            record['train acc'] = record['test acc'] = [0.1] * 6
    path.write_text(''.join(json.dumps(record) + '\n' for record in lines))
    capsys.readouterr()
    assert again.main(['compare', 'higher']) == 1
    said = capsys.readouterr().out
    assert ('  square root 0.3, seed 8: test acc 86.00 %, again dead from '
            'epoch 0 on\n') in said
    assert 'as recorded: it holds' in said
    assert ("with these in their place: claim 'higher': with 2 of 4 seeds all "
            'runs lived, too few') in said


def test_a_claim_on_other_frameworks(project, capsys):
    for tab in ('jax', 'mxnet'):
        assert again.main(['make', 'they-agree', tab]) == 0
        assert len(made(project / 'they-agree' / f'{tab}.jsonl')) == 4
    again.main(['compare', 'they-agree'])
    said = capsys.readouterr().out
    assert said.count(', again test acc') == 8
    assert 'as recorded: it does not hold: JAX +0.00, MXNet +0.00' in said


def test_a_claim_on_who_lives(project, capsys):
    assert again.main(['make', 'a-ramp-saves', 'pytorch']) == 0
    assert again.main(['compare', 'a-ramp-saves']) == 0
    assert '8 runs made again, 4 with' in capsys.readouterr().out


def test_what_is_not_committed_may_be_tried(project, monkeypatch):
    def stamp(study, claims):
        raise EvidenceError('not committed: d2l/torch.py')

    monkeypatch.setattr(again, 'stamp', stamp)
    assert again.main(['make', 'higher', 'pytorch', '--runs', '1']) == 0
    line = (project / 'higher' / 'pytorch.jsonl').read_text()
    assert json.loads(line)['commit'] == 40 * '0'


@pytest.mark.parametrize(('arguments', 'message'), [
    (['tabs', 'high'], "no claim 'high' in claims.toml, expected one of hig"),
    (['tabs', ''], "no claim '' in claims.toml"),
    (['make', 'higher', 'jax'], "'higher' has runs in pytorch, got 'jax'"),
    (['compare', 'higher'], "no run of 'higher' was made again")])
def test_what_cannot_be_asked_for(project, capsys, arguments, message):
    assert again.main(arguments) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize('n', ['0', 'two'])
def test_a_number_of_runs_is_one(project, capsys, n):
    with pytest.raises(SystemExit):
        again.main(['make', 'higher', 'pytorch', '--runs', n])
    assert f'got {n!r}' in capsys.readouterr().err


def test_no_choice_no_runs(project, write, monkeypatch):
    """A study that has not chosen its peaks has nothing to make again."""
    study = load(write, TUNED)
    claims = write('claims.toml', CLAIMS.replace(
        'square root 0.3', 'root').replace('constant 0.3', 'flat'))
    monkeypatch.setattr(again, 'load_studies', lambda: {'small': study})
    monkeypatch.setattr(again, 'load_claims',
                        lambda studies: load_claims(studies, claims))
    with pytest.raises(EvidenceError, match='small has not chosen the peaks'):
        again.Again('higher').runs('pytorch')
