"""Where in an article the words of a clause stand, in characters of its title and its text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from shared.rules.document import Document
from shared.rules.passage import Passage
from shared.rules.passage import Span as TokenSpan
from shared.rules.places import near, places
from shared.rules.query import Clause, Exact, Named, Near, Phrase, Place, Prefix, Word
from shared.rules.spelling import show

MOST_SPANS = 20  # of one clause; a reader wants the first few
Part: TypeAlias = Literal["title", "text"]
PARTS: tuple[Part, Part] = ("title", "text")


@dataclass(frozen=True)
class Span:
    """A place in an article: characters from `start` up to but without `end`, of its title or its text as given."""

    part: Part
    start: int
    end: int


def spans_of(clause: Clause, document: Document, asked: Sequence[int]) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """The first places that make a clause of words true, and which names of it stand there.

    Names are the members of a list, else the words as they stand in the article.
    """
    match clause:
        case Named(_, members):
            return _of_members(members, document, asked)
        case Near():
            spans = tuple(islice(_of_near(clause, document, asked), MOST_SPANS))
        case Word() | Phrase() | Prefix() | Exact():
            spans = tuple(islice(_of_place(clause, document, asked), MOST_SPANS))
        case _:
            return (), ()
    return spans, tuple(dict.fromkeys(written(span, document) for span in spans))


def named_spans(names: Collection[str], document: Document) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Where the article uses one of these names, and which."""
    members = tuple(Phrase(name) for name in names if Phrase(name).stems)
    spans, hits = _of_members(members, document, (0, 1))
    return spans, tuple(hit.strip('"') for hit in hits)


def written(span: Span, document: Document) -> str:
    """The words of a place as they stand there."""
    return (document.title if span.part == "title" else document.text)[span.start : span.end]


def span_of(number: int, passage: Passage, place: TokenSpan) -> Span:
    """A place given by its tokens, in characters of the article's own field."""
    start, end = passage.tokens[place[0]].start, passage.tokens[place[1]].end
    return Span(PARTS[number], passage.offset + start, passage.offset + end)


def _of_members(
    members: Collection[Place], document: Document, asked: Sequence[int]
) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    spans: dict[Span, None] = {}
    hits: list[str] = []
    for member in members:
        found = list(islice(_of_place(member, document, asked), MOST_SPANS))
        spans.update(dict.fromkeys(found))
        if found:
            hits.append(show(member))
    in_order = sorted(spans, key=lambda span: (PARTS.index(span.part), span.start, span.end))
    return tuple(in_order[:MOST_SPANS]), tuple(hits)


def _of_place(place: Place, document: Document, asked: Sequence[int]) -> Iterator[Span]:
    for number in asked:
        passage = document.passages[number]
        for found in places(place, passage):
            yield span_of(number, passage, found)


def _of_near(clause: Near, document: Document, asked: Sequence[int]) -> Iterator[Span]:
    for number in asked:
        passage = document.passages[number]
        for found in sorted(near(clause, passage) or ()):
            yield span_of(number, passage, found)
