"""An article's page read into its words and facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from services.scraper.parsing.article_text import Extracted, article_text
from services.scraper.parsing.blocks import outline_of, tree_of
from services.scraper.parsing.cleaning import cleaned, leading_date
from services.scraper.parsing.credits import agency_of, dateline_of
from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body, is_binary
from services.scraper.parsing.invisible import without_invisible
from services.scraper.parsing.markup import Unwieldy, tidy_lines
from services.scraper.parsing.obstacles import obstacle_of
from services.scraper.parsing.page_facts import PageFacts
from services.scraper.parsing.results import ReadablePage, Unreadable
from services.scraper.parsing.sniffing import binary_name
from services.scraper.parsing.walls import nature_of
from shared.kit.text import clip, comparison_key

__all__ = ["ReadablePage", "Unreadable", "readable_article"]

_SHORTEST_ARTICLE_CHARACTERS = 60  # agencies' flashes are one sentence; less than that is a label
_LONGEST_TEXT_CHARACTERS = 500_000
_LONGEST_MARKUP_CHARACTERS = 5_000_000  # a second of work; the largest live page in the field has 1.3 million
_LOST_SHARE = 0.1  # of the characters could not be decoded: the words are not to be trusted
_OTHER_MEDIA = ("image/", "audio/", "video/", "font/", "application/pdf")


def readable_article(
    body: bytes, *, content_type: str = "", url: str, text_selector: str = ""
) -> ReadablePage | Unreadable:
    """Read an article's page; never raises, whatever the bytes. `url` is the page's own final address.

    `text_selector` is a CSS selector of the element that holds the article's words; one that finds nothing, or is not
    understood, is left aside.
    """
    if _is_other_medium(body, content_type):
        stated = content_type.partition(";")[0].strip()
        return Unreadable(f"The page is not HTML ({stated or 'by its first bytes'}).", "not_html")
    markup = decode_body(body, content_type=content_type)[:_LONGEST_MARKUP_CHARACTERS]
    try:
        return _read(markup, content_type, url, text_selector)
    except Unwieldy as unwieldy:
        return Unreadable(str(unwieldy))
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is unreadable
        return Unreadable(f"The page could not be read: {type(broken).__name__}.")


def _is_other_medium(body: bytes, content_type: str) -> bool:
    if content_type.strip().lower().startswith(_OTHER_MEDIA):
        return True
    return binary_name(body[:64]) is not None or is_binary(body)


def _read(markup: str, content_type: str, url: str, text_selector: str) -> ReadablePage | Unreadable:
    if content_type.strip().lower().startswith("text/plain") and "<" not in markup[:1000]:
        text = tidy_lines(without_invisible(markup))
        return _judged(_with_words(ReadablePage(title="", text="", published=_crumb_date(text)), text), markup)
    tree = tree_of(markup)
    facts = PageFacts(tree, url)
    page = _with_facts(facts)
    asks_password = tree.css_first('input[type="password" i]') is not None
    selected = _selected(tree, text_selector)
    found = article_text(markup, outline_of(tree, selected))
    page = replace(page, published=page.published or _date_beside(found, facts, markup, url))
    return _judged(_with_words(page, found.text), markup, asks_password=asks_password)


def _selected(tree: LexborHTMLParser, selector: str) -> LexborNode | None:
    if not selector.strip():
        return None
    try:
        return tree.css_first(selector)
    except (SelectolaxError, ValueError):  # an operator's slip must not cost the article
        return None


def _with_facts(facts: PageFacts) -> ReadablePage:
    return ReadablePage(
        title=facts.title(),
        text="",
        published=facts.published(),
        language=facts.language(),
        site_name=facts.site_name(),
        canonical_url=facts.canonical_url(),
        author=facts.author(),
        image_url=facts.image_url(),
    )


def _with_words(page: ReadablePage, text: str) -> ReadablePage:
    words = cleaned(_without_title(text, page.title))
    return replace(
        page,
        text=clip(words.text, _LONGEST_TEXT_CHARACTERS),
        dropped=words.dropped,
        dateline=dateline_of(words.text),
        agency=agency_of(words.text, author=page.author, dropped=words.dropped),
    )


def _without_title(text: str, title: str) -> str:
    """Drop a first paragraph that only repeats the title, if anything follows it."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest.strip() and title and comparison_key(first) == comparison_key(title) else text


def _judged(page: ReadablePage, markup: str, *, asks_password: bool = False) -> ReadablePage | Unreadable:
    """Return the page, or what it is where there is no article on it."""
    if page.text.count("\ufffd") > _LOST_SHARE * len(page.text):
        return Unreadable("The page is no text in any encoding that we know.", "not_html")
    obstacle = obstacle_of(page.title, page.text, asks_password=asks_password)
    if obstacle:
        return Unreadable(obstacle.reason, obstacle.kind)
    if len(page.text) < _SHORTEST_ARTICLE_CHARACTERS:
        return _without_article(markup)
    return page


def _without_article(markup: str) -> Unreadable:
    nature = nature_of(markup)
    if nature.found == "wall":
        return Unreadable(f"A wall stands where the article should be: it is {nature.words}.", "wall")
    if nature.found == "login":
        return Unreadable("A login page stands where the article should be.", "login")
    return Unreadable("The page holds no article text; it may need JavaScript.", "empty")


def _crumb_date(text: str) -> datetime | None:
    return parse_date(leading_date(text))


def _date_beside(found: Extracted, facts: PageFacts, markup: str, url: str) -> datetime | None:
    """Look for the date where pages without data for machines have it: before the text, beside it, in the address."""
    return _crumb_date(found.text) or facts.published_by(found.above) or _by_htmldate(markup, url)


def _by_htmldate(markup: str, url: str) -> datetime | None:
    """Ask htmldate (part of trafilatura) last; not its guesses from running text, which are dates of other things."""
    from htmldate import find_date  # with trafilatura's own cost: only in the process that reads pages

    try:
        found = find_date(
            markup[:500_000], extensive_search=False, original_date=True, outputformat="%Y-%m-%d", url=url
        )
    except Exception:  # noqa: BLE001  a library reading hostile bytes; without a date the article is still an article
        return None
    return parse_date(found)
