"""A page as the list of its blocks of text, in reading order, each knowing the elements around it.

One walk over lexbor's tree (by selectolax) and no recursion; nothing after it touches the tree. Works where there are
no paragraphs to go by: text divided by `<br>`, in `<pre>`, in table cells, or bare in the body.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from services.scraper.parsing.markup import DEEPEST, MOST_ELEMENTS, Unwieldy

SILENT = (
    "script style noscript template svg math iframe object embed canvas video audio button select textarea input"
).split()
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark picture q s samp small "
    "source span strike strong sub sup time tt u var wbr".split()
)
_TEXT_NODE = 2  # lexbor's number of the tag "#text"
_RUNNING_CHARACTERS = 60  # below it, a line without an end mark is a label or a headline
_SENTENCE_CHARACTERS = 20
_SENTENCE_END = re.compile(r"[.!?…।:»”\"]\s*$")
_SPACES = re.compile(r"[^\S\n]+")
_DEPTH_COUNTED_FROM_TAGS = 10_000  # fewer cannot be nested deeply enough to cost a second
_DEEPEST_MARKUP = 2_000  # the standard's tree building is quadratic in the depth
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
_LONG_TAG_CHARACTERS = 20_000
_MOST_ATTRIBUTES = 5_000  # lexbor compares each with all before it
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1", re.IGNORECASE | re.DOTALL)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_TAG_START = re.compile(r"<[a-zA-Z]")
_SHALLOW = frozenset(  # never closed, or closed by the next of their kind
    "area base br col embed hr img input link meta param source track wbr p li dt dd option td th tr tbody thead tfoot "
    "html head body".split()
)

_NOISE_TAGS = frozenset("nav footer aside menu figure figcaption dialog".split())
_NOISE_ROLES = frozenset("navigation banner contentinfo complementary search dialog alertdialog menu toolbar".split())
_KEPT_WHATEVER_THEIR_NAME = frozenset("html body main article".split())
_NOISE_NAME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|footer|sidebar|breadcrumbs?|share|sharing|social|related|recommend\w*|promo|"
    r"newsletter|subscribe|subscription|banner|advert\w*|ads?|sponsor\w*|popup|comments?|disqus|pagination|pager|"
    r"widget|trending|popular|latest|most-?read|also-?read|read-?more|see-?also|tags?|tag-?list|"
    r"(?:image|img|photo|media|picture)?-?(?:caption|credits?|legend)|wp-caption(?:-text)?|byline|"
    r"author-?(?:bio|box|info|card|profile|details)|about-?author|outbrain|taboola|teasers?|pull-?quote|toolbar|skip|"
    r"signup|login|modal|masthead|site-?header|page-?header|topbar|ticker)(?:$|[-_\s])",
    re.IGNORECASE,
)
_WALL_NAME = re.compile(  # what is laid over a page; it is no article however much it says
    r"(?:^|[-_\s])(?:cookies?|cookie-?(?:bar|banner|notice|policy|law|consent|wall)\w*|consent\w*|gdpr\w*|onetrust\w*|"
    r"cmp|qc-cmp\w*|didomi\w*|privacy-?(?:banner|notice|popup))(?:$|[-_\s])",
    re.IGNORECASE,
)
_BODY_NAME = re.compile(
    r"(?:^|[\s_-])(?:(?:article|story|post|entry|news|single|content|main|page|detail)[-_]{0,2}"
    r"(?:body|text|content|main|copy|inner|entry|detail|para\w*)|body[-_]?(?:copy|content|text)|articlebody|storybody|"
    r"field-name-body|td-post-content|rich-?text|full-?text|newstext|text-?content)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BODY_TAGS = frozenset("div section article main td".split())


class Element:
    """A block-level element: its place, what its name says of it, and the running text under it."""

    __slots__ = ("body_rank", "depth", "in_article", "is_noise", "is_wall", "mass", "paragraph_mass", "parent", "tag")

    def __init__(self, tag: str, parent: Element | None) -> None:
        self.tag = tag
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.in_article: bool = tag in ("article", "main") or (parent is not None and parent.in_article)
        self.is_wall: bool = parent is not None and parent.is_wall
        self.is_noise = False
        self.body_rank = 0  # 2: marked as the article's body, 1: named like one
        self.mass = 0  # characters of running text under it, noise left out
        self.paragraph_mass = 0  # … in paragraphs that are its own children

    def owners(self) -> list[Element]:
        """Return the element and all that it stands in, the innermost first."""
        chain, here = [], self
        while True:
            chain.append(here)
            if here.parent is None:
                return chain
            here = here.parent

    def is_under(self, other: Element) -> bool:
        """Tell whether the element is the other, or stands in it."""
        here: Element | None = self
        while here is not None and here.depth >= other.depth:
            if here is other:
                return True
            here = here.parent
        return False


class Block:
    """The text that stands between two edges of blocks; `linked` counts its characters within links."""

    __slots__ = ("linked", "owner", "pieces", "running", "text")

    def __init__(self, owner: Element) -> None:
        self.owner = owner
        self.pieces: list[str] = []
        self.linked = 0
        self.text = ""
        self.running = False

    def settle(self) -> bool:
        """Join the pieces; tell whether there is a word."""
        text = "".join(self.pieces)
        self.text = text.strip() if self.owner.tag == "pre" else _SPACES.sub(" ", text).strip()
        self.running = self.linked * 2 <= len(self.text) and is_running(self.text)
        return bool(self.text)


class Outline:
    """The elements and blocks of a page; `chosen` is the element that the caller's selector found."""

    __slots__ = ("blocks", "chosen", "elements")

    def __init__(self, elements: list[Element], blocks: list[Block], chosen: Element | None) -> None:
        self.elements = elements
        self.blocks = blocks
        self.chosen = chosen


