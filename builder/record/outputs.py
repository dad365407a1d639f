"""Outputs that pages can show: their forms, their sizes, their text.

One table for both ends: a run records no output that has no form of SHOWN,
and pages and PDFs show the first form of SHOWN that an output has.
"""
import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence

from nbformat import NotebookNode

from builder.escape import CONTROL
from builder.record.png import png_file
from builder.record.svg import check_svg
from builder.record.tables import has_table, read_tables

# In characters. The largest cell of this project's book holds 0.3 million,
# its largest notebook 1.5 million; text editors and reviews of changes become
# slow at ten times that.
CELL_LIMIT = 2_000_000
NOTEBOOK_LIMIT = 10_000_000

_COLOUR = re.compile(r'\x1b\[[0-9;:]*m')
_CLEAR = re.compile(r'\x1b\[[0-9;:]*K')  # the rest of a line
# What Python says of an object that has no text of its own.
_NO_TEXT = re.compile(r'<(?:[\w.]+ object(?: at 0x[0-9a-f]+)?'
                      r'|Figure size .*)>')


def left_text(text: str) -> str:
    """Return what `text` leaves on a terminal's lines, with its colours."""
    return '\n'.join(map(_left, _CLEAR.sub('', text).split('\n')))


def _left(line: str) -> str:
    """Return what a line leaves, in the colours that are chosen by then."""
    *over, last = line.split('\r')
    after = []
    while over and (not last or not _COLOUR.sub('', last)):
        after.append(last)
        last = over.pop()
    return ''.join([*_COLOUR.findall('\r'.join(over)), last, *after[::-1]])


def kept_text(text: str) -> str:
    """Return `text` as a terminal leaves it, with its colours.

    What a carriage return lets the rest of a line overwrite is dropped.

    Raises:
        ValueError: if another control character remains.
    """
    text = left_text(text)
    plain = _COLOUR.sub('', text)
    found = CONTROL.search(plain)
    if found:
        line = plain.count('\n', 0, found.start()) + 1
        raise ValueError(f'the control character {found[0]!r} in line {line} '
                         'of its text')
    return text


def plain_text(text: str) -> str:
    """Return `text` as a terminal leaves it, without colours.

    Raises:
        ValueError: if another control character remains.
    """
    return _COLOUR.sub('', kept_text(text))


def pdf_file(text: str) -> bytes:
    """Return the PDF file that `text` is in base64, or raise ValueError."""
    try:
        content = base64.b64decode(''.join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        content = b''
    if not content.startswith(b'%PDF-'):
        raise ValueError('a PDF form that is not a PDF file in base64')
    return content


def _check_text(text: str) -> None:
    if kept_text(text) != text:
        raise ValueError('text with carriage returns')


# MIME type -> what refuses content that it must not have; best form first.
# Of HTML, tables only.
SHOWN: dict[str, Callable[[str], object]] = {
    'image/svg+xml': check_svg, 'image/png': png_file,
    'text/html': read_tables, 'text/plain': _check_text}
PLOTS = 'image/svg+xml', 'image/png'
# Forms that stand beside an SVG for those who cannot show one: PDFs.
BESIDE: dict[str, Callable[[str], object]] = {'application/pdf': pdf_file}


def shown_form(output: NotebookNode, tables: bool = False,
               ) -> tuple[str, str]:
    """Return (MIME type, content) of the form that is shown.

    Args:
        output: the output.
        tables: whether a table of HTML is shown as one; else its text is.

    Raises:
        ValueError: if there is none, or text that only stands in for a
            picture or for HTML.
    """
    if output.output_type == 'stream':
        return 'text/plain', output.text
    data: dict[str, str] = output.get('data', {})
    form = next((form for form in SHOWN if form in data and (
        form != 'text/html' or _is_table(data))), None)
    if form == 'text/html' and not tables:
        return 'text/plain', (read_tables(data[form]).plain()
                              if _stands_in(data) else data['text/plain'])
    if form is None or (form == 'text/plain' and _stands_in(data)):
        kinds = ', '.join(sorted(data)) or output.output_type
        raise ValueError(f'an output that no page can show ({kinds}), '
                         f'expected one of {", ".join(SHOWN)}'
                         + '; of HTML, tables only' * ('text/html' in data))
    return form, data[form]


def _is_table(data: dict[str, str]) -> bool:
    """Return whether the HTML of `data` is shown, or refused, as a table; one
    that cannot be read gives way to text that says the same."""
    html: object = data['text/html']
    if not isinstance(html, str) or not has_table(html):
        return False
    try:
        read_tables(html)
    except ValueError:
        return _stands_in(data)
    return True


def words_of(output: NotebookNode) -> str:
    """Return what a picture says of itself in words."""
    words = ' '.join(f'{output.data.get("text/plain", "")}'.split())
    return 'A picture without a description.' if (
        not words or _NO_TEXT.fullmatch(words)) else words


def _stands_in(data: dict[str, str]) -> bool:
    """Return whether the text of `data` is but a stopgap for other forms."""
    others = data.keys() - {'text/plain'}
    text = f'{data.get("text/plain", "")}'.strip()
    return bool(others) and (
        any(not form.startswith('text/') for form in others)
        or not text or bool(_NO_TEXT.fullmatch(text)))


def check_output(output: NotebookNode) -> None:
    """Return if pages can show this output and may; else raise ValueError."""
    form, content = shown_form(output, tables=True)
    if not isinstance(content, str):
        raise ValueError(f'{form} that is not text')
    SHOWN[form](content)
    for other, check in (SHOWN | BESIDE).items():
        if other not in (form, 'text/html') and other in output.get('data',
                                                                    {}):
            check(output.data[other])


def recorded_outputs(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return a cell's outputs as they are recorded.

    Text is as a terminal leaves it, and what a cell printed in several
    pieces, with nothing shown in between, is one output.

    Raises:
        ValueError: if no page can show one of them.
    """
    recorded = []
    for output in _joined(outputs):
        if output.output_type == 'stream':
            output.text = kept_text(output.text)
        elif isinstance(output.get('data', {}).get('text/plain'), str):
            output.data['text/plain'] = kept_text(output.data['text/plain'])
        check_output(output)
        recorded.append(output)
    return recorded


def _joined(outputs: Sequence[NotebookNode]) -> Iterator[NotebookNode]:
    """Yield copies, with neighbouring pieces of a stream as one."""
    pieces: list[str] = []
    for n, output in enumerate(outputs):
        if output.output_type != 'stream':
            yield NotebookNode(output, data=NotebookNode(output.get('data',
                                                                    {})))
            continue
        pieces.append(output.text)
        after = outputs[n + 1] if n + 1 < len(outputs) else {}
        if after.get('name') != output.name:
            yield NotebookNode(output, text=''.join(pieces))
            pieces.clear()


def size(output: NotebookNode) -> int:
    """Return how many characters an output takes, more or less."""
    if output.output_type == 'stream':
        return 100 + len(output.text)
    return 100 + sum(len(str(content))
                     for content in output.get('data', {}).values())
