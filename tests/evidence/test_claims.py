"""claims.toml: what it may say, and how its mistakes are told."""
import pytest

from evidence import EvidenceError
from evidence.claims import claimed, load_claims
from evidence.studies import load_studies, load_study

from .conftest import STUDY, load

BOTH = STUDY.replace('schedules = [', 'schedules = ["square root 0.3", ')
CLAIM = '''
[a-claim]
compare = ["square root 0.3", "constant 0.3"]
metric = "gap"
less_than = -0.5

[another]
alive = ["survival 1.0 warmup 2", "survival 1.0 warmup 0"]
first = "more"

[third]
grow = "ramp 0.3"
after = 5
metric = "gap"
more_than = 1

[fourth]
agree = ["constant 0.3", "square root 0.3"]
metric = "train acc"
within = 2

[fifth]
dies = "survival * warmup 0"
before = 1
'''


@pytest.fixture
def both(write):
    """The study with two schedules for the other frameworks."""
    return {'small': load(write, BOTH)}


def test_claims_say_which_schedules_are_confirmed(write, both):
    claims = load_claims(both, write('claims.toml', CLAIM))
    assert claimed(claims, both['small']) == {
        'square root 0.3', 'constant 0.3', 'ramp 0.3'}
    first, second, third, fourth, fifth = claims.values()
    assert (first.metric, first.asserts, first.number) == (
        'gap', 'less_than', -0.5)
    assert (second.metric, second.asserts) == ('', 'more')
    assert (third.kinds, third.after) == (('ramp 0.3',), 5)
    assert (fourth.form, fourth.number) == ('agree', 2)
    assert (fifth.asserts, fifth.number) == ('before', 1)


@pytest.mark.parametrize(('old', 'new', 'line', 'message'), [
    ('"constant 0.3"]', '"constant 3"]', 2, "a-claim: unknown schedule 'cons"),
    ('"survival 1.0 warmup 2"', '"constant 0.3"', 7, 'another: unknown sched'),
    ('"gap"', '"loss"', 4, "a-claim: metric: Input should be .*got 'loss'"),
    ('less_than', 'less', 5, 'a-claim: less: Extra inputs are not permitted'),
    ('less_than = -0.5', 'less_than = -0.5\nwithin = 1', 2, 'a-claim: expect'),
    ('-0.5', '0.5', 5, 'a-claim: less_than: .* less than or equal to 0, got'),
    ('-0.5', 'true', 5, 'a-claim: less_than: .* a valid number, got True'),
    ('-0.5', 'nan', 5, 'a-claim: less_than: .* a finite number, got nan'),
    ('-0.5', '-500', 5, 'a-claim: less_than: .* equal to -100, got -500'),
    ('-0.5', '"-0.5"', 5, "a-claim: less_than: .* a valid number, got '-0.5'"),
    ('"more"', '"better"', 9, "another: first: .*got 'better'"),
    (', "constant 0.3"]', ']', 3, 'a-claim: compare: .*at least 2 items'),
    ('"survival * warmup 0"', '3', 23, 'fifth: dies: .*valid string, got 3'),
    ('"square root 0.3", "c', '["a"], "c', 3, 'a-claim: compare: 0: .*string'),
    ('"survival 1.0 warmup 2"', '"survival * warmup 2"', 7, 'another: alive'),
    ('after = 5', 'after = 5.5', 13, 'third: after: .* integer, got 5.5'),
    ('"square root 0.3", ', '"constant 0.3", ', 3, "'constant 0.3' stands th"),
    ('compare =', 'compares =', 2, 'a-claim: expected one of compare, grow,'),
    ('after = 5', 'after = 6', 11, 'third: after must be an epoch from 1 t'),
    ('after = 5\n', '', 11, 'third: after: Field required'),
    ('before = 1', 'before = 0', 24, 'fifth: before: .*equal to 1, got 0'),
    ('before = 1', 'before = 5', 22, 'fifth: before must be .* from 1 to 4'),
    ('before = 1', 'before = 1\nfrom = 2', 22, 'fifth: expected one of befo'),
    ('survival * warmup 0', 'survival * warmup 3', 22, 'fifth: unknown sched'),
    ('first =', 'seeds = 3\nfirst =', 9, 'another: seeds: Extra inputs'),
    ('[a-claim]', '[a-claim', 2, 'Expected'),
    ('[a-claim]', 'a-claim = 3\n[x]', 2, 'a-claim: expected a table, got 3'),
    ('[another]', '[a-claim]', 7, 'Cannot declare'),
    ('first =', 'alive = 3\nfirst =', 9, 'Cannot overwrite a value'),
    ('[a-claim]', '[a-claim]\nstudy = "big"', 2, "unknown study 'big', exp"),
    ('[a-claim]', '[a-claim]\ntab = "jax"', 2, "a-claim: unknown tab 'jax'"),
])
def test_mistakes_in_claims(write, both, old, new, line, message):
    """Each is told at its line of claims.toml, with the claim's name."""
    assert old in CLAIM
    path = write('claims.toml', CLAIM.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=message) as error:
        load_claims(both, path)
    assert f'claims.toml:{line}: ' in str(error.value)


