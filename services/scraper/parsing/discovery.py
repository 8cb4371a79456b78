"""The feeds that a site offers: what its pages say of them, and where they usually are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.links import RefusedLink, first_link, link_key, resolved_link
from services.scraper.parsing.results import FeedKind, OfferedFeed
from services.scraper.parsing.telegram import is_telegram, preview_of
from services.scraper.parsing.trees import bounded_soup
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url

MOST_OFFERED = 100
_MOST_LINKS = 5000
_TITLE_CHARACTERS = 200
_BY_TYPE: dict[str, FeedKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/x-rss+xml": "rss",
}
_VAGUE_TYPES = frozenset({"application/json", "application/xml", "text/xml"})  # also what other things are served as
_SITEMAP = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$|/sitemap(?:[-_]?news)?/?$", re.IGNORECASE)
_ATOM = re.compile(r"\batom\b|/feeds/posts/", re.IGNORECASE)
_JSON = re.compile(r"feed\.json$|/feed/json/?$|jsonfeed", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"(?:^|/)(?:rss|rss2|feed|feeds|atom)(?:[-_.]?\w{0,20})?\.(?:xml|rss|rdf|atom|txt|asp|php|json)$|"
    r"/(?:rss2?|feed|atom)/?$|/(?:rss|feed)/\w[\w/-]{0,60}\.(?:xml|rss|cms|txt)$|\.(?:rss|rdf|atom)$|/rssfeeds?/\d+\.cms$|"
    r"/rssfeeds?(?:default|topstories)?\.cms$|/RssMain\.aspx$|/export/rss|/feeder/default\.rss$|/feeds/posts/default$",
    re.IGNORECASE,
)
_FEED_HOSTS = frozenset({"feeds.feedburner.com", "feeds2.feedburner.com", "feeds.bbci.co.uk", "rssexport.rbc.ru"})
_COMMENTS = re.compile(r"/comments?(?:/feed|/default)|comments?-feed|[?&]feed=comments|/wp-json/|oembed", re.IGNORECASE)
_ROBOTS_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
# From the likeliest on; the last are those of engines that the press of both countries uses.
_USUAL_PLACES = (
    "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "feed/", "rss/", "index.xml", "feed.json", "sitemap-news.xml",
    "news-sitemap.xml", "sitemap_news.xml", "news/rss", "rss/news", "rss/all.xml", "feeds/posts/default",
    "export/rss2/index.xml", "export/rss2/archive/index.xml", "rss/news.xml", "sitemap.xml", "sitemap_index.xml",
)  # fmt: skip


def offered_feeds(body: bytes, *, content_type: str = "", base_url: str) -> tuple[OfferedFeed, ...]:
    """Return the feeds that a page offers, at most 100; never raises, whatever the bytes.

    First those of its head (`rel=alternate`), then links that look like feeds, Telegram channels (as their web
    previews) and sitemaps. A robots.txt is read too: it names sitemaps. Comment feeds are left out.
    """
    text = decode_body(body, content_type=content_type)
    try:
        found = [*_in_robots(text, base_url)] if "<" not in text[:1000] else [*_in_page(bounded_soup(text), base_url)]
    except Exception:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, no feed is offered
        return ()
    offered: dict[str, OfferedFeed] = {}
    for feed in found:
        offered.setdefault(link_key(feed.url), feed)
    return tuple(offered.values())[:MOST_OFFERED]


def likely_addresses(base_url: str) -> tuple[str, ...]:
    """Return where a site's feeds usually are, the likeliest first: beside the page, then at the root.

    Raises WrongInput for what is no web address.
    """
    checked_url(base_url, field="base_url")
    parts = urlsplit(base_url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = urljoin(base_url, parts.path if parts.path.endswith("/") else f"{parts.path}/")
    beside = [urljoin(folder, place) for place in _USUAL_PLACES[:5]] if parts.path not in ("", "/") else []
    return tuple(dict.fromkeys([*beside, *(urljoin(root, place) for place in _USUAL_PLACES)]))


def _in_robots(text: str, base_url: str) -> Iterator[OfferedFeed]:
    for stated in _ROBOTS_SITEMAP.findall(text[:500_000]):
        url = first_link([stated], base_url)
        if url:
            yield OfferedFeed(url, "sitemap", "")


def _in_page(soup: BeautifulSoup, base_url: str) -> Iterator[OfferedFeed]:
    base_tag = soup.find("base", href=True)
    base = first_link([str(base_tag["href"])], base_url) if isinstance(base_tag, Tag) else None
    tags = soup.find_all(["link", "a"], href=True, limit=_MOST_LINKS)
    yield from filter(None, (_alternate(tag, base or base_url) for tag in tags if tag.name == "link"))
    yield from filter(None, (_visible(tag, base or base_url) for tag in tags if tag.name == "a"))


def _alternate(tag: Tag, base: str) -> OfferedFeed | None:
    relations = tag.get("rel")
    if "alternate" not in [str(one).lower() for one in (relations if isinstance(relations, list) else [relations])]:
        return None
    stated = str(tag.get("type") or "").partition(";")[0].strip().lower()
    url = first_link([str(tag["href"])], base)
    if url is None or _COMMENTS.search(url):
        return None
    kind = _BY_TYPE.get(stated) or (_kind_by_address(url) if stated in _VAGUE_TYPES else None)
    title = one_line(str(tag.get("title") or ""))
    if kind is None or "comments feed" in title.lower():
        return None
    return OfferedFeed(url, kind, clip(title, _TITLE_CHARACTERS))


def _visible(tag: Tag, base: str) -> OfferedFeed | None:
    try:
        url = resolved_link(str(tag["href"]), base)
        if is_telegram(url):
            url, kind = preview_of(url) or "", "telegram"
        else:
            kind = _kind_by_address(url)  # type: ignore[assignment]
    except (RefusedLink, WrongInput, ValueError):
        return None
    if not url or kind is None or _COMMENTS.search(url):
        return None
    title = one_line(tag.get_text(" ")) or one_line(str(tag.get("title") or tag.get("aria-label") or ""))
    return OfferedFeed(url, kind, clip(title, _TITLE_CHARACTERS))  # type: ignore[arg-type]


def _kind_by_address(url: str) -> FeedKind | None:
    """Return the kind of feed that an address promises, None for one that promises none."""
    parts = urlsplit(url)
    if _SITEMAP.search(parts.path):
        return "sitemap" if parts.path.lower().endswith((".xml", ".gz")) else None  # `/sitemap` is a page for people
    if _JSON.search(parts.path):
        return "json"
    is_feed = (
        parts.hostname in _FEED_HOSTS or _FEED_ADDRESS.search(parts.path) or parts.query in ("feed=rss2", "format=rss")
    )
    if not is_feed:
        return None
    return "atom" if _ATOM.search(parts.path) else "rss"
