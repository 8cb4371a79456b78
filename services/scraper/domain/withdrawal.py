"""When an article counts as withdrawn by its source. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.web.looks import Failed, Look

_GONE = frozenset({404, 410})  # walls and bad days answer otherwise
CONFIRMED_AFTER = timedelta(hours=1)  # a site that is rebuilt or moved answers so for minutes
ASK_AGAIN_AFTER = timedelta(minutes=65)


def is_gone(look: Look) -> bool:
    """Tell whether the page itself answers that it is not there."""
    return isinstance(look, Failed) and look.status in _GONE


def is_withdrawn(gone_since: datetime | None, now: datetime) -> bool:
    """Tell whether a page that is gone now has been gone for long enough; None: this is the first such answer."""
    return gone_since is not None and now - gone_since >= CONFIRMED_AFTER
