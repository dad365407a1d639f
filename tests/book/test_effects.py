"""Studies and effects: the claims page, its picture, claims.json, figures."""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest
from jsonschema import Draft202012Validator

from builder import __main__ as stages
from builder.errors import BuildError, SourceError, SourceErrors
from builder.publish.forest import forest
from builder.publish.html import build_html, make_sources
from builder.publish.pdf import build_pdf
from builder.record.notebook import make_notebook
from builder.record.svg import check_svg
from builder.source.judgement import Effect, Judgement, Study

from .conftest import CONFIG
from .test_pdf import text_of

COMMIT = 40 * 'a'
TOLD = f'''
from types import SimpleNamespace


def effect(value, reach, unit='points', bounds=(0.5,)):
    return SimpleNamespace(
        value=value, unit=unit, bounds=bounds,
        low=None if reach is None else value - reach,
        high=None if reach is None else value + reach)


def claim(name, **values):
    title = name.replace('-', ' ')
    return SimpleNamespace(**{{
        'name': name, 'title': title.capitalize(), 'text': 'many numbers',
        'short': '+1.0 ± 0.2', 'runs': ('runs/some.jsonl',), 'problem': '',
        'details': '| seed | a |\\n|---|---|\\n| 5 | 86 % |',
        'verdict': 'holds', 'source': 'claims.toml:3',
        'written': '[it]\\nless_than = 5', **values}})


def studies():
    first = SimpleNamespace(
        name='first-look', question='Is it *so*?', design='Four seeds.',
        primary='A t test.', deviations=('One run was made twice.',),
        source='studies/first.toml', planned=8, recorded=8,
        first='2026-11-24', last='2026-11-25', commits=('{COMMIT}',),
        problem='', claims=(
            claim('it-helps', effect=effect(1.0, 0.2), p=0.001234567,
                  adjusted=0.02, probability=effect(0.9, 0.05, 'chance', ()),
                  commits=('{COMMIT}',), records=(
                      {{'file': 'runs/some.jsonl', 'schedule': 'a',
                        'seed': 5, 'commit': '{COMMIT}'}},)),
            claim('it-harms', effect=effect(-1.5, 0.5), verdict='fails'),
            claim('most-live', effect=effect(0.8, 0.1, 'of the runs'),
                  short='8 of 10'),
            claim('no-axis', effect=effect(3.0, None), short='p = .2')))
    return (first, SimpleNamespace(
        name='to-come', question='Will it?', planned=20, claims=(
            claim('it-will', verdict='open', problem='it lacks 20 runs',
                  text='not confirmed', short='no runs yet', runs=('none',),
                  details=''),)))


def judge(name):
    return next(claim for study in studies() for claim in study.claims
                if claim.name == name)
'''
SETTINGS = CONFIG + ('\n[evidence]\nclaims = lib.told:judge\n'
                     'studies = lib.told:studies\n')
FIGURE = ('# A\n\nSee :numref:`fig_all`. It helps :claim:`it-helps`.\n\n'
          '![All *effects*.](effects:)\n:label:`fig_all`\n')
FILES = {'config.ini': SETTINGS, 'lib/told.py': TOLD, 'claims.toml': '[it]\n',
         'runs/some.jsonl': '{}\n', 'studies/first.toml': 'a = 1\n'}


@pytest.fixture(autouse=True)
def forget():
    """Let each book import its own modules."""
    yield
    for name in [*sys.modules]:
        if name.partition('.')[0] == 'lib':
            del sys.modules[name]


@pytest.fixture
def book(write_book):
    return write_book(FIGURE, **FILES)


def a_claim(name, value, low, high, unit='points', verdict='holds',
            bounds=()):
    return Judgement(
        title=name, name=name, text='', runs=(), details='', problem='',
        short=f'{value:+.1f}', verdict=verdict, effect=Effect(
            value=value, low=low, high=high, unit=unit, bounds=bounds))


