"""The card around a link of a listing page: the headline, the date, and how it is built."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from services.scraper.parsing.addresses import is_no_article
from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.links import first_link
from services.scraper.parsing.markup import SILENT_TAGS, text_of
from shared.kit.text import one_line

_MOST_LINKS = 5000  # the longest real listing has 1200
_LEVELS_INDEXED = 14
_CARD_LEVELS = 6  # how far above a link its date and its headline may stand
_MOST_LINKS_IN_A_CARD = 12
_MOST_NODES_LOOKED_AT = 300
_SHORTEST_TITLE_CHARACTERS = 15  # of another link within: a section's or a tag's name is shorter
_LONGEST_DATE_LINE_CHARACTERS = 90
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STOPS = frozenset({"body", "html", "main", "[document]", "table", "tbody"})
# Words that only ask to read on: whole, or at the start of a short line. "More Indian students …" is a headline.
_ONLY_MORE = re.compile(
    r"[\W\d_]*(?:(?:read|more|details|here|link|view|share|comments?|video|photos?|full (?:story|text|article)|"
    r"далее|ещ[её]|фото|видео|ссылка|полный текст|आगे|देखें)[\W\d_]*)?",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:read|learn|see|view|find out|load|show)\s+(?:more|full|all|details)\b|continue reading|click here|"
    r"download\b|pdf\b|leave a comment|\d+\s+comments?\b|подробнее|читать (?:далее|полностью|весь|больше|ещ[её])|"
    r"скачать|और पढ़ें|और देखें|आगे पढ़ें|पूरा पढ़ें|पूरी खबर|विस्तार से|यहाँ क्लिक",
    re.IGNORECASE,
)
_LONGEST_MORE_CHARACTERS = 60
_DATE_NAME = re.compile(
    r"(?:^|[-_\s])(?:date|time|datetime|posted|published|publish|pubdate|created|updated|stamp|timestamp|meta|info|data|day)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_TITLE_NAME = re.compile(r"(?:^|[-_\s])(?:title|headline|heading|head|caption|name|subject)(?:$|[-_\s])", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MOMENT_ATTRIBUTES = ("datetime", "data-unixtime", "data-timestamp", "data-time", "data-date", "data-published")
_UNIX_SECONDS = re.compile(r"1\d{9}(?:\d{3})?\Z")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE_WITHIN = re.compile(
    r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d(?:,?\s+\d{1,2}:\d\d)?"
    r"|\b\d{1,2}(?:st|nd|rd|th)?[\s-]+[^\W\d]{3,9}\S{0,3}[.,]?[\s-]+20\d\d\b.{0,20}"
    r"|\b[^\W\d_]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+20\d\d\b.{0,20}"
)


@dataclass(frozen=True)
class Card:
    """What stands around one link: its title (and whether it is set as one) and when it says it was published."""

    title: str
    is_set: bool
    published: datetime | None


def names_of(element: Tag) -> str:
    """Return an element's classes and id as words, `leftMenu` as two."""
    classes = element.get("class")
    named = " ".join([*(classes if isinstance(classes, list) else [str(classes or "")]), str(element.get("id") or "")])
    return _CAMEL.sub("-", named)


class PageLinks:
    """The links of one page: where each leads, and what stands around it. The tree must not change meanwhile."""

    def __init__(self, soup: BeautifulSoup, base: str) -> None:
        self.anchors = soup.find_all("a", href=True, limit=_MOST_LINKS)
        self.month_first = writes_month_first(soup.get_text(" "))
        self._urls = {id(tag): url for tag in self.anchors if (url := first_link([str(tag["href"])], base)) is not None}
        self._named: dict[int, bool] = {}
        self._under: dict[int, list[Tag]] = defaultdict(list)
        for tag in self.anchors:
            for element in [tag, *islice(tag.parents, _LEVELS_INDEXED)]:
                if len(self._under[id(element)]) < _MOST_LINKS_IN_A_CARD:
                    self._under[id(element)].append(tag)

    def url_of(self, tag: Tag) -> str | None:
        """Return where the link leads, None where we may not go."""
        return self._urls.get(id(tag))

    def around(self, tag: Tag) -> Tag:
        """Return the largest element around the link that speaks of no other article."""
        own, card = self.url_of(tag), tag
        for parent in islice(tag.parents, _CARD_LEVELS):
            others = self._under[id(parent)]
            if parent.name in _STOPS or len(others) == _MOST_LINKS_IN_A_CARD:
                break
            if any(self.url_of(other) != own and self._leads_to_another(other) for other in others):
                break
            card = parent
        return card

    def _leads_to_another(self, tag: Tag) -> bool:
        """Tell whether a link may be another article's: it leads to none of the site's offices, and has a name."""
        known = self._named.get(id(tag))
        if known is None:
            url, words = self.url_of(tag), one_line(tag.get_text(" "))
            known = len(words) > _SHORTEST_TITLE_CHARACTERS and not is_more(words)
            self._named[id(tag)] = known = known and url is not None and not is_no_article(url)
        return known


def read_card(tag: Tag, card: Tag, *, month_first: bool = False) -> Card:
    """Return what the card says of its link; `month_first` as `writes_month_first` tells of the page."""
    title, is_set = _title_of(tag, card)
    return Card(title, is_set, date_near(card, tag, month_first=month_first))


