"""Which links of a page are articles, judged by one's own eyes: no recipe per site.

An article's link lies on the same site, reads like a headline, has an address that looks like an article's, often
stands beside a date, and stands among others of the same make. Each of these counts some points; a link is judged with
its group, and a group against the best of the page, so that a menu of long names beside a list of news is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.addresses import Marks, make_of_address, marks_of, may_be_article
from services.scraper.parsing.cards import Card, PageLinks, is_more, names_of, read_card
from services.scraper.parsing.links import link_key
from services.scraper.parsing.markup import drop_elements
from shared.kit.text import one_line

_OUTER_NOISE = ("nav", "footer", "aside", "menu")
_SILENT = ("script", "style", "noscript", "template", "svg", "iframe", "select", "button")
_NOISE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "menu", "menubar"})
_NOISE_NAME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|\w*menus?|mnu\w*|\w*footer|breadcrumbs?|crumbs|share|social|pagination|paging|"
    r"pager|login|signup|sign-in|subscribe|newsletter|cookies?|consent|tags?|tag-?cloud|lang(?:uage)?s?|skip|top-?bar|"
    r"copyright|quick-?links?|tree-?view|masthead|site-?header|top-?strip|breaking-?bar|calendar|banners?)(?:$|[-_\s])",
    re.IGNORECASE,
)
# Names of pages that every office has, and none is news.
_OFFICE = re.compile(
    r"\b(?:polic(?:y|ies)|terms|disclaimer|grievance|redressal|charter|mission|vision|about|contacts?|ethics|copyrights?|"
    r"privacy|cookies?|accessibility|structure|organi[sz]ation|members?|membership|faq|careers?|vacanc(?:y|ies)|"
    r"tenders?|site ?map|advertise|editorial team|newsletters?|subscriptions?|download|centres?|departments?|our team|"
    r"overview|archive|all (?:news|stories|releases|posts))\b|"
    r"\b(?:правила|политика конфиденциальности|о (?:нас|проекте|компании|комиссии|редакции)|контакты|реклама|"
    r"вакансии|структура|противодействие|обязанности|персональных данных|обратная связь|"
    r"использование материалов|архив)\b|"
    r"गोपनीयता|संपर्क करें|हमारे बारे में|नियम और शर्तें",
    re.IGNORECASE,
)
_SECTION_QUERY = re.compile(r"[?&](?:menu_?id|cat(?:egory)?(?:_?id)?|section(?:_?id)?|tab|view)=", re.IGNORECASE)
_ALBUM = re.compile(r"/(?:photos?|videos?|gallery|galleries|infographics?|web-?stor(?:y|ies)|live)/", re.IGNORECASE)
_NAMING_QUERY = re.compile(r"[?&](?:\w*id|dtl|no|article|story|doc|news|n|p)=\w|\?\w+/", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")

_LEAST_POINTS = 2.4  # a lone link with a headline and hardly a mark in its address
_SHARE_OF_BEST = 0.5  # of the best group's points; a menu beside news has less
_SHORTEST_TITLE_CHARACTERS = 10
_HEADLINE_CHARACTERS, _HEADLINE_WORDS = 20, 4
_LONG_HEADLINE_CHARACTERS, _LONG_HEADLINE_WORDS = 45, 6
_LONGEST_TITLE_CHARACTERS = 200  # a longer one has swallowed the teaser under it


@dataclass(frozen=True)
class FoundLink:
    """A link taken for an article's: its address, what its card says, and the card itself."""

    url: str
    card: Card
    element: Tag


@dataclass(frozen=True)
class _Link:
    key: str
    found: FoundLink
    make: tuple[str, ...]
    points: float


def found_links(soup: BeautifulSoup, base: str, page_url: str) -> list[FoundLink]:
    """Return the links of the page that are articles, in the page's order, one for each address.

    Takes what is around the news (menus, footers, forms) out of the tree.
    """
    _drop_noise(soup)
    page = PageLinks(soup, base)
    links = [link for tag in page.anchors if (link := _link(tag, page, page_url)) is not None]
    chosen: dict[str, FoundLink] = {}
    for link in _chosen(links):
        known = chosen.get(link.key)
        chosen[link.key] = link.found if known is None else _better(known, link.found)
    return list(chosen.values())


