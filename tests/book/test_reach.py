"""Which changes of a module are changes of what cells rest on."""
import textwrap

import pytest

from builder.errors import BuildError
from builder.record.reach import reach
from builder.record.reach.forms import Former

LISTED = ('lib/torch.py', 'lib/data.py')
TORCH = '''
"""Helpers."""
import math
from typing import TYPE_CHECKING, cast

import numpy as np

from lib import common
from lib.common import *
from lib.data import LIMIT

__all__ = [*common.__all__, 'rate', 'unused']
_SCALE = 2.0


def rate(t, lr=0.1):
    """Return a rate."""
    return _scaled(lr) / math.sqrt(t + 1)


def _scaled(lr):
    return _SCALE * min(lr, LIMIT)


def unused(x):
    return np.exp(x)
'''
DATA = '''
LIMIT = 10


class Sums:
    """Sums."""
    kind = 'sum'

    def __init__(self, n):
        self._data = [0.0] * n

    def add(self, x):
        self._data = [a + x for a in self._data]
        return self._first()

    def _first(self):
        return self._data[0]


def other():
    return 1
'''
COMMON = '''
from lib.data import Sums, other
from lib.look import plot

__all__ = ['Sums', 'other', 'plot']
'''
FILES = {'lib/torch.py': TORCH, 'lib/data.py': DATA, 'lib/common.py': COMMON,
         'lib/look.py': 'def plot(x):\n    print(x)\n'}
CELLS = ('from lib import torch as d2l\n',
         'd2l.plot(d2l.rate(3))\nsums = d2l.Sums(2)\nsums.add(1)\n')


@pytest.fixture
def write(tmp_path):
    """Return a function that writes modules, and forgets other ones."""
    def write(files):
        for path in tmp_path.rglob('*.py'):
            path.unlink()
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), 'utf-8')
        return tmp_path
    return write


@pytest.fixture
def reached(write):
    """Return a function from changed modules to what the cells reach."""
    def reached(changed=None, cells=CELLS, listed=LISTED, **options):
        return reach(write({**FILES, **(changed or {})}), listed,
                     [*cells], **options)
    return reached


def edited(text, *pairs):
    for old, new in zip(pairs[::2], pairs[1::2]):
        assert old in text
        text = text.replace(old, new)
    return text


def in_torch(*pairs):
    return {'lib/torch.py': edited(TORCH, *pairs)}


def in_data(*pairs):
    return {'lib/data.py': edited(DATA, *pairs)}


def test_what_cells_reach(reached):
    found = reached()
    assert found.places == {'rate': 'lib/torch.py', 'Sums': 'lib/data.py',
                            'LIMIT': 'lib/data.py'}
    assert found.unlisted == {('lib/look.py', 'plot')}


SAME = {
    'a definition that nobody uses': in_torch(
        'def unused', 'class New:\n    pass\n\n\ndef unused'),
    'a change of what nobody uses': in_torch('np.exp(x)', 'np.log(x)'),
    'comments and docstrings': in_torch(
        '"""Return a rate."""', '# words\n    "A rate."', 'def _scaled(lr):',
        'def _scaled(lr):  # why\n    """Scale."""'),
    'formatting': in_torch('(lr) / math', '(lr)\\\n        / math'),
    'annotations': in_torch(
        'def rate(t, lr=0.1)', 'def rate(t: float, lr: "float" = 0.1) -> float'
        , '_SCALE = 2.0', '_SCALE: float = 2.0'),
    'annotations in functions and classes': in_data(
        "kind = 'sum'", "kind: str = 'sum'\n    size: int",
        'self._data = [0.0]', 'self._data: list[float] = [0.0]'),
    'imports for types': in_torch(
        '_SCALE = 2.0', 'if TYPE_CHECKING:\n    from nowhere import Rate\n'
        'Rates = list[float]\n_SCALE = 2.0'),
    'a cast': in_torch('/ math.sqrt(t + 1)',
                       '/ cast(float, math.sqrt(t + 1))'),
    'overloads': in_torch(
        'def rate(', '@overload\ndef rate(t: int) -> int: ...\n\n\ndef rate('),
    'a private helper renamed': in_torch('_scaled', '_times'),
    'a private constant renamed': in_torch('_SCALE', '_FACTOR'),
    'a private method renamed': in_data('_first', '_one'),
    'a private attribute renamed': in_data('_data', '_sums'),
    'another way to the same import': in_torch(
        'import math', 'from math import sqrt as root', 'math.sqrt', 'root'),
    'a definition moved': {
        'lib/torch.py': edited(TORCH, 'import LIMIT', 'import LIMIT, _scaled',
                               '''def _scaled(lr):
    return _SCALE * min(lr, LIMIT)
''', '', '_SCALE = 2.0', ''),
        'lib/data.py': DATA + '''

_SCALE = 2.0


def _scaled(lr):
    return _SCALE * min(lr, LIMIT)
'''},
    'the look': {'lib/look.py': 'def plot(x):\n    print(x, x)\n'},
    'a new way to the same definition': {
        'lib/common.py': edited(COMMON, 'from lib.data import Sums, other',
                                'from .data import Sums as Sums, other')},
    'what only runs as a script': in_data(
        'def other', "if __name__ == '__main__':\n    print(LIMIT)\n\n\n"
        'def other'),
    'a second constant in the same line': in_data('LIMIT = 10',
                                                  'LIMIT, MORE = 10, 3'),
}


