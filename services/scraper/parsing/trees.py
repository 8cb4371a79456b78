"""Trees of strangers' pages, none larger than a page can honestly be: too much is refused before it is built."""

from __future__ import annotations

from bs4 import BeautifulSoup

from services.scraper.parsing.markup import Unwieldy, soup_of

MOST_MARKS = 200_000  # angle brackets: twice the elements; the largest live page has 60 000, and each costs a kilobyte

MOST_OPEN = 30_000  # elements that are never closed: old pages leave their rows open, bombs their thousands of levels


def bounded_soup(markup: str) -> BeautifulSoup:
    """Return the tree of an HTML document. Raises Unwieldy, also before a byte is parsed."""
    marks, ends = markup.count("<"), markup.count("</")
    if marks > MOST_MARKS or marks - 2 * ends > MOST_OPEN:
        raise Unwieldy("The page is divided beyond all reason.")
    return soup_of(markup)
