"""The next page of a list: the one with older articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.links import RefusedLink, link_key, resolved_link, site_of
from shared.kit.text import one_line

_MOST_LINKS = 5000
_OLDER_WORDS = re.compile(
    r"(?:(?:go to )?(?:the )?(?:next|older)(?: (?:page|posts?|entries|news|articles|stories|results))?|"
    r"(?:load|show|view) more(?: (?:posts|news|articles|stories|results))?|more (?:news|stories|articles|posts)|"
    r"далее|вперед|вперёд|дальше|след(?:ующая|ующие|\.)?(?: страница| новости)?|раньше|ранее|"
    r"предыдущие (?:события|новости|записи)|"
    r"старые записи|более (?:ранние|старые)(?: (?:новости|записи))?|(?:показать|загрузить) ещ[её](?: новости)?|"
    r"ещ[её](?: новости)?|"
    r"अगला|अगले|अगला पृष्ठ|अगला पेज|पुराने(?: समाचार| पोस्ट)?|पुरानी खबरें|और देखें|और खबरें)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\s›»>→⟩❯❭▶►«‹<←…|.\-]+")
_FORWARD = frozenset({"›", ">", "→", "⟩", "❯", "❭", "▶", "►"})
_DOUBLE_FORWARD = frozenset({"»", ">>", "››"})
_PAGE_NAME = re.compile(
    r"(?:page|pg|p|paged|pagen_\d+|start|offset|index|pageno|page_no|pageindex|currentpage)\Z", re.IGNORECASE
)
_PAGE_STEP = re.compile(r"/(?:page|p|stranitsa)[/-]?(\d{1,5})(?:/|$)|[-_]page-?(\d{1,5})(?:\.\w+)?$", re.IGNORECASE)
_NEXT_CLASS = re.compile(r"(?:^|[-_\s])next(?:$|[-_\s])", re.IGNORECASE)


def older_page(soup: BeautifulSoup, base: str, page_url: str) -> str | None:
    """Return the address of the next page of the list, None without one.

    By rel=next, by a link's words or sign ("Older posts", "Далее", "›"), by the number that follows this page's.
    Read it before the menus are taken out of the tree. It lies on the same site, and is not the page itself.
    """
    try:
        return next(_candidates(soup, base, page_url), None)
    except ValueError:
        return None


def _candidates(soup: BeautifulSoup, base: str, page_url: str) -> Iterator[str]:
    links = [
        (tag, url)
        for tag in soup.find_all(["a", "link"], href=True, limit=_MOST_LINKS)
        if (url := _page_of_the_list(tag, base, page_url)) is not None
    ]
    yield from (url for tag, url in links if "next" in _relations(tag))
    anchors = [(tag, url) for tag, url in links if tag.name == "a"]
    yield from (url for tag, url in anchors if _says_older(tag))
    here = _number_of(page_url)
    yield from (url for tag, url in anchors if _follows(tag, url, here))
    yield from (url for tag, url in anchors if _is_sign(tag, _FORWARD) or _has_next_class(tag, url))
    yield from (url for tag, url in anchors if _is_sign(tag, _DOUBLE_FORWARD) and _number_of(url) is not None)


def _page_of_the_list(tag: Tag, base: str, page_url: str) -> str | None:
    try:
        url = resolved_link(str(tag["href"]), base)
    except RefusedLink:
        return None
    there, here = urlsplit(url), urlsplit(page_url)
    is_same_site = site_of(there.hostname or "") == site_of(here.hostname or "")
    return url if is_same_site and link_key(url) != link_key(page_url) else None


def _relations(tag: Tag) -> list[str]:
    stated = tag.get("rel")
    return [str(one).lower() for one in (stated if isinstance(stated, list) else [stated])]


def _says_older(tag: Tag) -> bool:
    said = (tag.get_text(" "), str(tag.get("aria-label") or ""), str(tag.get("title") or ""))
    return any(_OLDER_WORDS.fullmatch(_SIGNS.sub(" ", one_line(words)[:60]).strip()) for words in said)


def _is_sign(tag: Tag, signs: frozenset[str]) -> bool:
    return one_line(tag.get_text(" ")[:20]) in signs


def _has_next_class(tag: Tag, url: str) -> bool:
    """Tell whether a link is named for going on, and leads to a numbered page: a slider's arrow leads nowhere."""
    classes = tag.get("class")
    named = " ".join(classes) if isinstance(classes, list) else str(classes or "")
    return _NEXT_CLASS.search(named) is not None and _number_of(url) is not None


def _follows(tag: Tag, url: str, here: int | None) -> bool:
    """Tell whether a link names the page after this one; the first page often has no number in its own address."""
    words = one_line(tag.get_text(" ")[:12])
    number = _number_of(url)
    if number is None or not words.isascii() or not words.isdigit():
        return False
    if here is not None:
        return number == here + 1
    return words == "2" and number in (1, 2)  # some count from nought


def _number_of(url: str) -> int | None:
    """Return the page number that an address names."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if _PAGE_NAME.match(name) and value.isascii() and value.isdigit() and len(value) <= 6:
            return int(value)
    found = _PAGE_STEP.search(parts.path)
    return int(found.group(1) or found.group(2)) if found else None
