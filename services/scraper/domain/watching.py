"""What is news about a page that is watched for change: the sentences that came since the last look. Pure."""

from __future__ import annotations

from shared.language.changes import changes_between


def news_of_page(before: str | None, now: str) -> str:
    """Return what the page says that it did not say before, a line for each stretch; all of it at the first look.

    Empty where nothing came: that something was taken off a page is no news.
    """
    if before is None:
        return now
    return "\n".join(change.text for change in changes_between(before, now) if change.kind == "new")
