"""HTML read into a tree, and trees or fragments turned into plain text with the line breaks a reader would see."""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Callable

from bs4 import BeautifulSoup, CData, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString

from shared.kit.text import one_line

SILENT_TAGS = frozenset(
    "script style noscript template svg math iframe object embed canvas video audio form button select textarea input "
    "head title meta link".split()
)
_BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr html li main menu nav ol p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_PARAGRAPH_TAGS = _BLOCK_TAGS - {"li", "td", "th", "tr", "dt", "dd"}
DEEPEST = 400  # browsers stop at 512; real pages reach 40
MOST_ELEMENTS = 150_000  # the largest live page in the field has 30 000; our work on each is what takes time
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_TAG = re.compile(r"<[/!]?[a-zA-Z][^<>]*>|<!--")
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_EDGES = re.compile(r" ?\n ?")
_BLANK_LINES = re.compile(r"\n{3,}")


class Unwieldy(ValueError):
    """The page is nested or divided beyond all reason: written to exhaust its reader."""


def soup_of(text: str) -> BeautifulSoup:
    """Return the tree of an HTML document or fragment, by lxml. Raises Unwieldy."""
    with warnings.catch_warnings():
        # A hostile or careless page may look like XML or like a file's name; we know what we read and from where.
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module=r"bs4|services\.scraper\.parsing")
        soup = BeautifulSoup(_XML_DECLARATION.sub("", text, count=1), "lxml")
    _check_size(soup)
    return soup


def _check_size(soup: BeautifulSoup) -> None:
    level: list[Tag] = [soup]
    depth = elements = 0
    while level:
        depth, elements = depth + 1, elements + len(level)
        if depth > DEEPEST or elements > MOST_ELEMENTS:
            raise Unwieldy("The page is nested or divided beyond all reason.")
        level = [child for element in level for child in element.children if isinstance(child, Tag)]


def drop_elements(root: Tag, unwanted: Callable[[Tag], bool]) -> None:
    """Take unwanted elements out of the tree, the outer before the inner.

    (Asking bs4 whether an element is `decomposed` already searches all that is under it, each time.)
    """
    waiting = [child for child in root.children if isinstance(child, Tag)]
    while waiting:
        element = waiting.pop()
        if unwanted(element):
            element.decompose()
        else:
            waiting.extend(child for child in element.children if isinstance(child, Tag))


def text_of(node: Tag) -> str:
    """Return the words under a node as lines and paragraphs; scripts, forms and comments are silent."""
    pieces: list[str] = []
    _gather(node, pieces)
    return tidy_lines("".join(pieces))


def _gather(root: Tag, pieces: list[str]) -> None:
    """Walk without recursion: the depth of a page is its author's choice."""
    stack: list[NavigableString | Tag | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag):
            if node.name in SILENT_TAGS and node is not root:
                continue
            if node.name == "br":
                pieces.append("\n")
                continue
            edge = "\n\n" if node.name in _PARAGRAPH_TAGS else "\n" if node.name in _BLOCK_TAGS else None
            if edge:
                pieces.append(edge)
                stack.append(_Edge(edge))
            stack.extend(reversed([child for child in node.children if isinstance(child, (Tag, NavigableString))]))
        elif isinstance(node, _Edge):
            pieces.append(str(node))
        elif not isinstance(node, PreformattedString) or isinstance(node, CData):
            pieces.append(_string_of(node))


class _Edge(str):
    """The line break at the end of a block, waiting on the stack for the block's children to be done."""

    __slots__ = ()


def _string_of(node: NavigableString | str) -> str:
    parent = getattr(node, "parent", None)
    kept = str(node)
    if parent is not None and (parent.name == "pre" or parent.find_parent("pre") is not None):
        return kept
    return kept.replace("\n", " ").replace("\r", " ")


def tidy_lines(text: str) -> str:
    """Return the text with single spaces, no space at line edges and at most one blank line in a row."""
    spaced = _SPACES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " "))
    return _BLANK_LINES.sub("\n\n", _LINE_EDGES.sub("\n", spaced)).strip()


def plain_text(fragment: str) -> str:
    """Return what a fragment that may or may not be HTML says: tags gone, entities decoded (also when done twice)."""
    text = _without_tags(fragment) if _TAG.search(fragment) else html.unescape(fragment)
    if _ENTITY.search(text):
        text = html.unescape(text)
    return tidy_lines(text)


def _without_tags(fragment: str) -> str:
    try:
        return text_of(soup_of(fragment))
    except Unwieldy:
        return html.unescape(_TAG.sub(" ", fragment))


def plain_line(fragment: str) -> str:
    """Return the fragment's words on one line: a title, a name."""
    return one_line(plain_text(fragment))
