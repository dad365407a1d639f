"""Whatever stands in a file: it is read, or it is our own error."""
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence import EvidenceError
from evidence.claims import load_claims
from evidence.records import Writer, load_records
from evidence.studies import load_study

from .conftest import RESTS_ON, STUDY, made_up, some_runs
from .test_claims import BOTH, CLAIM, LATER

VALUES = st.sampled_from([
    'true', '-1', '0', '3', '1e999', 'nan', '-inf', '""', '"x"', '"peak"',
    '[]', '[[]]', '[3]', '["x"]', '{}', '{ a = 1 }', '2026-11-24', '9' * 30,
    '"' + 'x' * 999 + '"'])
COMMON = settings(max_examples=150, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture])


def lines_of(text):
    return [n for n, line in enumerate(text.split('\n')) if line.strip()]


@st.composite
def mutated(draw, text):
    """A line with another value, twice, left out, or of other characters."""
    lines = text.split('\n')
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.sampled_from(lines_of(text)))
        key, equals, _ = lines[n].partition('=')
        lines[n] = draw(st.one_of(
            VALUES.map(lambda value, key=key: f'{key} = {value}'),
            st.just(f'{lines[n]}\n{lines[n]}'), st.just(''),
            st.text(max_size=20),
            st.sampled_from(['\ufeff', '\r', '\0', '[', '"'])))
    return '\n'.join(lines)


@COMMON
@given(text=mutated(STUDY))
def test_a_study(tmp_path, text):
    path = tmp_path / '1-small.toml'
    path.write_bytes(text.encode('utf-8', 'surrogatepass'))
    try:
        load_study(path, 'small')
    except EvidenceError as error:
        assert '1-small.toml' in str(error)


@COMMON
@given(text=mutated(CLAIM + LATER))
def test_claims(tmp_path, text):
    study = tmp_path / '1-small.toml'
    study.write_text(BOTH)
    path = tmp_path / 'claims.toml'
    path.write_bytes(text.encode('utf-8', 'surrogatepass'))
    try:
        load_claims({'small': load_study(study, 'small')}, path)
    except EvidenceError as error:
        assert str(error).startswith('claims.toml:')


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5)
RECORD = made_up('', some_runs(1)[0])


@COMMON
@given(key=st.sampled_from([*RECORD, 'stopped', 'split', 'active units']),
       value=ANYTHING, cut=st.integers(0, 99) | st.none())
def test_a_file_of_runs(tmp_path, key, value, cut):
    """A writer may come upon it, too: it adds its line or says why not."""
    path = tmp_path / 'small.jsonl'
    line = json.dumps({**RECORD, key: value}).encode()
    path.write_bytes(line + b'\n' + line[:cut])
    try:
        load_records(path, RESTS_ON)
    except EvidenceError as error:
        assert str(error).startswith('small.jsonl:')
    with Writer(path) as writer:
        writer.append(made_up('', some_runs(2)[1]))
    *_, last, nothing = path.read_bytes().split(b'\n')
    assert json.loads(last)['seed'] == 1 and nothing == b''
