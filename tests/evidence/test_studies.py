"""Files of studies: what they may say, and how their mistakes are told."""
import pytest

from evidence import EvidenceError
from evidence.plan import planned
from evidence.schedules import at_peak, make_schedule
from evidence.studies import load_studies
from evidence.tuning import tuning_runs

from .conftest import STUDY, load


@pytest.mark.parametrize(('old', 'new', 'line', 'message'), [
    ('"SquareRootScheduler"', '[]', 1, "'square root 0.3' has an unknown "
     r'scheduler \[\], expected one of Cosine'),
    ('"SquareRootScheduler"', '"CubeRootScheduler"', 1, "'square root 0.3' "
     "has an unknown scheduler 'CubeRootScheduler', expected one of Cosine"),
    ('lr = 0.3 }', 'lr = -1 }', 1, "'square root 0.3': lr must"),
    ('lr = 0.3 }', 'lr = "0.3" }', 1, "'square root 0.3': .*'lr': '0.3'"),
    ('max_update = 6', 'horizon = 6', 1, "'ramp 0.3': .*horizon"),
    ('max_update = 6', 'max_update = inf', 15, 'schedules: ramp 0.3: max_upd'),
    ('{ constant = 0.3 }', '{ }', 1, "'constant 0.3' has neither a schedu"),
    ('confirm = [5', 'confirm = [1', 1, 'seed 1 explores and confirms'),
    ('epochs = 6\n', 'epochs = = 6\n', 5, 'Invalid value'),
    ('epochs = 6\n', 'eopchs = 6\n', 5, 'eopchs: Extra inputs'),
    ('epochs = 6\n', 'epochs = "6"\n', 5, "epochs: .*integer, got '6'"),
    ('epochs = 6\n', 'epochs = 0\n', 5, 'epochs: .*equal to 1, got 0'),
    ('epochs = 6\n', 'epochs = 6\nepochs = 7\n', 6, 'Cannot overwrite'),
    ('explore = [0, 1]', 'explore = 3', 6, 'explore: .*tuple, got 3'),
    ('explore = [0, 1]', 'explore = [0, true]', 6, 'explore: 1: .*got True'),
    ('explore = [0, 1]', 'explore = [0, 0]', 6, 'explore: 0 stands there tw'),
    ('explore = [0, 1]', 'explore = [0, -1]', 6, 'explore: 1: .*got -1'),
    ('peaks =', 'rates =', 25, 'survival: peaks: Field required'),
    ('peaks = [0.5,', 'peaks = [nan,', 26, 'survival: peaks: 0: .*got nan'),
    ('schedules = ["constant 0.3"]', 'schedules = ["constant 3"]', 1,
     "unknown schedule 'constant 3'"),
    ('tabs = ["jax"]', 'tabs = ["theano"]', 1, "unknown tab 'theano', expe"),
    ('question =', 'first = true\nquestion =', 2, 'first: Extra inputs'),
    ('"Does it help?"', '" "', 2, "question: .*at least 1 character, got ' '"),
    ('epochs = 6\n', 'measure = ["weights"]\n', 5, "measure: 0: .*'weights'"),
    ('epochs = 6\n', 'split = "train"\n', 5, "split: .*got 'train'"),
])
def test_mistakes_in_a_study(write, old, new, line, message):
    assert old in STUDY
    with pytest.raises(EvidenceError, match=message) as error:
        load(write, STUDY.replace(old, new, 1))
    assert f'1-small.toml:{line}: ' in str(error.value)


def test_all_mistakes_of_a_study_at_once(write):
    text = STUDY.replace('explore = [0, 1]', 'explore = 3').replace(
        'epochs = 6', 'epochs = "6"').replace('[2.0', '[2.0')
    with pytest.raises(EvidenceError) as error:
        load(write, text)
    assert [line.split(': ')[:2] for line in str(error.value).split('\n')] == [
        ['1-small.toml:5', 'epochs'], ['1-small.toml:6', 'explore']]


TUNING = '''
[tuning]
peaks = [0.1, 0.2]
seeds = [0, 1]
widen_by = 1.5
widen_at_most = 2
'''


@pytest.mark.parametrize(('constant', 'extra', 'message'), [
    ('"peak"', '', ''), ('0.3', '', "'constant' must have 'peak' once"),
    ('"peak"', 'explore = [7]', 'explores there'),
    ('"peak"', 'split = "validation"', 'tests on test images'),
    ('"peak"', 'confirm = [1]', 'seed 1 explores and confirms'),
    ('"peak"', 'tabs = ["jax", "mxnet"]', 'chooses in one tab, got jax, mx')])
