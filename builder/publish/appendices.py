"""What stands after the pages of an edition: claims and runs, the package."""
from builder.publish.api import Api
from builder.publish.api_sheet import api_sheet
from builder.publish.claims_page import add_claims_page
from builder.publish.prose import CLAIMS_PAGE, MystProse
from builder.source.book import Book
from builder.source.reader import API


def appendices(book: Book, api: Api | None, tab: str) -> str:
    """Return their names for a table of contents, one a line."""
    return '\n'.join([CLAIMS_PAGE] * book.shows_claims
                     + [API] * bool(api and tab in api.modules))


def add_appendices(prose: MystProse, api: Api | None, tab: str) -> None:
    """Add them to the Sources of `prose`."""
    if prose.book.shows_claims:
        add_claims_page(prose, files=False)
    if api and tab in api.modules:
        prose.sources.add_page(API, f'{API}.md', api_sheet(
            api, prose.book.config.tabs[tab], labels=True))
