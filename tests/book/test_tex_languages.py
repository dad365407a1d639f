"""PDFs in languages that LaTeX must be told about."""
import re
import subprocess

import pytest

from builder.errors import BuildError
from builder.publish.latex import need_latex
from builder.publish.pdf import build_pdf, make_sources
from builder.publish.sphinx_build import build

from .test_pdf import text_of

TEX = 'xeCJK.sty', 'ctexhook.sty', 'FandolSong-Regular.otf'
NOTO = tuple(f'Noto {face} CJK {country}'
             for country in ('JP', 'KR', 'TC', 'HK')
             for face in ('Serif', 'Sans', 'Sans Mono'))
# In each language: a title, a sentence that is longer than a line, words.
TEXTS = {
    'ja': ('学習率', '学習率は*一歩*の**長さ**である。SGDでは勾配に雑音が'
           'あるので少しずつ下げる。「急がば回れ」というとおり、長い文が行の'
           '終わりで折り返される（括弧や句読点は行の初めに来ない）。',
           '速さ', '率を返す'),
    'ko': ('학습률', '학습률은 *한 걸음*의 **길이**이다. SGD는 기울기를 '
           '“추정”하므로 잡음이 있고, 학습률 0.1을 조금씩 낮춘다. 긴 문장은 '
           '줄의 끝에서 바뀌고 띄어쓰기는 그대로 남는다…',
           '속도', '값을 돌려준다'),
    'zh': ('学习率', '学习率是*一步*的**长度**。SGD的梯度带有噪声，因此要逐渐'
           '降低。“欲速则不达”，长句子在行尾换行（括号和标点不在行首）。'
           '这里再多写一些文字。', '速度', '返回学习率'),
    'zh_TW': ('學習率', '學習率是*一步*的**長度**。SGD的梯度帶有雜訊，因此要'
              '逐漸降低。「欲速則不達」，長句子在行尾換行（括號和標點不在'
              '行首）。這裡再多寫一些文字。', '速度', '傳回學習率'),
    'vi': ('Tốc độ học', 'Tốc độ học là **độ dài** của *một bước đi*. Quá lớn '
           'thì phân kỳ, quá nhỏ thì việc học không tiến triển: ữ, ặ, ễ, ỷ, '
           'ợ, đ.', 'tốc độ', 'trả về: Ảnh, Ổ, ỉ, ẵ'),
    'tr': ('Öğrenme oranı', 'Öğrenme oranı *bir adımın* **uzunluğudur**. Çok '
           'büyükse ıraksar, çok küçükse öğrenme ilerlemez; İstanbul’da '
           'ışık, ğ ve ş harfleri de görünmelidir.', 'hız', 'oranı döndürür'),
    'pt_BR': ('A taxa', 'A taxa é o **comprimento** de *um passo*. Se for '
              'grande demais, diverge; se for pequena demais, a aprendizagem '
              'não avança: ã, õ, ç, é.', 'razão', 'devolve a taxa'),
}
LABELS = {
    'ja': ('目次', '図1.1', '表1.1', '第1章',
           'まだ実行されていません'),
    'ko': ('차례', '그림 1.1', '표 1.1', '1장', '아직 실행하지'),
    'zh': ('目录', '图1.1', '表1.1', '第1章', '尚未运行'),
    'zh_TW': ('Contents', 'Figure 1.1', 'Table 1.1', 'Chapter 1'),
    'vi': ('Mục lục', 'Hình 1.1', 'Bảng 1.1', 'Chương 1'),
    'tr': ('İçindekiler', 'Şekil 1.1', 'Tablo 1.1', 'Bölüm 1'),
    'pt_BR': ('Sumário', 'Figura 1.1', 'Tabela 1.1', 'Capítulo 1'),
}
CONFIG = '''
[book]
title = TITLE
language = LANGUAGE
root = index.md
tabs = python
'''
PAGE = r'''
# TITLE
:label:`chap_one`

TEXT See :numref:`fig_a`, :numref:`tab_a`, :numref:`chap_one`.

$$\eta_{\text{WORD}} = 1$$
:eqlabel:`eq_a`

![WORD](a.svg)
:label:`fig_a`

|WORD|*b*|
|----|---|
|1   |2  |
:WORD
:label:`tab_a`

The code `a=b: c!` and `WORD`:

```{.python .input}
def a(b=1):  # SAYS
    return {1: b != 2}
```
'''
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
       '<path d="M 0 0 L 90 30" stroke="#000"/></svg>\n')


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Return a function that puts programs in the place of all others."""
    folder = tmp_path / 'programs'

    def write(**programs):
        folder.mkdir()
        for name, body in programs.items():
            path = folder / name.replace('_', '-')
            path.write_text(f'#!/bin/sh\n{body}\n')
            path.chmod(0o755)
        monkeypatch.setenv('PATH', str(folder))
    return write


def finder(names):
    """Return a shell script as kpsewhich: the paths of what it finds."""
    return (f'for a; do case " {" ".join(names)} " in '
            '*" $a "*) echo "/tex/$a";; esac; done')


@pytest.fixture
def write(write_book):
    """Return a function that writes a book in a language and loads it."""
    def of(language):
        title, text, word, says = TEXTS[language]

        def told(file):
            if language[:2] in ('ja', 'ko', 'zh'):  # without \text, too
                file = file.replace('= 1$$', '= x_{WORD}$$')
            for name, value in {'TITLE': title, 'TEXT': text, 'WORD': word,
                                'SAYS': says, 'LANGUAGE': language}.items():
                file = file.replace(name, value)
            return file

        return write_book({
            'index.md': told('# TITLE\n\n```toc\n:numbered:\n\none\n```\n'),
            'one.md': told(PAGE)}, **{'config.ini': told(CONFIG),
                                      'a.svg': SVG})
    return of


@pytest.mark.parametrize(('language', 'files', 'fonts', 'said'), [
    ('zh', (), (), 'Chinese needs xeCJK.sty, .*: apt-get install '
     'texlive-lang-chinese$'),
    ('zh-CN', TEX[:2], NOTO, 'Chinese needs .*FandolSong-Regular.otf'),
    ('zh', TEX, (), ''),
    ('zh_TW', TEX[:2], NOTO[:6], 'Chinese needs Noto Serif CJK TC, .*'
     'apt-get install fonts-noto-cjk$'),
    ('zh_HK', TEX[:2], NOTO, ''),
    ('ja', (), (), 'Japanese needs .*: apt-get install texlive-lang-chinese '
     'fonts-noto-cjk$'),
    ('ja', TEX[:2], NOTO, ''),
    ('ko_KR', TEX[:2], NOTO[:5], 'Korean needs Noto Serif CJK KR, Noto Sans '
     'CJK KR, Noto Sans Mono CJK KR. .*: apt-get install fonts-noto-cjk$'),
    ('ko', TEX[:2], NOTO, ''),
    ('tr', (), NOTO, 'Turkish needs .*: apt-get install '
     'texlive-lang-european$'),
    ('pt_BR', (), (), 'Portuguese needs .*: apt-get install '
     'texlive-lang-portuguese$'),
    ('pt', ('loadhyph-pt.tex',), (), ''),
    ('vi', (), (), ''), ('en', (), (), ''), ('de', (), (), '')])
def test_it_says_what_a_language_needs(programs, language, files, fonts,
                                       said):
    """Some fonts have several names."""
    programs(latexmk='', xelatex='', kpsewhich=finder(files),
             fc_list=''.join(f'echo "{name},{name} Light"\n'
                             for name in fonts))
    if not said:
        need_latex(language)
        return
    with pytest.raises(BuildError, match=said):
        need_latex(language)


def test_without_fontconfig_there_are_no_fonts(programs):
    programs(latexmk='', xelatex='', kpsewhich=finder(TEX))
    with pytest.raises(BuildError, match='fonts-noto-cjk$'):
        need_latex('ja')


@pytest.mark.parametrize(('language', 'has', 'lacks'), [
    ('ja', ['{xeCJK}', 'setCJKmainfont{Noto Serif CJK JP}',
            'sphinxdocclass{article}'], ['setmainlanguage', 'CJKspace']),
    ('ko', ['{xeCJK}', 'setCJKmonofont{Noto Sans Mono CJK KR}',
            'CJKspace=true'], ['setmainlanguage']),
    ('zh', ['{xeCJK}', 'CJKmath=true'], ['setmainlanguage', 'Noto']),
    ('zh_TW', ['{xeCJK}', 'Noto Serif CJK TC'], ['setmainlanguage']),
    ('vi', ['setmainlanguage{vietnamese}', r'\newfontfamily'], ['CJK']),
    ('tr', ['setmainlanguage{turkish}'], ['CJK', r'\newfontfamily']),
    ('pt_BR', ['setmainlanguage{brazil}'], ['CJK'])])
def test_the_settings_of_a_language(write, tmp_path, language, has, lacks):
    """Sphinx has no complaint, neither of a language that it does not know,
    and all of it is in front of the book's text."""
    book = write(language)
    tex = (build(tmp_path / 'work', make_sources(book, 'python'), 'latex')
           / 'book.tex').read_text('utf-8')
    head, text = tex.split(r'\begin{document}')
    assert [words for words in has if words not in head] == []
    assert [words for words in lacks if words in tex] == []
    assert LABELS[language][1] in text


