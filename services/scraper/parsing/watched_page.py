"""A single page that is watched for change: all of it is one entry, and its words are its content."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import CONTENT_CHARACTERS, TITLE_CHARACTERS, language_code
from services.scraper.parsing.links import first_link
from services.scraper.parsing.markup import Unwieldy, drop_elements, text_of, tidy_lines
from services.scraper.parsing.page import readable_article
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, ReadablePage, Selectors
from services.scraper.parsing.selectors import WrongSelector, found_by
from services.scraper.parsing.trees import bounded_soup
from services.scraper.parsing.walls import nature_of
from shared.kit.text import clip, one_line

_OWN_EYES = Selectors()
_FEWEST_CHARACTERS = 20  # of a page's words; less is an empty frame
_ARTICLE_SHARE = 0.5  # of the page's visible words; an "article" with less is a notice beside the table that counts
_TABLE_SHARE = 0.3  # of the page's words; then its rows are what counts, each on a line of its own
_MOST_ELEMENTS_OF_A_SELECTOR = 1000
_AROUND = frozenset({"nav", "footer", "header", "aside"})
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search"})
# Lines that change with every visit and say nothing: counters and clocks of government sites.
_RESTLESS = re.compile(
    r"(?:visitors?|hits?|page views?|views)\s*(?:count(?:er)?|no\.?|number|today|online)?\s*[:\-–]?\s*[\d,. ]+$|"
    r"(?:you are visitor|visitor no|last (?:updated|modified|reviewed)(?: on)?|page (?:last )?updated(?: on)?|"
    r"server time|current (?:time|date)|today is|generated (?:on|at|in)|copyright|©)\b.*|"
    r"(?:просмотр(?:ов|ы)|посетител(?:ей|и)|последнее обновление|обновлено|сегодня|текущее время)\s*[:\-–]?.*\d.*|"
    r"(?:आगंतुक|विज़िटर|अंतिम अद्यतन|अंतिम अपडेट)\D*\d.*|"
    r"\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]m)?$",
    re.IGNORECASE,
)
_LONGEST_RESTLESS_CHARACTERS = 120


def read_watched_page(
    body: bytes, *, content_type: str = "", base_url: str, selectors: Selectors = _OWN_EYES
) -> ParsedFeed | NotAFeed:
    """Read a page as one entry; never raises, whatever the bytes.

    Its words are those of the element that the `text` selector finds, else the article's, else all that is visible:
    a table of agreements in force is no article. A row of a table is a line. The entry has no date of publication:
    what is news of it is its change.
    """
    try:
        return _read(body, content_type, base_url, selectors)
    except WrongSelector as wrong:
        return NotAFeed(str(wrong), "html")
    except Unwieldy as unwieldy:
        return NotAFeed(str(unwieldy), "broken")
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is unreadable
        return NotAFeed(f"The page could not be read: {type(broken).__name__}.", "broken")


def _read(body: bytes, content_type: str, base_url: str, selectors: Selectors) -> ParsedFeed | NotAFeed:
    markup = decode_body(body, content_type=content_type)
    soup = bounded_soup(markup)
    article = readable_article(body, content_type=content_type, url=base_url)
    if selectors.text:
        words = _selected(soup, selectors.text)
    else:
        words = _words(soup, article.text if isinstance(article, ReadablePage) else "")
    if len(words) < _FEWEST_CHARACTERS:
        nature = nature_of(markup)
        return NotAFeed(f"The page has no words to watch: it is {nature.words}.", nature.found)
    title = article.title if isinstance(article, ReadablePage) else ""
    root = soup.find("html")
    entry = Entry(
        url=first_link([base_url], base_url) or base_url,
        title=clip(title or _title(soup, words), TITLE_CHARACTERS),
        content=clip(words, CONTENT_CHARACTERS),
        whole=True,
    )
    language = language_code(str(root.get("lang") or "")) if isinstance(root, Tag) else None
    return ParsedFeed(entry.title, "watch", (entry,), dialect="Watched page", language=language)


def _selected(soup: BeautifulSoup, selector: str) -> str:
    chosen = found_by(selector, soup, name="text", limit=_MOST_ELEMENTS_OF_A_SELECTOR)
    if not chosen:
        raise WrongSelector(f"The text selector “{selector}” finds nothing on the page.")
    return _settled("\n\n".join(_lines_of(element) for element in chosen))


def _words(soup: BeautifulSoup, article: str) -> str:
    settled = _settled(article)
    tables = sum(len(table.get_text()) for table in soup.find_all("table") if table.find_parent("table") is None)
    is_tabular = tables >= _TABLE_SHARE * len(soup.get_text())
    drop_elements(soup, lambda tag: tag.name in _AROUND or tag.get("role") in _ROLES)
    visible = _settled(_lines_of(soup))
    return visible if is_tabular or len(settled) < _ARTICLE_SHARE * len(visible) else settled


def _lines_of(root: Tag) -> str:
    """Return the words under an element, each innermost row of a table on a line of its own."""
    for row in root.find_all("tr"):
        if row.find("tr") is None:
            cells = (one_line(text_of(cell)) for cell in row.find_all(["td", "th"], recursive=False))
            line = " | ".join(filter(None, cells))
            row.clear()
            row.append(NavigableString(line))
    return text_of(root)


def _settled(words: str) -> str:
    lines = words.split("\n")
    kept = (line for line in lines if len(line) > _LONGEST_RESTLESS_CHARACTERS or not _RESTLESS.match(line.strip()))
    return tidy_lines("\n".join(kept))


def _title(soup: BeautifulSoup, words: str) -> str:
    heading = soup.find(["h1", "h2"])
    stated = (soup.title, heading if isinstance(heading, Tag) else None)
    spoken = (one_line(tag.get_text(" ")) for tag in stated if tag is not None)
    return next(filter(None, spoken), words.partition("\n")[0])
