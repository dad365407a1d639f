"""The page of the package: what it offers, read and never run."""
import ast
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from builder.config import load_config
from builder.errors import BuildError
from builder.publish import epub, pdf
from builder.publish.api import read_api
from builder.publish.api_sheet import api_sheet
from builder.publish.docstrings import MarkdownWriter
from builder.publish.editions import inputs_of
from builder.publish.html import build_html, make_sources
from builder.record.recordings import Recordings

from .conftest import CONFIG

ROOT = Path(__file__).parents[2]
PACKAGE = {
    'config.ini': CONFIG.replace('[tab mxnet]', '''
        [tab mxnet]
        api = pkg/second.py'''.replace(' ' * 8, '')).replace(
            'packages = numpy', 'packages = numpy\napi = pkg/first.py'),
    'text/index.md': '''
        # A

        ```{.python .input}
        #@tab all
        pkg.curve(pkg.Rate(1), pkg.unknown)
        ```

        ```{.python .input}
        #@tab all
        class Rate:
            pass

        rate = Rate(other.Rate, Rates, unknown(1))
        ```
        ''',
    'pkg/__init__.py': 'raise SystemError("this is never run")\n',
    'pkg/common.py': '''
        """Shared; needs no framework."""
        import a_framework_that_nobody_has
        from pkg.rates import Rate
        raise SystemError('this is never run')
        __all__ = ['Rate']
        ''',
    'pkg/rates.py': '''
        """Rates <b>of</b> *all* kinds.

        Shown as it is:

            rate(3)  # |so|
        """
        from dataclasses import dataclass

        @dataclass
        class Rate:
            """The rate lr * factor ** t, in [0, 1] & more.

            Args:
                lr, low: its $ends$, see max_lr.

            Raises:
                ValueError: if lr is negative.

            >>> Rate(1)
            Rate(lr=1, low=0.5)
            """
            lr: float
            low: float = 0.5

            def at(self, t: float) -> float:
                """Return the rate at t."""

            def _hidden(self) -> None:
                """Nobody sees this."""
        ''',
    'pkg/first.py': '''
        """For the first: `from pkg import first as pkg`."""
        from typing import TypeAlias
        import torch
        from pkg import common
        from pkg.common import *
        __all__ = [*common.__all__, 'curve', 'only']
        Array: TypeAlias = torch.Tensor

        def curve(x: Array, n: int = 3) -> Array:
            """Draw x with a torch."""

        def only() -> None:
            """Do what only one can."""
        ''',
    'pkg/second.py': '''
        """For the second: `from pkg import second as pkg`."""
        from pkg import common
        from pkg.common import *
        __all__ = [*common.__all__, 'curve']

        def curve(x: Array, n: int = 3) -> None:
            """Draw x in another way."""
        '''}


@pytest.fixture
def package(write_book):
    """Return a function that makes the book, with some files changed."""
    return lambda **others: write_book({**PACKAGE, **others})


def words(html):
    """Return the words of HTML, with a space for each run of spaces."""
    return ' '.join(unescape(re.sub('<[^>]*>', '', html)).split())


def test_the_page_says_what_the_docstrings_say(package):
    page = make_sources(package())['api.md'].decode()
    entry = page.partition('{py:class} pkg.Rate\n')[2].partition('\n~~~~\n')[0]
    said = words(entry)
    assert 'pkg.Rate(lr: float, low: float = 0.5)' in said
    assert 'The rate lr * factor ** t, in [0, 1] & more.' in said
    assert '<span class="pre">lr * factor ** t</span>' in entry
    assert 'Parameters:lr, low – its $ends$, see max_lr.' in said
    assert 'Raises:ValueError – if lr is negative.' in said
    assert '>>> Rate(1) Rate(lr=1, low=0.5)' in said
    assert 'at(t: float) -> float Return the rate at t.' in said
    assert 'Rates <b>of</b> *all* kinds.' in words(page)
    assert '<b>' not in page and 'Nobody' not in page
    assert 'rate(3) # |so|' in words(page)


def test_what_differs_between_tabs_is_one_entry(package):
    page = make_sources(package())['api.md'].decode()
    entry = page.partition('{py:function} pkg.curve\n')[2].partition(
        '{py:')[0]
    assert 'pkg.curve(x: Array, n: int = 3) ```' in words(entry)  # no type
    assert 'with a torch' in entry and 'in another way' in entry
    assert 'Only with PyTorch. ``` ```{raw} html Do what' in words(page)
    assert 'Array is torch.Tensor' in words(page)