def build_or_skip(book, folder):
    """Return the book's PDF, if there are the fonts for it; they are too
    large for a machine that only tests this project."""
    try:
        need_latex(book.config.language)
    except BuildError as error:
        pytest.skip(str(error))
    return build_pdf(book, 'python', folder / 'out')


@pytest.mark.slow
@pytest.mark.parametrize('language', TEXTS)
def test_a_book_in_a_language(write, tmp_path, language):
    """The PDF has all of it, every character in its place; what no font has
    is a complaint, and so is a line that does not break."""
    text = text_of(build_or_skip(write(language), tmp_path))
    title, sentence, word, says = TEXTS[language]
    spaces = language not in ('ja', 'zh', 'zh_TW')

    def shown(text):
        whole = re.sub(r'-\n\s*', '', text)  # words that are hyphenated
        return (' ' if spaces else '').join(whole.split())

    for part in (title, sentence.replace('*', ''), *LABELS[language],
                 f'a=b: c! and {word}:', f'# {says}', '{1: b != 2}'):
        assert shown(part) in shown(text), part


@pytest.mark.slow
def test_a_character_of_code_is_as_wide_as_two_letters(write, tmp_path):
    built = build_or_skip(write('ja'), tmp_path)
    page = subprocess.run(['pdftotext', '-bbox', built, '-'], check=True,
                          capture_output=True, text=True).stdout
    widths = {word: float(right) - float(left) for left, right, word in (
        re.findall(r'xMin="(.*?)".*xMax="(.*?)".*>(.*)</word>', page))}
    assert widths['率を返す'] / 8 == pytest.approx(widths['return'] / 6,
                                               rel=0.02)
