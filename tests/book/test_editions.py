"""What an edition and a deck were made from is what they are offered for."""
import pytest

from builder.publish import epub, pdf, slides
from builder.publish.editions import current
from builder.record.recordings import Recordings
from builder.source.book import load_book

BEFORE, AFTER = (f'# A\n\n## B\n\n[**{word}**]\n' for word in ('old', 'new'))


def fake_edition(ending, write):
    """Return what stands for Sphinx: it takes its time."""
    def build(folder, sources, kind):
        write(AFTER)
        folder.mkdir(parents=True)
        (folder / f'book.{ending}').write_bytes(b'of the old page')
        return folder
    return build


@pytest.mark.parametrize('kind', ['epub', 'pdf', 'slides'])
def test_a_source_that_changes_in_the_middle_of_a_build(
        write_book, tmp_path, monkeypatch, kind):
    book, out = write_book(BEFORE), tmp_path / '_build'

    def write(text):
        book.config.root.write_text(text, 'utf-8')

    def is_current():
        again = load_book(book.config)
        return bool(slides.current_slides(again, 'mxnet', out,
                                          Recordings(again))
                    if kind == 'slides' else current(kind, again, 'mxnet',
                                                     out))

    if kind == 'slides':
        written = slides._write
        monkeypatch.setattr(slides, '_write', lambda *given: (
            write(AFTER), written(*given))[1])
        slides.build_slides(book, 'mxnet', out)
    elif kind == 'epub':
        monkeypatch.setattr(epub, 'build', fake_edition('epub', write))
        epub.build_epub(book, 'mxnet', out)
    else:
        monkeypatch.setattr(pdf, 'need_latex', lambda language: None)
        monkeypatch.setattr(pdf, 'build', fake_edition('tex', write))
        monkeypatch.setattr(pdf, 'typeset', lambda *given: b'%PDF')
        pdf.build_pdf(book, 'mxnet', out)
    assert not is_current()
    write(BEFORE)
    assert is_current()
