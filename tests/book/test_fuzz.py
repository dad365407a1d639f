"""Whatever a source holds, the builder makes a page of it or says what is
wrong: no other exception. What it splits, it can merge again. BUILDER_FUZZ
sets how many sources are tried."""
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from builder.config import load_config
from builder.errors import BuildError, raise_all
from builder.publish.conf import MYST
from builder.publish.html import make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.notebook import make_notebook
from builder.source.book import load_book
from builder.source.files import newlines
from builder.source.markdown import merge, split

from .conftest import BIB, CONFIG, SVG

PIECES = st.sampled_from([
    '\n', '\n\n', ' ', '    ', '\t', '> ', '- ', '1. ', '# ', '## A\n', '|',
    '|a|b|\n|-|-|\n', '|1|2|\n', ':A caption\n', '$', '$$', '$$a$$\n', '\\',
    '`', '``', '```', '````', '~~~', '```{.python .input}\n', '#@tab all\n',
    '#@tab pytorch\n', '#@tab jax\n', '%%tab mxnet\n', '#@check\n',
    '#@include index before a\n', '```{.json .output}\n', '```toc\n',
    ':maxdepth: 2\n', 'index\n', ':begin_tab:`mxnet`\n', ':end_tab:\n',
    ':eqlabel:``\n', '# A \n', '# A #\n', '\r\n', ':label:`a`\n',
    ':label:`b`\n', ':eqlabel:`e`\n', ':width:`3px`\n', ':numref:`a`',
    ':eqref:`e`', ':ref:`sec_sgd`', ':cite:`Smith.2017`',
    ':citet:`Smith.2017,Nobody.1900`', ':claim:`c`', ':role:`x`',
    '![c](d.svg)\n', '![c](effects:)\n', '[a](b)', '<b>', '<!--', '-->',
    'text', 'é', '\x00', '\r',
    '\u2028', '{', '}', ':::', '(a)=\n', '---\n', '===\n', '\r\n\r\n',
    '\ufeff', '\x0b', '\x0c', '\x1c', '\x85', '\u2029', 'a ![c](d.svg) b',
    '![](d.svg)', '](', '<', '[a](d.svg)', '[a](index.md#a)', '[a]: d.svg\n',
    '[^a]', '[^a]: ', '<https://d2l.ai/>', '<path:d.svg>', '```{note}\n',
    ':::{include} d.svg\n', '{download}`d.svg`', '{eval-rst}', '% a\n',
    '+++\n', '{{a}}', '{.a}', '&#91;', '\\`', '<!-- a -->', '<script>',
    '$$ (a)\n', '~~', '# A\n:label:`sec_a`\n\n', '[**', '**]', '(**', '**)',
    '[~~', '~~]', '(~~', '~~)', ':height:`3px`\n', 'text\n$$a$$\n',
    '$$a$$ :eqlabel:`e`\n', 'a & b \\\\ c', '![c\nd](d.svg)\n',
    '![c](https://localhost/a.svg)\n', '[a](/b)', '```eval_rst\n',
    ':bibliography:`a.bib`\n', ':func:`a`', ':citep:`Smith.2017`',
    ':A caption\n\n|a|\n|-|\n|1|\n', '```{.python .output}\n',
    "if tab.selected('mxnet'):\n", '%load_ext d2lbook.tab\n',
    "tab.interact_select('mxnet')\n", '```{.python .input}\n````toc\nb\n````'
    '\n```\n', '# a', '#### B\n'])
SOURCES = st.lists(st.one_of(PIECES, st.text(max_size=3)),
                   max_size=30).map(''.join)


# What pages are made of, and no source can make by itself.
OURS = {'toctree', 'raw', 'image', 'figure', 'table', 'container', 'dropdown',
        'tab-set', 'tab-item', 'math'}
MYST_PARSER = create_md_parser(MdParserConfig(
    enable_extensions={*MYST['myst_enable_extensions']},
    disable_syntax=MYST['myst_disable_syntax'],
    url_schemes=MYST['myst_url_schemes'],
    dmath_double_inline=MYST['myst_dmath_double_inline'],
    dmath_allow_labels=MYST['myst_dmath_allow_labels']), RendererHTML)


def directives(text):
    """Yield the names of the directives that MyST finds in a page, and that
    what they hold is as we wrote it."""
    tokens = MYST_PARSER.parse(text)
    if text.startswith('---\nog:description: '):  # what previews are told
        assert tokens.pop(0).type == 'front_matter'
    for token in tokens:
        assert token.type not in ('html_block', 'colon_fence', 'front_matter')
        if token.type == 'fence' and token.info.startswith('{'):
            name = token.info[1:].split('}')[0]
            yield name
            if name == 'raw':
                assert token.content.startswith(('<!-- -->\n', '<div class='))
            elif name != 'math':
                yield from directives(token.content)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp('fuzz')
    for name, text in {'config.ini': CONFIG, 'text/small.bib': BIB,
                       'requirements/pytorch.txt': 'numpy==2.4.6\n',
                       'requirements/mxnet.txt': '', 'lib/common.py': '',
                       'lib/torch.py': '', 'text/d.svg': SVG}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@settings(max_examples=int(os.environ.get('BUILDER_FUZZ', 300)),
          deadline=None, suppress_health_check=list(HealthCheck))
@given(source=SOURCES)
def test_a_page_or_an_error_of_ours(folder, source):
    try:
        (folder / 'text' / 'index.md').write_bytes(
            source.encode('utf-8', 'surrogatepass'))
        # A page is made of a book with mistakes too; they are told after.
        book = load_book(load_config(folder / 'config.ini'), strict=False)
        page = make_sources(book)['index.md'].decode()
        text = newlines(source.encode('utf-8').decode('utf-8-sig'))
        assert merge(split(text, 'x', book.config.tabs, True)) == text
        for tab in book.config.tabs:
            make_notebook(book, book.pages[0], tab)
            pdf = pdf_sources(book, tab)['index.md'].decode()
            assert {*directives(pdf)} <= OURS
        assert {*directives(page)} <= OURS
        raise_all(book.errors)
    except BuildError as error:
        assert f'{error}'