def drawn(*claims):
    return forest([Study(name='some-study', recorded=1, claims=claims)])


def shapes(svg, name):
    return [*ElementTree.fromstring(svg).iter(
        '{http://www.w3.org/2000/svg}' + name)]


def test_the_picture_is_true_to_scale():
    """Places of squares, ends of intervals and margins lie on one line with
    what they stand for; the ticks say which."""
    picture = drawn(a_claim('a', 1.0, 0.5, 1.5, bounds=(0.75,)),
                    a_claim('b', -2.0, -3.0, -1.0), a_claim('c', 3.0, 2, 4))
    check_svg(picture.svg)
    ticks = {float(text.text.replace('−', '-')): float(text.get('x'))
             for text in shapes(picture.svg, 'text')
             if text.get('class') == 'n m' and text.text != 'points'}
    assert 0 in ticks and len(ticks) > 3
    unit = (ticks[2] - ticks[0]) / 2

    def place(x):
        return pytest.approx(ticks[0] + unit * x, abs=0.11)

    squares = [float(rect.get('x')) + 3.5
               for rect in shapes(picture.svg, 'rect')]
    assert squares == [place(1), place(-2), place(3)]
    ends = [[float(n) for n in re.findall(r'M([\d.]+) \d+H([\d.]+)$',
                                          path.get('d'))[0]]
            for path in shapes(picture.svg, 'path')]
    assert ends == [[place(0.5), place(1.5)], [place(-3), place(-1)],
                    [place(2), place(4)]]
    margin, = [line for line in shapes(picture.svg, 'line')
               if line.get('class') == 'b']
    assert float(margin.get('x1')) == place(0.75)


def test_the_picture_marks_what_does_not_hold():
    picture = drawn(a_claim('a', 1, 0, 2), a_claim('b', 1, 0, 2,
                                                   verdict='fails'))
    assert [rect.get('class') for rect in shapes(picture.svg, 'rect')] == [
        None, 'o']


def test_one_wide_interval_leaves_the_others_room():
    """It ends in an arrow where the axis ends; its value is on the axis."""
    few = [a_claim(f'a{n}', 1, 0.5, 1.5) for n in range(4)]
    narrow = drawn(*few, a_claim('wide', 2, -60, 64))
    paths = [path.get('d') for path in shapes(narrow.svg, 'path')]
    assert sum('H' in d for d in paths) == 5 and len(paths) == 7
    wide, = [d for d in paths if d.count(' ') == 1 and 'H' in d][4:]
    left, right = map(float, re.findall(r'M([\d.]+) \d+H([\d.]+)', wide)[0])
    assert right - left == pytest.approx(260)
    first = re.findall(r'M([\d.]+) \d+H([\d.]+)', paths[0])[0]
    assert float(first[1]) - float(first[0]) > 260 / 15


def test_equal_effects_make_equal_bytes_and_others_others():
    one, same, other = (drawn(a_claim('a', x, 0, 3)).svg for x in (1, 1, 2))
    assert one == same != other


def test_nothing_to_draw():
    assert forest([]) is None
    assert drawn(a_claim('a', 1, None, None)) is None


@pytest.mark.parametrize('values', [
    {'low': 1.0}, {'high': 1.0}, {'low': 0.5, 'high': 0.8}])
def test_an_interval_has_two_ends_around_its_value(values):
    with pytest.raises(ValueError, match='interval with one|not between'):
        Effect(value=1.0, unit='points', **values)


