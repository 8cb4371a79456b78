"""What a page says of itself, in its head and structured data: title, date, language, site, author, address."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.invisible import without_invisible
from services.scraper.parsing.links import first_link
from services.scraper.parsing.markup import plain_line
from shared.kit.text import clip, comparison_key, one_line

_TITLE_CHARACTERS = 1000
_DATE_NAMES = (  # from the surest to the vaguest; each is tried as name, property and itemprop
    "article:published_time datepublished og:published_time article:published parsely-pub-date sailthru.date "
    "publish-date publish_date pubdate publication_date publicationdate originalpublicationdate dc.date.issued "
    "dcterms.created dcterms.issued dc.date dcterms.date mediator_published_time cxenseparse:recs:publishtime "
    "article_date_original datecreated timestamp date"
).split()
_ARTICLE_TYPE = re.compile(r"(article|posting|report)$", re.IGNORECASE)
_TITLE_SEPARATOR = re.compile(r"\s+[|–—·•»]\s+|\s+-{1,2}\s+|\s*::\s*")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?=$|[-_])")
_MOST_JSON_LD_CHARACTERS = 500_000
_MOST_JSON_LD_NODES = 2000
_MOST_JSON_LD_SCRIPTS = 50
_MOST_METAS = 500
_MOST_TIMES = 100


_INDIA = timezone(timedelta(hours=5, minutes=30), "IST")
_MOSCOW = timezone(timedelta(hours=3), "MSK")
_COUNTRY_ZONES = {"in": _INDIA, "ru": _MOSCOW, "su": _MOSCOW, "xn--p1ai": _MOSCOW, "рф": _MOSCOW}
_ZONE_MARKS = (
    (re.compile(r"\bIST\b|भारतीय समय"), _INDIA),
    (re.compile(r"\bMSK\b|\bМСК\b|по московскому времени"), _MOSCOW),
)
_COUNTRY = re.compile(r"[-_]([A-Za-z]{2})\b")
_URL_DATE = re.compile(r"[/_-]((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")


class PageFacts:
    """Reads the facts of one parsed page; read them before the tree is changed."""

    def __init__(self, tree: LexborHTMLParser, url: str) -> None:
        self._tree = tree
        self._url = url
        self._meta = _meta_of(tree)
        self._articles = [node for node in _json_ld(tree) if _is_article(node)]

    def site_name(self) -> str | None:
        """Return the outlet's name as it writes it."""
        stated = self._meta.get("og:site_name") or self._meta.get("application-name") or self._publisher()
        return clip(plain_line(stated), 200) if stated else None

    def _publisher(self) -> str:
        for node in self._articles:
            publisher = node.get("publisher")
            if isinstance(publisher, Mapping) and isinstance(publisher.get("name"), str):
                return str(publisher["name"])
        return ""

    def title(self) -> str:
        """Return the headline: og:title, the page's one h1, JSON-LD, the title tag; the site's name cut off its end."""
        headlines = [h for h in map(_words, self._tree.css("h1")[:20]) if h]
        structured = (str(node["headline"]) for node in self._articles if isinstance(node.get("headline"), str))
        whole = self._tree.css_first("title")
        candidates = (
            self._meta.get("og:title", ""),
            headlines[0] if len(headlines) == 1 else "",
            next(structured, ""),
            self._meta.get("twitter:title", ""),
            _words(whole) if whole else "",
            headlines[0] if headlines else "",
        )
        chosen = next((line for line in map(plain_line, candidates) if line), "")
        return clip(self._without_site(chosen, headlines), _TITLE_CHARACTERS)

    def _without_site(self, title: str, headlines: list[str]) -> str:
        cuts = list(_TITLE_SEPARATOR.finditer(title))
        if not cuts:
            return title
        key = comparison_key(title)
        for headline in headlines:  # the h1 tells how much of the title is the headline
            own = comparison_key(headline)
            if own and len(own) >= 0.4 * len(key) and key.startswith(own):
                return headline
        head, tail = title[: cuts[-1].start()].strip(), comparison_key(title[cuts[-1].end() :])
        return head if head and self._is_site(tail) else title

    def _is_site(self, key: str) -> bool:
        site = comparison_key(self._meta.get("og:site_name", "") or self._publisher())
        squeezed = key.replace(" ", "")
        host = comparison_key(self._url.partition("://")[2].partition("/")[0]).replace(" ", "")
        return bool(squeezed) and (key == site or squeezed in host or (bool(site) and (site in key or key in site)))

    def published(self) -> datetime | None:
        """Return when the article was published, by what the page states in so many words."""
        stated = [self._meta.get("article:published_time"), self._meta.get("datepublished")]
        stated += [str(node["datePublished"]) for node in self._articles if node.get("datePublished")]
        stated += _time_elements(self._tree)
        stated += [self._meta.get(name) for name in _DATE_NAMES]
        zone = self.zone()
        return next(filter(None, (parse_date(text, zone=zone) for text in stated)), None)

    def published_by(self, labels: Iterable[str]) -> datetime | None:
        """Return the date that a line beside the article states, else the one in its address."""
        zone = self.zone(labels := tuple(labels))
        dated = (line for line in labels if any(sign.isdigit() for sign in line))
        found = next(filter(None, (parse_date(line, zone=zone) for line in dated)), None)
        if found is not None:
            return found
        day = _URL_DATE.search(self._url.partition("?")[0])
        return parse_date("-".join(day.groups())) if day else None

    def zone(self, labels: Iterable[str] = ()) -> tzinfo:
        """Return the zone of times that the page gives without one: by its marks, its site's country; else UTC."""
        for line in labels:
            for mark, zone in _ZONE_MARKS:
                if mark.search(line):
                    return zone
        host = self._url.partition("://")[2].partition("/")[0].partition(":")[0].lower()
        locale = _COUNTRY.search(self._meta.get("og:locale", "") or self._root_language())
        countries = (host.rpartition(".")[2], locale.group(1).lower() if locale else "")
        return next((_COUNTRY_ZONES[country] for country in countries if country in _COUNTRY_ZONES), UTC)

    def language(self) -> str | None:
        """Return the page's language as a lower-case code of two or three letters."""
        inner = (str(node["inLanguage"]) for node in self._articles if isinstance(node.get("inLanguage"), str))
        locale, spoken = self._meta.get("og:locale", ""), self._meta.get("content-language", "")
        for stated in (self._root_language(), locale, spoken, *inner):
            found = _LANGUAGE.match(stated.strip())
            if found:
                return found.group(0).lower()
        return None

    def _root_language(self) -> str:
        root = self._tree.css_first("html")
        attributes = root.attributes if root is not None else {}
        return attributes.get("lang") or attributes.get("xml:lang") or ""

    def author(self) -> str:
        """Return who signed the article, empty where nobody did."""
        stated = self._meta.get("author") or self._meta.get("article:author") or ""
        names = [] if stated.startswith(("http://", "https://")) else [stated]
        names += [name for node in self._articles for name in _names(node.get("author"))]
        return clip(next((line for line in map(plain_line, names) if line), ""), 200)

    def canonical_url(self) -> str | None:
        """Return the address the page gives as its own; None without one, or where it points to another site's root."""
        link = next(iter(self._tree.css('link[rel~="canonical" i]')), None)
        stated = _attribute(link, "href") if link is not None else ""
        for href in (stated, self._meta.get("og:url", "")):
            address = first_link((href,), self._url)
            if address and (address.rstrip("/").count("/") > 2 or self._url.rstrip("/").count("/") <= 2):
                return address
        return None

    def image_url(self) -> str:
        """Return the address of the lead picture, empty without one."""
        stated = [self._meta[name] for name in _PICTURES if name in self._meta]
        stated += [address for node in self._articles for address in _picture_addresses(node.get("image"))]
        return first_link(filter(None, stated), self._url) or ""

    def is_free(self) -> bool:
        """Tell whether the page does not say of itself that its article is for those who pay."""
        stated = (str(node.get("isAccessibleForFree")).lower() for node in self._articles)
        return "false" not in stated and self._meta.get("article:content_tier", "").lower() != "locked"