@pytest.mark.parametrize('changed', SAME.values(), ids=SAME)
def test_what_changes_nothing(reached, changed):
    assert reached(changed).checksums == reached().checksums


OTHER = {
    'what a function computes': (in_torch('t + 1', 't + 2'), {'rate'}),
    'a default': (in_torch('lr=0.1', 'lr=0.2'), {'rate'}),
    'a decorator': (in_torch('def rate', '@np.vectorize\ndef rate'),
                    {'rate'}),
    'a private helper': (in_torch('min(lr', 'max(lr'), {'rate'}),
    'a private constant': (in_torch('= 2.0', '= 3.0'), {'rate'}),
    'one assignment more': (in_torch('= 2.0', '= 2.0\n_SCALE += 1'),
                            {'rate'}),
    'a constant of another module': (in_data('= 10', '= 20'), {'LIMIT'}),
    'a method': (in_data('a + x', 'a - x'), {'Sums'}),
    'a class attribute': (in_data("= 'sum'", "= 'mean'"), {'Sums'}),
    'a base class': (in_data('class Sums', 'class Sums(dict)'), {'Sums'}),
    'another meaning of a name': (
        in_torch('import math', 'import cmath as math'), {'rate'}),
    'another meaning of an imported name': (
        in_torch('import LIMIT', 'import other as LIMIT'),
        {'rate', 'LIMIT', 'other'}),
    'a parameter': (in_torch('rate(t, lr', 'rate(t, *, lr'), {'rate'}),
    'a private attribute renamed in one place': (
        in_data('return self._data', 'return self._sums'), {'Sums'}),
    'what importing a module does': (
        in_torch('_SCALE = 2.0', '_SCALE = 2.0\nnp.seterr(all="raise")'),
        {'import lib/torch.py'}),
    'an import in a block': (
        in_torch('import math\n',
                 'try:\n    import math\nexcept ImportError:\n    raise\n'),
        {'import lib/torch.py'}),
}


@pytest.mark.parametrize(('changed', 'names'), OTHER.values(), ids=OTHER)
def test_what_changes_which_definition(reached, changed, names):
    before, after = reached().checksums, reached(changed).checksums
    assert {name for name in {*before, *after}
            if before.get(name) != after.get(name)} == names


@pytest.mark.parametrize('use', [
    'getattr(d2l, "rate")(3)', 'vars(d2l)', 'print(d2l)', 'd2l.__dict__',
    'again = d2l', 'd2l = len(str(d2l))'])
def test_a_module_passed_along_reaches_all_its_public_names(reached, use):
    found = reached(cells=('from lib import torch as d2l', use)).checksums
    assert {*found} == {'rate', 'Sums', 'LIMIT', 'unused', 'other'}


@pytest.mark.parametrize(('cell', 'names'), [
    ('import lib.torch\nlib.torch.rate(3)', {'rate', 'LIMIT'}),
    ('import lib.torch as t\nt.rate(3)', {'rate', 'LIMIT'}),
    ('from lib.torch import rate as r\nr(3)', {'rate', 'LIMIT'}),
    ('from lib.torch import *\nrate(3)', {'rate', 'LIMIT'}),
    ('from lib import common\ncommon.other()', {'other'}),
    ('from lib import torch\nprint(torch.common.other())', {'other'}),
    ('def f(d2l):\n    from lib import data\n    return data.other()',
     {'other'}),
    ('from lib import torch as d2l\ndef f(d2l):\n    return d2l.rate', set()),
    ('from lib import torch as d2l\n[d2l.other for d2l in x]', set()),
    ('from lib import torch as d2l\nx = [d2l.other for _ in y]', {'other'}),
    ('from lib import torch as d2l\nfrom lib import data as d2l\nd2l.other()',
     {'rate', 'Sums', 'LIMIT', 'unused', 'other'}),
    ('from lib import torch as d2l\nd2l._scaled(3)', {'_scaled', 'LIMIT'}),
    ('import torch\nfrom torch import nn\nnn.Linear(torch.ones(2))', set()),
    ('%matplotlib inline\nfrom lib import data\n!ls\ndata.other()',
     {'other'}),
    ('%%bash\nls -l', set()),
])
def test_ways_to_name_a_definition(reached, cell, names):
    assert {*reached(cells=(cell,)).checksums} == names