def test_names_in_code_lead_to_their_entries(package, tmp_path):
    page = build_html(package(), tmp_path / '_build')
    ids = {*re.findall(r' id="([^"]+)"',
                       page.with_name('api.html').read_text('utf-8'))}
    links = re.findall(r'<a class="api" href="api.html#([^"]+)">(\w+)</a>',
                       page.read_text('utf-8'))
    assert links == [('pkg.curve', 'curve'), ('pkg.Rate', 'Rate'),
                     ('pkg.Rate', 'Rate'), ('pkg.Rate', 'Rate')]
    assert {name for name, _ in links} < ids
    assert 'class="api"' not in page.with_name('api.html').read_text('utf-8')
    assert 'href="api.html">The Package' in page.read_text('utf-8')


def test_a_book_may_leave_it_out(package):
    book = package()
    book.config = replace(book.config, without=('api',))
    sources = make_sources(book)
    assert 'api.md' not in sources
    assert '/api' not in sources['index.md'].decode()
    assert 'api.md' not in sources['_extra/llms.txt'].decode()
    assert 'api.md' not in pdf.make_sources(book, 'mxnet')
    assert "api_names = " not in sources['conf.py'].decode()


@pytest.mark.parametrize(('changed', 'message'), [
    ({'pkg/second.py': '"""A."""\n'}, 'pkg/second.py: no __all__'),
    ({'pkg/second.py': '__all__ = ["here"]\n'},
     'pkg/second.py: __all__ lists here, expected a class or a function'),
    ({'pkg/second.py': '__all__ = ["join"]\nfrom os.path import join\n'},
     'pkg/second.py: __all__ lists join, expected a class or a function'),
    ({'pkg/second.py': '__all__ = ["f"]\ndef f():\n    pass\n'},
     'pkg/second.py: __all__ lists f, which has no docstring'),
    ({'pkg/second.py': 'def (:\n'}, 'pkg/second.py: invalid syntax'),
    ({'pkg/__init__.py': 'def (:\n'}, 'pkg')])
def test_what_cannot_be_described_is_told(package, changed, message):
    config = package(**changed).config
    with pytest.raises(BuildError, match=re.escape(message)):
        read_api(config)


def listed(name):
    """Return the names in a module's __all__, by Python's own grammar."""
    tree = ast.parse((ROOT / 'd2l' / f'{name}.py').read_text('utf-8'))
    value, = (node.value for node in tree.body if isinstance(node, ast.Assign)
              and getattr(node.targets[0], 'id', '') == '__all__')
    return [each.value for each in value.elts
            if isinstance(each, ast.Constant)] + [
        name for each in value.elts if isinstance(each, ast.Starred)
        for name in listed(each.value.value.id)]


@pytest.mark.parametrize(('tab', 'module'), [
    ('pytorch', 'torch'), ('mxnet', 'mxnet'), ('tensorflow', 'tensorflow'),
    ('jax', 'jax')])
def test_every_public_name_of_d2l_is_described(tab, module):
    config = load_config(ROOT / 'config.ini')
    api = read_api(config)
    found = {name for name, tabs in api.offered.items() if tab in tabs}
    assert found == {*listed(module)}
    assert len(found) > 30
    entries = re.findall(r'^### `d2l\.(\w+)`$', api_sheet(
        api, config.tabs[tab]), re.MULTILINE)
    assert sorted(entries) == sorted(found)


def test_a_page_may_be_called_api_where_no_package_has_it(write_book):
    pages = {'text/api.md': '# Our API\n'}
    book = write_book('# A\n\n```toc\napi\n```\n', **pages)
    assert '# Our API' in make_sources(book)['api.md'].decode()
    with pytest.raises(BuildError, match="names 'api', a name that the build"):
        write_book('# A\n\n```toc\napi\n```\n', **{
            **PACKAGE, **pages, 'text/index.md': '# A\n\n```toc\napi\n```\n'})


