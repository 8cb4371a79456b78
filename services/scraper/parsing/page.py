"""An article's page read into its words and facts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bs4 import BeautifulSoup

from services.scraper.parsing.article_text import article_text
from services.scraper.parsing.cleaning import clean_text, leading_date
from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.markup import soup_of, tidy_lines
from services.scraper.parsing.page_facts import PageFacts
from services.scraper.parsing.results import ReadablePage, Unreadable
from shared.kit.text import clip, comparison_key

__all__ = ["ReadablePage", "Unreadable", "readable_article"]

_SHORTEST_ARTICLE_CHARACTERS = 60  # agencies' flashes are one sentence; less than that is a label
_LONGEST_TEXT_CHARACTERS = 500_000
_INTERSTITIAL_CHARACTERS = 1500  # a wall's own text is short; an article that mentions one is not
_INTERSTITIAL = re.compile(
    r"enable javascript|javascript is (?:disabled|required)|checking your browser|verify(?:ing)? (?:that )?you are "
    r"(?:a )?human|are you a robot|access denied|captcha|ddos protection|just a moment|unusual traffic|"
    r"включите javascript|проверка браузера|доступ (?:к ресурсу )?(?:ограничен|запрещ[её]н)|вы не робот",
    re.IGNORECASE,
)
_BINARY_STARTS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"RIFF", b"\x1f\x8b", b"\0\0\0")


def readable_article(body: bytes, *, content_type: str = "", url: str) -> ReadablePage | Unreadable:
    """Read an article's page; never raises, whatever the bytes. `url` is the page's own final address."""
    if body.startswith(_BINARY_STARTS) or _is_other_medium(content_type):
        return Unreadable(f"The page is not HTML ({content_type.partition(';')[0].strip() or 'by its first bytes'}).")
    markup = decode_body(body, content_type=content_type)
    try:
        page = _read(markup, content_type, url)
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is unreadable
        return Unreadable(f"The page could not be read: {type(broken).__name__}.")
    if len(page.text) < _SHORTEST_ARTICLE_CHARACTERS:
        return Unreadable("The page holds no article text; it may need JavaScript.")
    if len(page.text) < _INTERSTITIAL_CHARACTERS and _INTERSTITIAL.search(f"{page.title}\n{page.text}"):
        return Unreadable("The page shows a wall (a robot check or a call for JavaScript) instead of the article.")
    return page


def _is_other_medium(content_type: str) -> bool:
    return content_type.strip().lower().startswith(("image/", "audio/", "video/", "font/", "application/pdf"))


def _read(markup: str, content_type: str, url: str) -> ReadablePage:
    if content_type.strip().lower().startswith("text/plain") and "<" not in markup[:1000]:
        text = tidy_lines(markup)
        return ReadablePage(
            title="", text=clip(clean_text(text), _LONGEST_TEXT_CHARACTERS), published=_crumb_date(text)
        )
    soup = soup_of(markup)
    page = _with_facts(soup, url)
    text = _without_title(article_text(markup, soup), page.title)
    published = page.published or _crumb_date(text) or _by_htmldate(markup, url)
    words = clip(clean_text(text), _LONGEST_TEXT_CHARACTERS)
    return replace(page, text=words, published=published)


def _with_facts(soup: BeautifulSoup, url: str) -> ReadablePage:
    facts = PageFacts(soup, url)
    return ReadablePage(
        title=facts.title(),
        text="",
        published=facts.published(),
        language=facts.language(),
        site_name=facts.site_name(),
        canonical_url=facts.canonical_url(),
        author=facts.author(),
    )


def _without_title(text: str, title: str) -> str:
    """Drop a first paragraph that only repeats the title, if anything follows it."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and title and comparison_key(first) == comparison_key(title) else text


def _crumb_date(text: str) -> datetime | None:
    return parse_date(leading_date(text))


def _by_htmldate(markup: str, url: str) -> datetime | None:
    """Ask htmldate (part of trafilatura) last; not its guesses from running text, which are dates of other things."""
    from htmldate import find_date  # with trafilatura's own cost: only in the process that reads pages

    try:
        found = find_date(
            markup[:1_000_000], extensive_search=False, original_date=True, outputformat="%Y-%m-%d", url=url
        )
    except Exception:  # noqa: BLE001  a library reading hostile bytes; without a date the article is still an article
        return None
    return parse_date(found)