def test_the_page_has_all_claims_and_studies(book, tmp_path):
    folder = build_html(book, tmp_path / '_build').parent
    text = (folder / 'claims.html').read_text('utf-8')
    cells = {}
    for row in re.findall(r'<tr.*?</tr>', text, re.DOTALL):
        name, *others = (
            re.sub(r'<[^>]+>', '', cell).strip() for cell in re.findall(
                r'<t[dh].*?</t[dh]>', row, re.DOTALL))
        cells[name] = others
    assert cells['it helps'] == ['+1.0 ± 0.2', '0.80 to 1.20', '0.0012',
                                 '0.02', 'yes', 'First look']
    assert cells['it harms'][-2:] == ['no', 'First look']
    assert cells['most live'][1] == '0.70 to 0.90 of the runs'
    assert cells['it will'] == ['no runs yet', '', '', '', 'open', 'To come']
    words = re.sub(r'\s+', ' ', re.sub(r'<[^>]+>', '', text))
    for said in ('Question. Is it *so*?', 'Design. Four seeds.',
                 'Primary test. A t test.', 'One run was made twice.',
                 '8 of 8 planned runs are recorded, the first from '
                 f'2026-11-24, the last from 2026-11-25. Study, claims and '
                 f'code as they were: commit {COMMIT[:12]}.',
                 'Runs. None yet; 20 are planned.', 'it lacks 20 runs.',
                 'Claim: claims.toml, line 3 · Study: First look · Runs: '
                 f'some.jsonl · Commit: {COMMIT[:12]}', 'less_than = 5',
                 'The runs do not bear it out.'):
        assert said in words, said
    assert 'alt="Forest plot of effects and their intervals in points. First '\
        'look: 2 effects, from −1.50 to +1.00; To come: no runs yet."' in text
    copies = {path.name for path in (folder / '_downloads').rglob('*.*')}
    assert {'some.jsonl', 'claims.toml', 'first.toml'} <= copies


SCHEMA = {
    '$defs': {
        'text': {'type': 'string', 'minLength': 1},
        'number': {'type': ['number', 'null']},
        'commit': {'type': 'string', 'pattern': '^[0-9a-f]{40}$'},
        'effect': {
            'type': ['object', 'null'], 'additionalProperties': False,
            'required': ['value', 'unit', 'interval', 'margins'],
            'properties': {
                'value': {'type': 'number'}, 'unit': {'$ref': '#/$defs/text'},
                'interval': {'type': ['array', 'null'], 'minItems': 2,
                             'maxItems': 2, 'items': {'type': 'number'}},
                'margins': {'type': 'array', 'items': {'type': 'number'}}}},
        'run': {
            'type': 'object', 'required': ['file', 'schedule', 'seed'],
            'properties': {
                'file': {'$ref': '#/$defs/text'},
                'schedule': {'$ref': '#/$defs/text'},
                'seed': {'type': 'integer'}, 'epochs': {'type': 'integer'},
                'split': {'enum': ['test', 'validation']},
                'commit': {'$ref': '#/$defs/commit'},
                'study sha256': {'type': 'string'}},
            'additionalProperties': False},
        'claim': {
            'type': 'object', 'additionalProperties': False,
            'required': ['name', 'statement', 'study', 'verdict', 'numbers',
                         'effect', 'p', 'adjusted_p', 'probability',
                         'problem', 'written', 'commits', 'files', 'runs'],
            'properties': {
                'name': {'$ref': '#/$defs/text'},
                'statement': {'$ref': '#/$defs/text'},
                'study': {'$ref': '#/$defs/text'},
                'verdict': {'enum': ['holds', 'fails', 'open']},
                'numbers': {'$ref': '#/$defs/text'},
                'effect': {'$ref': '#/$defs/effect'},
                'p': {'$ref': '#/$defs/number'},
                'adjusted_p': {'$ref': '#/$defs/number'},
                'probability': {'$ref': '#/$defs/effect'},
                'problem': {'type': 'string'},
                'written': {'$ref': '#/$defs/text'},
                'commits': {'type': 'array',
                            'items': {'$ref': '#/$defs/commit'}},
                'files': {'type': 'array', 'minItems': 1},
                'runs': {'type': 'array',
                         'items': {'$ref': '#/$defs/run'}}}}},
    'type': 'object', 'required': ['title', 'studies', 'claims'],
    'additionalProperties': False,
    'properties': {
        'title': {'$ref': '#/$defs/text'},
        'claims': {'type': 'array', 'items': {'$ref': '#/$defs/claim'}},
        'studies': {'type': 'array', 'items': {
            'type': 'object', 'additionalProperties': False,
            'required': ['name', 'question', 'design', 'primary',
                         'deviations', 'source', 'planned', 'recorded',
                         'first', 'last', 'commits', 'problem'],
            'properties': {
                **dict.fromkeys(('name', 'question', 'design', 'primary',
                                 'source', 'first', 'last', 'problem'),
                                {'type': 'string'}),
                'deviations': {'type': 'array'},
                'commits': {'type': 'array',
                            'items': {'$ref': '#/$defs/commit'}},
                'planned': {'type': 'integer'},
                'recorded': {'type': 'integer'}}}}}}


