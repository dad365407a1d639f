"""XeLaTeX: a PDF, or all that it complains of, at lines of the sources."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from builder.errors import BuildError
from builder.publish.folders import remove
from builder.publish.sources import Sources
from builder.publish.tex_languages import need_language

DEBIAN = ('latexmk texlive-xetex texlive-latex-recommended '
          'texlive-latex-extra texlive-fonts-recommended fonts-texgyre '
          'fonts-dejavu')
# A comment in LaTeX, of the line of a page that is next.
LINE = '%% line {} of {}'
MOST = 20  # complaints that are shown
_ERROR = re.compile(r'^(?:\./)?book\.tex:(\d+): (.*(?:\n(?!l\.\d).*){0,3})',
                    re.MULTILINE)
# What LaTeX says of a page that is not as it should be.
_COMPLAINT = re.compile(
    r'^(?:Overfull \\hbox.*|Missing character:.*|.*Warning: (?:Reference|'
    r'Citation|Hyper reference).*|.*multiply.defined.*)$', re.MULTILINE)


def need_latex(language: str) -> None:
    """Raise BuildError if LaTeX is missing, or what it needs for a language,
    with what to install."""
    if not (shutil.which('latexmk') and shutil.which('xelatex')):
        raise BuildError('a PDF needs latexmk and XeLaTeX. On Debian and '
                         f'Ubuntu: apt-get install {DEBIAN}')
    need_language(language)


def typeset(made: Path, folder: Path, sources: Sources) -> bytes:
    """Return the PDF that XeLaTeX makes of what Sphinx made.

    Args:
        made: a folder with book.tex.
        folder: where to work.
        sources: what Sphinx made it from.
    """
    remove(folder)
    shutil.copytree(made, folder)
    run = subprocess.run(
        ['latexmk', '-xelatex', '-interaction=nonstopmode',
         '-file-line-error', 'book.tex'], cwd=folder, capture_output=True,
        text=True, errors='replace',
        env={**os.environ, 'max_print_line': '1000'})  # whole lines
    log = folder / 'book.log'
    said = log.read_text('utf-8', 'replace') if log.is_file() else run.stderr
    tex = (folder / 'book.tex').read_text('utf-8').split('\n')
    if run.returncode:
        errors = [f'{_place(tex, int(line), sources)}: {text.strip()}'
                  for line, text in _ERROR.findall(said)]
        _fail('XeLaTeX failed:', errors or
              (run.stdout + run.stderr).splitlines()[-12:])
    complaints = [_located(text, tex, sources)
                  for text in _COMPLAINT.findall(said)]
    if complaints:
        _fail('the PDF is not as it should be:', complaints)
    return (folder / 'book.pdf').read_bytes()


def _fail(title: str, said: list[str]) -> None:
    said = list(dict.fromkeys(said))
    more = [f'and {len(said) - MOST} more'] if len(said) > MOST else []
    raise BuildError('\n'.join([title, *said[:MOST], *more]))


def _place(tex: list[str], line: int, sources: Sources) -> str:
    known = _page_line(tex, line)
    return sources.origin(*known) if known else f'book.tex:{line}'


def _located(text: str, tex: list[str], sources: Sources) -> str:
    """Return a complaint with the place that it is about, if that is
    known."""
    at = re.search(r'at lines? (\d+)|input line (\d+)', text)
    missing = re.match(r'Missing character: There is no (\S)', text)
    if missing:
        places = sources.find(missing[1])
    else:
        places = [_place(tex, int(at[1] or at[2]), sources)] if at else []
    return f'{", ".join(places)}: {text}' if places else text


def _page_line(tex: list[str], line: int) -> tuple[str, int] | None:
    """Return (page, line) that a line of LaTeX comes from, if known."""
    for text in reversed(tex[:line]):
        found = re.fullmatch(r'%% line (\d+) of (.+)', text)
        if found:
            return found[2], int(found[1])
    return None
