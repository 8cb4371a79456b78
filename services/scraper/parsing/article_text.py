"""An article's text: trafilatura's, checked against where the page's running text is."""

from __future__ import annotations

import logging
import re
from functools import cache
from types import ModuleType

from bs4 import BeautifulSoup

from services.scraper.parsing.container import article_container, container_text
from services.scraper.parsing.markup import tidy_lines
from shared.kit.text import comparison_key

_SENTENCE = re.compile(r"(?<=[.!?…।])[\s»”\"')\]]+|\n+")
_SHORTEST_SENTENCE_CHARACTERS = 25
_LOST_SHARE = 0.1  # of the sentences between its first and its last: then trafilatura stumbled over the page's make
_TINY_CHARACTERS = 400  # so little, and …
_TINY_SHARE = 0.25  # … of the page's running text: then it took a box for the article
_LABEL_CHARACTERS = 60
_FLATTENED_CELL = re.compile(r"^\|[^\n]{600}", re.MULTILINE)  # a table made for layout, its paragraphs on one line
_LONGEST_PAGE_CHARACTERS = 3_000_000  # trafilatura needs 2 s a megabyte; no article is larger


def article_text(markup: str, soup: BeautifulSoup) -> str:
    """Return the article's paragraphs, a blank line between them; empty where there is no text. Changes the tree."""
    careful = _by_trafilatura(markup[:_LONGEST_PAGE_CHARACTERS])
    container = article_container(soup)
    whole = container_text(container) if container is not None else ""
    return _better_of(careful, whole)


def _better_of(careful: str, whole: str) -> str:
    """Choose between trafilatura's text, which may lose some, and the container's, which may hold too much.

    Trafilatura is right about where an article begins and ends, so the container may only fill gaps between those,
    unless trafilatura found next to nothing. (Container alone, or whenever it is longer, is worse: measured.)
    """
    if not careful or not whole:
        return careful or whole
    found = set(_sentences(careful))
    lines = [line for line in whole.split("\n\n") if line.strip()]
    of_lines = [_sentences(line) for line in lines]
    shared = [position for position, keys in enumerate(of_lines) if any(key in found for key in keys)]
    tiny = len(careful) < _TINY_CHARACTERS and len(careful) < _TINY_SHARE * len(whole)
    if tiny or _FLATTENED_CELL.search(careful):
        return whole
    if not shared:
        return careful
    if found >= {key for keys in of_lines for key in keys} and _labels_beyond(careful, whole):
        return whole
    between = slice(shared[0], shared[-1] + 1)
    within = [key for keys in of_lines[between] for key in keys]
    lost = sum(len(key) for key in within if key not in found)
    return "\n\n".join(lines[between]) if lost > _LOST_SHARE * sum(map(len, within)) else careful


def _labels_beyond(careful: str, whole: str) -> bool:
    """Tell whether trafilatura fell back on everything the page shows, its menu included."""
    known = comparison_key(whole)
    first = careful.partition("\n")[0]
    return len(first) < _LABEL_CHARACTERS and comparison_key(first) not in known


def _sentences(text: str) -> list[str]:
    """Return the sentences' comparison keys; labels and crumbs are too short to count."""
    keys = (comparison_key(sentence) for sentence in _SENTENCE.split(text))
    return [key for key in keys if len(key) >= _SHORTEST_SENTENCE_CHARACTERS]


@cache
def _trafilatura() -> ModuleType:
    import trafilatura  # 0.15 s and 80 MB: paid only by the process that reads pages

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports every odd page as an error
    return trafilatura


def _by_trafilatura(markup: str) -> str:
    try:
        document = _trafilatura().bare_extraction(
            markup, fast=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # noqa: BLE001  a library reading hostile bytes: the container's text is the second opinion
        return ""
    text = getattr(document, "text", None) or ""
    return tidy_lines("\n\n".join(line for line in text.split("\n") if line.strip()))
