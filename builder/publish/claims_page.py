"""The page that shows the runs behind all claims."""
from pathlib import Path

from builder.escape import markdown
from builder.publish.markup import download_link
from builder.publish.sources import Sources
from builder.source.book import Book

CLAIMS_PAGE = 'claims'


def add_claims_page(book: Book, sources: Sources,
                    download: bool = True) -> None:
    """Add the page that shows the runs behind all claims; with the files of
    these runs, unless `download` is false."""
    parts = ['---\norphan: true\n---', '# Claims and Runs',
             'A number in parentheses behind a sentence leads here: to the '
             'runs that it comes from, one line for each seed.']
    for name, claim in book.claims.items():
        parts += [f'(claim-{name})=', f'## {markdown(claim.title)}',
                  f'**{markdown(claim.text)}**',
                  markdown(claim.problem) or claim.details]
        if download and not claim.problem:
            parts += [f'All figures of these runs: '
                      f'{_files(book, claim.runs, sources)}.']
    sources.add_page(CLAIMS_PAGE, f'{CLAIMS_PAGE}.md',
                     '\n\n'.join(parts) + '\n')


def _files(book: Book, runs: tuple[str, ...], sources: Sources) -> str:
    links = []
    for path in runs:
        name, content = sources.take(book.config.folder / path)
        sources.add(name, content)
        links.append(download_link(markdown(Path(path).name), name))
    return ', '.join(links)