def test_text_that_is_no_unicode(reached):
    found = reached({'lib/data.py': 'LIMIT = "\\ud800"\n',
                     'lib/common.py': '', 'lib/torch.py': ''},
                    ('from lib import data\ndata.LIMIT',))
    assert {*found.checksums} == {'LIMIT'}


def test_names_stand_for_what_they_last_meant(reached):
    """A definition after `import *` hides the imported one, and not before
    it; a local name hides both."""
    own = '\n\ndef other():\n    return 2\n'
    cells = 'from lib import torch as d2l\nd2l.other()',
    assert reached({'lib/torch.py': TORCH + own},
                   cells).places == {'other': 'lib/torch.py'}
    early = edited(TORCH, 'from lib import common\n',
                   f'from lib import common\n{own}')
    assert reached({'lib/torch.py': early},
                   cells).places == {'other': 'lib/data.py'}
    local = in_torch('return _scaled(lr)',
                     '_scaled = float\n    return _scaled(lr)')
    assert {*reached(local).places} == {'rate', 'Sums'}


@pytest.mark.parametrize(('exports', 'names'), [
    ('__all__ = ["other"]', {'other'}), ('', {'LIMIT', 'Sums', 'other'}),
    ('__all__ = ["other"]\n__all__ += ["LIMIT"]', {'other', 'LIMIT'}),
    ('__all__ = ("other",)\n__all__.extend(["LIMIT"])', {'other', 'LIMIT'}),
    ('__all__ = ["other"]\nif LIMIT:\n    __all__.append("Sums")',
     {'other', 'LIMIT', 'Sums', 'import lib/data.py'}),
    ('__all__ = [name for name in dir()]', {'LIMIT', 'Sums', 'other'})])
def test_what_a_module_offers(reached, exports, names):
    found = reached({'lib/data.py': f'{DATA}\n\n{exports}\n',
                     'lib/torch.py': '', 'lib/common.py': ''},
                    ('from lib import data\nprint(data)',))
    assert {*found.checksums} == names


def test_two_definitions_of_one_name_are_two(reached):
    own = {'lib/torch.py': TORCH + '\n\ndef other():\n    return 2\n'}
    cells = ('from lib import torch, data\nprint(torch.other, data.other)',)
    found = reached(own, cells)
    assert found.places == {'other': 'lib/torch.py', 'other (2)':
                            'lib/data.py'}


@pytest.mark.parametrize(('changed', 'cells', 'message'), [
    (in_torch('def rate(', 'def rate('[:-1]), CELLS,
     'lib/torch.py:16: '),
    (in_torch('min(lr', 'minimum(lr'), CELLS,
     "lib/torch.py:22: unknown name 'minimum'"),
    (in_torch('import LIMIT', 'import LIMITS'), CELLS,
     'lib/torch.py:10: there is no lib.data.LIMITS'),
    (in_torch('from lib import common', 'from lib import commons'), CELLS,
     'lib/torch.py:8: there is no lib.commons'),
    ({}, ('import lib\n', 'from lib import data\ndata.nothing'),
     'code cell 2:2: there is no lib.data.nothing'),
    ({}, ('x = (1\n',), 'code cell 1:1: '),
    ({'lib/data.py': 'x = ' + '-' * 100_000 + '1'}, CELLS, 'lib/data.py:1'),
    ({'lib/data.py': 'x = "\0"'}, CELLS, 'lib/data.py:1'),
])
def test_mistakes_are_named(reached, changed, cells, message):
    with pytest.raises(BuildError, match=message.replace('(', r'\(')):
        reached(changed, cells)


def test_a_module_that_is_not_there(reached):
    with pytest.raises(BuildError, match='lib/nothing.py is not a file'):
        reached(listed=(*LISTED, 'lib/nothing.py'))


