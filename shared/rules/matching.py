"""Whether a query holds for an article, and where its words occur."""

from __future__ import annotations

from collections.abc import Iterator

from shared.rules.document import Document, Passage
from shared.rules.query import And, Field, Not, Or, Phrase, Query, Word


def holds(query: Query, document: Document) -> bool:
    """Whether the article is what the query asks for."""
    match query:
        case Word() | Phrase():
            return any(next(places(query, passage), None) is not None for passage in document.passages)
        case Field(name, value):
            return value in (document.agreements if name == "agreement" else document.sectors)
        case And(parts):
            return all(holds(part, document) for part in parts)
        case Or(parts):
            return any(holds(part, document) for part in parts)
        case Not(part):
            return not holds(part, document)


def places(query: Word | Phrase, passage: Passage) -> Iterator[tuple[int, int]]:
    """The numbers of the first and last token of each occurrence, in order of the first."""
    if isinstance(query, Word):
        yield from passage.places.get(query.stem, ())
        return
    starts = [(first, last + 1, 1) for first, last in passage.places.get(query.stems[0], ())]
    if query.joined_stems and (joined := query.joined_stems[0]) is not None:
        starts += [(first, last + 1, 2) for first, last in passage.places.get(joined, ())]
    for first, token, word in sorted(starts):
        if (end := _end_of(query, passage, token, word)) is not None:
            yield first, end - 1


def _end_of(phrase: Phrase, passage: Passage, token: int, word: int) -> int | None:
    """The token number behind the phrase whose first `word` words end before `token`, or None where it breaks off."""
    waiting = [(token, word)]
    seen = set(waiting)
    while waiting:
        here = waiting.pop()
        if here[1] == len(phrase.stems):
            return here[0]
        for following in _steps(phrase, passage, *here):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return None


def _steps(phrase: Phrase, passage: Passage, token: int, word: int) -> Iterator[tuple[int, int]]:
    """One word further: word for word, or over a hyphen that stands in the text only, or in the phrase only."""
    if token >= len(passage.tokens):
        return
    stem = passage.keys[token]
    if word < len(phrase.joined_stems) and stem == phrase.joined_stems[word]:
        yield token + 1, word + 2
    if passage.joined.get(token) == phrase.stems[word]:
        yield token + 2, word + 1
    if stem == phrase.stems[word]:
        yield token + 1, word + 1
