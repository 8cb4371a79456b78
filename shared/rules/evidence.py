"""Which sentence of an article made a rule fire, and for which agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from shared.rules.document import Document
from shared.rules.matching import holds, places
from shared.rules.query import And, Field, Not, Or, Phrase, Query, Word

_COUNTED_PLACES = 200  # of one clause in one passage; a word that occurs oftener says nothing by it


@dataclass(frozen=True)
class Reason:
    """The sentence to show, and the agreement it is about with the stage the article reports, as far as known."""

    evidence: str
    agreement: str | None
    stage: str | None


def reason_for(query: Query, document: Document) -> Reason:
    """Why the query holds for the article; ask only where it does.

    The sentence is that of the surest agreement among the clauses that hit; else the one in which most word and phrase
    clauses hit, the earliest of equals, the title before the body; else that of a sector clause.
    """
    hits = list(dict.fromkeys(_hits(query, document, wanted=True)))
    named = {hit.value for hit in hits if isinstance(hit, Field) and hit.name == "agreement"}
    finding = next((found for found in document.agreements.values() if not named or found.id in named), None)
    candidates = [finding.evidence if finding is not None and named else "", _fullest_sentence(hits, document)]
    candidates += [
        document.sectors[hit.value].evidence for hit in hits if isinstance(hit, Field) and hit.name == "sector"
    ]
    evidence = next((sentence for sentence in candidates if sentence), document.title.strip())
    return Reason(evidence, finding.id if finding else None, finding.stage if finding else None)


def _hits(query: Query, document: Document, *, wanted: bool) -> Iterator[Word | Phrase | Field]:
    """The clauses that are true of the article and without which the query might not hold, in order."""
    match query:
        case Not(part):
            yield from _hits(part, document, wanted=not wanted)
        case And(parts) | Or(parts):
            for part in parts:
                if holds(part, document) == wanted:
                    yield from _hits(part, document, wanted=wanted)
        case _:
            if wanted:
                yield query


def _fullest_sentence(hits: list[Word | Phrase | Field], document: Document) -> str:
    clauses_in: Counter[tuple[int, int]] = Counter()
    first_hit: dict[tuple[int, int], tuple[int, int]] = {}
    for hit in hits:
        if isinstance(hit, Field):
            continue
        sentences_hit: dict[tuple[int, int], tuple[int, int]] = {}
        for number, passage in enumerate(document.passages):
            for place in islice(places(hit, passage), _COUNTED_PLACES):
                sentences_hit.setdefault((number, passage.sentence_number(place[0])), place)
        clauses_in.update(sentences_hit.keys())
        for sentence, place in sentences_hit.items():
            first_hit[sentence] = min(place, first_hit.get(sentence, place))
    if not clauses_in:
        return ""
    best = min(clauses_in, key=lambda sentence: (-clauses_in[sentence], sentence))
    return document.passages[best[0]].sentence_around(*first_hit[best])