def test_private_names_of_foreign_objects_are_not_renamed(reached):
    """Nor those that others may know: of a class with a foreign base, of an
    object that is not its own, in a string, in a cell, of a field."""
    for text, cell in (
            ('import foreign\nclass A(foreign.B):\n    def f(self):\n'
             '        self._x = 1\n', ''),
            ('class A:\n    def f(self, b):\n        self._x = b._x\n', ''),
            ('class A:\n    def f(self):\n        self._x = 1\n'
             'NAME = "_x"\n', 'data.NAME'),
            ('class A:\n    def f(self):\n        self._x = 1\n'
             '        return vars(self)\n', ''),
            ('from dataclasses import dataclass\n@dataclass\nclass A:\n'
             '    _x: int = 1\n', ''),
            ('class A:\n    def f(self):\n        self._x = 1\n', 'a._x')):
        cells = (f'from lib import data\nx = data.A\n{cell}',)
        listed = ('lib/data.py',)
        files = {'lib/torch.py': '', 'lib/common.py': ''}
        before = reached({**files, 'lib/data.py': text}, cells, listed)
        after = reached({**files, 'lib/data.py': text.replace(
            'self._x', 'self._y').replace('_x:', '_y:')}, cells, listed)
        assert before.checksums != after.checksums, text


FAMILY = '''
class Base:
    def f(self):
        self._x = 1


class Child(Base):
    def g(self):
        self._x = 2
        return self._x
'''


@pytest.mark.parametrize(('pairs', 'same'), [
    (('_x', '_y'), True), (('self._x = 1', 'self._y = 1'), False),
    (('self._x = 2\n        return self._x',
      'self._y = 2\n        return self._y'), False)])
def test_classes_of_a_family_share_private_names(reached, pairs, same):
    files = {'lib/data.py': FAMILY, 'lib/torch.py': '', 'lib/common.py': ''}
    cells = 'from lib import data\ndata.Child',
    changed = {**files, 'lib/data.py': edited(FAMILY, *pairs)}
    assert (reached(files, cells).checksums
            == reached(changed, cells).checksums) is same


FIELDS = '''
from dataclasses import KW_ONLY, InitVar, dataclass
from typing import ClassVar

@dataclass
class A:
    x: int = 1
    y = 2
'''


@pytest.mark.parametrize(('old', 'new', 'same'), [
    ('x: int', 'x: float', True), ('x: int = 1', 'x = 1', False),
    ('y = 2', 'y: int = 2', False), ('y = 2', 'y: ClassVar[int] = 2', True),
    ('y = 2', 'y: "ClassVar" = 2', True), ('x: int', 'x: InitVar[int]', False),
    ('x: int', '_: KW_ONLY\n    x: int', False)])
def test_annotations_that_make_fields(reached, old, new, same):
    files = {'lib/data.py': FIELDS, 'lib/torch.py': '', 'lib/common.py': ''}
    cells = 'from lib import data\ndata.A()',
    changed = {**files, 'lib/data.py': edited(FIELDS, old, new)}
    assert (reached(files, cells).checksums
            == reached(changed, cells).checksums) is same


REGISTERED = '''
import functools

@functools.singledispatch
def area(x):
    return 0

@area.register
def _(x: int):
    return x
'''


@pytest.mark.parametrize(('old', 'new'), [
    ('return x', 'return 2 * x'), ('x: int', 'x: float')])
def test_what_extends_a_function_from_outside(reached, old, new):
    files = {'lib/data.py': REGISTERED, 'lib/torch.py': '',
             'lib/common.py': ''}
    cells = 'from lib import data\ndata.area(1)',
    changed = {**files, 'lib/data.py': edited(REGISTERED, old, new)}
    assert (reached(files, cells).checksums
            != reached(changed, cells).checksums)


def test_what_importing_does_depends_on_what_is_imported_before(reached):
    """A setting may have to be made before a package is imported."""
    def with_setting(first, second):
        return reached({'lib/torch.py': f'''
            import os
            {first}
            {second}

            def exp(x):
                return np.exp(x)
            ''', 'lib/common.py': ''},
            ('from lib import torch as d2l\nd2l.exp(1)',)).checksums
    lines = 'import numpy as np', 'os.environ["X"] = "1"'
    before, after = with_setting(*lines), with_setting(*lines[::-1])
    assert {*before} == {'exp', 'import lib/torch.py'}
    assert before['exp'] == after['exp'] and before != after


RUN = ('''
from lib import torch as d2l
size, epochs = 3, 30
data = d2l.Sums(size)
''', '''
def draw(x):
    return d2l.plot(d2l.other())

def _half(x):
    return x / 2

def train(epochs: int):
    """Train."""
    draw(epochs)
    return _half(d2l.rate(epochs))  # that is all

def show(x):
    return x
''')


