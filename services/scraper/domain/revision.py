"""When an article's source has rewritten it, and when to read it again to see. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.scraper.domain.whole_text import says_no_more
from shared.kit.text import comparison_key
from shared.language.changes import changes_between

REREAD_AFTER = (timedelta(minutes=30), timedelta(hours=4), timedelta(hours=24))  # when outlets complete and correct
REREAD_AT_THE_EARLIEST = timedelta(minutes=10)  # a feed whose words change at every look (views, "2 hours ago")
MOST_REREADS = 12  # … and one that never stops changing
NEWS_FOR = timedelta(hours=48)  # older articles are not read again by themselves
_FEWEST_WORDS = 4  # shorter pieces are counters, crumbs and times of day
_SHRUNK_SHARE = 0.6  # of the old text, and nothing new in it: a paywall or a cut page, not a new version


def rewritten(old_title: str, old_text: str, title: str, text: str) -> bool:
    """Tell whether the second version says something else than the first.

    A page that shows only a part of what it showed is not rewritten, so that a wall cannot take words away.
    """
    if comparison_key(old_title) != comparison_key(title) and comparison_key(title):
        return True
    changes = changes_between(old_text, text)
    came = any(_says_something(change.text) for change in changes if change.kind == "new")
    went = any(_says_something(change.text) for change in changes if change.kind == "gone")
    return came or (went and len(text) >= _SHRUNK_SHARE * len(old_text))


def comparable(old_text: str, text: str, *, before_from: str, now_from: str) -> bool:
    """Tell whether two readings can be told apart as versions, by where each is from (`page` or `feed`).

    A feed's words say nothing about a page that was read; a page tells of a feed's only where it has more to say, for
    the two always differ in captions and crumbs.
    """
    if before_from == now_from:
        return True
    return now_from == "page" and not says_no_more(text, old_text)


def _says_something(words: str) -> bool:
    return len(comparison_key(words).split()) >= _FEWEST_WORDS


def next_reread(rereads: int, published_at: datetime | None, *, now: datetime) -> timedelta | None:
    """Return after how long an article is to be read again by itself; None when it was read often or late enough.

    `rereads` counts how often it was read again already. An undated article counts as news.
    """
    if rereads >= len(REREAD_AFTER) or (published_at is not None and now - published_at > NEWS_FOR):
        return None
    return REREAD_AFTER[rereads]
