"""What becomes of an entry whose page could not be read: another try, or the feed's own words. It is never lost."""

from __future__ import annotations

from dataclasses import dataclass

from shared.web.looks import Failed, Fetched, Look, Throttled

WAITS_SECONDS = (10, 60, 300, 1800)  # a page is often up seconds after its feed; after half an hour the news is old
_REFUSED_FOR_GOOD = frozenset({401, 403, 404, 410, 451})


@dataclass(frozen=True)
class Retry:
    """Ask for the page again after so many seconds."""

    after_seconds: int


@dataclass(frozen=True)
class UseFeedText:
    """Publish the article from the feed's own title and summary; `reason` is a sentence for its page."""

    reason: str


PageTry = Retry | UseFeedText


def next_page_try(failures: int, look: Look) -> PageTry:
    """Decide what follows a look at an article's page that gave no article.

    `failures` counts the tries that had failed before this one. The feed's text is used when the page is refused for
    good, when it came but could not be read, when the server asks for more patience than the news has, and after the
    fifth try.
    """
    match look:
        case Fetched():
            return UseFeedText("The page holds no readable article.")
        case Failed(sentence=sentence, status=status, permanent=permanent) if permanent or status in _REFUSED_FOR_GOOD:
            return UseFeedText(f"The page cannot be had: {sentence}")
        case Throttled(retry_after_seconds=asked) if asked is not None and asked > WAITS_SECONDS[-1]:
            return UseFeedText(f"The server asks to wait {asked} seconds, too long for news.")
        case _ if failures >= len(WAITS_SECONDS):
            return UseFeedText(f"The page could not be read in {len(WAITS_SECONDS) + 1} tries.")
        case Throttled(retry_after_seconds=asked):
            return Retry(max(WAITS_SECONDS[max(failures, 0)], asked or 0))
        case _:
            return Retry(WAITS_SECONDS[max(failures, 0)])
