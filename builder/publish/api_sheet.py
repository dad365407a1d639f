"""The page of the package in one tab, as Markdown that is no more than that:
for PDFs, EPUBs, and programs that read."""
from collections.abc import Iterator
from typing import TYPE_CHECKING

from builder.escape import literal
from builder.publish.api import Api, aliases, methods, properties
from builder.publish.docstrings import MarkdownWriter

if TYPE_CHECKING:
    from griffe import Module

    from builder.config import Tab
    from builder.publish.api import Offered

_WRITER = MarkdownWriter()
_INTRO = ('Every class and function that cells call by the name of {}, with '
          'its docstring.')


def api_sheet(api: Api, tab: 'Tab', labels: bool = False) -> str:
    """Return the page.

    Args:
        api: what the modules offer.
        tab: the tab.
        labels: whether each entry has its name as a label of MyST.
    """
    module = api.modules[tab.name]
    parts = [f'# The Package {literal(api.name)}',
             _INTRO.format(literal(api.name)), _about(module)]
    for path, items in api.by_module(tab.modules):
        parts += [f'## {literal(path)}', _about(items[0].module)]
        for found in items:
            parts += _entry(api, found.name, found, labels)
    own = [(name, found[tab.name]) for name, found in api.own().items()
           if tab.name in found]
    if own:
        parts += [f'## {literal(module.path)}', _aliases(module)]
        for name, found in own:
            parts += _entry(api, name, found, labels)
    return '\n\n'.join(filter(None, parts)) + '\n'


def _entry(api: Api, name: str, found: 'Offered',
           labels: bool) -> Iterator[str]:
    """Yield a class or a function."""
    name = f'{api.name}.{name}'
    label = f'({name})=\n' if labels else ''
    yield f'{label}### {literal(name)}'
    yield _WRITER.signature(found.signature(
        name=name, return_type=not found.is_class) or f'{name}()')
    yield _WRITER.described(found.docstring)
    yield from _members(api, found)


def _members(api: Api, found: 'Offered') -> Iterator[str]:
    """Yield what a class extends, its methods, its attributes."""
    bases = api.bases(found)
    if bases:
        yield f'It extends {", ".join(map(literal, bases))}.'
    for method in methods(found):
        yield _WRITER.signature(f'{method.signature()}')
        yield _WRITER.described(method.docstring)
    for value in properties(found):
        yield f'{literal(value.name)}:'
        yield _WRITER.described(value.docstring)


def _about(module: 'Module') -> str:
    return _WRITER.paragraphs(module.docstring.value) if (
        module.docstring) else ''


def _aliases(module: 'Module') -> str:
    listed = ', '.join(f'{literal(name)} is {literal(value)}'
                       for name, value in aliases(module))
    return f'In what follows, {listed}.' if listed else ''