LATER = '''
[sixth]
saves = ["survival * warmup 2", "survival * warmup 0"]
after = 3
first = "more"

[seventh]
steadier = ["ramp 0.3", "constant 0.3"]
metric = "gap"

[eighth]
gain = ["ramp 0.3", "constant 0.3"]
metric = "test acc"
falls_with = "first train acc"
'''


def test_forms_of_the_second_round(write, both):
    claims = load_claims(both, write('claims.toml', LATER))
    sixth, seventh, eighth = claims.values()
    assert (sixth.form, sixth.asserts, sixth.after) == ('saves', 'more', 3)
    assert (seventh.form, seventh.metric) == ('steadier', 'gap')
    assert (eighth.form, eighth.asserts) == ('gain', 'first train acc')
    assert claimed(claims, both['small']) == {'ramp 0.3', 'constant 0.3'}


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('after = 3', 'after = 4', 'sixth: after must be an epoch from 1 to 3'),
    ('* warmup 2', '1.0 warmup 2', 'sixth: saves compares one peak with one'),
    ('"gap"', '"loss"', "seventh: metric: .*got 'loss'"),
    ('"first train acc"', '"luck"', "eighth: falls_with: .*got 'luck'"),
    ('"first train acc"', '"active units"', 'eighth: the study .small. does'),
    ('steadier =', 'more_than = 3\nsteadier =', 'seventh: more_than: Extra')])
def test_mistakes_in_them(write, both, old, new, message):
    assert old in LATER
    with pytest.raises(EvidenceError, match=message):
        load_claims(both, write('claims.toml', LATER.replace(old, new, 1)))


def test_a_claim_that_changes_has_another_checksum(write, both):
    def checksums(text):
        claims = load_claims(both, write('claims.toml', text))
        return {claim.sha256() for claim in claims.values()}

    before = checksums(CLAIM + LATER)
    assert len(before) == 8
    assert checksums('# but told otherwise\n' + CLAIM + LATER) == before
    for old, new in (('-0.5', '-0.4'), ('"more"', '"fewer"'),
                     ('after = 5', 'after = 4'), ('"train acc"', '"gap"')):
        assert old in CLAIM
        assert len(before & checksums(
            CLAIM.replace(old, new, 1) + LATER)) == 7


def test_all_mistakes_are_told_at_once(write, both):
    text = CLAIM.replace('-0.5', 'true').replace('after = 5', 'after = 0')
    with pytest.raises(EvidenceError) as error:
        load_claims(both, write('claims.toml', text))
    lines = str(error.value).split('\n')
    assert [line.split(': ')[:2] for line in lines] == [
        ['claims.toml:5', 'a-claim'], ['claims.toml:13', 'third']]


@pytest.mark.parametrize('text', [
    '\ufeff' + CLAIM, CLAIM.replace('\n', '\r\n')])
def test_claims_as_other_editors_write_them(tmp_path, both, text):
    path = tmp_path / 'claims.toml'
    path.write_bytes(text.encode())
    assert len(load_claims(both, path)) == 5


@pytest.mark.parametrize('value', ['[' * 9999, '9' * 9999])
def test_claims_that_are_too_deep_or_too_large(write, both, value):
    with pytest.raises(EvidenceError, match='^claims.toml:'):
        load_claims(both, write('claims.toml', f'a = {value}'))


def test_claims_that_are_no_text(tmp_path, both):
    path = tmp_path / 'claims.toml'
    path.write_bytes(b'[a]\nmetric = "\xe9"\n')
    with pytest.raises(EvidenceError, match='claims.toml:2: not UTF-8'):
        load_claims(both, path)
    with pytest.raises(EvidenceError, match='none.toml: No such file'):
        load_claims(both, tmp_path / 'none.toml')


@pytest.mark.parametrize(('name', 'decides', 'message'), [
    ('small', '["a-claim"]', ''),
    ('small', '["a-claim", "no-claim"]', 'no-claim: small decides it, but it'),
    ('big', '["a-claim"]', 'big decides it, but it is on runs of small')])
def test_a_study_decides_claims_of_its_own(write, both, name, decides,
                                           message):
    claims = write('claims.toml', CLAIM)
    text = f'decides = {decides}' + BOTH
    studies = {**both, name: load_study(write('2-big.toml', text), name)}
    if not message:
        assert len(load_claims(studies, claims)) == 5
    else:
        with pytest.raises(EvidenceError, match=message):
            load_claims(studies, claims)


def test_the_claims_of_the_chapter_are_sound():
    studies = load_studies()
    claims = load_claims(studies)
    first = next(iter(studies.values()))
    assert sum(claim.study == first.name for claim in claims.values()) == 24
    assert claimed(claims, first) == {
        'square root 0.3', 'constant 0.3', 'multi factor 0.3', 'cosine 0.3',
        'warmup cosine 0.3', 'factor 0.3', 'polynomial 0.3'}
