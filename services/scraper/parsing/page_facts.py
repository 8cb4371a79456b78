"""What a page says of itself, in its head and structured data: title, date, language, site, author, address."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.links import RefusedLink, resolved_link
from services.scraper.parsing.markup import plain_line, text_of
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
_JSON_LD = re.compile(r"^\s*application/ld\+json", re.IGNORECASE)
_MOST_JSON_LD_CHARACTERS = 500_000
_MOST_JSON_LD_NODES = 2000


class PageFacts:
    """Reads the facts of one parsed page; read them before the tree is changed."""

    def __init__(self, soup: BeautifulSoup, url: str) -> None:
        self._soup = soup
        self._url = url
        self._meta = _meta_of(soup)
        self._articles = [node for node in _json_ld(soup) if _is_article(node)]

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
        headlines = [h for h in map(_words, self._soup.find_all("h1")) if h]
        structured = (str(node["headline"]) for node in self._articles if isinstance(node.get("headline"), str))
        whole = self._soup.title
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
        stated += _time_elements(self._soup)
        stated += [self._meta.get(name) for name in _DATE_NAMES]
        return next(filter(None, map(parse_date, stated)), None)

    def language(self) -> str | None:
        """Return the page's language as a lower-case code of two or three letters."""
        root = self._soup.find("html")
        declared = str(root.get("lang") or root.get("xml:lang") or "") if isinstance(root, Tag) else ""
        inner = (str(node["inLanguage"]) for node in self._articles if isinstance(node.get("inLanguage"), str))
        for stated in (declared, self._meta.get("og:locale", ""), self._meta.get("content-language", ""), *inner):
            found = _LANGUAGE.match(stated.strip())
            if found:
                return found.group(0).lower()
        return None

    def author(self) -> str:
        """Return who signed the article, empty where nobody did."""
        stated = self._meta.get("author") or self._meta.get("article:author") or ""
        names = [] if stated.startswith(("http://", "https://")) else [stated]
        names += [name for node in self._articles for name in _names(node.get("author"))]
        return clip(next((line for line in map(plain_line, names) if line), ""), 200)

    def canonical_url(self) -> str | None:
        """Return the address the page gives as its own; None without one, or where it points to another site's root."""
        link = self._soup.find("link", rel="canonical")
        stated = str(link.get("href") or "") if isinstance(link, Tag) else ""
        for href in (stated, self._meta.get("og:url", "")):
            try:
                address = resolved_link(href, self._url)
            except RefusedLink:
                continue
            if address.rstrip("/").count("/") > 2 or self._url.rstrip("/").count("/") <= 2:
                return address
        return None


def _words(tag: Tag) -> str:
    return one_line(text_of(tag))


def _meta_of(soup: BeautifulSoup) -> dict[str, str]:
    """Return the page's meta values by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        content = str(tag.get("content") or "").strip()
        if name and content:
            found.setdefault(str(name).strip().lower(), content)
    return found


def _time_elements(soup: BeautifulSoup) -> list[str | None]:
    """Return what `<time>` and `itemprop=datePublished` elements say, the article's own first."""
    marked = soup.find_all(itemprop="datePublished")
    article = soup.find(["article", "main"])
    within = article.find_all("time", datetime=True) if isinstance(article, Tag) else []
    everywhere = soup.find_all("time", datetime=True)[:1]
    ordered = [*marked, *sorted(within, key=_is_update), *everywhere]
    return [str(tag.get("datetime") or tag.get("content") or _words(tag)) for tag in ordered]


def _is_update(tag: Tag) -> bool:
    classes = tag.get("class")
    names = " ".join(classes) if isinstance(classes, list) else str(classes or "")
    return "updat" in names.lower() or "modif" in f"{names} {tag.get('itemprop', '')}".lower()


def _json_ld(soup: BeautifulSoup) -> list[Mapping[str, object]]:
    nodes: list[Mapping[str, object]] = []
    for script in soup.find_all("script", type=_JSON_LD):
        try:
            document = json.loads(script.get_text()[:_MOST_JSON_LD_CHARACTERS], strict=False)
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