def test_the_same_for_programs(book, tmp_path):
    found = json.loads((build_html(book, tmp_path / '_build').parent
                        / 'claims.json').read_bytes())
    Draft202012Validator(SCHEMA).validate(found)
    claims = {claim['name']: claim for claim in found['claims']}
    assert [*claims] == ['it-helps', 'it-harms', 'most-live', 'no-axis',
                         'it-will']
    helps = claims['it-helps']
    assert helps['effect'] == {'value': 1.0, 'unit': 'points',
                               'interval': [0.8, 1.2], 'margins': [0.5]}
    assert (helps['p'], helps['adjusted_p']) == (0.00123457, 0.02)
    assert helps['probability']['value'] == 0.9
    assert helps['runs'] == [{'file': 'runs/some.jsonl', 'schedule': 'a',
                              'seed': 5, 'commit': COMMIT}]
    assert claims['it-will']['verdict'] == 'open'
    assert [study['recorded'] for study in found['studies']] == [8, 0]


def test_a_figure_in_the_text(book, tmp_path):
    """Numbered, with a caption and a link; of some claims, if it says so."""
    text = make_sources(book)['index.md'].decode()
    assert 'See [Figure 1](#fig_all).' in text
    assert ('Figure 1: All *effects*. [All numbers and their runs]'
            '(/claims.md).') in text
    page = build_html(book, tmp_path / '_build').read_text('utf-8')
    figure = re.search(r'<figure.*?</figure>', page, re.DOTALL)[0]
    assert 'class="plot"' in figure and 'effects-' in figure
    assert 'alt="Forest plot of effects' in figure
    assert 'href="claims.html"' in figure


@pytest.mark.parametrize(('names', 'labels'), [
    ('', ['it helps', 'it harms']), ('first-look', ['it helps', 'it harms']),
    ('it-harms', ['it harms']), ('it-harms,to-come', ['it harms'])])
def test_a_figure_of_some(write_book, names, labels):
    book = write_book(FIGURE.replace('effects:', f'effects:{names}'), **FILES)
    sources = make_sources(book)
    path = re.search(r'\{figure\} /(plots/effects-\S+)',
                     sources['index.md'].decode())[1]
    assert [text.text for text in shapes(sources[path], 'text')
            if text.get('class') == 'l'] == labels


def test_a_figure_in_a_notebook_is_a_table(write_book):
    book = write_book(FIGURE.replace('effects:', 'effects:it-helps'), **FILES)
    notebook = make_notebook(book, book.pages[0], 'pytorch')
    nbformat.validate(notebook)
    text = notebook.cells[0].source
    assert ('| Claim | | In full | Study |\n|---|---|---|---|\n'
            '| it helps | +1.0 ± 0.2 | many numbers | First look |\n\n'
            'Figure 1: All *effects*.') in text
    assert 'it harms' not in text