def _words(node: LexborNode) -> str:
    pieces = (inner.text_content if inner.is_text_node else " " for inner in node.traverse(include_text=True))
    inline = "".join(piece or "" for piece in pieces) if node.css_first("br, div, p") is not None else node.text()
    return one_line(without_invisible(inline))


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _meta_of(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the page's meta values by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for node in tree.css("meta")[:_MOST_METAS]:
        attributes = node.attributes
        name = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        content = without_invisible((attributes.get("content") or "").strip())
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _time_elements(tree: LexborHTMLParser) -> list[str | None]:
    """Return what `<time>` and `itemprop=datePublished` elements say, the article's own first."""
    times = tree.css("time[datetime]")[:_MOST_TIMES]
    marked = tree.css("[itemprop=datePublished]")[:_MOST_TIMES]
    within: list[LexborNode] = []
    if times and (article := tree.css_first("article, main")) is not None:
        within = sorted(article.css("time[datetime]")[:_MOST_TIMES], key=_is_update)
    ordered = [*marked, *within, *times[:1]]
    return [_attribute(node, "datetime") or _attribute(node, "content") or _words(node) for node in ordered]


def _is_update(node: LexborNode) -> bool:
    names = f"{_attribute(node, 'class')} {_attribute(node, 'itemprop')}".lower()
    return "updat" in names or "modif" in names


def _picture_addresses(image: object) -> Iterator[str]:
    for picture in image if isinstance(image, list) else [image]:
        if isinstance(picture, str):
            yield picture
        elif isinstance(picture, dict) and isinstance(picture.get("url"), str):
            yield picture["url"]


def _json_ld(tree: LexborHTMLParser) -> list[Mapping[str, object]]:
    nodes: list[Mapping[str, object]] = []
    for script in tree.css('script[type*="application/ld+json" i]')[:_MOST_JSON_LD_SCRIPTS]:
        try:
            document = json.loads((script.text() or "")[:_MOST_JSON_LD_CHARACTERS], strict=False)
        except (ValueError, RecursionError):
            continue
        nodes.extend(_objects(document))
    return nodes[:_MOST_JSON_LD_NODES]


def _objects(document: object) -> Iterator[Mapping[str, object]]:
    """Yield every object of the document, the outer before the inner; without recursion, since it is a stranger's."""
    waiting = deque([document])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
            waiting.extend(value for value in node.values() if isinstance(value, (dict, list)))
        elif isinstance(node, list):
            waiting.extend(node)


def _is_article(node: Mapping[str, object]) -> bool:
    kinds = node.get("@type")
    return any(_ARTICLE_TYPE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _names(author: object) -> Iterator[str]:
    for person in author if isinstance(author, list) else [author]:
        if isinstance(person, str):
            yield person
        elif isinstance(person, dict) and isinstance(person.get("name"), str):
            yield person["name"]
