"""The page on schedules after 2018: its classes are the package's, and what
it asks is what its studies ask, by their margins and budgets."""
import ast
import re
import tomllib
from pathlib import Path

import pytest

from builder.config import load_config
from builder.source.markdown import Code, split
from evidence.overview import studies

from .test_chapter import without_docstrings_and_checks

ROOT = Path(__file__).parents[2]
EVIDENCE = ROOT / 'evidence'
PAGE = ROOT / 'chapter_optimization' / 'lr-scheduler-modern.md'
TEXT = PAGE.read_text('utf-8')
STUDIES = ('many-budgets', 'averages', 'shapes-with-momentum', 'batch-size',
           'adam', 'stable-elsewhere')
# The questions in their order: the claims that each is about, and words that
# tell it from the others.
ASKED = (
    ('a-branch-keeps-up-in-five-epochs a-branch-keeps-up-in-ten-epochs '
     'a-branch-keeps-up-in-twenty-epochs', r'branch along $1 - \sqrt{x}$',
     'the cosine', 'with 5 epochs, with 10, and with 20'),
    ('a-root-beats-a-line', '20 epochs', r'$1 - \sqrt{x}$ end above the line'),
    ('a-line-and-a-cosine-are-alike-in-branches', '20 epochs',
     'half a cosine', 'the line'),
    ('a-stable-rate-does-elsewhere-what-a-cosine-does', 'other frameworks',
     'a cosine'),
    ('a-line-to-zero-beats-a-cosine-to-a-tenth',
     'line to zero end above the cosine to a tenth'),
    ('a-line-and-a-cosine-to-zero-are-alike', 'the line', 'cosine to zero'),
    ('one-cycle-beats-a-line', 'the cycle end above the line'),
    ('a-restart-costs-accuracy', 'end below the one cosine to zero'),
    ('the-mean-of-two-cycles-beats-the-last', 'ends of cycles do better'),
    ('an-average-beats-the-last-weights', 'constant rate',
     'exponential average', 'the last weights'),
    ('five-ends-beat-the-last-weights', 'constant rate', 'mean of five ends',
     'the last weights'),
    ('an-average-does-what-a-decay-does',
     'exponential average at a constant rate', 'last weights of the cosine'),
    ('an-average-adds-nothing-to-a-decay', 'Under the cosine',
     'the last weights'),
    ('schedule-free-does-what-a-decay-does', r'At $\mathbf{x}$',
     'the cosine to zero'),
    ('schedule-free-is-better-at-its-average',
     r'higher at $\mathbf{x}$ than at $\mathbf{y}$'),
    ('with-momentum-a-cosine-beats-a-constant-rate', 'momentum',
     'the constant rate'),
    ('with-momentum-a-warmup-adds-to-a-cosine', 'momentum',
     'higher after a warmup than without'),
    ('with-adam-a-cosine-beats-a-constant-rate', 'AdamW',
     'the constant rate'),
    ('with-adam-a-warmup-adds-to-a-cosine', 'AdamW',
     'higher after a warmup than without'),
    ('with-adam-a-weight-decay-helps', 'AdamW', r'higher with $\lambda = 0.3'),
    ('the-linear-rule-holds-for-four-times-the-batch', 'four times',
     'linear rule', 'the best one'),
    ('the-linear-rule-ends-before-sixteen-times', 'sixteen times',
     'linear rule', 'the best one'),
    ('the-root-rule-holds-for-sixteen-times', 'sixteen times',
     'square-root rule', 'the best one'),
    ('a-batch-of-thousands-costs-accuracy', 'a batch of 4,096', 'one of 256'))


def classes(source):
    return {node.name: without_docstrings_and_checks(node)
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef)}


def cells():
    tabs = load_config(ROOT / 'config.ini').tabs
    return [block.source for block in split(TEXT, 'draft', tabs)
            if isinstance(block, Code)]


def test_its_schedules_are_the_packages():
    package = classes((ROOT / 'd2l' / 'modern.py').read_text('utf-8'))
    shown = {name: code for source in cells() for name, code in classes(
        source.replace('d2l.Warmup', 'Warmup')).items()
        if name.endswith('Scheduler')}
    assert shown == package


def test_its_trainer_is_that_of_the_runs():
    runs = classes((ROOT / 'evidence' / 'optimizers.py').read_text('utf-8'))
    shown = {name: code for source in cells()
             for name, code in classes(source).items()}
    assert shown['ScheduleFreeSGD'] == runs['ScheduleFreeSGD']


def written(study):
    """Return what the file of a study says."""
    path, = (EVIDENCE / 'studies').glob(f'*-{study}.toml')
    return tomllib.loads(path.read_text('utf-8'))


def says(*sentences):
    for sentence in sentences:
        assert sentence in TEXT


def questions():
    """Return (files of studies, question) in the order of the page."""
    found = []
    for part in TEXT.split('**What we ask**')[1:]:
        intro, *rest = part.split('\n\n')[:2]
        for question in re.findall(r'^1\. (.*)$', rest[0], re.M):
            found.append((intro + question, question.partition('?')[0]))
    return found


def margin(claim):
    """Return in words what a claim has to exceed, or to stay within."""
    amount = {0.5: 'half a point', 0.3: '0.3 points', 0: ''}[
        abs(claim.get('within', claim.get('more_than',
                                          claim.get('less_than'))))]
    if 'within' in claim:
        return f'within {amount} of'
    if not amount:
        return ''
    return f'more than {amount} ' + (
        'above' if 'more_than' in claim else 'below')


def test_no_verdict_is_told():
    assert ':claim:' not in TEXT
    says('*their runs are still to be made*')