def test_a_study_that_tunes(write, constant, extra, message):
    tabs = '' if 'tabs' in extra else 'tabs = ["jax"]'
    text = (f'question = "?"\ndesign = "!"\n{tabs}\n{extra}\n'
            f'[schedules]\nconstant = {{ constant = {constant} }}\n{TUNING}')
    if not message:
        assert load(write, text).tuning.peaks == (0.1, 0.2)
    else:
        with pytest.raises(EvidenceError, match=message):
            load(write, text)


NEW = ('question = "?"\ndesign = "!"\ntabs = ["pytorch"]\nconfirm = [SEED]\n'
       '[schedules]\na = { constant = 0.1 }\n')


def test_studies_stand_in_the_order_of_their_files(write, tmp_path):
    for name, seed in (('10-c', 1), ('2-b', 2), ('1-a', 3)):
        write(f'{name}.toml', NEW.replace('SEED', str(seed)))
    found = load_studies(tmp_path)
    assert [*found] == ['a', 'b', 'c']
    assert [study.folder for study in found.values()] == ['', 'b', 'c']


@pytest.mark.parametrize(('name', 'seed', 'message'), [
    ('2-b', 3, r'2-b.toml: seed 3 is one of the study .a.'),
    ('b', 4, 'b.toml: a study is called by its place'),
    ('2-a', 4, "two studies are called 'a'")])
def test_studies_that_do_not_go_together(write, tmp_path, name, seed,
                                         message):
    write('1-a.toml', NEW.replace('SEED', '3'))
    write(f'{name}.toml', NEW.replace('SEED', str(seed)))
    with pytest.raises(EvidenceError, match=message):
        load_studies(tmp_path)


def test_a_folder_without_studies(tmp_path):
    with pytest.raises(EvidenceError, match='has no studies'):
        load_studies(tmp_path)


def test_what_decides_is_in_the_checksum_and_what_tells_is_not(write):
    before = load(write, STUDY).sha256(['a'])
    assert load(write, STUDY.replace('Does it', 'Might it')).sha256(
        ['a']) == before
    assert load(write, 'deviations = ["x"]' + STUDY).sha256(['a']) == before
    assert load(write, 'split = "test"' + STUDY).sha256(['a']) == before
    assert load(write, STUDY).sha256(['b']) != before
    for old, new in (('[5, 6, 7, 8]', '[5, 6, 7, 9]'), ('lr = 0.3', 'lr = 1'),
                     ('epochs = 6', 'epochs = 7'), ('= 3\n', '= 4\n')):
        assert old in STUDY
        assert load(write, STUDY.replace(old, new)).sha256(['a']) != before
    assert load(write, 'primary = "t"' + STUDY).sha256(['a']) != before


@pytest.mark.parametrize(('name', 'tabs', 'runs', 'seeds'), [
    ('fair-peaks', ['pytorch'], 75 + 100, {*range(100, 103),
                                           *range(110, 130)}),
    ('warmup-alone', ['pytorch'], 72, {*range(200, 236)}),
    ('survival', ['pytorch'], 240, {*range(300, 330)}),
    ('frameworks', ['mxnet', 'tensorflow', 'jax'], 30, {*range(400, 410)})])
def test_the_second_round_of_the_chapter(name, tabs, runs, seeds):
    """How many runs in each tab, at any choice of peaks, and new seeds."""
    study = load_studies()[name]
    choice = dict.fromkeys(study.schedules, 0.2) if study.tuning else None
    for tab in tabs:
        found = planned(study, tab, (), choice)
        found += tuning_runs(study, {}) if study.tuning else []
        assert len({run.key() for run in found}) == len(found) == runs
        assert {run.seed for run in found} == seeds
    assert [*study.all_tabs] == tabs