@pytest.mark.parametrize(('old', 'new', 'line', 'message'), [
    ('effects:', 'effects:it-help', 5, "no study or claim 'it-help', expected "
     'one of it-helps'),
    ('![All', 'Here: ![All', 5, 'effects: inside a text, expected it in lines')
])
def test_a_figure_of_what_is_not_there(write_book, old, new, line, message):
    with pytest.raises((SourceError, SourceErrors)) as raised:
        write_book(FIGURE.replace(old, new, 1), **FILES)
    assert f'text/index.md:{line}: the figure effects:' in str(raised.value)
    assert message in str(raised.value)


def test_a_figure_in_a_book_without_claims(write_book):
    with pytest.raises(SourceError, match='index.md:3: the figure effects:, '
                       'but this book has no claims'):
        write_book('# A\n\n![All.](effects:)\n')


@pytest.mark.parametrize(('old', 'new', 'message'), [
    ('def studies():', 'def studies():\n    return [None]',
     'number 1 is no study: it is None'),
    ("planned=8", "planned='8'", "number 1 is no study: its planned is '8'"),
    ("name='first-look', ", '', 'number 1 is no study: it lacks name'),
    ("name='first-look'", "name='first look'",
     "number 1 is no study: its name is 'first look'"),
    ("'verdict': 'holds'", "'verdict': 'perhaps'",
     "number 1 is no study: its claims.0.verdict is 'perhaps'"),
    ('def studies():', 'def studies():\n    return 3',
     'expected a list, got 3'),
    ('def studies():', 'def studies():\n    1 / 0',
     'lib/told.py:22: ZeroDivisionError')])
def test_what_is_no_study_is_named(write_book, old, new, message):
    assert old in TOLD
    with pytest.raises(BuildError) as raised:
        write_book('# A\n', **{**FILES, 'lib/told.py': TOLD.replace(old, new)})
    assert str(raised.value).startswith(
        f'config.ini: [evidence] studies = lib.told:studies: {message}')


def test_a_claim_that_no_study_has(write_book):
    told = TOLD.replace('if claim.name == name)', 'if True)')
    with pytest.raises(BuildError, match="no study has the claim 'other'"):
        write_book(FIGURE.replace('claim:`it-helps', 'claim:`other'),
                   **{**FILES, 'lib/told.py': told})


def test_a_sentence_makes_no_claim_that_fails(write_book):
    with pytest.raises(SourceError, match="index.md:3: claim 'it-harms' asse"
                       'rts: It harms. The runs do not bear it out: many nu'):
        write_book(FIGURE.replace('claim:`it-helps', 'claim:`it-harms'),
                   **FILES)


def test_what_is_wrong_with_a_study_fails_the_check(write_book, tmp_path,
                                                    monkeypatch, capsys):
    """Though no sentence names a claim of it. Runs that are missing for such
    a claim do not."""
    told = TOLD.replace("name='to-come',", "name='to-come', "
                        "problem='it was changed',")
    write_book(FIGURE, **{**FILES, 'lib/told.py': told})
    monkeypatch.setattr(stages, 'ROOT', tmp_path)
    assert stages.main(['check']) == 1
    assert capsys.readouterr().out == 'it was changed\n'


def test_links_to_a_repository(write_book):
    book = write_book(FIGURE, **{**FILES, 'config.ini': SETTINGS.replace(
        'explicit_tabs', 'repository = https://github.com/a/b.git\n'
        'explicit_tabs')})
    text = make_sources(book)['claims.md'].decode()
    assert ('[claims.toml, line 3](https://github.com/a/b/blob/main/'
            'claims.toml#L3 "claims.toml")') in text
    assert 'path:/' not in text


@pytest.mark.slow  # LaTeX
def test_in_a_pdf(book, tmp_path):
    text = text_of(build_pdf(book, 'pytorch', tmp_path / '_build'))
    words = ' '.join(text.split())
    assert 'It helps (+1.0 ± 0.2).' in words
    assert 'Figure 1: All effects.' in words
    assert 'Claims and Runs' in words and 'Adjusted p' in words
    assert 'claims.toml, line 3' in words
    assert 'it harms' in words  # of the picture
