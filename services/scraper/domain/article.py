"""What makes an article new, the same as another, and worth an alert. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from shared.kit.text import comparison_key

_FARTHEST_AHEAD = timedelta(days=1)  # a wrong time zone is at most 14 hours ahead; more is a mistake
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a zero or a template's date
_DAY = timedelta(days=1)
AKIN_AT_TWO_HOSTS = 0.25  # an editor keeps the names of a wire's headline, and little else
AKIN_AT_ONE_HOST = 0.75  # one outlet puts LIVE: before its own headline; another article of its has another one


def content_fingerprint(text: str, title: str = "") -> str:
    """Return the same 64 hex digits for texts that differ in case, white space and punctuation only.

    SHA-256 over the text's comparison key; where there is no text, over the title's.
    """
    key = comparison_key(text) or comparison_key(title)
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def titles_akin(one: str, other: str, *, part: float) -> bool:
    """Tell whether two titles share at least this part of the shorter one's words; a missing title is akin to none.

    Editors give one wire text different headlines, which share its names; two pages that show one consent wall share
    nothing but the wall.
    """
    words, others = set(comparison_key(one).split()), set(comparison_key(other).split())
    fewest = min(len(words), len(others))
    return fewest > 0 and len(words & others) >= part * fewest


def believable(published: datetime | None, *, now: datetime) -> datetime | None:
    """Return the date, or None for one that cannot be: more than a day ahead of `now`, or before 1990.

    None means "unknown", never "old": an article with an impossible date may still raise an alert.
    """
    if published is None or published > now + _FARTHEST_AHEAD or published < EARLIEST:
        return None
    return published


def alertable(published: datetime | None, alert_since: datetime | None, *, undated_is_news: bool = True) -> bool:
    """Tell whether an article may raise an alert at a source that alerts only on news from `alert_since` on.

    An unknown date may, unless the article is from an archive. An exact midnight is taken for a day without a time, and
    counts as that day's end.
    """
    if alert_since is None:
        return True
    if published is None:
        return undated_is_news
    latest = published + _DAY if published.astimezone(UTC).time() == time(0) else published
    return latest >= alert_since


def leads_to_the_front_page(url: str, final_url: str) -> bool:
    """Tell whether a site answered an article's address with its front page, as many do for what is gone."""
    asked, final = urlsplit(url), urlsplit(final_url)
    return final.path in ("", "/") and not final.query and (asked.path not in ("", "/") or bool(asked.query))
