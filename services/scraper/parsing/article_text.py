"""An article's text: by our own eyes on lexbor's tree, and where those are unsure, by trafilatura's."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from services.scraper.parsing.blocks import Element, Outline
from services.scraper.parsing.container import article_container
from services.scraper.parsing.invisible import without_invisible
from services.scraper.parsing.markup import tidy_lines
from services.scraper.parsing.paragraphs import paragraphs_of

_SURE_CHARACTERS = 200  # so little may be a box that was taken for the article
_SURE_SHARE_OF_TEXT = 0.7  # of the page's running text outside its side matter; less is sure …
_SURE_SHARE_OF_NAMED = 0.3  # … where the page itself names the article's body
_SURE_SHARE_OF_ALL = 0.2  # … and of all its running text
_WORTH_SHARE = 0.5  # a second opinion with so much less found a box itself
_LONGEST_PAGE_CHARACTERS = 600_000  # trafilatura needs 2 s a megabyte, and more for what was written to hurt it


@dataclass(frozen=True)
class Extracted:
    """The article's paragraphs, a blank line between them, and the lines that stand above the first of them."""

    text: str
    above: tuple[str, ...] = ()


def article_text(markup: str, outline: Outline) -> Extracted:
    """Return the article's text; empty where there is none. Weighs the outline's elements.

    What a caller's selector chose is taken as it is; else trafilatura is asked where our own finding is small, or
    leaves much of the page's text out.
    """
    container = article_container(outline)
    if container is None:
        return Extracted("")
    own = _tidy(paragraphs_of(outline, container))
    above = _above(outline, container, own)
    if outline.chosen is not None or _is_sure(outline, container, own):
        return Extracted(own, above)
    other = _by_trafilatura(markup[:_LONGEST_PAGE_CHARACTERS])
    return Extracted(other if len(other) > _WORTH_SHARE * len(own) else own, above)


def _is_sure(outline: Outline, container: Element, own: str) -> bool:
    running = sum(len(block.text) for block in outline.blocks if block.running)
    is_named = any(owner.body_rank for owner in container.owners())
    return (
        len(own) >= _SURE_CHARACTERS
        and container.mass >= (_SURE_SHARE_OF_NAMED if is_named else _SURE_SHARE_OF_TEXT) * outline.elements[0].mass
        and container.mass >= _SURE_SHARE_OF_ALL * running
    )


def _above(outline: Outline, container: Element, own: str) -> tuple[str, ...]:
    """Return the short lines around the article's beginning, where pages write its date and author."""
    first = own[:60]
    position = next((n for n, block in enumerate(outline.blocks) if first and block.text.startswith(first[:40])), None)
    if position is None:
        position = next((n for n, b in enumerate(outline.blocks) if b.owner.is_under(container)), 0)
    near = outline.blocks[max(0, position - 12) : position]
    return tuple(block.text for block in near if len(block.text) <= 160)


def _tidy(paragraphs: list[str]) -> str:
    return tidy_lines(without_invisible("\n\n".join(paragraphs)))


@cache
def _trafilatura() -> ModuleType:
    import trafilatura  # 0.15 s and 80 MB: paid only by the process that reads pages, and only when it is unsure

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports every odd page as an error
    return trafilatura


def _by_trafilatura(markup: str) -> str:
    try:
        document = _trafilatura().bare_extraction(
            markup, fast=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # noqa: BLE001  a library reading hostile bytes: our own opinion is left
        return ""
    text = getattr(document, "text", None) or ""
    return _tidy([line for line in text.split("\n") if line.strip()])
