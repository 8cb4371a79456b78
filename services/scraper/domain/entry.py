"""What becomes of an entry whose page could not be read: another try, or the feed's own words. It is never lost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from shared.kit.text import comparison_key
from shared.web.looks import Failed, Fetched, Look, Throttled

WAITS_SECONDS = (10, 60, 180)  # a page is often up seconds after its feed; after minutes the feed's words must do
HOPELESS_WAIT_SECONDS = 3600  # an entry that we cannot even publish from its feed: a mended release finds it waiting
FULL_TEXT_CHARACTERS = 600  # a feed that says so much carries the article; summaries are shorter
_REFUSED_FOR_NOW = frozenset({401, 403, 404})  # pages that are not up yet, and walls that let the next one through


@dataclass(frozen=True)
class Retry:
    """Ask for the page again after so many seconds."""

    after_seconds: int


@dataclass(frozen=True)
class UseFeedText:
    """Publish the article from the feed's own title and summary; `reason` is a sentence for its page."""

    reason: str


PageTry = Retry | UseFeedText


def next_page_try(failures: int, look: Look, *, feed_has_text: bool) -> PageTry:
    """Decide what follows a look at an article's page that gave no article.

    `failures` counts the tries that had failed before this one. The feed's text is used at once when it is whole, when
    asking again cannot help, and when the server asks for more patience than is left; else after the fourth try.
    """
    match look:
        case Failed(sentence=sentence, status=status, permanent=True) if status not in _REFUSED_FOR_NOW:
            return UseFeedText(f"The page cannot be had: {sentence}")
        case Throttled(retry_after_seconds=int(asked)) if asked > _patience_seconds(failures):
            return UseFeedText(f"The server asks to wait {asked} seconds, too long for news.")
        case Throttled(retry_after_seconds=asked):
            return _again(failures, feed_has_text=feed_has_text, why="asked for patience", at_least_seconds=asked or 0)
        case Fetched():
            return _again(failures, feed_has_text=feed_has_text, why="held no readable article")
        case _:
            return _again(failures, feed_has_text=feed_has_text, why="could not be had")


def next_try_after_mistake(failures: int, *, feed_has_text: bool) -> PageTry:
    """Decide what follows a try that ended in a mistake of ours, which says nothing about the page."""
    return _again(failures, feed_has_text=feed_has_text, why="could not be handled")


def wait_seconds(failures: int) -> int:
    """Return how long an entry rests that not even its feed's words could publish: never for ever, never hotly."""
    return WAITS_SECONDS[max(failures, 0)] if failures < len(WAITS_SECONDS) else HOPELESS_WAIT_SECONDS


def _again(failures: int, *, feed_has_text: bool, why: str, at_least_seconds: int = 0) -> PageTry:
    if feed_has_text:
        return UseFeedText(f"The page {why}, and the feed carries the whole text.")
    if failures >= len(WAITS_SECONDS):
        return UseFeedText(f"The page {why} in {len(WAITS_SECONDS) + 1} tries.")
    return Retry(max(WAITS_SECONDS[max(failures, 0)], at_least_seconds))


def _patience_seconds(failures: int) -> int:
    return sum(WAITS_SECONDS[max(failures, 0) :]) or WAITS_SECONDS[-1]


def mark_of(title: str, summary: str, content: str, updated: datetime | None) -> str:
    """Return 16 hex digits that change when what a feed says of an article changes, its date of change included."""
    said = (title, summary, content, updated.isoformat() if updated else "")
    return hashlib.sha256("\x1f".join(map(comparison_key, said)).encode("utf-8", "replace")).hexdigest()[:16]
