"""A Sphinx extension: figures of recorded plots, questions, and sections in
another language than the page, by a line {spoken} en under their heading.

    ~~~{plots}                          ~~~{predict} name
    images, or a tab-set of them        :right: 2
                                        :ask: Predict, then see.
    The caption.                        :answer: The answer
    ~~~
                                        The question.
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
from sphinx.transforms import SphinxTransform
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
    option_spec = {'right': directives.positive_int,
                   'ask': directives.unchanged_required,
                   'answer': directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        content = self.parse_content_to_nodes()
        at = next(n for n, node in enumerate(content)
                  if 'choices' in node.get('classes', ()))
        choices = content[at][0]
        answer = self.options['answer']
        right = choices[self.options['right'] - 1][0].deepcopy()
        found = tag(
            'div', *_asked(content[:at], choices, self.options['ask']),
            tag('p', classes='said', role='status'),
            tag('details', tag('summary', nodes.Text(answer)),
                tag('p', nodes.strong('', '', *right.children),
                    classes='right', **{'data-answer': f'{answer}: '}),
                *content[at + 1:]),
            classes='predict',
            **{'data-right': f'{self.options["right"]}'})
        found['ids'] = [f'predict-{self.arguments[0]}']
        return [found]


def _asked(question: list[nodes.Node], choices: nodes.Node,
           words: str) -> list[nodes.Node]:
    """Return the question and its choices: what the last paragraph asks is
    the legend of these."""
    ask: list[nodes.Node] = []
    if question and isinstance(question[-1], nodes.paragraph):
        *question, last = question
        ask = [nodes.Text(' '), nodes.inline('', '', *last.children)]
    legend = tag('legend', nodes.strong('', words), *ask)
    return [*question, tag('fieldset', legend, choices)]


class Language(nodes.Element):  # type: ignore[misc]
    """Stands in a section that is in the language `name`."""


class Spoken(SphinxDirective):
    """Says in which language a section is."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return [Language('', name=self.arguments[0])]


class InLanguages(SphinxTransform):
    """Gives sections their languages, before quotation marks are set."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        for found in [*self.document.findall(Language)]:
            if isinstance(found.parent, nodes.section):
                found.parent['classes'].append(f'language-{found["name"]}')
            found.parent.remove(found)


def _visit(writer: HTML5Translator, node: Tag) -> None:
    writer.body.append(writer.starttag(node, node['tag'], '',
                                       **node['attributes']))


def _depart(writer: HTML5Translator, node: Tag) -> None:
    writer.body.append(f'</{node["tag"]}>')


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and their node with Sphinx."""
    app.add_node(Tag, html=(_visit, _depart))
    app.add_directive('plots', Plots)
    app.add_directive('spoken', Spoken)
    app.add_transform(InLanguages)
    app.add_directive('predict', Predict)
    return {'version': '1', 'parallel_read_safe': True,
            'parallel_write_safe': True}
