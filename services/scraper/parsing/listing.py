"""The articles that a listing page (a front page, a section, a press room) links to.

By one's own eyes (`finding`), or by the CSS selectors that an operator gave for a page whose make they get wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.addresses import day_in
from services.scraper.parsing.cards import Card, PageLinks, date_of_element, read_card
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import MOST_ENTRIES, TITLE_CHARACTERS, language_code
from services.scraper.parsing.finding import FoundLink, found_links
from services.scraper.parsing.links import RefusedLink, link_key, resolved_link
from services.scraper.parsing.markup import Unwieldy, plain_line, text_of
from services.scraper.parsing.paging import older_page
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, Selectors, UnusableEntry
from services.scraper.parsing.selectors import WrongSelector, found_by
from services.scraper.parsing.trees import bounded_soup
from shared.kit.text import clip, one_line

__all__ = ["Entry", "NotAFeed", "ParsedFeed", "parse_listing"]

_OWN_EYES = Selectors()


@dataclass(frozen=True)
class _Page:
    soup: BeautifulSoup
    base: str
    url: str


def parse_listing(
    body: bytes, *, content_type: str = "", base_url: str, selectors: Selectors = _OWN_EYES
) -> ParsedFeed | NotAFeed:
    """Read the articles a listing page links to, in the page's order; never raises, whatever the bytes.

    Several links to one article are one entry, under the best of their texts. At most 1000 entries. A selector that
    finds nothing makes it a NotAFeed that names the selector.
    """
    markup = decode_body(body, content_type=content_type)
    if not markup.strip():
        return NotAFeed("The answer is empty.", "empty")
    try:
        soup = bounded_soup(markup)
        return _read(_Page(soup, _base_of(soup, base_url), base_url), selectors)
    except WrongSelector as wrong:
        return NotAFeed(str(wrong), "html")
    except Unwieldy as unwieldy:
        return NotAFeed(str(unwieldy), "broken")
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is no listing
        return NotAFeed(f"The page could not be read: {type(broken).__name__}.", "broken")


def _read(page: _Page, selectors: Selectors) -> ParsedFeed | NotAFeed:
    title = plain_line(page.soup.title.get_text()) if page.soup.title else ""
    root = page.soup.find("html")
    language = language_code(str(root.get("lang") or "")) if isinstance(root, Tag) else None
    older = older_page(page.soup, page.base, page.url)
    unusable: list[UnusableEntry] = []
    if selectors.item or selectors.link:
        found = _selected(page, selectors, unusable)
    else:
        found = found_links(page.soup, page.base, page.url)
    found = _overruled(found, selectors)
    if not found and not unusable:
        return NotAFeed("The page links to no articles of its own site; it may need JavaScript.", "html")
    entries = {link_key(link.url): _entry(link) for link in reversed(found)}
    return ParsedFeed(
        title=clip(title, TITLE_CHARACTERS),
        kind="page",
        entries=tuple(entries.values())[::-1][:MOST_ENTRIES],
        unusable=tuple(unusable),
        dialect="HTML listing",
        older=older,
        language=language,
    )


def _base_of(soup: BeautifulSoup, base_url: str) -> str:
    tag = soup.find("base", href=True)
    try:
        return resolved_link(str(tag["href"]), base_url) if isinstance(tag, Tag) else base_url
    except RefusedLink:
        return base_url


def _entry(link: FoundLink) -> Entry:
    published = link.card.published or day_in(link.url)
    return Entry(url=link.url, title=clip(link.card.title, TITLE_CHARACTERS), published=published)


def _selected(page: _Page, selectors: Selectors, unusable: list[UnusableEntry]) -> list[FoundLink]:
    """Return the links that the selectors for items and links find. Raises WrongSelector."""
    pairs: list[tuple[Tag, Tag | None]]
    if not selectors.item:
        pairs = [(tag, None) for tag in _links_in(page.soup, selectors.link)]
    else:
        items = found_by(selectors.item, page.soup, name="item", limit=MOST_ENTRIES)
        if not items:
            raise WrongSelector(f"The item selector “{selectors.item}” finds nothing on the page.")
        pairs = [(tag, item) for item in items if (tag := _link_of(item, selectors.link)) is not None]
    if not pairs:
        named = f"link selector “{selectors.link}”" if selectors.link else f"item selector “{selectors.item}”"
        raise WrongSelector(f"The {named} finds no link on the page.")
    links = PageLinks(page.soup, page.base)
    found: list[FoundLink] = []
    for tag, item in pairs:
        element = item or links.around(tag)
        card = read_card(tag, element, month_first=links.month_first)
        try:
            found.append(FoundLink(resolved_link(str(tag["href"]), page.base), card, element))
        except RefusedLink as refused:
            chosen = _first(selectors.title, element, "title")
            title = one_line(text_of(chosen)) if chosen is not None else card.title
            unusable.append(UnusableEntry(clip(title, TITLE_CHARACTERS), str(refused)))
    return found


def _links_in(within: Tag, selector: str) -> list[Tag]:
    chosen = (_anchor_of(tag) for tag in found_by(selector, within, name="link", limit=MOST_ENTRIES))
    return [tag for tag in chosen if tag is not None]


def _link_of(item: Tag, selector: str) -> Tag | None:
    if selector:
        return next(iter(_links_in(item, selector)), None)
    anchors = [item] if item.name == "a" and item.get("href") else item.find_all("a", href=True, limit=20)
    return max(anchors, key=lambda tag: len(one_line(tag.get_text(" "))), default=None)


def _anchor_of(tag: Tag) -> Tag | None:
    """Return the link that an element is, holds, or stands in."""
    if tag.name == "a" and tag.get("href"):
        return tag
    within = tag.find("a", href=True) or tag.find_parent("a", href=True)
    return within if isinstance(within, Tag) else None


def _overruled(found: list[FoundLink], selectors: Selectors) -> list[FoundLink]:
    """Put titles and dates where the selectors for them point. Raises WrongSelector for one that finds nothing."""
    if not found or not (selectors.title or selectors.date):
        return found
    titles = [_first(selectors.title, link.element, "title") for link in found]
    dates = [_first(selectors.date, link.element, "date") for link in found]
    for name, selector, chosen in (("title", selectors.title, titles), ("date", selectors.date, dates)):
        if selector and not any(chosen):
            raise WrongSelector(f"The {name} selector “{selector}” finds nothing in any of {len(found)} items.")
    return [_with(link, title, date) for link, title, date in zip(found, titles, dates, strict=True)]


def _first(selector: str, within: Tag, name: str) -> Tag | None:
    return next(iter(found_by(selector, within, name=name, limit=1)), None) if selector else None


def _with(link: FoundLink, title: Tag | None, date: Tag | None) -> FoundLink:
    words = one_line(text_of(title)) if title is not None else ""
    moment = date_of_element(date) if date is not None else None
    return FoundLink(link.url, Card(words or link.card.title, True, moment or link.card.published), link.element)  # noqa: FBT003