def writes_month_first(words: str) -> bool:
    """Tell whether a page's dates with slashes can only be month/day/year: one of them has a "month" above 12."""
    dates = _SLASHED.findall(words)
    return any(int(second) > 12 for _, second, _ in dates) and not any(int(first) > 12 for first, _, _ in dates)


def is_more(words: str) -> bool:
    """Tell whether a link's words only ask to read on, or name a file."""
    if _ONLY_MORE.fullmatch(words):
        return True
    return len(words) < _LONGEST_MORE_CHARACTERS and _MORE.match(words) is not None


def _title_of(tag: Tag, card: Tag) -> tuple[str, bool]:
    inner = _set_title(tag)
    own = inner or _undated_words(tag)
    if own and not is_more(own):
        return own, bool(inner) or _is_set_as_title(tag)
    above = _set_title(card)
    if above and not is_more(above):
        return above, True
    image = tag.find("img", alt=True)
    spoken = (tag.get("title"), tag.get("aria-label"), image.get("alt") if isinstance(image, Tag) else "")
    return next((line for line in map(one_line, (str(words or "") for words in spoken)) if line), ""), False


def _is_set_as_title(tag: Tag) -> bool:
    around = [tag, *islice(tag.parents, 2)]
    return any(element.name in _HEADINGS or _TITLE_NAME.search(names_of(element)) for element in around)


def _set_title(within: Tag) -> str:
    """Return the words of the heading in an element, else of what is named a title."""
    heading = within.find(_HEADINGS)
    if isinstance(heading, Tag) and (words := _undated_words(heading)):
        return words
    for element in islice(within.find_all(), 40):
        if _TITLE_NAME.search(names_of(element)) and (words := _undated_words(element)):
            return words
    return ""


def _undated_words(tag: Tag) -> str:
    """Return an element's words on one line, without the dates and times that stand in elements of their own."""
    if tag.find(_tells_time) is None:
        return one_line(text_of(tag))
    words = (str(node) for node in tag.descendants if _is_said(node) and not _within_time(node, tag))
    return one_line(" ".join(words))


def _is_said(node: object) -> bool:
    if not isinstance(node, NavigableString) or isinstance(node, PreformattedString):
        return False
    return node.parent is None or node.parent.name not in SILENT_TAGS


def _within_time(node: object, root: Tag) -> bool:
    parent = getattr(node, "parent", None)
    while isinstance(parent, Tag) and parent is not root:
        if _tells_time(parent):
            return True
        parent = parent.parent
    return False


def _tells_time(tag: Tag) -> bool:
    return tag.name == "time" or _DATE_NAME.search(names_of(tag)) is not None


def date_near(card: Tag, link: Tag, *, month_first: bool = False) -> datetime | None:
    """Return the date a card states: in a time element, in one named for it, or in a line of its own.

    A date within the headline is not taken: it is the event's.
    """
    timed = [element for element in islice(card.find_all(), _MOST_NODES_LOOKED_AT) if _tells_time(element)]
    timed.sort(key=lambda element: element.name != "time")
    for element in [card, *timed]:
        said = "" if element is card else one_line(element.get_text(" "))
        if moment := _by_attribute(element) or _in_line(said, month_first=month_first):
            return moment
    nodes = islice(card.descendants, _MOST_NODES_LOOKED_AT)
    strings = (node for node in nodes if isinstance(node, NavigableString) and _YEAR.search(node) and _is_said(node))
    lines = (one_line(str(node)) for node in strings if not _is_within(node, link))
    return next(filter(None, (_in_line(line, month_first=month_first) for line in lines)), None)


def _is_within(node: NavigableString, link: Tag) -> bool:
    return any(parent is link for parent in node.parents)  # `in` would compare whole trees


def _by_attribute(element: Tag) -> datetime | None:
    for name in _MOMENT_ATTRIBUTES:
        stated = str(element.get(name) or "").strip()
        if _UNIX_SECONDS.match(stated):
            return datetime.fromtimestamp(int(stated[:10]), UTC)
        if stated and (moment := parse_date(stated)):
            return moment
    return None


def _in_line(line: str, *, month_first: bool) -> datetime | None:
    return stated_date(line, month_first=month_first) if 6 <= len(line) <= _LONGEST_DATE_LINE_CHARACTERS else None


def stated_date(words: str, *, month_first: bool = False) -> datetime | None:
    """Return the moment that a short line states, also with words around the date ("Posted on: 9 Dec 2025")."""
    if month_first:
        words = _SLASHED.sub(r"\2/\1/\3", words)
    found = _DATE_WITHIN.search(words)
    if found is None:
        return None
    return parse_date(found.group(0).strip(" ,;|-–—()")) or parse_date(found.group(0)[:40].partition(" | ")[0])


def date_of_element(element: Tag) -> datetime | None:
    """Return the moment that an element named by a selector states."""
    within = element if element.name == "time" else element.find("time")
    named = _by_attribute(within) if isinstance(within, Tag) else None
    words = one_line(element.get_text(" "))
    return named or _by_attribute(element) or parse_date(words) or stated_date(words)
