"""Labels and what refers to them: numbers, titles, unknown names."""
import difflib
from dataclasses import dataclass

from builder.errors import SourceError
from builder.source.citations import citation_keys


@dataclass(frozen=True)
class Label:
    """What a label names: a heading, figure, table or equation of a page, and
    the heading that it stands under."""
    page: str
    line: int
    title: str
    number: str
    heading: str
    kind: str = 'section'


def number_labels(book, page, number):
    """Give every label of the page its title and number: that of its heading,
    or that of its figure, table or equation, which are counted by page."""
    counters, title, current, floats = [], page.name, number, {}
    for item in page.items:
        prose = getattr(item, 'prose', None)
        if prose is None:
            continue
        if prose.level > 1:
            depth = prose.level - 1
            counters = (counters + [0] * depth)[:depth]
            counters[-1] += 1
        if prose.level:
            title = prose.title
            current = (*number, *counters) if number else ()
        inside = set()
        for part in prose.floats:
            if part.label or part.caption != (0, 0):
                floats[part.kind] = floats.get(part.kind, 0) + 1
                own = _joined((*number, floats[part.kind]))
                page.numbers[item.id, part] = own
                if part.label:
                    inside.add(part.label)
                    _add_label(book, page, part.label, Label(
                        page.name, part.line,
                        prose.body[slice(*part.caption)], own, title,
                        part.kind))
        for role in prose.roles:
            if role.name == 'label' and role.content not in inside:
                _add_label(book, page, role.content, Label(
                    page.name, role.line, title, _joined(current), title))
            elif role.name == 'eqlabel' and role.content not in inside:
                raise SourceError(page.path, role.line, ':eqlabel: belongs on '
                                  'the line after a formula in $$')


def _joined(numbers):
    return '.'.join(map(str, numbers))


def _add_label(book, page, name, label):
    if name in book.labels or name in book.config.links:
        first = book.labels.get(name)
        where = f'{first.page}:{first.line}' if first else '[links]'
        raise SourceError(page.path, label.line,
                          f'label {name!r} exists already in {where}')
    book.labels[name] = label


def check_roles(book, page, prose):
    """Raise SourceError at a reference to what does not exist."""
    known = {**book.labels, **book.config.links}
    for role in prose.roles:
        if (role.name in ('numref', 'ref', 'eqref')
                and role.content not in known):
            raise SourceError(page.path, role.line,
                              f'label {role.content!r} does not exist, '
                              f'expected one of {_closest(role, known)}')
        if role.name in ('cite', 'citet'):
            for key in citation_keys(role):
                if key not in book.bibliography:
                    raise SourceError(
                        page.path, role.line,
                        f'citation {key!r} is not in the bibliography, '
                        f'expected one of '
                        f'{_closest(role, book.bibliography)}')


def _closest(role, names):
    names = sorted(names)
    close = difflib.get_close_matches(role.content, names, 3, 0.4)
    return ', '.join(close or names[:5]) or '(there is none)'