@pytest.mark.parametrize(('old', 'new', 'same'), [
    ('(epochs: int)', '(epochs)', True), ('"""Train."""', 'pass', True),
    ('# that is all', '', True), ('_half', '_part', True),
    ('return x\n', 'return -x\n', True), ('3, 30', '3, 20', True),
    ('d2l.plot(d2l.other())', 'None', True),
    ('3, 30', '4, 30', False), ('x / 2', 'x / 3', False),
    ('d2l.rate(epochs)', 'd2l.rate(-epochs)', False),
    ('def draw', 'print(size)\n\ndef draw', False)])
def test_cells_that_count_themselves(reached, old, new, same):
    """As far as a run uses them, that draws in its own way."""
    def found(cells):
        return reached(cells=cells, uses=['train', 'data'],
                       without=['draw'])
    before = found(RUN)
    assert {*before.checksums} == {'train', 'data', 'size', 'rate', 'Sums',
                                   'LIMIT', 'code cells'}
    changed = [edited(cell, old, new) if old in cell else cell
               for cell in RUN]
    assert tuple(changed) != RUN
    assert (found(changed).checksums == before.checksums) is same


TRICKY = r'''
import functools


def tricky(x, /, y=1.5, *rest, z=2 ** 70, w=None, **more):
    "Docs."
    a = f'{x!r:>{y}} {{{z}}} {x = } {1:{2}}' 'b' f'c{x:}' u'd'
    a += str(rb'e\n')
    try:
        with open(a) as b, b:
            return [(i, j) for i in rest if i for j in i]
    except (OSError, ValueError) as error:
        raise error from None
    finally:
        del a
    match x:
        case {'k': [1, *others], **kw} if others:
            return lambda q, *, r=kw: q @ r
        case str() | None as found:
            yield from found
    while (n := next(x)) is not y:
        x[1:n, ..., ::2] += -1j
    global count
    count = {**more, 'a': 1}
    assert not (x < y <= z), 'no'
    async def inner():
        async with x:
            return {await i async for i in y}
    return inner
count = 0
'''


def test_every_python_gives_the_same_checksum(reached):
    """This number comes from 3.10; any other version must find it too."""
    found = reached({'lib/data.py': TRICKY, 'lib/torch.py': '',
                     'lib/common.py': ''},
                    ('from lib import data\ndata.tricky(1)',))
    assert found.checksums == {
        'tricky': '4f171a8249dd8346ec7155b43de7821230e623b80fe66bc5ec23ed1ecf'
                  'ebb95a',
        'count': '1bb147d29a1600c8a505162f6de6d7865ad2b587dea2067f05729adbdb4'
                 'b75db'}


def test_what_did_not_change_is_read_once(reached, monkeypatch):
    found, read, original = reached(), [], Former.read

    def noted(self, node):
        read.append(self.module.path)
        original(self, node)

    monkeypatch.setattr(Former, 'read', noted)
    assert reached() == found and {*read} == {'code cells'}


def test_a_name_whose_meaning_changes_elsewhere(reached):
    """The module that uses it stays as it is."""
    found = reached()
    other = reached(in_data('LIMIT = 10', 'from math import tau as LIMIT'))
    assert other.checksums['rate'] != found.checksums['rate']
    assert 'LIMIT' in found.checksums and 'LIMIT' not in other.checksums
    assert reached() == found


def test_a_name_whose_meaning_changes_behind_a_link(write, tmp_path_factory):
    away = tmp_path_factory.mktemp('away')
    folder = write({**FILES, **in_torch('from lib.data import LIMIT',
                                        'from lib.far.limits import LIMIT')})
    (folder / 'lib/far').symlink_to(away)
    (away / 'round').symlink_to(folder / 'lib')
    found = []
    for text in ('LIMIT = 10\n', 'from math import tau as LIMIT\n'):
        (away / 'limits.py').write_text(text)
        found.append(reach(folder, (*LISTED, 'lib/far/limits.py'), CELLS))
    assert found[0].checksums['rate'] != found[1].checksums['rate']


@pytest.mark.parametrize('cell', [
    'from lib.__init__ import f\nf(1)\n', 'from lib.__init__ import *\nf(1)\n',
    'import lib.__init__ as d2l\nd2l.f(1)\n',
    'from lib.other import f\nf(1)\n'])
def test_a_package_by_its_other_name(reached, cell):
    """Its definitions count, once; so does what its import does."""
    files = {'lib/__init__.py': 'print(1)\n\ndef f(x):\n    return x\n',
             'lib/other.py': 'from .__init__ import f\n'}
    found = reached(files, [cell], ['lib/__init__.py'])
    assert found == reached(files, ['from lib import f\nf(1)\n'],
                            ['lib/__init__.py'])
    assert {*found.checksums} == {'f', 'import lib/__init__.py'}