def is_running(text: str) -> bool:
    """Tell whether a line is running text: long, or a short sentence."""
    return len(text) >= _RUNNING_CHARACTERS or (
        len(text) >= _SENTENCE_CHARACTERS and _SENTENCE_END.search(text) is not None
    )


def tree_of(markup: str) -> LexborHTMLParser:
    """Return lexbor's tree of a page. Raises Unwieldy before a depth that would take it minutes."""
    if (markup.count("<") > _DEPTH_COUNTED_FROM_TAGS and _is_too_deep(markup)) or _is_too_attributed(markup):
        raise Unwieldy("The page is nested or divided beyond all reason.")
    return LexborHTMLParser(markup)


def _is_too_deep(markup: str) -> bool:
    depth = 0
    for closing, name in _TAG.findall(markup):
        if name.lower() in _SHALLOW:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > _DEEPEST_MARKUP:
            return True
    return False


def _is_too_attributed(markup: str) -> bool:
    if not _long_tags(markup):
        return False
    return any(len(_QUOTED.sub("", tag).split()) > _MOST_ATTRIBUTES for tag in _long_tags(_SCRIPT.sub("", markup)))


def _long_tags(markup: str) -> list[str]:
    pieces = (piece for piece in markup.split(">") if len(piece) > _LONG_TAG_CHARACTERS)
    starts = ((piece, _TAG_START.search(piece)) for piece in pieces)
    return [piece[start.start() :] for piece, start in starts if start]


def outline_of(tree: LexborHTMLParser, selected: LexborNode | None = None) -> Outline:
    """Return the page's outline. Takes scripts and controls out of the tree. Raises Unwieldy."""
    tree.strip_tags(SILENT)
    body = tree.body
    if body is None:
        return Outline([], [], None)
    return _Walk(body, selected.mem_id if selected is not None else None).outline()


class _Walk:
    """One pass in document order; what a node needs of its ancestors is looked up by its parent's address."""

    def __init__(self, body: LexborNode, selected: int | None) -> None:
        root = Element("body", None)
        self._known: dict[int, tuple[Element, bool]] = {body.mem_id: (root, False)}
        self._elements = [root]
        self._blocks: list[Block] = []
        self._open: Block | None = None
        self._body = body
        self._selected = selected
        self._chosen = root if selected == body.mem_id else None

    def outline(self) -> Outline:
        nodes = self._body.traverse(include_text=True)
        next(nodes, None)
        for node in nodes:
            above = node.parent
            if above is None or (known := self._known.get(above.mem_id)) is None:
                continue  # under a comment or a declaration
            if node.tag_id == _TEXT_NODE:
                self._add_text(node.text_content or "", *known)
            elif (tag := node.tag) and tag[0] not in "-!":
                self._enter(node, tag, *known)
        return Outline(self._elements, [block for block in self._blocks if block.settle()], self._chosen)

    def _add_text(self, text: str, owner: Element, in_link: bool) -> None:  # noqa: FBT001  (as it is stored)
        if self._open is None or self._open.owner is not owner:
            if text.isspace():
                return
            self._open = Block(owner)
            self._blocks.append(self._open)
        self._open.pieces.append(text if owner.tag == "pre" else text.replace("\n", " ").replace("\r", " "))
        if in_link:
            self._open.linked += len(text.strip())

    def _enter(self, node: LexborNode, tag: str, owner: Element, in_link: bool) -> None:  # noqa: FBT001
        if tag in _INLINE and node.mem_id != self._selected:
            if tag == "br" and self._open is not None:
                self._open.pieces.append("\n")
            self._known[node.mem_id] = (owner, in_link or tag == "a")
            return
        self._open = None
        element = Element(tag, owner)
        _judge_by_name(element, node.attributes)
        self._elements.append(element)
        if element.depth > DEEPEST or len(self._elements) > MOST_ELEMENTS:
            raise Unwieldy("The page is nested or divided beyond all reason.")
        self._known[node.mem_id] = (element, in_link)
        if node.mem_id == self._selected:
            self._chosen = element


def _judge_by_name(element: Element, attributes: dict[str, str | None]) -> None:
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}" if attributes else " "
    element.is_wall = element.is_wall or (element.tag not in _KEPT_WHATEVER_THEIR_NAME and _names(names)[1])
    element.is_noise = element.is_wall or _is_noise(element, attributes, names)
    if element.tag in _BODY_TAGS and not element.is_noise:
        element.body_rank = 2 if "articleBody" in (attributes.get("itemprop") or "") else int(_names(names)[2])


def _is_noise(element: Element, attributes: dict[str, str | None], names: str) -> bool:
    if element.tag in _KEPT_WHATEVER_THEIR_NAME:
        return False
    if element.tag in _NOISE_TAGS or (element.tag == "header" and not element.in_article):
        return True
    if not attributes:
        return False
    if attributes.get("role") in _NOISE_ROLES or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    return "display:none" in (attributes.get("style") or "").replace(" ", "") or _names(names)[0]


@lru_cache(maxsize=4096)  # a page repeats few classes many times, and a site on every page
def _names(names: str) -> tuple[bool, bool, bool]:
    """Tell whether a class and id name noise, a wall, an article's body."""
    clipped = names[:500]
    return (
        _NOISE_NAME.search(clipped) is not None,
        _WALL_NAME.search(clipped) is not None,
        _BODY_NAME.search(clipped) is not None,
    )