def test_other_forms_have_it_in_one_tab(package):
    """As plain Markdown: for PDFs, for EPUBs, and for programs that read."""
    book = package()
    web = make_sources(book)
    for tab, own, other in (('pytorch', 'with a torch', 'in another way'),
                            ('mxnet', 'in another way', 'with a torch')):
        text = web[f'_extra/markdown/{tab}/api.md'].decode()
        assert text.startswith('# The Package `pkg`\n')
        assert own in text and other not in text
        assert ('only()' in text) == (tab == 'pytorch')
        for said in (
                '## `pkg.rates`', 'Rates \\<b\\>of\\</b\\> \\*all\\* kinds.',
                '### `pkg.Rate`\n\n```python\n'
                'pkg.Rate(lr: float, low: float = 0.5)\n```\n\n'
                'The rate `lr * factor ** t`, in \\[0, 1\\] & more.',
                '**Parameters:**\n\n- **lr, low** – its \\$ends\\$, see '
                '`max_lr`.', '**Raises:**\n\n- **ValueError** – if lr is',
                '```pycon\n>>> Rate(1)\nRate(lr=1, low=0.5)\n```',
                '```python\nat(t: float) -> float\n```\n\nReturn the rate',
                '```python\nrate(3)  # |so|\n```', '## `pkg.'):
            assert said in text
        assert 'Nobody' not in text and ')=\n' not in text
        for make in (pdf.make_sources, lambda *asked: epub.make_sources(
                *asked, Recordings(book))):
            sources = make(book, tab)
            assert sources['api.md'].decode().replace(
                '(pkg.Rate)=\n', '').replace('(pkg.curve)=\n', '').replace(
                    '(pkg.only)=\n', '') == text
            assert '\napi\n```' in sources['index.md'].decode()
    assert '- [The Package `pkg`](markdown/mxnet/api.md)' in (
        web['_extra/llms.txt'].decode())


def test_a_tab_without_a_module_has_none(package):
    book = package(**{'config.ini': PACKAGE['config.ini'].replace(
        'api = pkg/second.py', '')})
    assert 'api.md' in pdf.make_sources(book, 'pytorch')
    assert 'api.md' not in pdf.make_sources(book, 'mxnet')
    web = make_sources(book)
    assert '_extra/markdown/pytorch/api.md' in web
    assert '_extra/markdown/mxnet/api.md' not in web


@pytest.mark.slow
def test_names_in_an_epubs_code_lead_to_it(package, tmp_path):
    with zipfile.ZipFile(epub.build_epub(package(), 'pytorch',
                                         tmp_path / '_build')) as book:
        page, api = (book.read(f'{name}.xhtml').decode()
                     for name in ('index', 'api'))
    links = re.findall(r'<a class="api" href="api.xhtml#([^"]+)">(\w+)', page)
    assert [name for _, name in links] == ['curve', 'Rate', 'Rate', 'Rate']
    assert {place for place, _ in links} < {*re.findall(r' id="([^"]+)"',
                                                        api)}


def test_what_is_said_of_the_package_is_a_part_of_an_edition(package):
    """So an edition with other words in it is not of today."""
    book = package()
    before = inputs_of(book, 'mxnet', Recordings(book))
    changed = package(**{'pkg/rates.py': PACKAGE['pkg/rates.py'].replace(
        'The rate', 'This rate')})
    assert inputs_of(changed, 'mxnet', Recordings(changed)) != before
    for each in (book, changed):
        each.config = replace(each.config, without=('api',))
    assert inputs_of(book, 'mxnet', Recordings(book)) == inputs_of(
        changed, 'mxnet', Recordings(changed))


@pytest.mark.parametrize('signature', [
    "curve(rates: Mapping[str, Callable[[int, float], float]], colours: tuple["
    "str, ...] = ('C0', 'C1'), title: str = 'one, two, three')",
    'f(' + ', '.join(f'name{n}=[{n}, {n}, {n}, {n}]' for n in range(9)) + ')',
    'g(text="a \\" b, c, d", ' + 'other=1, ' * 9 + 'last=(1, (2, 3)))'])
def test_lines_of_a_signature_end_between_parameters(signature):
    fence, *lines, end = MarkdownWriter().signature(signature).split('\n')
    assert (fence, end) == ('```python', '```')
    assert len(lines) > 1 and max(map(len, lines)) < 80
    assert ' '.join(line.strip() for line in lines) == signature
    for n in range(1, len(lines)):  # what stands before is Python by itself
        before = ' '.join(line.strip() for line in lines[:n])
        ast.parse(f'def {before.removesuffix(",")}): pass')
