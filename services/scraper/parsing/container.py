"""The element of a page that holds its article: named so by the page, or where the running text is."""

from __future__ import annotations

from services.scraper.parsing.blocks import Block, Element, Outline

_DESCEND_SHARE = 0.85  # a child with so much of the running text is where the article is (0.75 and 0.9 measured worse)
_NOISE_SHARE = 0.5  # what holds half of the running text is no side matter, whatever it is called
_WALL_SHARE = 0.9  # … and a consent wall that does is a wrapper named for the banner in it
_NAMED_SHARES = {2: 0.1, 1: 0.3}  # of the running text, for an element marked, or only named, as the article's body
_ARTICLE_SHARE = 0.3  # … and for the page's only <article>
_NAMED_CHARACTERS = 300
_ONE_PARAGRAPH = frozenset("p li blockquote pre".split())


def article_container(outline: Outline) -> Element | None:
    """Return the element that holds the article, None for a page without elements. Weighs the outline's elements."""
    if not outline.elements:
        return None
    _rescue_what_holds_the_text(outline)
    _weigh(outline, with_noise=False)
    if outline.chosen is not None:
        return outline.chosen
    return _heaviest_within(outline, _named(outline) or outline.elements[0])


def _rescue_what_holds_the_text(outline: Outline) -> None:
    _weigh(outline, with_noise=True)
    whole = outline.elements[0].mass
    for element in outline.elements:
        if element.is_noise and element.mass > (_WALL_SHARE if element.is_wall else _NOISE_SHARE) * whole:
            element.is_noise = False


def _weigh(outline: Outline, *, with_noise: bool) -> None:
    for element in outline.elements:
        element.mass = element.paragraph_mass = 0
    for block in outline.blocks:
        if block.running and (with_noise or not _is_noise(block)):
            _add(block)


def _is_noise(block: Block) -> bool:
    return any(owner.is_noise for owner in block.owner.owners())


def _add(block: Block) -> None:
    for owner in block.owner.owners():
        owner.mass += len(block.text)
    if block.owner.tag in ("p", "pre") and block.owner.parent is not None:
        block.owner.parent.paragraph_mass += len(block.text)


def _named(outline: Outline) -> Element | None:
    """Return what the page calls the article's body, or its only <article>, if enough text is under it."""
    whole = outline.elements[0].mass
    named = [element for element in outline.elements if element.body_rank and element.mass]
    for rank, share in _NAMED_SHARES.items():
        best = max((element for element in named if element.body_rank == rank), key=lambda e: e.mass, default=None)
        if best is not None and best.mass >= max(_NAMED_CHARACTERS, share * whole):
            return best
    if named:
        return None
    articles = [element for element in outline.elements if element.tag == "article" and element.mass]
    if len(articles) == 1 and articles[0].mass >= max(_NAMED_CHARACTERS, _ARTICLE_SHARE * whole):
        return articles[0]
    return None


def _heaviest_within(outline: Outline, start: Element) -> Element:
    """Descend from an element to the smallest that still holds nearly all of its running text."""
    children: dict[int, list[Element]] = {}
    for element in outline.elements[1:]:
        children.setdefault(id(element.parent), []).append(element)
    here = start
    while True:
        heaviest = max(children.get(id(here), ()), key=lambda element: element.mass, default=None)
        if heaviest is None or heaviest.mass == 0 or heaviest.mass < _DESCEND_SHARE * here.mass:
            return here
        if heaviest.tag in _ONE_PARAGRAPH or id(heaviest) not in children:
            return here
        here = heaviest
