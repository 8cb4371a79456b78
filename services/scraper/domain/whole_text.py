"""Whether a feed carries whole articles, learned from its own pages: then a second fetch is of no use. Pure."""

from __future__ import annotations

import re

from services.scraper.domain.entry import FULL_TEXT_CHARACTERS
from shared.kit.text import comparison_key

TRUSTED_AFTER = 3  # pages in a row that had no more to say than their feed
CHECKED_EVERY = 20  # … and one page in so many is read all the same: feeds are cut short one day
_MORE_SHARE = 1.1  # a page's text may be this much longer (a caption, a byline) and still be the same
_CUT = re.compile(r"(?:…|\.\.\.|read more|continue reading|читать далее|подробнее|और पढ़ें)\W*$", re.IGNORECASE)


def looks_whole(content: str) -> bool:
    """Tell whether a feed's text may be an article's: long enough, and not ending as teasers do."""
    return len(content) >= FULL_TEXT_CHARACTERS and not _CUT.search(content[-60:])


def says_no_more(page_text: str, content: str) -> bool:
    """Tell whether the page had no more than the feed: not longer by a tenth, and beginning with the same words."""
    opening = comparison_key(content)[:80]
    return len(page_text) <= _MORE_SHARE * len(content) and opening[:40] in comparison_key(page_text)


def is_trusted(pages_alike: int) -> bool:
    """Tell whether so many pages in a row prove that the source's feed carries whole articles."""
    return pages_alike >= TRUSTED_AFTER


def needs_no_page(content: str, *, pages_alike: int, dice: float) -> bool:
    """Tell whether an entry can be published from its feed alone; `dice` is a random value from 0 to 1."""
    return looks_whole(content) and is_trusted(pages_alike) and dice >= 1 / CHECKED_EVERY
