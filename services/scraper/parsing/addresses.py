"""What a web address tells of the page behind it: whether it may be an article, and of what day."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import IntEnum
from urllib.parse import unquote, urlsplit

from services.scraper.parsing.links import link_key, site_of

_SECTION_WORDS = (
    r"tags?|topics?|category|categories|authors?|profile|users?|people|login|log-in|signin|sign-in|signup|register|"
    r"subscribe|subscription|account|search|share|print|privacy[\w-]*|terms[\w-]*|cookies?|about(?:-?us)?|"
    r"contacts?(?:-?us)?|contactus|advertis\w*|careers?|jobs|vacanc(?:y|ies)|tenders?|help|faqs?|sitemap|site-?map|rss|rss-feeds?|"
    r"feeds?|newsletters?|archives?|page|videos?|photos?|gallery|galleries|photo-?gallery|podcasts?|live-?tv|epaper|"
    r"e-paper|horoscope|weather|quiz|home|index|default|main|disclaimer|copyright[\w-]*|accessibility[\w-]*|feedback|"
    r"screen-?reader[\w-]*|website-polic\w+|hyperlink[\w-]*|rti|error|donate|apps?|tv|radio|live|opinion|sports?|polls?"
)
_NO_ARTICLE = re.compile(
    rf"/(?:{_SECTION_WORDS})(?:\.(?:s?html?|aspx?|php|jsp))?/?(?:\d{{0,4}}/?)?$"
    r"|/(?:tags?|authors?|wp-login|wp-admin|wp-json|cdn-cgi|search|user|users|comments?|rss|feed|persons?|experts?|people|"
    r"staff|profiles?|departments?|keywords|countries)/"
    r"|/20\d\d/[01]?\d(?:/[0-3]?\d)?/?$|^[^/]*/20\d\d/?$"  # a day's, a month's or a year's archive
    r"|/page/?\d+|[?&](?:share|replytocom|s|q|print|page|pagen_\d+|paged|lang|theme)="
    r"|/(?:photos|videos|comments|print|amp/(?:tag|section))(?:/\d+)?/?$",
    re.IGNORECASE,
)
_MEDIUM = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|mp[34]|m4a|avi|mov|css|js|json|xml|rss|atom|zip|rar|gz|apk|exe|ics|docx?|xlsx?|"
    r"pptx?)$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\d{5,}|/20\d\d/(?:[01]?\d|[a-z]{3})(?:/|$)|20\d\d-?[01]\d-?[0-3]\d|/node/\d+|"
    r"(?<![^\W_])(?:(?:[^\W_]{1,40}-){4,}|(?:[^\W_]{1,40}_){4,})[^\W_]|"
    r"[?&](?:id|dtl|newsid|news_id|article|story|prid|nid|relid|itemid|articleid|did|no)=\d+|\?dtl/\d+|"
    r"/(?:articles?|story|stories|news|doc|document|post|p|events?|press|release|press-releases?|interviews?)/"
    r"(?:[\w%-]+/){0,3}\d{2,}(?:/|$|\.)",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"(?<![^\W_])(?:[^\W_]{1,40}[-_]){2,}[^\W_]|\.(?:s?html?|cms|ece|aspx|php)(?:$|\?)|\d{3,}|"
    r"/(?:articles?|story|stories|news|doc|post|p|press|releases?|press-releases?|statements?)/[^/]+",
    re.IGNORECASE,
)
_DAY = re.compile(r"/(20\d\d)/([01]?\d)/([0-3]?\d)(?:/|$)|/(20\d\d)-?([01]\d)-?([0-3]\d)(?:/|-|_|$)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+(?:[-_.+%][^/?&=]*)?")


class Marks(IntEnum):
    """How much an address looks like an article's."""

    NONE = 0
    WEAK = 1
    STRONG = 2


def may_be_article(url: str, page_url: str) -> bool:
    """Tell whether a link of a page may lead to an article of the page's own site. Raises ValueError, WrongInput."""
    there, here = urlsplit(url), urlsplit(page_url)
    if site_of(there.hostname or "") != site_of(here.hostname or "") or link_key(url) == link_key(page_url):
        return False
    return not is_no_article(url)


def is_no_article(url: str) -> bool:
    """Tell whether an address is a front page, a section, a tag, an author, a file, a page of a list."""
    parts = urlsplit(url)
    if parts.path in ("", "/") and not parts.query:
        return True
    return bool(_MEDIUM.search(parts.path) or _NO_ARTICLE.search(url.partition("://")[2]))


def marks_of(url: str) -> Marks:
    """Return how much the address looks like an article's: ids, dates and long names are strong marks."""
    parts = urlsplit(url)
    told = unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    if _STRONG.search(told):
        return Marks.STRONG
    return Marks.WEAK if _WEAK.search(told) else Marks.NONE


def make_of_address(url: str) -> str:
    """Return the address with its last names and numbers made alike, so that articles of one site look the same."""
    parts = urlsplit(url)
    steps = [step for step in unquote(parts.path).split("/") if step]
    if steps:
        steps[-1] = _WORD.sub("w", steps[-1])
    alike = "/".join(_NUMBER.sub("#", step) for step in steps)
    return f"{alike}?{_NUMBER.sub('#', parts.query.partition('/')[0].partition('=')[0])}"


def day_in(url: str) -> datetime | None:
    """Return the day that an address names (`/2025/12/05/`, `/20251205/`), as its midnight in UTC."""
    found = _DAY.search(urlsplit(url).path)
    if found is None:
        return None
    year, month, day = (int(part) for part in (found.groups()[:3] if found.group(1) else found.groups()[3:]))
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def last_number(url: str) -> int:
    """Return the last number of an address, 0 without one: later articles have higher ones."""
    found = _NUMBER.findall(url[-200:])
    return int(found[-1][:18]) if found else 0
