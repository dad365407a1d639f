"""Markdown of slides as HTML: prose, formulas, code, outputs.

Nothing in a text, a title or an output is markup unless it is Markdown's own:
HTML is text, and no image is asked for over the network.
"""
import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from builder.escape import markup, printable
from builder.source.files import is_remote, scheme

Formula = Callable[[str, bool], str]  # of TeX, and whether it is displayed
_LEXER = PythonLexer(stripnl=False, ensurenl=False)


class DeckMarkdown:
    """Markdown to HTML, with `formula` for formulas."""

    def __init__(self, formula: Formula, images: bool = True):
        self.markdown = MarkdownIt('commonmark', {'html': False}).enable(
            'table').use(dollarmath_plugin, allow_blank_lines=True,
                         renderer=lambda tex, options: formula(
                             tex, bool(options['display_mode'])))
        self.markdown.add_render_rule('image', _image if images else _alt)
        self.markdown.add_render_rule('link_open', _link)

    def __call__(self, text: str) -> str:
        """Return blocks of Markdown as HTML."""
        html: str = self.markdown.render(printable(text))
        return html

    def line(self, text: str) -> str:
        """Return a line of Markdown as HTML."""
        html: str = self.markdown.renderInline(printable(text))
        return html


def _image(writer: RendererHTML, tokens: Sequence[Token], at: int,
           options: OptionsDict, env: EnvType) -> str:
    alt = _alt(writer, tokens, at, options, env)
    source = f'{tokens[at].attrs["src"]}'
    if is_remote(source):  # no slide asks for it
        return f'<a href="{markup(source)}">{alt or markup(source)}</a>'
    if scheme(source) or source.startswith('/') or not source:
        return alt
    return f'<img src="{markup(source)}" alt="{alt}">'


def _alt(writer: RendererHTML, tokens: Sequence[Token], at: int,
         options: OptionsDict, env: EnvType) -> str:
    return markup(writer.renderInlineAsText(tokens[at].children, options,
                                            env))


def _link(writer: RendererHTML, tokens: Sequence[Token], at: int,
          options: OptionsDict, env: EnvType) -> str:
    """Return the beginning of a link; one within the book leads nowhere,
    since a deck stands by itself."""
    address = f'{tokens[at].attrs["href"]}'
    if not is_remote(address):
        return '<a>'
    return f'<a href="{markup(address)}" target="_blank" rel="noopener">'


def code_lines(source: str) -> list[str]:
    """Return the lines of Python as HTML, each complete by itself."""
    html: str = highlight(printable(source), _LEXER,
                          HtmlFormatter(nowrap=True))
    return html.rstrip('\n').split('\n')


def code_styles() -> str:
    """Return the style sheet of code."""
    styles: str = HtmlFormatter(style='tango').get_style_defs('.code')
    return '\n'.join(line for line in styles.split('\n')
                     if re.match(r'\.code \.\w+ ', line))


def words(tex: str, display: bool) -> str:
    """Return a formula as its TeX, for notes."""
    return f'<code>{markup(tex.strip())}</code>'