@pytest.mark.parametrize('study', STUDIES)
def test_runs_are_still_to_be_made(study):
    """Once they are all there, claims take the place of the questions."""
    told, = [told for told in studies() if told.name == study]
    assert told.recorded < told.planned


def test_every_claim_of_its_studies_is_asked_once():
    asked = [claim for claims, *_ in ASKED for claim in claims.split()]
    decided = [claim for name in STUDIES for claim in written(name)['decides']]
    assert sorted(asked) == sorted(decided)
    assert len(questions()) == len(ASKED)


@pytest.mark.parametrize('number', range(len(ASKED)),
                         ids=[claims.split()[0] for claims, *_ in ASKED])
def test_a_question_has_the_margin_of_its_claims(number):
    (claims, *words), (around, question) = ASKED[number], questions()[number]
    known = tomllib.loads((EVIDENCE / 'claims.toml').read_text('utf-8'))
    for claim in claims.split():
        wanted = margin(known[claim])
        found = re.findall(r'(?:within|more than) \S+(?: a)? points? \w+',
                           question)
        assert found == ([wanted] if wanted else [])
        assert re.search(rf'\d+-{known[claim]["study"]}\.toml', around)
    assert [word for word in words if word not in question] == []


def test_what_all_studies_share():
    """But the last, which has three seeds, and says so."""
    for name in STUDIES[:-1]:
        study = written(name)
        assert len(study['confirm']) == 10 and study['last'] == 1
        assert len(study['tuning']['peaks']) == 3
        assert len(study['tuning']['seeds']) == 3
        assert 'the other 6,000' in study['design']
        assert study['tabs'] == ['pytorch']
        assert study['tuning']['widen_at_most'] == 1
    says('the best of three peaks (of four, if the best of three is at an '
         'edge), by three seeds and on 6,000 training images',
         'with ten new seeds', 'after the last epoch')


def test_budgets_of_branches():
    study = written('many-budgets')
    cosines = [schedule['max_update'] for schedule
               in study['schedules'].values() if 'max_update' in schedule]
    roots = [branch for branch in study['branches'].values()
             if branch['shape'] == 'sqrt']
    assert cosines == [root['at'] + root['over'] for root in roots]
    assert all(5 * root['at'] == 4 * budget
               for root, budget in zip(roots, cosines, strict=True))
    stable = study['schedules']['stable']['epochs']
    in_all = stable + sum(root['over'] for root in roots)
    says('budgets of {}, {} and {} epochs'.format(*cosines),
         f'followed for {stable} epochs', 'after four fifths of the budget',
         f'The three cosines take {sum(cosines)} epochs of training, the run '
         f'and its branches of one shape {in_all}.')


def test_budgets_elsewhere():
    study = written('stable-elsewhere')
    stable = study['schedules']['stable and line']
    assert (study['epochs'], stable['decay_steps'], stable['base_lr']) == (
        10, 2, 0.3)
    assert len(study['others']['seeds']) == 3
    says('at a peak of 0.3 that nobody tuned, a run of 10 epochs',
         'in the last two', 'The mean of three seeds answers')


def test_budgets_of_shapes():
    study = written('shapes-with-momentum')
    assert study['epochs'] == 10 and len(study['schedules']) == 7
    assert study['schedules']['restarts']['period'] == 5
    assert study['optimizers']['momentum']['momentum'] == 0.9
    others = written('many-budgets')['tuning']['peaks']
    assert [10 * peak for peak in study['tuning']['peaks']] == others
    says('with a momentum of 0.9 and 10 epochs? Seven are to be trained',
         'two cosines of five epochs', 'a tenth of those without')


def arguments(name):
    """Return the keyword arguments of the call that a cell gives a name."""
    call, = [node.value for source in cells() for node in ast.parse(
        source).body if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == name]
    return {keyword.arg: ast.literal_eval(keyword.value)
            for keyword in call.keywords}


def test_the_cycle_shown_is_that_of_its_study():
    study = written('shapes-with-momentum')
    momentum = study['optimizers']['cycled']['momentum']
    assert momentum.pop('scheduler') == 'OneCycleScheduler'
    assert arguments('momentum') == momentum
    shown, cycle = arguments('cycle'), study['schedules']['one cycle']
    assert shown['base_lr'] in study['tuning']['peaks']
    assert shown['begin_lr'] == pytest.approx(shown['base_lr'] / 25)
    assert cycle['begin_lr'] == 'peak / 25'
    for key in ('max_update', 'warmup_steps'):
        assert shown[key] == cycle[key]


def test_averages():
    study = written('averages')
    free = study['schedules']['schedule-free']['peaks']
    assert free == [10 * peak for peak in study['tuning']['peaks']]
    assert study['epochs'] == 10
    assert study['optimizers']['free']['momentum'] == 0.9
    assert study['averages']['ema']['half_life'] == 1
    assert study['averages']['swa']['ends'] == [6, 7, 8, 9, 10]
    says('Runs last 10 epochs', 'with a half-life of one epoch',
         'the ends of epochs 6 to 10', r'with $\beta = 0.9$ is trained for 10',
         'are ten times those of plain descent')


def test_batches_and_rules():
    study = written('batch-size')
    rules = [(rule['of'], rule['times']) for rule in study['rules'].values()]
    assert rules == [('1024', 4.0), ('4096', 16.0), ('4096', 4.0)]
    assert study['epochs'] == 10
    says('Batches of 256, 1,024 and 4,096 images are trained for 10 epochs')


def test_weight_decays():
    study = written('adam')
    first, second = study['optimizers'].values()
    assert (first['weight_decay'], second['weight_decay']) == (0.01, 0.3)
    assert study['epochs'] == 10
    says('with PyTorch\'s default weight decay, 0.01',
         r"$\lambda = 0.3$, thirty times PyTorch's default")
