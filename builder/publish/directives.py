"""A Sphinx extension: figures of recorded plots, and questions.

    ~~~{plots}                          ~~~{predict} name
    images, or a tab-set of them        :right: 2

    The caption.                        The question.
    ~~~
                                        ~~~{container} choices
                                        - one, two
                                        ~~~

                                        The answer.
                                        ~~~

PDFs and notebooks have questions as plain text; see builder.record.notebook.
"""
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class Tag(nodes.Element):  # type: ignore[misc]
    """An element of HTML for which docutils has no node: `tag` is its name,
    `attributes` what it says besides ids and classes."""


def tag(name: str, *children: nodes.Node, classes: str = '',
        **attributes: str) -> Tag:
    """Return an element of HTML around `children`."""
    return Tag('', *children, tag=name, classes=classes.split(),
               attributes=attributes)


class Plots(SphinxDirective):
    """A figure whose last paragraph is its caption."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        *shown, last = self.parse_content_to_nodes()
        caption = nodes.caption(last.rawsource, '', *last.children)
        caption.source, caption.line = last.source, last.line
        return [nodes.figure('', *shown, caption, classes=['plots'])]


class Predict(SphinxDirective):
    """A question whose answer opens when the reader has chosen; where no
    script is, the choices are a list, and the answer is a fold."""

    has_content = True
    required_arguments = 1
    option_spec = {'right': directives.positive_int}

    def run(self) -> list[nodes.Node]:
        content = self.parse_content_to_nodes()
        at = next(n for n, node in enumerate(content)
                  if 'choices' in node.get('classes', ()))
        choices = content[at][0]
        right = choices[self.options['right'] - 1][0].deepcopy()
        found = tag(
            'div', *_asked(content[:at], choices),
            tag('p', classes='said', role='status'),
            tag('details', tag('summary', nodes.Text('The answer')),
                nodes.paragraph('', '', nodes.strong('', '', *right.children),
                                classes=['right']),
                *content[at + 1:]),
            classes='predict',
            **{'data-right': f'{self.options["right"]}'})
        found['ids'] = [f'predict-{self.arguments[0]}']
        return [found]


def _asked(question: list[nodes.Node], choices: nodes.Node,
           ) -> list[nodes.Node]:
    """Return the question and its choices: what the last paragraph asks is
    the legend of these."""
    ask: list[nodes.Node] = []
    if question and isinstance(question[-1], nodes.paragraph):
        *question, last = question
        ask = [nodes.Text(' '), nodes.inline('', '', *last.children)]
    legend = tag('legend', nodes.strong('', 'Predict, then see.'),
                 *ask)
    return [*question, tag('fieldset', legend, choices)]


def _visit(writer: HTML5Translator, node: Tag) -> None:
    writer.body.append(writer.starttag(node, node['tag'], '',
                                       **node['attributes']))


def _depart(writer: HTML5Translator, node: Tag) -> None:
    writer.body.append(f'</{node["tag"]}>')


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and their node with Sphinx."""
    app.add_node(Tag, html=(_visit, _depart))
    app.add_directive('plots', Plots)
    app.add_directive('predict', Predict)
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}