def test_the_shapes_of_the_second_round():
    """What they are at a peak of 0.2, at moments of 30 epochs."""
    study = load_studies()['fair-peaks']
    shapes = {name: make_schedule(name, at_peak(settings, 0.2))
              for name, settings in study.schedules.items()}
    for name, moments in {
            'constant': {0: .2, 29.9: .2}, 'square root': {0: .2, 3: .1},
            'step': {0: .2, 14.9: .2, 15: .02, 21.9: .02, 22: .002},
            'cosine': {0: .2, 15: .1, 30: 0},
            'warmup cosine': {0: 0, 2.5: .1, 5: .2, 17.5: .1, 30: 0}}.items():
        for moment, rate in moments.items():
            assert shapes[name](moment) == pytest.approx(rate, abs=1e-9)
    alone = load_studies()['warmup-alone']
    without, ramp = (make_schedule(name, alone.schedules[name])
                     for name in ('no ramp', 'ramp'))
    for moment in (0, 3.3, 10, 20, 25):
        assert ramp(5 + moment) == pytest.approx(without(moment))
    assert ramp(2.5) == pytest.approx(0.15)
    per_update = {run.per_update for run in planned(alone, 'pytorch')}
    assert per_update == {True}


@pytest.mark.parametrize(('name', 'runs', 'kinds', 'seeds'), [
    ('many-budgets', 36 + 40, 13, {*range(500, 503), *range(510, 520)}),
    ('averages', 27 + 30, 8, {*range(520, 523), *range(530, 540)}),
    ('shapes-with-momentum', 63 + 70, 8, {*range(540, 543),
                                          *range(550, 560)}),
    ('batch-size', 27 + 40, 6, {*range(560, 563), *range(570, 580)}),
    ('adam', 36 + 40, 4, {*range(580, 583), *range(590, 600)}),
    ('stable-elsewhere', 6, 2, {*range(600, 603)})])
def test_the_third_round(name, runs, kinds, seeds):
    """On schedules after 2018: at least so many runs, if each average's best
    peak is its schedule's."""
    study = load_studies()[name]
    choice = {kind: study.peaks(study.kinds[kind][0])[1]
              for kind in study.tuned} if study.tuning else None
    found = planned(study, 'pytorch', (), choice)
    found += tuning_runs(study, {}) if study.tuning else []
    assert len({run.key() for run in found}) == len(found) == runs
    assert {run.seed for run in found} == seeds == study.seeds
    assert len(study.kinds) == kinds and study.last == 1


def test_the_shapes_of_the_third_round():
    """What they are at a peak of 0.2, at some moments."""
    studies = load_studies()

    def shape(study, name):
        settings = studies[study].schedules[name]
        return make_schedule(name, at_peak(settings, 0.2))

    for (study, name), moments in {
            ('many-budgets', 'stable'): {0: 0, .5: .1, 1: .2, 15.9: .2},
            ('many-budgets', 'cosine 5'): {.5: .1, 1: .2, 3: .1, 5: 0},
            ('many-budgets', 'cosine 20'): {.5: .1, 1: .2, 10.5: .1, 20: 0},
            ('averages', 'schedule-free'): {0: 0, .5: .1, 9.9: .2},
            ('shapes-with-momentum', 'line'): {0: .2, 5: .1, 10: 0},
            ('shapes-with-momentum', 'cosine to a tenth'): {0: .2, 10: .02},
            ('shapes-with-momentum', 'one cycle'): {
                0: .008, 1.5: .104, 3: .2, 6.5: .1, 10: 0},
            ('shapes-with-momentum', 'restarts'): {
                0: .2, 2.5: .1, 5: .2, 7.5: .1},
            ('batch-size', '4096'): {.5: .1, 1: .2, 5.5: .1, 10: 0},
            ('stable-elsewhere', 'stable and line'): {
                .5: .15, 1: .3, 8: .3, 9: .15, 10: 0}}.items():
        for moment, rate in moments.items():
            assert shape(study, name)(moment) == pytest.approx(rate, abs=1e-6)
    branches = studies['many-budgets'].branches
    assert sorted((part.at, part.over, part.shape)
                  for part in branches.values()) == sorted(
        (at, over, shape) for at, over in ((4, 1), (8, 2), (16, 4))
        for shape in ('linear', 'sqrt', 'cosine'))
    rule = studies['batch-size'].peak
    assert [rule(kind, {'256': .2}) for kind in studies['batch-size'].rules
            ] == pytest.approx([.8, 3.2, .8])


def test_a_measurement_that_a_tab_does_not_have(write):
    text = NEW.replace('SEED', '3').replace('pytorch', 'jax')
    with pytest.raises(EvidenceError, match="unknown tab to measure active"):
        load(write, 'measure = ["active units"]\n' + text)
