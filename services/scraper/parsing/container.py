"""The part of a page that holds the article, found by where the running text is; the second opinion to trafilatura.

Works where there are no paragraphs to go by: text divided by `<br>`, in `<pre>`, in table cells, or bare in the body.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from services.scraper.parsing.markup import SILENT_TAGS, drop_elements, text_of

_NOISE_TAGS = frozenset({"nav", "footer", "aside", "menu", "figure", *SILENT_TAGS} - {"head", "title", "meta", "link"})
_NOISE_ROLES = frozenset("navigation banner contentinfo complementary search dialog alertdialog menu toolbar".split())
_NOISE_NAME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|footer|sidebar|breadcrumbs?|share|sharing|social|related|recommend\w*|promo|"
    r"newsletter|subscribe|subscription|cookies?|consent|banner|advert\w*|ads?|sponsor\w*|popup|modal|comments?|"
    r"disqus|pagination|pager|widget|trending|popular|latest|most-?read|also-?read|read-?more|see-?also|tags?|tag-?list|"
    r"caption|credits?|toolbar|skip|login|signup|masthead|site-?header|page-?header|topbar|ticker)(?:$|[-_\s])",
    re.IGNORECASE,
)
_KEPT_WHATEVER_THEIR_NAME = frozenset({"html", "body", "main", "article"})
_DESCEND_SHARE = 0.75  # a child with so much of the running text is where the article is
_NOISE_SHARE = 0.5  # what holds half of the running text is no side matter, whatever it is called
_SHORTEST_RUNNING_CHARACTERS = 60  # below it, a line without an end mark is a label or a headline
_SENTENCE_END = re.compile(r"[.!?…।:»”\"]\s*$")
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup "
    "time tt u var wbr br".split()
)


class _Masses:
    """How many characters of running text (not links, not labels) stand under each element."""

    def __init__(self, body: Tag) -> None:
        self._mass: dict[int, int] = {}
        for block, text, linked in _runs(body):
            if linked * 2 > len(text) or not _is_running(text):
                continue
            for owner in (block, *block.parents):
                self._mass[id(owner)] = self._mass.get(id(owner), 0) + len(text)
                if owner is body:
                    break

    def of(self, element: Tag) -> int:
        return self._mass.get(id(element), 0)


def _is_running(text: str) -> bool:
    return len(text) >= _SHORTEST_RUNNING_CHARACTERS or (len(text) >= 20 and _SENTENCE_END.search(text) is not None)


def _runs(body: Tag) -> list[tuple[Tag, str, int]]:
    """Return each block's own text (inline children included) and how many of its characters are linked."""
    texts: dict[int, list[str]] = {}
    linked: dict[int, int] = {}
    blocks: dict[int, Tag] = {}
    for string in body.find_all(string=True):
        if isinstance(string, PreformattedString) or not isinstance(string, NavigableString) or not string.strip():
            continue
        block, in_link = _block_of(string)
        if block is None:
            continue
        words = " ".join(string.split())
        blocks[id(block)] = block
        texts.setdefault(id(block), []).append(words)
        linked[id(block)] = linked.get(id(block), 0) + (len(words) if in_link else 0)
    return [(blocks[key], " ".join(parts), linked[key]) for key, parts in texts.items()]


def _block_of(string: NavigableString) -> tuple[Tag | None, bool]:
    in_link = False
    parent = string.parent
    while parent is not None and parent.name in _INLINE:
        in_link = in_link or parent.name == "a"
        parent = parent.parent
    if parent is None or parent.name in SILENT_TAGS:
        return None, in_link
    return parent, in_link


def article_container(soup: BeautifulSoup) -> Tag | None:
    """Take the noise out of the tree (it is changed) and return the smallest element that holds the running text."""
    body = soup.body
    if body is None:
        return None
    _drop_noise(body, _Masses(body))
    masses = _Masses(body)
    here: Tag = body
    while True:
        heaviest = max((child for child in here.children if isinstance(child, Tag)), key=masses.of, default=None)
        if heaviest is None or _is_paragraph(heaviest):
            return here
        if masses.of(heaviest) < _DESCEND_SHARE * masses.of(here) or masses.of(heaviest) == 0:
            return here
        here = heaviest


def _is_paragraph(element: Tag) -> bool:
    """Tell whether the element is one paragraph among its kind: the container is what holds them all."""
    if element.name in ("p", "li", "blockquote", *_INLINE):
        return True
    inner = (child.name for child in element.find_all())
    return element.name in ("div", "section") and all(name in _INLINE for name in inner) and element.br is None


def container_text(container: Tag) -> str:
    """Return the words of the container, without blocks that are mostly links to elsewhere."""
    for block, text, linked in _runs(container):
        if block is not container and linked * 3 > len(text) * 2 and block.find(_has_running_text) is None:
            block.decompose()
    return text_of(container)


def _has_running_text(tag: Tag) -> bool:
    return tag.name in ("p", "pre", "blockquote")


def _drop_noise(body: Tag, masses: _Masses) -> None:
    most = _NOISE_SHARE * masses.of(body)
    drop_elements(
        body,
        lambda element: (
            element.name not in _KEPT_WHATEVER_THEIR_NAME and _is_noise(element) and masses.of(element) <= most
        ),
    )


def _is_noise(element: Tag) -> bool:
    if element.name in _NOISE_TAGS or element.get("role") in _NOISE_ROLES or element.has_attr("hidden"):
        return True
    if element.name == "header":
        return element.find_parent(("article", "main")) is None
    if element.get("aria-hidden") == "true" or "display:none" in str(element.get("style", "")).replace(" ", ""):
        return True
    classes = element.get("class")
    names = " ".join([*(classes if isinstance(classes, list) else [str(classes or "")]), str(element.get("id", ""))])
    return _NOISE_NAME.search(names) is not None
