"""An article as the archive keeps it: short enough for a hundred thousand, and whole enough for every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.contracts.verdict import Verdict
from shared.rules.archive_terms import (
    OVERLONG,
    day_digits,
    fact_term,
    key_term,
    relevance_digits,
    title_term,
    written_terms,
)
from shared.rules.document import Document
from shared.rules.passage import Passage

MOST_TERM_BYTES = (
    700_000  # of one article; a tsvector of Postgres holds a megabyte, an article of 400 words needs 5,000
)

_NOT_JUDGED = Verdict(language="en", relevant=False, relevance=0)


@dataclass(frozen=True, slots=True)
class Archived:
    """One article: all of its terms stand in `facts`, `terms` and `words`, each with a space before it.

    `words` are the keys of the body in order, `joins` the places and keys of words over a hyphen ("12 visafre"). Of an
    article with too many different words only a part is kept, and `facts` hold the term OVERLONG.
    """

    facts: str
    terms: str
    words: str
    joins: str


def archived(document: Document, feed: str) -> Archived:
    """The article as the archive keeps it; `feed` is the id of its source."""
    title, body = document.passages
    facts = list(fact_terms(document, feed))
    words = [key_term(key) for key in body.keys]
    others = dict.fromkeys(_other_terms(title, body))
    size = _bytes(others) + _bytes(dict.fromkeys(words)) + _bytes(facts)
    if size > MOST_TERM_BYTES:
        return Archived(_spaced([*facts, OVERLONG]), "", "", "")
    joins = [part for number, key in body.joined.items() for part in (str(number), key_term(key))]
    return Archived(_spaced(facts), _spaced(others), _spaced(words), " ".join(joins))


def all_terms(title: str, text: str) -> str:
    """The terms of all words of an article, each with a space before it, however many they are."""
    of_title, body = Document(title, text, _NOT_JUDGED).passages
    return _spaced({*map(key_term, body.keys), *_other_terms(of_title, body)})


def fact_terms(document: Document, feed: str) -> Iterator[str]:
    """The terms of what is known of the article beside its words."""
    for name, values in document.facts.items():
        if name != "country":  # the source's, which an admin may put right: asked by the feed
            yield from (fact_term(name, value) for value in sorted(values))
    for found in document.agreements.values():
        if found.stage is not None:
            yield fact_term("stage", found.stage, found.id)
    yield fact_term("feed", feed)
    yield fact_term("relevance", relevance_digits(document.verdict.relevance))
    if document.day is not None:
        yield fact_term("date", day_digits(document.day))


def _other_terms(title: Passage, body: Passage) -> Iterator[str]:
    """The terms of the words but for the keys of the body."""
    for key in (*title.keys, *title.joined.values()):
        yield key_term(key)
        yield title_term(key)
    yield from map(key_term, body.joined.values())
    words = {
        (token.surface, token.folded, key)
        for passage in (title, body)
        for token, key in zip(passage.tokens, passage.keys, strict=True)
    }
    for word in sorted(words):
        yield from written_terms(*word)


def _spaced(terms: Iterable[str]) -> str:
    return "".join(f" {term}" for term in terms)


def _bytes(terms: Iterable[str]) -> int:
    return sum(len(term.encode()) + 1 for term in terms)