def _drop_noise(soup: BeautifulSoup) -> None:
    half = len(soup.get_text()) / 2

    def unwanted(element: Tag) -> bool:
        if element.name in _SILENT:
            return True
        if element.name in ("html", "body", "main", "article", "a"):
            return False
        if element.name == "form":
            return not _holds_a_list(element)  # old sites are all one form, and Joomla puts its lists into one
        noisy = (
            element.name in _OUTER_NOISE
            or element.get("role") in _NOISE_ROLES
            or _NOISE_NAME.search(names_of(element)) is not None
        )
        return noisy and len(element.get_text()) < half  # "page-with-menu" is a page

    drop_elements(soup, unwanted)


def _holds_a_list(form: Tag) -> bool:
    links = form.find_all("a", href=True)
    return sum(len(link.get_text(strip=True)) >= _HEADLINE_CHARACTERS for link in links) >= 3


def _link(tag: Tag, page: PageLinks, page_url: str) -> _Link | None:
    url = page.url_of(tag)
    if url is None or not may_be_article(url, page_url) or _NOISE_NAME.search(names_of(tag)):
        return None
    element = page.around(tag)
    card = read_card(tag, element, month_first=page.month_first)
    if len(card.title) < _SHORTEST_TITLE_CHARACTERS or is_more(card.title):
        return None
    make = (*_make_of(tag), make_of_address(url).rpartition("/")[0] if marks_of(url) is Marks.NONE else "")
    return _Link(_key_of(url), FoundLink(url, card, element), make, _points(url, card))


def _key_of(url: str) -> str:
    """Return what two links to one article share: fronts add `?hpt=t1` to an address that is whole without it."""
    bare = url.partition("?")[0]
    return link_key(bare if marks_of(bare) is Marks.STRONG and not _NAMING_QUERY.search(url) else url)


def _make_of(tag: Tag) -> tuple[str, ...]:
    """Return how the link is built in: itself and three parents by name and first class, numbers made alike."""
    return tuple(
        _DIGITS.sub("#", f"{element.name}.{_first_class(element)}") for element in [tag, *islice(tag.parents, 3)]
    )


def _first_class(element: Tag) -> str:
    classes = element.get("class")
    return str(classes[0]) if isinstance(classes, list) and classes else ""


def _points(url: str, card: Card) -> float:
    words = card.title.split()
    title = -1.0 if len(card.title) < _HEADLINE_CHARACTERS and len(words) < 3 else 0.0
    if len(card.title) >= _LONG_HEADLINE_CHARACTERS or len(words) >= _LONG_HEADLINE_WORDS:
        title = 1.5
    elif len(card.title) >= _HEADLINE_CHARACTERS and len(words) >= _HEADLINE_WORDS:
        title = 1.0
    address = {Marks.NONE: 0.0, Marks.WEAK: 0.5, Marks.STRONG: 2.0}[marks_of(url)]
    unlike = 1.5 * bool(_OFFICE.search(card.title)) * (not card.published)
    unlike += bool(_SECTION_QUERY.search(url)) + bool(_ALBUM.search(url))
    return address + title + 1.5 * (card.published is not None) + 0.5 * card.is_set - unlike


def _chosen(links: list[_Link]) -> Iterable[_Link]:
    groups: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for link in links:
        groups[link.make][link.key] = max(link.points, groups[link.make].get(link.key, link.points))
    worth = {make: fmean(points.values()) + _for_size(len(points)) for make, points in groups.items()}
    best = max(worth.values(), default=0.0)
    for link in links:
        judged = (link.points + _for_size(len(groups[link.make])) + worth[link.make]) / 2
        if judged >= max(_LEAST_POINTS, _SHARE_OF_BEST * best):
            yield link


def _for_size(links: int) -> float:
    """Return what standing in a row counts: two may be chance, three are a list."""
    return 0.0 if links < 3 else 0.5 if links < 6 else 1.0


def _better(known: FoundLink, other: FoundLink) -> FoundLink:
    """Prefer a headline to a caption: what is set as a title, then the longer, unless it swallowed a teaser."""
    first, second = known.card, other.card
    if second.is_set and not first.is_set:
        title, is_set = second.title, True
    elif second.is_set == first.is_set and len(first.title) < len(second.title) <= _LONGEST_TITLE_CHARACTERS:
        title, is_set = second.title, second.is_set
    else:
        title, is_set = first.title, first.is_set
    return FoundLink(known.url, Card(one_line(title), is_set, first.published or second.published), known.element)
