"""Whatever a source holds, the builder makes a page of it or says what is
wrong: no other exception. BUILDER_FUZZ sets how many sources are tried."""
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.config import load_config
from builder.errors import BuildError
from builder.publish.html import make_sources
from builder.publish.pdf import make_sources as pdf_sources
from builder.record.notebook import make_notebook
from builder.source.book import load_book

from .conftest import BIB, CONFIG, SVG

PIECES = st.sampled_from([
    '\n', '\n\n', ' ', '    ', '\t', '> ', '- ', '1. ', '# ', '## A\n', '|',
    '|a|b|\n|-|-|\n', '|1|2|\n', ':A caption\n', '$', '$$', '$$a$$\n', '\\',
    '`', '``', '```', '````', '~~~', '```{.python .input}\n', '#@tab all\n',
    '#@tab pytorch\n', '#@tab jax\n', '%%tab mxnet\n', '#@check\n',
    '#@include index before a\n', '```{.json .output}\n', '```toc\n',
    ':maxdepth: 2\n', 'index\n', ':begin_tab:`mxnet`\n', ':end_tab:\n',
    ':eqlabel:``\n', '# A \n', '# A #\n', '\r\n', ':label:`a`\n',
    ':label:`b`\n', ':eqlabel:`e`\n', ':width:`3px`\n',
    ':numref:`a`', ':eqref:`e`', ':ref:`sec_sgd`', ':cite:`Smith.2017`',
    ':citet:`Smith.2017,Nobody.1900`', ':claim:`c`', ':role:`x`',
    '![c](d.svg)\n', '[a](b)', '<b>', '<!--', '-->', 'text', 'é', '\0', '\r',
    '\u2028', '{', '}', ':::', '(a)=\n', '---\n', '===\n'])
SOURCES = st.lists(st.one_of(PIECES, st.text(max_size=3)),
                   max_size=30).map(''.join)


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
        book = load_book(load_config(folder / 'config.ini'))
        make_sources(book)
        for tab in book.config.tabs:
            make_notebook(book, book.pages[0], tab)
            pdf_sources(book, tab)
    except BuildError as error:
        assert f'{error}'
