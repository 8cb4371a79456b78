"""The paragraphs of an article, out of the blocks of the element that holds it."""

from __future__ import annotations

import re

from services.scraper.parsing.blocks import HEADINGS, Block, Element, Outline

_LABEL_CHARACTERS = 80
_LINKED_LINE_CHARACTERS = 200
_LINKED_SHARE = 2 / 3  # of a line's characters: then it leads elsewhere
_WHOLLY_LINKED_SHARE = 0.9
_BOX_SHARE = 0.35  # of the article's running text: what holds more is a part of the article, whatever its heading says
_BOX_PARAGRAPH_CHARACTERS = 300
_LOOSE_CHARACTERS = 160
_PARAGRAPH_SHARE = 0.8
_PARAGRAPHS = ("p", "pre", "blockquote")
_ENDED = (".", "…", "।", "!", "?", "”", '"', ":", "»")
# The heading of a box that is not the article's: links to others, comments, newsletters, the author.
_BOX_HEADING = re.compile(
    r"\W*(?:(?:also )?read (?:more|next|also|these)|more (?:from|on|in|stories|news|articles|about|coverage|by|to read|"
    r"for you)|related|recommended|you (?:may|might|could|will)(?: also)? (?:also |like|be interested)|latest|"
    r"most (?:read|popular|viewed|shared|commented)|trending|popular|top (?:stories|news|videos|picks)|"
    r"(?:\d+ |leave a |post a |add a |join the |view |show |all )?(?:comments?|reply|replies|responses?|discussion|"
    r"conversation)\W*$|leave a|newsletter|sign up|subscribe|share (?:this|on|via)|about the author|editors'? picks?|"
    r"don't miss|promoted|sponsored|around the web|from the web|what to read next|up next|follow us|tags?\W*$|"
    r"topics\W*$|see also|others? also|next article|previous|similar|in other news|breaking news|"
    r"похожие|читайте|другие новости|ещ[её] (?:по теме|новости)|самые (?:читаемые|популярные)|последние новости|"
    r"новости (?:по теме|партн[её]ров|сми)|популярн|смотрите также|комментари|поделит|материалы по|по теме|рекоменд|"
    r"топ[ -]\d|лента новостей|главное (?:сегодня|за день)|"
    r"यह भी|ये भी|संबंधित|और पढ़|ताज़ा|ताजा|लेटेस्ट|ट्रेंडिंग|"
    r"das könnte|mehr (?:zum|aus|von)|lesen sie|auch interessant|meistgelesen|kommentare|schlagw|"
    r"notícias relacionadas|veja também|leia (?:mais|também)|te puede|lea también|más noticias|relacionad|"
    r"à lire|lire aussi|sur le même|zobacz|czytaj|polecane|komentarze)",
    re.IGNORECASE,
)


def paragraphs_of(outline: Outline, container: Element) -> list[str]:
    """Return the article's paragraphs and inner headings in their order. Marks boxes found on the way as noise."""
    picked = _Picking(container).picked(outline.blocks)
    return [block.text for block in _without_outer_labels(_without_loose_lines(picked))]


class _Picking:
    """Goes through the container's blocks; a box that turns out to lead elsewhere is taken out whole."""

    def __init__(self, container: Element) -> None:
        self._container = container
        self._held: dict[int, bool] = {id(container): True}

    def picked(self, blocks: list[Block]) -> list[Block]:
        picked: list[Block] = []
        for block in blocks:
            if block.owner.tag == "h1" or not self._holds(block.owner) or _leads_elsewhere(block):
                if block.owner.tag in HEADINGS and block.owner.tag != "h1" and self._holds(block.owner):
                    picked = self._without_box(block, picked)
            elif _heads_a_box(block):
                picked = self._without_box(block, picked)
            else:
                picked.append(block)
        return picked

    def _holds(self, element: Element) -> bool:
        """Tell whether the element stands in the container and in nothing that is noise; remembered for its kin."""
        chain: list[Element] = []
        here: Element | None = element
        while here is not None and id(here) not in self._held:
            chain.append(here)
            here = here.parent
        held = here is not None and self._held[id(here)]
        for inner in reversed(chain):
            held = held and not inner.is_noise
            self._held[id(inner)] = held
        return held

    def _without_box(self, heading: Block, picked: list[Block]) -> list[Block]:
        box = heading.owner.parent
        if heading.owner is self._container or box is None or self._container.is_under(box) or box.tag == "p":
            return picked
        own_paragraphs = box.paragraph_mass > max(_BOX_PARAGRAPH_CHARACTERS, box.mass / 2)
        if own_paragraphs or box.mass >= _BOX_SHARE * self._container.mass:
            return picked
        box.is_noise = True
        self._held = {id(self._container): True}
        return [block for block in picked if not block.owner.is_under(box)]


def _leads_elsewhere(block: Block) -> bool:
    size = len(block.text)
    if block.owner.tag in HEADINGS:
        return block.linked >= _WHOLLY_LINKED_SHARE * size - 2
    if block.owner.tag in _PARAGRAPHS:
        return size < _LINKED_LINE_CHARACTERS and block.linked >= _WHOLLY_LINKED_SHARE * size - 2
    return block.linked > _LINKED_SHARE * size


def _heads_a_box(block: Block) -> bool:
    text = block.text
    return len(text) < _LABEL_CHARACTERS and not text.endswith(".") and _BOX_HEADING.match(text) is not None


def _without_loose_lines(blocks: list[Block]) -> list[Block]:
    """Drop short lines outside paragraphs where the text is in paragraphs: captions, credits, labels."""
    whole = sum(len(block.text) for block in blocks)
    if sum(len(block.text) for block in blocks if block.owner.tag in ("p", "pre")) <= _PARAGRAPH_SHARE * whole:
        return blocks
    return [
        block
        for block in blocks
        if block.owner.tag not in ("div", "section", "article", "main", "td")
        or len(block.text) > _LOOSE_CHARACTERS
        or block.text.endswith(_ENDED)
    ]


def _without_outer_labels(blocks: list[Block]) -> list[Block]:
    """Drop bylines, dates and headings that stand before the first sentence or after the last."""
    said = [position for position, block in enumerate(blocks) if not _is_label(block)]
    return blocks[said[0] : said[-1] + 1] if said else []


def _is_label(block: Block) -> bool:
    if block.owner.tag == "li":
        return False
    if block.owner.tag in HEADINGS:
        return True
    return not block.running and block.owner.tag not in _PARAGRAPHS
