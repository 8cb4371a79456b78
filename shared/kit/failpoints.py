"""Named places where a test may kill the process, so that "killed between any two steps" is a list and not a hope.

`PACTWATCH_FAIL_AT=notifier.sent` sends SIGKILL to the process the first time the walk passes that place;
`PACTWATCH_FAIL_AT=notifier.sent:3` the third time. Unset (always, in production) a failpoint is one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum


class Step(StrEnum):
    """Every gap of one article's walk, in the order in which an article passes them."""

    SOURCE_CLAIMED = "scraper.source_claimed"
    FEED_FETCHED = "scraper.feed_fetched"
    ENTRIES_SAVED = "scraper.entries_saved"
    PAGE_FETCHED = "scraper.page_fetched"
    ARTICLE_SAVED = "scraper.article_saved"
    EVENT_SENT = "relay.event_sent"
    EVENT_MARKED = "relay.event_marked"
    ARTICLE_TAKEN = "classifier.article_taken"
    VERDICT_SAVED = "classifier.verdict_saved"
    VERDICT_TAKEN = "notifier.verdict_taken"
    ALERT_SAVED = "notifier.alert_saved"
    ALERT_TAKEN = "notifier.alert_taken"
    DELIVERY_CLAIMED = "notifier.delivery_claimed"
    DELIVERY_SENT = "notifier.delivery_sent"
    DELIVERY_SETTLED = "notifier.delivery_settled"


_name, _, _count = os.environ.get("PACTWATCH_FAIL_AT", "").partition(":")
_left = {_name: int(_count or "1")} if _name else {}


def passing(step: Step) -> None:
    """Tell that the walk passes this place; kills the process with SIGKILL when a test asked for it."""
    left = _left.get(step)
    if left is None:
        return
    if left > 1:
        _left[step] = left - 1
    else:
        os.kill(os.getpid(), signal.SIGKILL)
