"""Languages that LaTeX must be told about: their fonts, what sets them, and
what of Debian they need.

Chinese, Japanese and Korean are set by the package xeCJK: Simplified Chinese
in Fandol, which comes with TeX, the others in Noto, in the shapes of their
country.
"""
import shutil
import subprocess
from typing import NamedTuple

from babel import Locale

from builder.errors import BuildError
from builder.words import locale_of, words

_LATIN = r'''
\setmainfont{TeX Gyre Pagella}
\setsansfont{TeX Gyre Heros}
'''
# A character of code is 0.4575 em wide.
_CODE = r'\setmonofont{DejaVu Sans Mono}[Scale=0.76]' + '\n'
# Code in Vietnamese: the letters that DejaVu Sans Mono lacks, in DejaVu Sans,
# whose small letters are as wide. XeTeX changes the font between letters.
_VIETNAMESE = r'''
\newfontfamily\otherletters{DejaVu Sans}[Scale=0.748]
\newXeTeXintercharclass\otherclass
\makeatletter
\@tfor\next:=%
  ẢảẤấẦầẨẩẪẫẮắẲẳẴẵẺẻẾếỀềỂểỄễỈỉỎỏỐốỒồỔổỖỗỞởỦủỬửỶỷ\do{%
  \XeTeXcharclass\expandafter`\next=\otherclass}
\@for\next:=0,1,2,3,4095\do{%
  \XeTeXinterchartoks\next\otherclass={\begingroup\otherletters}%
  \XeTeXinterchartoks\otherclass\next={\endgroup}}
\makeatother
\AddToHook{rmfamily}{\XeTeXinterchartokenstate=0 }
\AddToHook{sffamily}{\XeTeXinterchartokenstate=0 }
\AddToHook{ttfamily}{\XeTeXinterchartokenstate=1 }
'''
# Sans stands for italics, which these scripts do not have; in code, a
# character is as wide as two of ASCII.
_NOTO = r'''\setCJKmainfont{Noto Serif CJK NAME}[
  ItalicFont={Noto Sans CJK NAME},BoldItalicFont={Noto Sans CJK NAME Bold}]
\setCJKsansfont{Noto Sans CJK NAME}[
  ItalicFont={Noto Sans CJK NAME},BoldItalicFont={Noto Sans CJK NAME Bold}]
\setCJKmonofont{Noto Sans Mono CJK NAME}[Scale=0.915,
  ItalicFont={Noto Sans Mono CJK NAME},
  BoldItalicFont={Noto Sans Mono CJK NAME Bold}]
'''
# What Sphinx sets for Chinese; characters in formulas, too.
_XECJK = {
    'polyglossia': '', 'babel': r'\usepackage{babel}',
    'fontenc': r'\usepackage{xeCJK}',
    # No spaces between the characters of code.
    'fvset': r'\fvset{fontsize=\small,formatcom=\xeCJKVerbAddon}',
    'extrapackages': r'\xeCJKsetup{CJKmath=true}'}
_CONTENTS = r'\addto\captionsenglish{\renewcommand{\contentsname}{%s}}'
# Spaces between words, none before an ending, as in `SGD는`, and the marks
# “ ” ‘ ’ … – — as wide as in English.
_KOREAN = r'''\xeCJKsetup{CJKmath=true,CJKspace=true,CJKecglue={}}
\xeCJKDeclareCharClass{Default}{"00B7,"2013 -> "201F,"2026}'''
# Or `a=b` became `a =b`, in code, too.
_TURKISH = r'''\makeatletter\noturkish@punctuation
\let\turkish@punctuation\relax\makeatother'''


class Need(NamedTuple):
    """What a language needs: a package of Debian's, the files that TeX finds
    then, and the fonts that programs find then."""
    package: str
    files: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()


class TexLanguage(NamedTuple):
    """What is special about a language.

    Attributes:
        title: its name in English.
        needs: all that it needs besides what English does.
        settings: Sphinx's latex_elements that it changes.
        name: what TeX calls it, if Sphinx does not know.
    """
    title: str
    needs: tuple[Need, ...]
    settings: dict[str, str] = {}
    name: str = ''


def tex_language(code: str) -> TexLanguage | None:
    """Return what is special about a language, as config.ini names it."""
    locale = locale_of(code)
    return _cjk(locale) or {
        'pt': TexLanguage('Portuguese', (_hyphens('portuguese', 'pt'),)),
        'tr': TexLanguage('Turkish', (_hyphens('european', 'tr'),),
                          {'extrapackages': _TURKISH}),
        'vi': TexLanguage('Vietnamese', (), {
            'fontpkg': _LATIN + _CODE + _VIETNAMESE}, 'vietnamese'),
    }.get(locale.language)


def _hyphens(package: str, code: str) -> Need:
    """Return the Need of what hyphenates a language's words."""
    return Need(f'texlive-lang-{package}', (f'loadhyph-{code}.tex',))


def _cjk(locale: Locale) -> TexLanguage | None:
    sets = Need('texlive-lang-chinese', ('xeCJK.sty', 'ctexhook.sty'))
    if locale.language == 'zh' and locale.script != 'Hant':
        return TexLanguage('Chinese', (sets._replace(
            files=(*sets.files, 'FandolSong-Regular.otf')),), _XECJK,
            'english')
    country = {'zh': 'HK' if locale.territory == 'HK' else 'TC', 'ja': 'JP',
               'ko': 'KR'}.get(locale.language)
    if country is None:
        return None
    settings = {**_XECJK,
                'fontpkg': _LATIN + _CODE + _NOTO.replace('NAME', country)}
    if country == 'KR':
        settings['extrapackages'] = _KOREAN
    return TexLanguage(
        {'JP': 'Japanese', 'KR': 'Korean'}.get(country, 'Chinese'),
        (sets, Need('fonts-noto-cjk', (), tuple(
            f'Noto {face} CJK {country}' for face in (
                'Serif', 'Sans', 'Sans Mono')))), settings, 'english')


def tex_settings(code: str) -> dict[str, str]:
    """Return the latex_elements that a language decides."""
    found = tex_language(code)
    settings = {'fontpkg': _LATIN + _CODE, **(found.settings if found else {})}
    if settings.get('babel'):  # all know English only
        settings['contentsname'] = _CONTENTS % words(code)('Contents')
    return settings


def need_language(code: str) -> None:
    """Raise BuildError if a language needs what is not there, with what to
    install."""
    found = tex_language(code)
    lacking = [need for need in found.needs if not _there(need)
               ] if found else []
    if found and lacking:
        names = ', '.join(name for need in lacking
                          for name in (*need.files, *need.fonts))
        packages = ' '.join(need.package for need in lacking)
        raise BuildError(f'a PDF in {found.title} needs {names}. On Debian '
                         f'and Ubuntu: apt-get install {packages}')


def _there(need: Need) -> bool:
    """Return whether TeX finds all files, and fontconfig all fonts."""
    files = need.files and _lines('kpsewhich', *need.files)
    fonts = {name for line in _lines('fc-list', ':', 'family')
             for name in line.split(',')} if need.fonts else {*need.fonts}
    return len(files) == len(need.files) and {*need.fonts} <= fonts


def _lines(program: str, *arguments: str) -> list[str]:
    """Return the lines that a program prints; none if it is missing."""
    if shutil.which(program) is None:
        return []
    return subprocess.run([program, *arguments], capture_output=True,
                          text=True).stdout.splitlines()
