"""The articles that a listing page (a front page, a section, a press room) links to.

No recipe per site: an article's link lies on the same site, reads like a headline, has an address that looks like an
article's, and stands among others of the same make. Navigation, tags, authors, log-ins and share buttons do not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import MOST_ENTRIES, TITLE_CHARACTERS
from services.scraper.parsing.links import RefusedLink, resolved_link, site_of
from services.scraper.parsing.markup import drop_elements, plain_line, soup_of, text_of
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed
from shared.kit.text import clip, one_line
from shared.kit.urls import canonical_url

__all__ = ["Entry", "NotAFeed", "ParsedFeed", "parse_listing"]

_NOT_AN_ARTICLE = re.compile(
    r"/(?:tags?|topics?|category|categories|authors?|profile|users?|people|login|log-in|signin|sign-in|signup|register|"
    r"subscribe|subscription|account|search|share|print|privacy\S*|terms\S*|cookies?|about(?:-us)?|contacts?(?:-us)?|"
    r"advertis\w*|careers?|jobs|help|faq|sitemap|rss|feeds?|newsletters?|archive|page|videos?|photos?|gallery|"
    r"galleries|podcasts?|live-tv|epaper|horoscope|e-paper|weather|quiz)/?(?:\d{0,4}/?)?$"
    r"|/(?:tags?|authors?|wp-login|wp-admin|cdn-cgi|search)/|/page/\d+|[?&](?:share|replytocom|s|q|print)=",
    re.IGNORECASE,
)
_MEDIUM = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|mp[34]|m4a|avi|mov|css|js|json|xml|rss|zip|gz|apk|exe|ics)$", re.IGNORECASE
)
_ARTICLE_ADDRESS = re.compile(
    r"\d{5,}|/20\d\d/(?:[01]?\d|[a-z]{3})/|20\d\d-?[01]\d-?[0-3]\d|(?:[\w%]+-){3,}[\w%]+|\.(?:s?html?|cms|ece|aspx|php)$"
    r"|[?&](?:id|dtl|newsid|article|story|prid|nid)=\d+|/(?:articles?|story|stories|news|doc|post|p)/[\w%-]+\d",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:read|learn|see|view|find out)\s+(?:more|full|all|details)\b|continue reading|more\b|details\b|full story|"
    r"подробнее|читать|далее|ещ[её]|और पढ़ें|आगे पढ़ें|विस्तार से|share\b|comments?\b|\d+\s+comments?|»|…",
    re.IGNORECASE,
)
_OUTER_NOISE = ("nav", "footer", "aside", "form", "script", "style", "noscript", "template", "menu")
_NOISE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar"})
_NOISE_NAME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|footer|breadcrumbs?|share|social|pagination|pager|login|signup|"
    r"subscribe|newsletter|cookies?|consent|tags?|tag-?cloud|lang(?:uage)?s?|skip|topbar|copyright)(?:$|[-_\s])",
    re.IGNORECASE,
)
_SHORTEST_HEADLINE_CHARACTERS = 20
_FEWEST_WORDS = 4
_FEWEST_OF_A_GROUP = 3  # links of the same make in a row are a list, two may be chance
_CARD_LEVELS = 5  # how far above a link its date and its headline may stand


@dataclass(frozen=True)
class _Link:
    url: str
    title: str
    published: datetime | None
    make: tuple[str, ...]


def parse_listing(body: bytes, *, content_type: str = "", base_url: str) -> ParsedFeed | NotAFeed:
    """Read the articles a listing page links to, in the page's order; never raises, whatever the bytes.

    Several links to one article are one entry, under the best of their texts. At most 1000 entries.
    """
    markup = decode_body(body, content_type=content_type)
    if not markup.strip():
        return NotAFeed("The answer is empty.")
    try:
        soup = soup_of(markup)
        title = plain_line(soup.title.get_text()) if soup.title else ""
        entries = _entries(soup, base_url)
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is no listing
        return NotAFeed(f"The page could not be read: {type(broken).__name__}.")
    if not entries:
        return NotAFeed("The page links to no articles of its own site; it may need JavaScript.")
    return ParsedFeed(clip(title, TITLE_CHARACTERS), "page", entries)


def _entries(soup: BeautifulSoup, base_url: str) -> tuple[Entry, ...]:
    base = _base_of(soup, base_url)
    _drop_noise(soup)
    links = [link for tag in soup.find_all("a", href=True) if (link := _link(tag, base, base_url)) is not None]
    sizes = Counter(make for make, _ in {(link.make, link.url) for link in links})
    best: dict[str, Entry] = {}
    for link in links:
        if not _is_article(link, sizes[link.make]):
            continue
        key = canonical_url(link.url)
        known = best.get(key)
        if known is None:
            best[key] = Entry(url=link.url, title=clip(link.title, TITLE_CHARACTERS), published=link.published)
        elif _is_better(link.title, known.title):
            best[key] = replace(known, title=clip(link.title, TITLE_CHARACTERS))
        if len(best) >= MOST_ENTRIES:
            break
    return tuple(best.values())


def _base_of(soup: BeautifulSoup, base_url: str) -> str:
    tag = soup.find("base", href=True)
    try:
        return resolved_link(str(tag["href"]), base_url) if isinstance(tag, Tag) else base_url
    except RefusedLink:
        return base_url


def _drop_noise(soup: BeautifulSoup) -> None:
    half = len(soup.get_text()) / 2

    def unwanted(element: Tag) -> bool:
        if element.name in ("html", "body", "main", "article", "a"):
            return False
        named = element.get("role") in _NOISE_ROLES or _NOISE_NAME.search(_names(element)) is not None
        return element.name in _OUTER_NOISE or (named and len(element.get_text()) < half)  # "page-with-menu" is a page

    drop_elements(soup, unwanted)


def _names(element: Tag) -> str:
    classes = element.get("class")
    return " ".join([*(classes if isinstance(classes, list) else [str(classes or "")]), str(element.get("id", ""))])


def _link(tag: Tag, base: str, page_url: str) -> _Link | None:
    try:
        url = resolved_link(str(tag["href"]), base)
        if not _may_be_article(url, page_url):
            return None
    except (RefusedLink, ValueError):
        return None
    card = _card_of(tag, url, base)
    return _Link(url, _title_of(tag, card), _date_near(card), _make_of(tag))


def _may_be_article(url: str, page_url: str) -> bool:
    there, here = urlsplit(url), urlsplit(page_url)
    if site_of(there.hostname or "") != site_of(here.hostname or "") or canonical_url(url) == canonical_url(page_url):
        return False
    if there.path in ("", "/") and not there.query:
        return False
    return not (_MEDIUM.search(there.path) or _NOT_AN_ARTICLE.search(url.partition("://")[2]))


def _card_of(tag: Tag, url: str, base: str) -> Tag:
    """Return the largest element around the link that speaks of no other article."""
    card = tag
    for parent in list(tag.parents)[:_CARD_LEVELS]:
        if parent.name in ("body", "html", "main", "[document]"):
            break
        if any(_leads_elsewhere(other, url, base) for other in parent.find_all("a", href=True, limit=12)):
            break
        card = parent
    return card


def _leads_elsewhere(tag: Tag, url: str, base: str) -> bool:
    try:
        there = resolved_link(str(tag["href"]), base)
    except RefusedLink:
        return False
    return there != url and not _NOT_AN_ARTICLE.search(there.partition("://")[2]) and len(tag.get_text(strip=True)) > 15


def _title_of(tag: Tag, card: Tag) -> str:
    heading = tag.find(["h1", "h2", "h3", "h4", "h5"])
    own = one_line(text_of(heading if isinstance(heading, Tag) else tag))
    if own and not (_MORE.match(own) and len(own) < 40) and len(own) >= _SHORTEST_HEADLINE_CHARACTERS:
        return own
    above = card.find(["h1", "h2", "h3", "h4", "h5"])
    image = tag.find("img", alt=True)
    spoken = one_line(text_of(above)) if isinstance(above, Tag) else ""
    candidates = (spoken, str(tag.get("title") or ""), str(tag.get("aria-label") or ""))
    pictured = str(image.get("alt") or "") if isinstance(image, Tag) else ""
    better = next((line for line in map(one_line, (*candidates, pictured)) if len(line) > len(own)), "")
    return better or ("" if _MORE.match(own) else own)


def _date_near(card: Tag) -> datetime | None:
    found = card.find("time")
    return parse_date(str(found.get("datetime") or found.get_text())) if isinstance(found, Tag) else None


def _make_of(tag: Tag) -> tuple[str, ...]:
    """Return how the link is built in: names and classes of itself and three parents, without counting numbers."""
    around = [tag, *list(tag.parents)[:3]]
    return tuple(re.sub(r"\d+", "#", f"{element.name}.{_names(element)}") for element in around)


def _is_article(link: _Link, size_of_group: int) -> bool:
    words = len(link.title.split())
    headline = len(link.title) >= _SHORTEST_HEADLINE_CHARACTERS and words >= _FEWEST_WORDS
    if not headline:
        return False
    addressed = _ARTICLE_ADDRESS.search(urlsplit(link.url).path + "?" + urlsplit(link.url).query) is not None
    return addressed or (size_of_group >= _FEWEST_OF_A_GROUP and words > _FEWEST_WORDS) or link.published is not None


def _is_better(title: str, known: str) -> bool:
    """Prefer a headline to an image's caption: the longer text, unless it swallowed the teaser under it."""
    return len(known) < len(title) <= 200
