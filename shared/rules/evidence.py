"""Which sentence of an article made a rule fire, and for which agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from shared.rules.document import Document
from shared.rules.matching import holds_in
from shared.rules.passage import Passage, Span
from shared.rules.places import near, places
from shared.rules.query import And, Clause, Field, Named, Near, Not, Or, Published, Query, Relevance, Stage, Title, Word

_COUNTED_PLACES = 200  # of one clause in one passage; a word that occurs oftener says nothing by it
_Hit: TypeAlias = tuple[Clause, int]
"""A clause that is true, and of how many passages it was asked, the title being the first."""


@dataclass(frozen=True)
class Reason:
    """The sentence to show, and the agreement it is about with the stage the article reports, as far as known.

    `named` are all agreements that the clauses which hit ask for.
    """

    evidence: str
    agreement: str | None
    stage: str | None
    named: frozenset[str]


def reason_for(query: Query, document: Document) -> Reason:
    """Why the query holds for the article; ask only where it does.

    The sentence is that of the surest agreement among the clauses that hit; else the one in which most clauses of
    words hit, the earliest of equals, the title before the body; else that of a sector clause.
    """
    hits = _distinct(_hits(query, document, document.passages, wanted=True))
    named = _agreements_named(hits, document)
    finding = next((found for found in document.agreements.values() if not named or found.id in named), None)
    candidates = [finding.evidence if finding is not None and named else "", _fullest_sentence(hits, document)]
    candidates += [
        document.sectors[hit.value].evidence for hit, _ in hits if isinstance(hit, Field) and hit.name == "sector"
    ]
    evidence = next((sentence for sentence in candidates if sentence), document.title.strip())
    return Reason(evidence, finding.id if finding else None, finding.stage if finding else None, frozenset(named))


def _distinct(hits: Iterable[_Hit]) -> list[_Hit]:
    """The hits without those that ask the same: "visas" beside "visa" says nothing more."""
    told = {(hit.stem if isinstance(hit, Word) else hit, asked): (hit, asked) for hit, asked in hits}
    return list(told.values())


def _agreements_named(hits: Iterable[_Hit], document: Document) -> set[str]:
    """The agreements that the hits ask for; where a stage was asked, those at that stage."""
    stages = {(hit.value, hit.of) for hit, _ in hits if isinstance(hit, Stage)}
    at_stage = {
        found.id
        for value, of in stages
        for found in document.agreements.values()
        if found.stage == value and (not of or found.id in of)
    }
    return at_stage or {hit.value for hit, _ in hits if isinstance(hit, Field) and hit.name == "agreement"}


def _hits(query: Query, document: Document, passages: Sequence[Passage], *, wanted: bool) -> Iterator[_Hit]:
    """The clauses that are true of the article and without which the query might not hold, in order."""
    match query:
        case Not(part):
            yield from _hits(part, document, passages, wanted=not wanted)
        case Title(part):
            yield from _hits(part, document, document.passages[:1], wanted=wanted)
        case And(parts) | Or(parts) | Named(_, parts):
            for part in parts:
                if holds_in(part, document, passages) == wanted:
                    yield from _hits(part, document, passages, wanted=wanted)
        case _:
            if wanted:
                yield query, len(passages)


def _fullest_sentence(hits: Iterable[_Hit], document: Document) -> str:
    clauses_in: Counter[tuple[int, int]] = Counter()
    first_hit: dict[tuple[int, int], Span] = {}
    for hit, asked in hits:
        sentences_hit: dict[tuple[int, int], Span] = {}
        for number, passage in enumerate(document.passages[:asked]):
            for place in islice(_places_of(hit, passage), _COUNTED_PLACES):
                sentences_hit.setdefault((number, passage.sentence_number(place[0])), place)
        clauses_in.update(sentences_hit.keys())
        for sentence, place in sentences_hit.items():
            first_hit[sentence] = min(place, first_hit.get(sentence, place))
    if not clauses_in:
        return ""
    best = min(clauses_in, key=lambda sentence: (-clauses_in[sentence], sentence))
    return document.passages[best[0]].sentence_around(*first_hit[best])


def _places_of(hit: Clause, passage: Passage) -> Iterator[Span]:
    match hit:
        case Near():
            pair = near(hit, passage)
            if pair is not None:
                yield min(pair)[0], max(pair)[1]
        case Field() | Stage() | Relevance() | Published() | Title():
            return
        case _:
            yield from places(hit, passage)
